"""Highlighting: the part of a request that a finding is about, so that a reader sees it at once."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from export_contract.acceptance.model.results import CaseRecord
from export_contract.contract.pointers import tokens

_DECODER: Final = json.JSONDecoder()
_SPACE: Final = re.compile(r"[ \t\r\n]*")


class Piece(msgspec.Struct, frozen=True):
    """A part of a text."""

    text: str
    is_marked: bool = False


class Highlight(msgspec.Struct, frozen=True, kw_only=True):
    """A request in pieces, of which those are marked that were changed."""

    method: bool = False
    """Whether the method was changed."""
    path: str = ""
    """What was put behind the path of the call."""
    query: str | None = None
    """The parameter that was changed; empty for the whole query."""
    header: str | None = None
    """The header that was changed, in small letters."""
    credentials: bool = False
    body: tuple[Piece, ...] = ()
    missing: str = ""
    """What was left out, in words: `endDate`, `the header Content-Type`."""


class _Child(msgspec.Struct, frozen=True):
    """A member of an object or an element of an array, and where it stands in the text."""

    name: str
    start: int
    """Of a member, where its name begins."""
    value: int
    end: int


def highlight(case: CaseRecord) -> Highlight:
    """The request of a case, with what `case.changed` points at marked; nothing is where it points at nothing."""
    try:
        part, *path = tokens(case.changed) if case.changed else [""]
    except ValueError:
        part, path = "", []
    name = path[0] if path else ""
    match part:
        case "body":
            pieces, missing = _body(case, path)
            return Highlight(body=pieces, missing=missing)
        case "method":
            return Highlight(method=True, body=_plain_body(case))
        case "credentials":
            return Highlight(credentials=True, body=_plain_body(case))
        case "path":
            return Highlight(path=case.path, body=_plain_body(case))
        case "query":
            there = any(one.partition("=")[0] == name for one in case.query.split("&")) or not name
            return Highlight(query=name, body=_plain_body(case), missing="" if there else f"the parameter {name}")
        case "headers":
            there = any(header.lower() == name.lower() for header, _ in case.headers) or not name
            missing = "" if there else f"the header {name}"
            return Highlight(header=name.lower(), body=_plain_body(case), missing=missing)
    return Highlight(body=_plain_body(case))


def url_pieces(url: str, query: str | None, path: str = "") -> tuple[Piece, ...]:
    """An address with the parameters of the name `query` marked, all of them where it is empty; or with its `path`."""
    address, mark, rest = url.partition("?")
    if path and address.endswith(path):
        return _cut(url, [(len(address) - len(path), len(address))])
    if query is None or not mark:
        return _cut(url, [])
    spans, at = [], len(address) + 1
    for part in rest.split("&"):
        if not query or part.partition("=")[0] == query:
            spans.append((at, at + len(part)))
        at += len(part) + 1
    return _cut(url, spans)


def _plain_body(case: CaseRecord) -> tuple[Piece, ...]:
    if case.body_base64 is None:
        return _cut(case.body or "", [])
    return _cut(base64.b64decode(case.body_base64).decode("utf-8", "backslashreplace"), [])


def _body(case: CaseRecord, path: list[str]) -> tuple[tuple[Piece, ...], str]:
    """The body with what `path` leads to marked, and the name of what is not there."""
    if case.body_base64 is not None:
        return _bytes(base64.b64decode(case.body_base64)), ""
    text = case.body or ""
    if not text:
        return (), "the body"
    try:
        _refuse_other_than_json(text)
        spans, missing = _spans(text, path)
        return _cut(text, spans), missing
    except json.JSONDecodeError as error:
        # Where the parser stops says more than all of it, unless it stops at an end.
        start = error.pos if 0 < error.pos < len(text) else 0
        return _cut(text, [] if path else [(start, len(text))]), ""
    except RecursionError:
        return _cut(text, [] if path else [(0, len(text))]), ""


def _spans(text: str, path: list[str]) -> tuple[list[tuple[int, int]], str]:
    """Where `path` leads to in a JSON text, duplicates too, and the first name that is missing on the way."""
    at = _after_space(text, 0)
    spans = [(0, len(text))]
    for name in path:
        children = [one for one in _children(text, at) if one.name == name] if text[at] in "{[" else []
        if not children:
            return [], name
        spans = [(one.start, one.end) for one in children]
        at = children[-1].value
    return spans, ""


def _children(text: str, at: int) -> Iterator[_Child]:
    """What the object or the array that begins at `at` holds, in its order."""
    is_object = text[at] == "{"
    at = _after_space(text, at + 1)
    number = 0
    while text[at] not in "}]":
        start, name = at, str(number)
        if is_object:
            name, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        end = _DECODER.raw_decode(text, at)[1]
        yield _Child(name, start, at, end)
        number += 1
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)


def _refuse_other_than_json(text: str) -> None:
    """Raise JSONDecodeError, with the place, where a text is not JSON."""
    end = _after_space(text, _DECODER.raw_decode(text, _after_space(text, 0))[1])
    if end != len(text):
        raise json.JSONDecodeError("more after the document", text, end)


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _bytes(content: bytes) -> tuple[Piece, ...]:
    """Bytes of which some are not valid UTF-8; those are marked, as escapes."""
    try:
        return _cut(content.decode(), [])
    except UnicodeDecodeError as error:
        before = content[: error.start].decode()
        escapes = "".join(f"\\x{byte:02x}" for byte in content[error.start : error.end])
        after = content[error.end :].decode("utf-8", "backslashreplace")
        return _cut(before + escapes + after, [(len(before), len(before + escapes))])


def _cut(text: str, spans: list[tuple[int, int]]) -> tuple[Piece, ...]:
    """A text in pieces, marked where the spans are."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [Piece(text[at:start]), Piece(text[start:end], is_marked=True)]
        at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:])) if piece.text)
