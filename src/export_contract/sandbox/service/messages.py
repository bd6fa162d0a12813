"""What comes in and what goes out: one request, one response, without any web framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, Literal, get_args

JSON_MEDIA_TYPE = "application/json"

# What a response is about. Faults and variants rewrite responses, and choose by this.
Event = Literal[
    "created",
    "refused",
    "unauthorized",
    "undeclared-method",
    "status",
    "unknown-id",
    "missing-id",
    "file",
    "file-refused",
    "turned-away",
    "unknown-path",
]
EVENTS: tuple[Event, ...] = get_args(Event)


class Ending(Enum):
    """What becomes of the connection. None of these is announced by `Connection: close`."""

    KEPT = "it is kept for the next request"
    CUT_SHORT = "it closes where the body should be"
    CLOSED = "it closes after the response"
    CLOSED_ON_NEXT = "it closes when the next request arrives, without a response to that"
    RESET = "it is reset after the response"


@dataclass(frozen=True)
class Request:
    """One HTTP request, read whole."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    query: Sequence[tuple[str, str]]
    body: bytes
    base_url: str  # as the client wrote it, with a slash at the end
    number: int = 1  # of the request, counted from 1
    raw_query: str = ""  # as it came, percent-encoded
    in_flight: int = 1  # requests without a response yet when this one came, itself included

    @property
    def authorization(self) -> str:
        """The Authorization header, or the empty string."""
        return self.headers.get("authorization", "")


@dataclass(frozen=True)
class Response:
    """One HTTP response, written whole."""

    event: Event
    status: int
    body: bytes = b""
    media_type: str | None = JSON_MEDIA_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds to wait before it is sent
    ending: Ending = Ending.KEPT

    @property
    def document(self) -> Any:
        """The JSON value in the body."""
        return json.loads(self.body)

    def with_document(self, document: object) -> Response:
        """The same response with another JSON body."""
        return replace(self, body=json_bytes(document))

    def with_headers(self, **headers: str) -> Response:
        """The same response with more headers; an underscore in a name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True)
class Problem:
    """One reason for a refusal: the field at fault, and a sentence without any value of the client's."""

    key: str
    message: str


Rewrite = Callable[[Response, Request], Response]


def json_bytes(document: object) -> bytes:
    """Compact JSON in ASCII, so that no text of the client's can fail to encode."""
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def json_response(event: Event, status: int, document: object) -> Response:
    """A response with a JSON body."""
    return Response(event, status, json_bytes(document))


def refusal(event: Event, status: int, *problems: Problem) -> Response:
    """A response that says why not."""
    return json_response(event, status, {"errors": [{"key": p.key, "message": p.message} for p in problems]})


def failure() -> Response:
    """The response of a handler that crashed."""
    return refusal("refused", 500, Problem("server", "failed"))


def redirect(status: int, location: str) -> Response:
    """A response that leads elsewhere."""
    return Response("turned-away", status, media_type=None).with_headers(location=location)
