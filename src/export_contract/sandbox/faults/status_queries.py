"""Queries for a status that are read wrongly."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..service.messages import Request, json_response
from ..service.seams import Changes, fails, intercepts

_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def list_fails() -> Changes:
    """Fails on id[]."""
    return _fails(lambda request: any(name == "id[]" for name, _ in request.query))


def two_ids_fail() -> Changes:
    """Fails on more than one id."""
    return _fails(lambda request: len(_ids(request)) > 1)


def two_ids_show_another() -> Changes:
    """Shows a job that nobody asked for."""
    document = {"job": {"id": "c29tZWJvZHkgZWxzZQ==", "status": "PENDING"}}
    return intercepts(
        lambda request: request.method == "GET" and len(_ids(request)) > 1,
        lambda: json_response("status", 200, document),
    )


def bad_escape_fails() -> Changes:
    """Fails on a percent sign without two hexadecimal digits."""
    return _fails(lambda request: bool(_BROKEN_ESCAPE.search(request.raw_query)))


def path_fails() -> Changes:
    """Fails on an id in the path."""
    return _fails(lambda request: "/exports/" in request.path)


def up_to_nul(job_id: str) -> str:
    """The id up to its first NUL."""
    return job_id.partition("\0")[0]


def long_id_fails(most: int) -> Changes:
    """Fails on an id of more characters."""
    return _fails(lambda request: any(len(job_id) > most for job_id in _ids(request)))


def _fails(condition: Callable[[Request], bool]) -> Changes:
    return fails(lambda request: request.method == "GET" and condition(request))


def _ids(request: Request) -> list[str]:
    return [value for name, value in request.query if name == "id"]
