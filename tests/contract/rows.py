"""What a row of the oracle's table says."""

from __future__ import annotations

from typing import NamedTuple

JSON = "application/json"


class Row(NamedTuple):
    """One body, and what the contract says of it."""

    rule: str
    """The line of the contract that it stands on."""
    name: str
    """What is special about the body."""
    body: bytes
    expectation: str
    broken: tuple[str, ...] = ()
    """The ids of all requirements that it breaks."""
    open: tuple[str, ...] = ()
    """The ids of all unspecified requirements that it falls under."""
    content_type: str | None = JSON


def accepted(rule: str, name: str, body: bytes, content_type: str | None = JSON) -> Row:
    """A row that must be accepted."""
    return Row(rule, name, body, "accept", content_type=content_type)


def rejected(rule: str, name: str, body: bytes, *broken: str, also: tuple[str, ...] = ()) -> Row:
    """A row that must be rejected, and what it leaves open beside that."""
    return Row(rule, name, body, "reject", broken, also)


def left_open(rule: str, name: str, body: bytes, *ids: str, content_type: str | None = JSON) -> Row:
    """A row that may be accepted or refused."""
    return Row(rule, name, body, "unspecified", (), ids, content_type)
