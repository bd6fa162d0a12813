"""Readability: which of several failing requests a reader understands at a glance."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final

from export_contract.contract.pointers import resolve
from export_contract.strategies import Case

_MOST_SHOWN: Final = 400
"""Bytes of a body that every report shows whole."""
_WORD: Final = re.compile(r"[A-Za-z]{6}")
"""So long that it is neither a zone, nor short for a month, nor what some readers take for a date (now, today)."""


class Hidden(IntEnum):
    """What a reader cannot see of a text, the worst last."""

    NOTHING = 0
    NO_WORD = 1
    """What was put in has no word that shows at a glance that it does not belong there: `"0"`, `"now"`."""
    HARD_TO_TELL = 2
    """It is empty, too long to be shown whole, or has letters that look like others."""
    SPACE = 3
    """White space at an end, or a line break, which is easily overlooked."""
    CONTROL = 4
    """A character that cannot be printed."""
    BYTES = 5
    """It is not text at all: reports show Base64."""


def readability(case: Case) -> tuple[Hidden, int]:
    """What to sort failing cases by, so that the plainest printable one leads.

    `"yesterday"` comes before `"0"`, that before a timestamp with a trailing space, and a comment before bytes that are
    not valid UTF-8; of those that hide as much, the shortest is first.
    """
    size = len(case.payload)
    try:
        text = case.payload.decode("utf-8")
    except UnicodeDecodeError:
        return Hidden.BYTES, size
    hidden = max(map(_hidden, _texts(text)), default=Hidden.NOTHING)
    hidden = max(hidden, *(_hidden(value) for _, value in case.headers), _wordless(case), Hidden.NOTHING)
    return max(hidden, Hidden.HARD_TO_TELL) if size > _MOST_SHOWN else hidden, size


def _wordless(case: Case) -> Hidden:
    """Whether what was changed is a text without a word."""
    try:
        value = resolve({"body": json.loads(case.payload)}, case.changed or "")
    except (LookupError, ValueError, RecursionError):
        return Hidden.NOTHING
    return Hidden.NO_WORD if isinstance(value, str) and not _WORD.search(value) else Hidden.NOTHING


def _texts(body: str) -> Iterator[str]:
    """The names and the values in a body that is JSON; the body, with its lines apart, where it is not."""
    try:
        yield from _strings(json.loads(body))
    except (ValueError, RecursionError):
        yield from body.split("\n")


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from value
            for part in value.values():
                yield from _strings(part)
        case list():
            for part in value:
                yield from _strings(part)


def _hidden(text: str) -> Hidden:
    if not text.replace("\n", "").replace("\r", "").replace("\t", "").isprintable():
        return Hidden.CONTROL
    if text != text.strip() or not text.isprintable():
        return Hidden.SPACE
    return Hidden.NOTHING if text and text.isascii() else Hidden.HARD_TO_TELL
