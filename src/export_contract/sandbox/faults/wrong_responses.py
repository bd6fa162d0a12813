"""Responses that are not as the contract says, or that disclose too much."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..service.messages import Request, Response
from ..service.seams import Changes, fields_of, rewrites


def shapes(reshape: Callable[[str], Any]) -> Changes:
    """Puts the new job's id into another document."""

    def reshaped(response: Response, request: Request) -> Response:
        job = response.document["job"]
        return response.with_document(reshape(job["id"]))

    return rewrites("created", by=reshaped)


def for_type(export_type: str, **parts: Any) -> Changes:
    """Replaces parts of the response for one export type."""
    return rewrites(
        "created",
        by=lambda response, request: (
            replace(response, **parts) if fields_of(request).get("exportType") == export_type else response
        ),
    )


def for_method(method: str) -> Changes:
    """Responds to a method that is not declared as if it had done something."""
    return rewrites(
        "undeclared-method",
        by=lambda response, request: replace(response, status=200) if request.method == method else response,
    )


def echoes_in_header() -> Changes:
    """Sends the credentials back for debugging."""
    return rewrites(
        "created", by=lambda response, request: response.with_headers(x_debug_authorization=request.authorization)
    )


def echoes_in_body() -> Changes:
    """Sends the whole request back."""
    return rewrites(
        "created",
        by=lambda response, request: response.with_document({**response.document, "request": dict(request.headers)}),
    )


def refuses_with(**members: Any) -> Changes:
    """Adds members to the response to a bad request."""
    return rewrites("refused", by=lambda response, request: response.with_document({**response.document, **members}))


def shrugs_off(key: str, message: str) -> Changes:
    """Responds with 200, and the problem in the body, where this one is the only problem."""

    def shrugged(response: Response, request: Request) -> Response:
        problems = response.document.get("errors", [])
        alone = len(problems) == 1 and problems[0]["key"] == key and problems[0]["message"].startswith(message)
        return replace(response, status=200) if alone else response

    return rewrites("refused", by=shrugged)


def turns_away(status: int, *, without_credentials: bool) -> Changes:
    """Responds with another status to a request for an export with no credentials, or with wrong ones."""

    def turned_away(response: Response, request: Request) -> Response:
        applies = request.method == "POST" and bool(request.authorization) != without_credentials
        return replace(response, status=status) if applies else response

    return rewrites("unauthorized", by=turned_away)


def not_json(response: Response, request: Request) -> Response:
    """Python's spelling of the document."""
    return replace(response, body=repr(json.loads(response.body)).encode())
