"""Lenient readings of single fields: each turns what should be refused into something that is accepted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from ..service.export_request import ACTIVITY_ID, DECLARED_ACTIVITY_ID, EXPORT_TYPES, FORMATS, INTERACTIONS
from ..service.seams import Changes

DEFAULTS = {
    "startDate": "1970-01-01T00:00:00Z",
    "endDate": "2199-12-31T23:59:59Z",
    "exportType": "USERS",
    "format": "JSONL",  # every export type has it
}
LISTS: dict[str, Sequence[str]] = {"exportType": EXPORT_TYPES, "format": FORMATS}

_Fields = dict[str, Any]


def _mends(mend: Callable[[_Fields], _Fields]) -> Changes:
    return {"mend_document": lambda document: mend(document) if isinstance(document, dict) else document}


def rewrites(field: str, kind: type | tuple[type, ...], rewrite: Callable[[Any], Any]) -> Changes:
    """Rewrites a field whose value is of this very type."""
    kinds = kind if isinstance(kind, tuple) else (kind,)

    def mend(fields: _Fields) -> _Fields:
        return {**fields, field: rewrite(fields[field])} if type(fields.get(field, ...)) in kinds else fields

    return _mends(mend)


def missing(field: str) -> Changes:
    """Reads a default where the field is missing."""
    return _mends(lambda fields: {field: DEFAULTS[field], **fields})


def null(field: str) -> Changes:
    """Reads a default where the field is null."""
    return rewrites(field, type(None), lambda _: DEFAULTS[field])


def number(field: str) -> Changes:
    """Reads any number as a date."""
    return rewrites(field, (int, float), lambda _: DEFAULTS[field])


def named(field: str, pattern: str) -> Changes:
    """Takes the field from any key that matches the pattern."""

    def mend(fields: _Fields) -> _Fields:
        found = [value for key, value in fields.items() if re.fullmatch(pattern, key)]
        return {field: found[0], **fields} if found else fields

    return _mends(mend)


def one_of(field: str, like: Callable[[str, str], bool]) -> Changes:
    """Reads a text as the first of the field's values that it is like; like gets the text and the value."""
    return rewrites(field, str, lambda text: next((value for value in LISTS[field] if like(text, value)), text))


def alias(field: str, **aliases: str) -> Changes:
    """Reads other names for the field's values."""
    return rewrites(field, str, lambda text: aliases.get(text, text))


def only_one(field: str) -> Changes:
    """Reads a list with one value as that value."""
    return rewrites(field, list, lambda values: values[0] if len(values) == 1 else values)


def ordinal(field: str) -> Changes:
    """Reads a number as the place of a value in its list."""
    values = dict(enumerate(LISTS[field]))
    return rewrites(field, int, lambda place: values.get(place, place))


def ordinal_text(field: str) -> Changes:
    """Reads digits as the place of a value in its list."""
    values = {str(place): value for place, value in enumerate(LISTS[field])}
    return rewrites(field, str, lambda text: values.get(text, text))


def any_text(field: str) -> Changes:
    """Reads any text that is not in the list as the default."""
    return rewrites(field, str, lambda text: text if text in LISTS[field] else DEFAULTS[field])


def empty(field: str) -> Changes:
    """Reads the empty string as the default."""
    return alias(field, **{"": DEFAULTS[field]})


def activity_id(kind: type, read: Callable[[Any], Any] = lambda _: DECLARED_ACTIVITY_ID) -> Changes:
    """Reads a learningActivityId of this type as a number, for interactions."""

    def mend(fields: _Fields) -> _Fields:
        applies = fields.get("exportType") == INTERACTIONS and type(fields.get(ACTIVITY_ID, ...)) is kind
        return {**fields, ACTIVITY_ID: read(fields[ACTIVITY_ID])} if applies else fields

    return _mends(mend)


def no_activity_id() -> Changes:
    """Reads a default where interactions come without learningActivityId."""
    return _mends(
        lambda fields: (
            {ACTIVITY_ID: DECLARED_ACTIVITY_ID, **fields} if fields.get("exportType") == INTERACTIONS else fields
        )
    )


def in_any_case(text: str, value: str) -> bool:
    """users for USERS."""
    return text.upper() == value


def padded(text: str, value: str) -> bool:
    """White space around the value."""
    return text.strip() == value


def with_line_break(text: str, value: str) -> bool:
    """A line break at the end, where $ in a pattern matches too."""
    return text == value + "\n"


def without_s(text: str, value: str) -> bool:
    """USER for USERS."""
    return text == value.removesuffix("S")


def with_hyphens(text: str, value: str) -> bool:
    """Hyphens or spaces for underscores."""
    return text.replace("-", "_").replace(" ", "_") == value


def digits(text: str) -> int | str:
    """The number that the text writes, if it writes one."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else text
