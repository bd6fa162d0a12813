"""Refusals of requests that should be accepted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ..service.export_request import MANDATORY
from ..service.messages import Request
from ..service.seams import Changes, fields_of, refuses
from ..service.timestamps import read_timestamp

_TIME = r"[0-9-]+T[0-9:]+"
_ZONE = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"

# Forms and dates that readers of timestamps have trouble with.
NOT_THREE_DIGITS = rf"{_TIME}\.(?:[0-9]{{1,2}}|[0-9]{{4,}}){_ZONE}"
SIX_DIGITS = rf"{_TIME}\.[0-9]{{6}}{_ZONE}"
NO_FRACTION = rf"{_TIME}{_ZONE}"
OFFSET = r".*T.*[+-][0-9]{2}:[0-9]{2}"
ZERO_OFFSET = r".*\+00:00"
NEGATIVE_OFFSET = r".*T.*-[0-9]{2}:[0-9]{2}"
HALF_HOUR_OFFSET = r".*T.*[+-][0-9]{2}:(?!00)[0-9]{2}"
OFFSET_BEYOND_12 = r".*T.*[+-]1[34]:[0-9]{2}"
LEAP_DAY = r"[0-9]{4}-02-29T.*"
LEAP_DAY_2000 = r"2000-02-29T.*"
BEFORE_1970 = r"19[0-6][0-9]-.*"
FROM_2038 = r"(?:203[89]|20[4-9][0-9]|2[1-9][0-9]{2})-.*"
MIDNIGHT = r".*T00:00:00.*"
LAST_SECOND = r".*T23:59:59.*"


def timestamp(pattern: str) -> Changes:
    """Refuses a startDate or an endDate that matches the pattern."""

    def written_so(fields: dict[str, Any]) -> bool:
        texts = (fields.get(name) for name in MANDATORY[:2])
        return any(isinstance(text, str) and re.fullmatch(pattern, text) for text in texts)

    return _fields(written_so)


def days_between(is_refused: Callable[[float], bool]) -> Changes:
    """Refuses ranges of some lengths, in days."""

    def is_so_long(fields: dict[str, Any]) -> bool:
        texts = [fields.get(name) for name in MANDATORY[:2]]
        instants = [reading.instant for text in texts if isinstance(text, str) and (reading := read_timestamp(text))]
        return len(instants) == 2 and is_refused((instants[1].second - instants[0].second) / timedelta(days=1))

    return _fields(is_so_long)


def pair(export_type: str, file_format: str) -> Changes:
    """Refuses one format for one export type."""
    return _fields(lambda fields: (fields.get("exportType"), fields.get("format")) == (export_type, file_format))


def contains(part: bytes) -> Changes:
    """Refuses a body with these bytes in it."""
    return refuses(lambda request: part in request.body)


def key_order() -> Changes:
    """Refuses the mandatory fields in any order but the document's."""

    def is_disordered(fields: dict[str, Any]) -> bool:
        return [name for name in fields if name in MANDATORY] != [name for name in MANDATORY if name in fields]

    return _fields(is_disordered)


def content_type(pattern: str) -> Changes:
    """Refuses a Content-Type with a part that matches the pattern."""

    def written_so(request: Request) -> bool:
        return bool(re.search(pattern, request.headers.get("content-type", "")))

    return refuses(written_so)


def _fields(condition: Callable[[dict[str, Any]], bool]) -> Changes:
    return refuses(lambda request: condition(fields_of(request)))
