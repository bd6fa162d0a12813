"""What comes in and what goes out: one call, one answer, without any web framework."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

JSON_MEDIA_TYPE = "application/json"

# What an answer is about. Faults and variants rewrite answers, and choose by this.
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
    "counted",
]
EVENTS: tuple[Event, ...] = get_args(Event)


@dataclass(frozen=True)
class Call:
    """One HTTP request, read whole."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    query: Sequence[tuple[str, str]]
    body: bytes
    base_url: str  # as the client wrote it, with a slash at the end
    number: int = 1  # of the call, counted from 1
    in_flight: int = 1  # calls being answered when this one came, itself included

    @property
    def authorization(self) -> str:
        """The Authorization header, or the empty string."""
        return self.headers.get("authorization", "")


@dataclass(frozen=True)
class Answer:
    """One HTTP response, written whole."""

    event: Event
    status: int
    body: bytes = b""
    media_type: str | None = JSON_MEDIA_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0  # seconds to wait before it is sent
    broken_off: bool = False  # the connection closes where the body should be

    @property
    def document(self) -> Any:
        """The JSON value in the body."""
        return json.loads(self.body)

    def with_document(self, document: object) -> Answer:
        """The same answer with another JSON body."""
        return replace(self, body=json_bytes(document))

    def with_headers(self, **headers: str) -> Answer:
        """The same answer with more headers; an underscore in a name stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **named})


@dataclass(frozen=True)
class Problem:
    """One reason for a refusal: the field at fault, and a sentence without any value of the client's."""

    key: str
    message: str


Rewrite = Callable[[Answer, Call], Answer]


def json_bytes(document: object) -> bytes:
    """Compact JSON in ASCII, so that no text of the client's can fail to encode."""
    return json.dumps(document, separators=(",", ":")).encode("ascii")


def json_answer(event: Event, status: int, document: object) -> Answer:
    """An answer with a JSON body."""
    return Answer(event, status, json_bytes(document))


def refusal(event: Event, status: int, *problems: Problem) -> Answer:
    """An answer that says why not."""
    return json_answer(event, status, {"errors": [{"key": p.key, "message": p.message} for p in problems]})


def failure() -> Answer:
    """What a handler that crashed answers."""
    return refusal("refused", 500, Problem("server", "failed"))
