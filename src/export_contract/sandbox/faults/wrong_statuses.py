"""Statuses that are wrong, or reported in a wrong way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote_plus

from ..service.job_facts import PENDING
from ..service.job_ids import opaque
from ..service.messages import Request, Response
from ..service.seams import Changes, rewrites

_Job = dict[str, Any]


def moves(statuses: Mapping[str, str]) -> Changes:
    """Replaces the true statuses by others."""
    return {"status": lambda status, reported: statuses.get(status, status)}


def moves_in_the_end(end: str) -> Changes:
    """Puts another status after COMPLETED."""
    return {"status": lambda status, reported: end if reported else status}


def reports(restate: Callable[[_Job], Any]) -> Changes:
    """Changes the job in a status."""

    def reported(response: Response, request: Request) -> Response:
        document = response.document
        return response.with_document({**document, "job": restate(document["job"])})

    return rewrites("status", by=reported)


def reports_file(restate: Callable[[dict[str, str]], Any]) -> Changes:
    """Changes what a status says about the file."""
    return reports(lambda job: {**job, "exportData": restate(job["exportData"])} if "exportData" in job else job)


def knows_any_id() -> Changes:
    """Reports any id as PENDING."""

    def reported(response: Response, request: Request) -> Response:
        return replace(
            response.with_document({"job": {"id": dict(request.query)["id"], "status": PENDING}}), status=200
        )

    return rewrites("unknown-id", by=reported)


def decodes_twice() -> Changes:
    """Ids with a + in them, which is read as a space in the end."""
    return {"job_bytes": opaque, "status_id": unquote_plus}
