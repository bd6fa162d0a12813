"""Statuses that are wrong, or wrong in the telling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from ..service.job_facts import PENDING
from ..service.job_ids import opaque
from ..service.messages import Answer, Call
from ..service.seams import Changes, rewrites

_Job = dict[str, Any]


def moves(statuses: Mapping[str, str]) -> Changes:
    """Puts other statuses in the place of the true ones."""
    return {"status": lambda status, told: statuses.get(status, status)}


def moves_in_the_end(end: str) -> Changes:
    """Puts another status after COMPLETED."""
    return {"status": lambda status, told: end if told else status}


def tells(retell: Callable[[_Job], Any]) -> Changes:
    """Changes the job that a status tells of."""

    def told(answer: Answer, call: Call) -> Answer:
        document = answer.document
        return answer.with_document({**document, "job": retell(document["job"])})

    return rewrites("status", by=told)


def tells_of_file(retell: Callable[[dict[str, str]], Any]) -> Changes:
    """Changes what a status says of the file."""
    return tells(lambda job: {**job, "exportData": retell(job["exportData"])} if "exportData" in job else job)


def knows_any_id() -> Changes:
    """Tells of any id that it is PENDING."""

    def told(answer: Answer, call: Call) -> Answer:
        return replace(answer.with_document({"job": {"id": dict(call.query)["id"], "status": PENDING}}), status=200)

    return rewrites("unknown-id", by=told)


def decodes_twice() -> Changes:
    """Ids with a + in them, which is read as a space in the end."""
    return {"job_bytes": opaque, "asked_id": unquote_plus}
