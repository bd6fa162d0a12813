"""A reader of ISO 8601 timestamps that says which of the uncommon forms a text uses.

The plain form is YYYY-MM-DDThh:mm:ss, with up to six fraction digits, and Z or an offset up to 14:00, in the years
1900 to 2199. Whether any other form is accepted is the service's choice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

DATE_ONLY = "date-only"
REDUCED = "reduced"
BASIC = "basic"
WEEK = "week"
ORDINAL = "ordinal"
NO_ZONE = "no-zone"
LOWER_CASE = "lower-case"
SPACE = "space"
COMMA = "comma"
LONG_FRACTION = "long-fraction"
HOUR_24 = "hour-24"
SECOND_60 = "second-60"
NEGATIVE_ZERO = "negative-zero"
LARGE_OFFSET = "large-offset"
YEAR = "year"
SIGNED_YEAR = "signed-year"
MINUS_SIGN = "minus-sign"

UNCOMMON_FORMS = frozenset(
    {
        DATE_ONLY, REDUCED, BASIC, WEEK, ORDINAL, NO_ZONE, LOWER_CASE, SPACE, COMMA, LONG_FRACTION,
        HOUR_24, SECOND_60, NEGATIVE_ZERO, LARGE_OFFSET, YEAR, SIGNED_YEAR, MINUS_SIGN,
    }
)  # fmt: skip

_MINUS = "\u2212"  # which ISO 8601 prefers to the hyphen
_YEAR = rf"(?P<year>[+{_MINUS}-][0-9]{{4,6}}|[0-9]{{4}})"
_CLOCK_END = r"(?:(?P<mark>[.,])(?P<fraction>[0-9]+))?"
_EXTENDED = re.compile(
    _YEAR
    + r"(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?|-[Ww](?P<week>[0-9]{2})(?:-(?P<weekday>[0-9]))?"
    + r"|-(?P<ordinal>[0-9]{3}))?"
    + r"(?:(?P<gap>[Tt ])(?P<hour>[0-9]{2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})"
    + _CLOCK_END
    + rf")?)?(?P<zone>[Zz]|(?P<sign>[+{_MINUS}-])(?P<zone_hour>[0-9]{{2}})(?::(?P<zone_minute>[0-9]{{2}}))?)?)?"
)
_BASIC = re.compile(
    _YEAR
    + r"(?:(?P<month>[0-9]{2})(?P<day>[0-9]{2})|[Ww](?P<week>[0-9]{2})(?P<weekday>[0-9])?|(?P<ordinal>[0-9]{3}))"
    + r"(?:(?P<gap>[Tt ])(?P<hour>[0-9]{2})(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})"
    + _CLOCK_END
    + rf")?)?(?P<zone>[Zz]|(?P<sign>[+{_MINUS}-])(?P<zone_hour>[0-9]{{2}})(?P<zone_minute>[0-9]{{2}})?)?)?"
)

_Parts = dict[str, str | None]


@dataclass(frozen=True, order=True)
class Instant:
    """A point in time, exact to the last digit of its fraction."""

    second: datetime  # UTC, without a fraction
    fraction: str = ""  # decimal digits without zeros at the end: as text they sort as the numbers do

    def __str__(self) -> str:
        """ISO 8601 in UTC with milliseconds, or with as many digits as the instant needs, at least six."""
        width = 3 if len(self.fraction) <= 3 else 6
        return f"{self.second.isoformat()}.{self.fraction.ljust(width, '0')}Z"


@dataclass(frozen=True)
class Reading:
    """What a text means, and the uncommon forms that it uses."""

    instant: Instant
    forms: frozenset[str]


def read_timestamp(text: str) -> Reading | None:
    """Read any form of ISO 8601; None where the text has none, or names a day or a time that does not exist."""
    extended = _EXTENDED.fullmatch(text)
    match = extended or _BASIC.fullmatch(text)
    if match is None:
        return None
    parts = match.groupdict()
    try:
        instant = _instant(parts)
    except (ValueError, OverflowError):
        return None
    forms = set(_forms(text, parts))
    if not extended:
        forms.add(BASIC)
    return Reading(instant, frozenset(forms))


def _number(parts: _Parts, name: str, default: int = 0) -> int:
    digits = parts[name]
    return default if digits is None else int(digits.replace(_MINUS, "-"))


def _day(parts: _Parts) -> date:
    year = _number(parts, "year")
    if parts["week"]:
        return date.fromisocalendar(year, _number(parts, "week"), _number(parts, "weekday", 1))
    if parts["ordinal"]:
        day = date(year, 1, 1) + timedelta(days=_number(parts, "ordinal") - 1)
        if day.year != year:
            raise ValueError("no such day in this year")
        return day
    return date(year, _number(parts, "month", 1), _number(parts, "day", 1))


def _instant(parts: _Parts) -> Instant:
    day = _day(parts)
    hour, minute, second = (_number(parts, name) for name in ("hour", "minute", "second"))
    fraction = (parts["fraction"] or "").rstrip("0")
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second or fraction)):
        raise ValueError("no such time")
    zone_hour, zone_minute = _number(parts, "zone_hour"), _number(parts, "zone_minute")
    if zone_hour > 23 or zone_minute > 59:
        raise ValueError("no such offset")
    offset = timedelta(hours=zone_hour, minutes=zone_minute)
    local = datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute, seconds=second)
    return Instant(local - offset if parts["sign"] == "+" else local + offset, fraction)


def _forms(text: str, parts: _Parts) -> Iterator[str]:
    if not (parts["year"] or "")[0].isdigit():
        yield SIGNED_YEAR
    if _MINUS in text:
        yield MINUS_SIGN
    if not 1900 <= _number(parts, "year") <= 2199:
        yield YEAR
    yield from _date_forms(parts)
    if parts["gap"] is not None:
        yield from _time_forms(parts)
    if any(letter in text for letter in "twz"):
        yield LOWER_CASE


def _date_forms(parts: _Parts) -> Iterator[str]:
    if parts["week"]:
        yield WEEK
    if parts["ordinal"]:
        yield ORDINAL
    if not (parts["day"] or parts["weekday"] or parts["ordinal"]):
        yield REDUCED
    elif parts["gap"] is None:
        yield DATE_ONLY


def _time_forms(parts: _Parts) -> Iterator[str]:
    if parts["gap"] == " ":
        yield SPACE
    if parts["second"] is None or (parts["zone_hour"] and not parts["zone_minute"]):
        yield REDUCED
    if parts["mark"] == ",":
        yield COMMA
    if len(parts["fraction"] or "") > 6:
        yield LONG_FRACTION
    if parts["hour"] == "24":
        yield HOUR_24
    if parts["second"] == "60":
        yield SECOND_60
    yield from _zone_forms(parts)


def _zone_forms(parts: _Parts) -> Iterator[str]:
    if parts["zone"] is None:
        yield NO_ZONE
    offset = 60 * _number(parts, "zone_hour") + _number(parts, "zone_minute")
    if parts["sign"] in ("-", _MINUS) and offset == 0:
        yield NEGATIVE_ZERO
    if offset > 14 * 60:
        yield LARGE_OFFSET
