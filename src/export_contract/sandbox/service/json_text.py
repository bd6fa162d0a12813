"""Strict JSON: one document in UTF-8, as RFC 8259 has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TooMuch(ValueError):
    """JSON, but nested too deeply, or with a number of too many digits, to be held."""


def read_json(body: bytes, *, refuse_duplicate_keys: bool = False) -> Any:
    """The value that the body holds, behind a byte order mark or not.

    Raises TooMuch for what no reader should have to hold, and another ValueError for anything that is not JSON.
    """
    text = body.removeprefix(BYTE_ORDER_MARK).decode()
    pairs_hook = _unique if refuse_duplicate_keys else None
    try:
        return json.loads(text, parse_constant=_refuse_constant, parse_int=_integer, object_pairs_hook=pairs_hook)
    except RecursionError:
        raise TooMuch("is nested too deeply") from None


def walk(document: object) -> Iterator[tuple[int, object]]:
    """Every value inside the document, keys included, with its depth; the document itself is at depth 0."""
    waiting: list[tuple[int, object]] = [(0, document)]
    while waiting:
        depth, value = waiting.pop()
        yield depth, value
        if isinstance(value, dict):
            waiting.extend((depth + 1, inner) for pair in value.items() for inner in pair)
        elif isinstance(value, list):
            waiting.extend((depth + 1, inner) for inner in value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _integer(digits: str) -> int:
    try:
        return int(digits)
    except ValueError:
        raise TooMuch("has a number that is too long") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a key is given twice")
    return fields
