"""Lenient readings of timestamps."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from ..service.seams import Changes
from .lenient_fields import DEFAULTS, rewrites

_PLAIN = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
_SHAPE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(.*)"

# Texts that some reader or other takes for a date.
EMPTY = r""
WORDS = r"[A-Za-z][A-Za-z ]*"
EPOCH = r"-?[0-9]{9,}(?:\.[0-9]+)?|0"
LOCAL = r"[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}.*"
MAIL = r"[A-Z][a-z]{2}, [0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} .*"
NO_DATE = r"(?![0-9]{4}-[0-9]{2}-[0-9]{2})(?s:.*)"


class _Written(NamedTuple):
    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int

    @property
    def is_leap_day(self) -> bool:
        return (self.month, self.day) == (2, 29)

    @property
    def is_in_leap_year(self) -> bool:
        return self.year % 4 == 0 and (self.year % 100 != 0 or self.year % 400 == 0)


# Days and times that do not exist, and that some reader or other moves to ones that do.
_UNREAL: Mapping[str, Callable[[_Written], bool]] = {
    "month 00": lambda at: at.month == 0,
    "month 13": lambda at: at.month > 12,
    "day 00": lambda at: at.day == 0,
    "day 32": lambda at: at.day > 31,
    "30 February": lambda at: at.month == 2 and at.day in (30, 31),
    "29 February": lambda at: at.is_leap_day and not at.is_in_leap_year,
    "29 February of a century": lambda at: at.is_leap_day and not at.is_in_leap_year and at.year % 100 == 0,
    "31 April": lambda at: at.month in (4, 6, 9, 11) and at.day == 31,
    "hour 25": lambda at: at.hour > 24,
    "minute 60": lambda at: at.minute > 59,
    "second 61": lambda at: at.second > 60,
}


def takes(field: str, pattern: str) -> Changes:
    """Reads some date or other in a text that matches the pattern."""
    return rewrites(field, str, lambda text: DEFAULTS[field] if re.fullmatch(pattern, text) else text)


def trims(field: str) -> Changes:
    """Does not mind white space around the date."""
    return rewrites(field, str, str.strip)


def skips_before(field: str) -> Changes:
    """Finds the date at the end of a text."""
    return rewrites(field, str, lambda text: re.sub(rf"^.*\S.*?({_PLAIN})\Z", r"\1", text, flags=re.DOTALL))


def skips_after(field: str) -> Changes:
    """Finds the date at the start of a text."""
    return rewrites(field, str, lambda text: re.sub(rf"^({_PLAIN})\s*\S.*\Z", r"\1", text, flags=re.DOTALL))


def rolls_over(field: str, unreal: str) -> Changes:
    """Moves a date that does not exist, by as much as its parts are too large or too small."""

    def real(text: str) -> str:
        match = re.fullmatch(_SHAPE, text)
        if match is None:
            return text
        written = _Written(*map(int, match.groups()[:6]))
        return _rolled(written) + match[7] if _UNREAL[unreal](written) else text

    return rewrites(field, str, real)


def rolled(text: str) -> str:
    """A date whose parts are moved where they are too large; as it is where it has another form."""
    match = re.fullmatch(_SHAPE, text)
    return text if match is None else _rolled(_Written(*map(int, match.groups()[:6]))) + match[7]


def _rolled(at: _Written) -> str:
    years, month = divmod(at.month - 1, 12)
    first = datetime(min(max(at.year + years, 2), 9998), month + 1, 1)  # years whose days can be moved
    rest = timedelta(days=at.day - 1, hours=at.hour, minutes=at.minute, seconds=at.second)
    return (first + rest).isoformat()
