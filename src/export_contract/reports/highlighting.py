"""Marking: which part of a body a finding is about, so that a reader sees it at once."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.results import CaseRecord

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class Piece(msgspec.Struct, frozen=True):
    """A part of a body."""

    text: str
    is_marked: bool = False


class Member(msgspec.Struct, frozen=True):
    """A member of a JSON object, and where its name begins and its value ends in the text."""

    name: str
    value: Any
    start: int
    end: int


def marked(case: CaseRecord, plain: Iterable[dict[str, Any]]) -> list[Piece]:
    """The body of a case in pieces, the offending ones marked.

    In an object those are the members that the case's title names, or else those that no plain body has; `plain` are
    bodies that were accepted. In a text that is no JSON it is what comes from where the parser stops. Nothing is
    marked where nothing is known.
    """
    if case.body_base64 is not None:
        return _bytes(base64.b64decode(case.body_base64))
    text = case.body or ""
    try:
        members = members_of(text)
    except json.JSONDecodeError as error:
        return _cut(text, [(error.pos, len(text))]) if text.strip() else [Piece(text)]
    except RecursionError:
        return [Piece(text)]
    named = [one for one in members if is_named(one.name, case.title)]
    if not named:
        base = max(plain, key=lambda body: sum(body.get(one.name) == one.value for one in members), default=None)
        named = [] if base is None else [one for one in members if base.get(one.name, _DECODER) != one.value]
    if members and len(named) == len(members):
        return [Piece(text)]  # all of it is no part of it
    return _cut(text, [(one.start, one.end) for one in named])


def missing(case: CaseRecord, plain: Iterable[dict[str, Any]]) -> list[str]:
    """The names that plain bodies have, that the case's title speaks of, and that its body lacks."""
    try:
        there = {one.name for one in members_of(case.body or "")}
    except (json.JSONDecodeError, RecursionError):
        return []
    names = dict.fromkeys(name for body in plain for name in body)
    return [name for name in names if there and name not in there and is_named(name, case.title)]


def is_named(name: str, title: str) -> bool:
    """Whether a title speaks of a name, as a word of its own."""
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", title) is not None


def members_of(text: str) -> list[Member]:
    """The members of the object that a text is, in their order, duplicates too; none where it is another value.

    Raises JSONDecodeError where it is no JSON.
    """
    value, end = _DECODER.raw_decode(text, _after_space(text, 0))
    end = _after_space(text, end)
    if end != len(text):
        raise json.JSONDecodeError("more after the document", text, end)
    if not isinstance(value, dict):
        return []
    members = []
    at = _after_space(text, _after_space(text, 0) + 1)
    while text[at] != "}":
        name, colon = _DECODER.raw_decode(text, at)
        member, end = _DECODER.raw_decode(text, _after_space(text, _after_space(text, colon) + 1))
        members.append(Member(name, member, at, end))
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return members


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _bytes(content: bytes) -> list[Piece]:
    """Bytes of which some are no UTF-8; those are marked, as escapes."""
    try:
        return [Piece(content.decode())]
    except UnicodeDecodeError as error:
        escapes = "".join(f"\\x{byte:02x}" for byte in content[error.start : error.end])
        after = content[error.end :].decode("utf-8", "backslashreplace")
        pieces = [Piece(content[: error.start].decode()), Piece(escapes, is_marked=True), Piece(after)]
        return [piece for piece in pieces if piece.text]


def _cut(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    pieces, at = [], 0
    for start, end in spans:
        pieces += [Piece(text[at:start]), Piece(text[start:end], is_marked=True)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]
