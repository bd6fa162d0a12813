"""Answers that are not what was promised, or that tell too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..service.messages import Answer, Call
from ..service.seams import Changes, fields_of, rewrites


def shapes(reshape: Callable[[str], Any]) -> Changes:
    """Puts the new job's id into another document."""

    def reshaped(answer: Answer, call: Call) -> Answer:
        job = answer.document["job"]
        return answer.with_document(reshape(job["id"]))

    return rewrites("created", by=reshaped)


def for_type(export_type: str, **parts: Any) -> Changes:
    """Replaces parts of the answer for one export type."""
    return rewrites(
        "created",
        by=lambda answer, call: (
            replace(answer, **parts) if fields_of(call).get("exportType") == export_type else answer
        ),
    )


def for_method(method: str) -> Changes:
    """Answers a method that is not declared as if it had done something."""
    return rewrites(
        "undeclared-method",
        by=lambda answer, call: replace(answer, status=200) if call.method == method else answer,
    )


def echoes_in_header() -> Changes:
    """Sends the credentials back for debugging."""
    return rewrites("created", by=lambda answer, call: answer.with_headers(x_debug_authorization=call.authorization))


def echoes_in_body() -> Changes:
    """Sends the whole request back."""
    return rewrites(
        "created",
        by=lambda answer, call: answer.with_document({**answer.document, "request": dict(call.headers)}),
    )


def refuses_with(**members: Any) -> Changes:
    """Adds members to the answer to a bad request."""
    return rewrites("refused", by=lambda answer, call: answer.with_document({**answer.document, **members}))


def shrugs_off(key: str, message: str) -> Changes:
    """Answers 200, with the problem in the body, where this one is the only problem."""

    def shrugged(answer: Answer, call: Call) -> Answer:
        problems = answer.document.get("errors", [])
        alone = len(problems) == 1 and problems[0]["key"] == key and problems[0]["message"].startswith(message)
        return replace(answer, status=200) if alone else answer

    return rewrites("refused", by=shrugged)


def turns_away(status: int, *, without_credentials: bool) -> Changes:
    """Answers another status to a request for an export with no credentials, or with wrong ones."""

    def turned_away(answer: Answer, call: Call) -> Answer:
        applies = call.method == "POST" and bool(call.authorization) != without_credentials
        return replace(answer, status=status) if applies else answer

    return rewrites("unauthorized", by=turned_away)


def not_json(answer: Answer, call: Call) -> Answer:
    """Python's spelling of the document."""
    return replace(answer, body=repr(json.loads(answer.body)).encode())
