"""Which timestamps the document promises, which it excludes, and which it leaves open.

The document says "ISO8601" and no more. What that is taken to promise: `YYYY-MM-DDThh:mm:ss`, 0 to 6 fraction digits,
`Z` or an offset up to 14:00, a real date in the years 1900 to 2199. Every other form of ISO 8601 is left open, each
form by a rule of its own. Everything else is not an ISO 8601 timestamp, or names no moment that exists.

No parser decides this: they refuse second 60, clamp it, or roll 30 February over.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction
from typing import Final, NamedTuple

from export_contract.contract.requirements import Expectation

FORM: Final = "timestamp/form"
CALENDAR: Final = "timestamp/calendar"

YEARS: Final = range(1900, 2200)
"""The years that are promised (decision)."""

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LARGEST_OFFSET = 14 * 60

# U+2212 is the minus sign that ISO 8601 itself prefers.
_SIGN = "[+\\-\u2212]"
_YEAR = rf"(?P<year>{_SIGN}[0-9]{{4,9}}|[0-9]{{4}}|[1-9][0-9]{{4,8}})"
_DATES = (
    ("", rf"{_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})"),
    (
        "week",
        rf"{_YEAR}-(?P<mark_of_week>[Ww])(?P<week>[0-9]{{2}})-(?P<weekday>[0-9])",
    ),
    ("ordinal", rf"{_YEAR}-(?P<ordinal>[0-9]{{3}})"),
    ("basic", rf"(?P<year>[0-9]{{4}}|{_SIGN}[0-9]{{6}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})"),
    (
        "basic week",
        rf"(?P<year>[0-9]{{4}}|{_SIGN}[0-9]{{6}})(?P<mark_of_week>[Ww])(?P<week>[0-9]{{2}})(?P<weekday>[0-9])",
    ),
    ("basic ordinal", rf"(?P<year>[0-9]{{4}}|{_SIGN}[0-9]{{6}})(?P<ordinal>[0-9]{{3}})"),
)
# Dates that name no day; ISO 8601 lets no time follow them.
_REDUCED_DATES = (
    ("reduced", rf"(?P<year>{_SIGN}[0-9]{{4,9}}|[0-9]{{4}})-(?P<month>[0-9]{{2}})"),
    ("reduced week", rf"(?P<year>{_SIGN}[0-9]{{4,9}}|[0-9]{{4}})-?(?P<mark_of_week>[Ww])(?P<week>[0-9]{{2}})"),
    ("reduced", rf"(?P<year>{_SIGN}[0-9]{{4,9}}|[0-9]{{2,4}})"),
)
_FRACTION = r"(?:(?P<mark>[.,])(?P<fraction>[0-9]+))?"
_TIMES = (
    ("", rf"(?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}}):(?P<second>[0-9]{{2}}){_FRACTION}"),
    ("reduced", rf"(?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}}){_FRACTION}"),
    ("basic", rf"(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}})(?P<second>[0-9]{{2}}){_FRACTION}"),
    ("basic reduced", rf"(?P<hour>[0-9]{{2}})(?P<minute>[0-9]{{2}}){_FRACTION}"),
    ("reduced", rf"(?P<hour>[0-9]{{2}}){_FRACTION}"),
)
_ZONES = (
    ("", r"(?P<zulu>[Zz])"),
    ("", rf"(?P<sign>{_SIGN})(?P<offset_hour>[0-9]{{2}}):(?P<offset_minute>[0-9]{{2}})"),
    ("basic", rf"(?P<sign>{_SIGN})(?P<offset_hour>[0-9]{{2}})(?P<offset_minute>[0-9]{{2}})"),
    ("reduced", rf"(?P<sign>{_SIGN})(?P<offset_hour>[0-9]{{2}})"),
    ("no-zone", ""),
)


# A form is one of each: every date goes with every time, and every time with every zone.
_Forms = tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]


def _compiled(forms: tuple[tuple[str, str], ...]) -> _Forms:
    return tuple((tuple(f"timestamp/{rule}" for rule in rules.split()), re.compile(text)) for rules, text in forms)


_DATE_FORMS: Final = _compiled(_DATES)
_TIME_FORMS: Final = _compiled(_TIMES)
_ZONE_FORMS: Final = _compiled(_ZONES)
_ALONE: Final = _compiled((*((f"{rules} date-only", text) for rules, text in _DATES), *_REDUCED_DATES))
_SEPARATOR: Final = re.compile("[Tt ]")


class Timestamp(NamedTuple):
    """What the classifier says of one text."""

    expectation: Expectation
    rules: tuple[str, ...] = ()
    """Where it is rejected, the one rule that it breaks; where it is unspecified, all that leave it open."""
    problem: str = ""
    """Where it is rejected, why, in plain words."""


_ACCEPTED = Timestamp(Expectation.ACCEPT)


def classify_timestamp(text: str) -> Timestamp:
    """Classify a timestamp.

    >>> classify_timestamp("2012-09-05T11:12:47.000Z").expectation
    <Expectation.ACCEPT: 'accept'>
    >>> classify_timestamp("2012-09-05").rules
    ('timestamp/date-only',)
    >>> classify_timestamp("2011-02-29T00:00:00Z").problem
    'month 02 of 2011 has no day 29'
    """
    found = _take_apart(text)
    return _judge(*found) if found else Timestamp(Expectation.REJECT, (FORM,), "it has no form of ISO 8601")


def instant(text: str) -> datetime | None:
    """The moment a documented timestamp names, with its zone; None for every other text."""
    if classify_timestamp(text).expectation is not Expectation.ACCEPT:
        return None
    return datetime.fromisoformat(text)


def any_instant(text: str, zone: tzinfo | None = None) -> datetime | None:
    """The moment that a timestamp of any form names, to the microsecond and in UTC, as far as datetime can hold it.

    `zone` stands in for one that is missing; without it, a timestamp without a zone names no moment.
    """
    found = _take_apart(text)
    if found is None or _calendar_problem(found[0]):
        return None
    part = found[0]
    offset = _offset(part)
    if (offset is None and zone is None) or (offset and abs(offset) >= timedelta(days=1)):
        return None
    try:
        day = _day(part)
        if day is None:
            return None
        moment = datetime.combine(day, time(), UTC if offset is not None else zone) + _time_of_day(part)
        return (moment - (offset or timedelta())).astimezone(UTC)
    except (OverflowError, ValueError):  # the last days of the year 9999, in a week or in a zone
        return None


def _take_apart(text: str) -> tuple[dict[str, str], frozenset[str]] | None:
    """The parts of a timestamp and the rules that its form falls under; None where it has no form of ISO 8601."""
    if not (separator := _SEPARATOR.search(text)):
        return _fitting((text, _ALONE))
    clock = text[separator.end() :]
    zone = clock.lstrip("0123456789:.,")
    found = _fitting(
        (text[: separator.start()], _DATE_FORMS), (clock[: len(clock) - len(zone)], _TIME_FORMS), (zone, _ZONE_FORMS)
    )
    if found:
        found[0]["separator"] = separator.group()
    return found


def _fitting(*pieces: tuple[str, _Forms]) -> tuple[dict[str, str], frozenset[str]] | None:
    """What the first form that fits each piece finds in it, and the rules of these forms."""
    part: dict[str, str] = {}
    rules: set[str] = set()
    for text, forms in pieces:
        for of_form, form in forms:
            if match := form.fullmatch(text):
                part |= match.groupdict(default="")
                rules |= {*of_form}
                break
        else:
            return None
    return part, frozenset(rules)


def _day(part: dict[str, str]) -> date | None:
    year = _year(part["year"])
    if not MINYEAR <= year <= MAXYEAR:
        return None
    if part.get("weekday"):
        return date.fromisocalendar(year, int(part["week"]), int(part["weekday"]))
    if part.get("ordinal"):
        return date(year, 1, 1) + timedelta(days=int(part["ordinal"]) - 1)
    return date(year, int(part["month"]), int(part["day"])) if part.get("day") else None


def _time_of_day(part: dict[str, str]) -> timedelta:
    """What has passed since midnight; a fraction is one of the smallest unit that is written."""
    units = {"hour": 3600, "minute": 60, "second": 1}
    written = {name: int(part[name]) for name in units if part.get(name)}
    seconds = Fraction(sum(units[name] * value for name, value in written.items()))
    if digits := part.get("fraction"):
        seconds += Fraction(int(digits[:12]), 10 ** len(digits[:12])) * units[list(written)[-1]]
    return timedelta(microseconds=int(seconds * 1_000_000))


def _offset(part: dict[str, str]) -> timedelta | None:
    if not part.get("sign"):
        return timedelta() if part.get("zulu") else None
    size = timedelta(hours=int(part["offset_hour"]), minutes=int(part.get("offset_minute") or 0))
    return size if part["sign"] == "+" else -size


def _judge(part: dict[str, str], rules: frozenset[str]) -> Timestamp:
    problem = _calendar_problem(part)
    if problem:
        return Timestamp(Expectation.REJECT, (CALENDAR,), problem)
    found = rules | {f"timestamp/{rule}" for rule in _open_parts(part)}
    if not found:
        return _ACCEPTED
    return Timestamp(Expectation.UNSPECIFIED, tuple(sorted(found)))


def _open_parts(part: dict[str, str]) -> list[str]:
    """The rules that the values of a timestamp, rather than its form, leave open."""
    year = part["year"]
    offset = int(part.get("offset_hour") or 0) * 60 + int(part.get("offset_minute") or 0)
    letters = part.get("mark_of_week", "") + part.get("separator", "") + part.get("zulu", "")
    found = {
        "signed-year": not year[0].isdigit(),
        # A century or a decade names no year that could be out of range.
        "year": len(year.lstrip("+-\u2212")) > 3 and _year(year) not in YEARS,
        "lower-case": letters != letters.upper(),
        "space": part.get("separator") == " ",
        "comma": part.get("mark") == ",",
        "long-fraction": len(part.get("fraction", "")) > 6,
        "hour-24": part.get("hour") == "24",
        "second-60": part.get("second") == "60",
        "negative-zero": part.get("sign") in ("-", "\u2212") and not offset,
        "large-offset": offset > _LARGEST_OFFSET,
        "minus-sign": "\u2212" in (year[0], part.get("sign")),
    }
    return [rule for rule, holds in found.items() if holds]


def _calendar_problem(part: dict[str, str]) -> str:
    """Why the parts name no moment that exists, or the empty string."""
    year = _year(part["year"])
    if month := part.get("month"):
        if not 1 <= int(month) <= 12:
            return f"there is no month {month}"
        if (day := part.get("day")) and not 1 <= int(day) <= days_in_month(year, int(month)):
            return f"month {month} of {part['year']} has no day {day}"
    if (week := part.get("week")) and not 1 <= int(week) <= _weeks_in_year(year):
        return f"{part['year']} has no week {week}"
    if (weekday := part.get("weekday")) and not 1 <= int(weekday) <= 7:
        return f"there is no weekday {weekday}"
    if (ordinal := part.get("ordinal")) and not 1 <= int(ordinal) <= 365 + _is_leap(year):
        return f"{part['year']} has no day {ordinal}"
    return _clock_problem(part)


def _clock_problem(part: dict[str, str]) -> str:
    hour, minute, second = part.get("hour") or "00", part.get("minute") or "00", part.get("second") or "00"
    if int(hour) > 24:
        return f"there is no hour {hour}"
    if hour == "24" and (int(minute) or int(second) or part.get("fraction", "").strip("0")):
        return "hour 24 is only the end of a day, 24:00:00"
    if int(minute) > 59:
        return f"there is no minute {minute}"
    if int(second) > 60:
        return f"there is no second {second}"
    if int(part.get("offset_minute") or 0) > 59:
        return f"an offset has no minute {part['offset_minute']}"
    return ""


def _year(text: str) -> int:
    return int(text.replace("\u2212", "-"))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """How many days `month` (1 to 12) has in `year`, in the Gregorian calendar drawn out to every year."""
    return 29 if month == 2 and _is_leap(year) else _DAYS[month - 1]


def _weeks_in_year(year: int) -> int:
    """52 or 53: a year has 53 ISO weeks where it begins or ends on a Thursday."""

    def weekday_of_last_day(of: int) -> int:
        return (of + of // 4 - of // 100 + of // 400) % 7

    return 53 if weekday_of_last_day(year) == 4 or weekday_of_last_day(year - 1) == 3 else 52
