"""A case: one request, what is expected of it, and the requirement it aims at."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Final

import msgspec

from export_contract.contract import Expectation
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Path

JSON: Final = "application/json"
CONFIGURED: Final = "configured"

_LONGEST_SLUG: Final = 60
_LONGEST_SHOWN: Final = 1_000


class Call(StrEnum):
    """What a request calls."""

    CREATE = "create"
    """It creates an export."""
    STATUS = "status"
    """It reads the status of a job."""
    FILE = "file"
    """It fetches the file of a job."""


class Feature(msgspec.Struct, frozen=True):
    """One thing that an accepted request shows a target; a case packs several."""

    aspect: str
    """What the feature is a choice of: `startDate zone`."""
    name: str
    """The choice in plain words: `startDate with the offset +05:30`."""
    requirement: str
    """The accept requirement that promises it."""
    remarkable: bool = True
    """Whether a title speaks of it; the plainest choice of an aspect is not worth a word."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One request to send. Equal cases are equal requests with equal expectations."""

    id: str
    """Stable: the requirement, a slash, and the title in small letters and hyphens."""
    title: str
    """What it is in one line: `exportType "users": wrong case`."""
    expectation: Expectation
    requirement: str
    """The id of the requirement that it aims at."""
    call: Call = Call.CREATE
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)
    """Without credentials: those are the target's business."""
    payload: bytes = b""
    credentials: str = CONFIGURED
    """Which credentials go with it: the configured ones, or a way of damaging them (see `credentials`)."""
    features: tuple[Feature, ...] = ()
    """All that an accepted request shows, a choice for each aspect; empty for the others."""
    path: str = ""
    """What follows the path of the call, percent-encoded; nothing for most requests."""
    query: str = ""
    """What follows the question mark of the address, percent-encoded; most requests have none."""
    base: str = ""
    """The combination of listed values that it has, or was made from."""
    changed: str | None = None
    """What makes it other than an accepted request: a JSON pointer (RFC 6901) into the request as results write it.

    `/body/startDate`, `/body` for the whole, `/headers/Content-Type`, `/credentials`, `/query/id`, `/path`, `/method`.
    A member that is missing is pointed at as well. None where nothing in particular was changed.
    """

    def __repr__(self) -> str:
        payload = self.payload if len(self.payload) <= _LONGEST_SHOWN else self.payload[:_LONGEST_SHOWN] + b"..."
        return f"Case({self.method} {payload!r}, {self.expectation} by {self.requirement}: {self.title})"

    @property
    def content_type(self) -> str | None:
        """The value of its Content-Type header, or None."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), None)

    def address(self, url: str) -> str:
        """Where it goes, of a target whose requests go to `url`."""
        return f"{url}{self.path}?{self.query}" if self.query else f"{url}{self.path}"


def in_body(path: Path = ()) -> str:
    """The pointer into a request for a place in its body.

    >>> in_body(("filters", 0, "name"))
    '/body/filters/0/name'
    """
    return child("/body", *path)


def in_header(name: str) -> str:
    """The pointer into a request for a header."""
    return child("/headers", name)


def in_query(name: str) -> str:
    """The pointer into a request for a parameter of its query."""
    return child("/query", name)


def case_id(requirement: str, title: str) -> str:
    """The id of the case of that title: the same in every process and on every platform.

    >>> case_id("EXP-FORMAT-ENUM", 'format "csv": wrong case')
    'EXP-FORMAT-ENUM/format-csv-wrong-case'
    """
    words = "".join(character if character.isascii() and character.isalnum() else " " for character in title.lower())
    slug = "-".join(words.split())
    if len(slug) > _LONGEST_SLUG:
        digest = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        slug = f"{slug[:_LONGEST_SLUG].rstrip('-')}-{digest}"
    return f"{requirement}/{slug}"
