"""An exchange: a case, and what came back."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import msgspec

from export_contract.contract.json_text import plain_value
from export_contract.strategies import Case


class Failure(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"
    """No connection could be made, so the request was not sent."""
    STALE = "stale"
    """The connection of an earlier request was closed before the first byte of a response: that says nothing about the
    request, which is to be sent again over a new connection."""
    LEFTOVER = "leftover"
    """On the connection of an earlier request, what came first is not a response: it may be the rest of the one before.
    That says nothing about the request either, which is to be sent again too; but it may have arrived."""
    CLOSED = "closed"
    """The connection was closed, or broke, without a whole answer. The request may have arrived."""
    TIMEOUT = "timeout"
    """No whole answer came in time. The request may have arrived."""
    INTERRUPTED = "interrupted"
    """The run was out of time before the target was. The request has left, and says nothing."""
    POSTPONED = "postponed"
    """The request was not sent: there was no time left for it, or it cannot be written as HTTP."""
    GARBLED = "garbled"
    """What came is no HTTP."""
    ADDRESS = "address"
    """The target named an address that no request can be sent to, so that none was."""


_NOT_SENT: Final = (Failure.UNREACHABLE, Failure.POSTPONED, Failure.ADDRESS)


LOST_WITH_CONNECTION: Final = (Failure.STALE, Failure.LEFTOVER)
"""What the connection is to blame for, so that the request is sent again over a new one."""


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What a target answered, or why it did not. All of it is hostile until escaped."""

    status: int | None = None
    """None where there is no answer."""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    """All of it until it was judged; then no more than its beginning, with the three below."""
    body_bytes: int = 0
    """How many bytes were received, where `body` is only their beginning."""
    body_sha256: str = ""
    """The hash of all of them."""
    essence: bytes = b""
    """What all of them say of a job, as JSON."""
    headers_left_out: int = 0
    """How many headers more there were, where they were too many to keep."""
    truncated: bool = False
    """Whether the body was longer than is read."""
    sent_whole: bool = True
    """Whether the request was sent to its end: a server may refuse it before, and close the connection."""
    sent_at: float = 0.0
    """Unix seconds."""
    seconds: float = 0.0
    """From sending the request to the end of the answer."""
    failure: Failure | None = None
    problem: str = ""
    """What went wrong, in plain words, where there is a failure."""

    @property
    def accepted(self) -> bool:
        """Whether the status says that the request was accepted."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def refused(self) -> bool:
        """Whether the status says that the request was refused."""
        return self.status is not None and 400 <= self.status < 500

    def header(self, name: str) -> str | None:
        """The first header of that name, in whatever case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str:
        """The media type in small letters, without parameters; empty where none is given."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """The body as JSON, or what was kept of it; None where it is none."""
        return plain_value(self.essence if self.body_bytes else self.body)

    @property
    def job_id(self) -> Any:
        """What the body has for `job.id`, of whatever type; None where there is nothing."""
        body = self.json()
        job = body.get("job") if isinstance(body, dict) else None
        return job.get("id") if isinstance(job, dict) else None

    @property
    def has_errors_only(self) -> bool:
        """Whether the body is a JSON object with errors and without a job, whatever the status says."""
        body = self.json()
        return isinstance(body, dict) and self.job_id is None and any(body.get(name) for name in _ERRORS)


_ERRORS: Final = ("errors", "error")
"""Members in which a body says what is wrong."""
_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS", "TRACE")
"""They change nothing on the server (RFC 9110 section 9.2.1)."""


def is_capacity(response: Response) -> bool:
    """Whether a response is about capacity alone: 429, or 503 with a `Retry-After`, whatever that says.

    It is never a finding; nor is it an answer to the request.
    """
    return response.status == 429 or (response.status == 503 and response.header("retry-after") is not None)


def may_create_job(case: Case) -> bool:
    """Whether a job may come of sending this case, whatever the target does."""
    return case.method not in _SAFE_METHODS


class Exchange(msgspec.Struct, frozen=True):
    """A case that was sent, and its answer."""

    number: int
    """The place in the order of sending, which is the order of the cases."""
    phase: str
    case: Case
    response: Response
    url: str = ""
    """Where it went, if that was not the address that the contract names: where a file is."""
    retried: bool = False
    """Whether the same request was sent again because of this response, which therefore says nothing about it."""

    @property
    def has_left(self) -> bool:
        """Whether a request was sent: not where no connection could be made."""
        return self.response.failure not in _NOT_SENT

    @property
    def created_job(self) -> bool:
        """Whether a job may have been created: a 2xx, an id in whatever answer, or no word at all."""
        response = self.response
        if not may_create_job(self.case):
            return False
        if response.failure:
            return self.has_left
        return response.job_id is not None or (response.accepted and not response.has_errors_only)
