"""Timestamps worth sending: what is promised, each distinct way to be wrong, and each form left open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any, Final

# Nearly all lie between the dates of the bases, so that a target which reads them somehow is not saved by the order of
# the dates; what it may read as earlier or later is sent with the other date out of its way (see `may_read_early`).

# (what it is, the text); every text is rejected, and breaks the form of a timestamp.
NO_TIMESTAMPS: Final = (
    ("empty", ""),
    ("a word", "yesterday"),
    ("epoch seconds as text", "1362481967"),
    ("US local format", "03/05/2013 11:12:47"),
    ("RFC 1123 format", "Tue, 05 Mar 2013 11:12:47 GMT"),
    ("slashes in the date", "2013/03/05T11:12:47Z"),
    ("no leading zeros", "2013-3-5T11:12:47Z"),
    ("text before", "on 2013-03-05T11:12:47Z"),
    ("text after", "2013-03-05T11:12:47Z or so"),
    ("trailing space", "2013-03-05T11:12:47Z "),
    ("trailing newline", "2013-03-05T11:12:47Z\n"),
    ("trailing NUL", "2013-03-05T11:12:47Z\x00"),
    ("zone name", "2013-03-05T11:12:47 UTC"),
    ("zone in brackets", "2013-03-05T11:12:47+02:00[Europe/Paris]"),
    ("two zones", "2013-03-05T11:12:47+00:00Z"),
    ("an offset with seconds", "2013-03-05T11:12:47+01:00:30"),
    ("a time without a date", "T11:12:47Z"),
    ("a point without a fraction", "2013-03-05T11:12:47.Z"),
    ("milliseconds after a colon", "2013-03-05T11:12:47:000Z"),
    ("non-ASCII digits", "\u0662\u0660\u0661\u0663-03-05T11:12:47Z"),
    ("one digit for the month", "2013-3-05T11:12:47Z"),
    ("one digit for the day", "2013-03-5T11:12:47Z"),
    ("one digit for the hour", "2013-03-05T1:12:47Z"),
    ("one digit for the minute", "2013-03-05T11:2:47Z"),
    ("one digit for the second", "2013-03-05T11:12:7Z"),
    ("two digits for the year", "13-03-05T11:12:47Z"),
    ("leading space", " 2013-03-05T11:12:47Z"),
    ("leading NUL", "\x002013-03-05T11:12:47Z"),
    ("a sign behind", "2013-03-05T11:12:47Z+"),
    ("half a surrogate pair behind", "2013-03-05T11:12:47Z\ud800"),
    ("points in the date", "2013.03.05T11:12:47Z"),
    ("a tab for the T", "2013-03-05\t11:12:47Z"),
    ("points in the time", "2013-03-05T11.12.47Z"),
    ("a space before the zone", "2013-03-05T11:12:47 Z"),
    ("the month by its name", "2013-Mar-05T11:12:47Z"),
    ("digits alone", "20130305111247"),
    ("local format, the day first", "25/03/2013 11:12:47"),
    ("local date, the day first", "25/03/2013"),
    ("local date, the month first", "03/25/2013"),
    ("German local format", "05.03.2013 11:12:47"),
    ("German local date", "05.03.2013"),
    ("a date in words", "March 5, 2013 11:12:47"),
    ("the present moment", "now"),
    ("the present day", "today"),
    ("a time alone", "11:12:47"),
    ("epoch milliseconds as text", "1362481967000"),
    ("zero as text", "0"),
)

# Every text has a form of ISO 8601, and names no moment that exists.
NO_MOMENTS: Final = (
    ("month 13", "2013-13-05T11:12:47Z"),
    ("month 00", "2013-00-05T11:12:47Z"),
    ("day 00", "2013-03-00T11:12:47Z"),
    ("day 32", "2013-10-32T11:12:47Z"),
    ("30 February", "2013-02-30T11:12:47Z"),
    ("29 February off a leap year", "2014-02-29T11:12:47Z"),
    ("29 February 1900", "1900-02-29T11:12:47Z"),
    ("29 February 2100", "2100-02-29T11:12:47Z"),
    ("31 April", "2013-04-31T11:12:47Z"),
    ("hour 25", "2013-03-05T25:12:47Z"),
    ("24:00:01", "2013-03-05T24:00:01Z"),
    ("minute 60", "2013-03-05T11:60:47Z"),
    ("second 61", "2013-03-05T11:12:61Z"),
    ("offset minute 60", "2013-03-05T11:12:47+01:60"),
    ("offset +99:99", "2013-03-05T11:12:47+99:99"),
)

# (rule, what it is, the text); every text is left open by that rule.
OPEN_MOMENTS: Final = (
    ("timestamp/no-zone", "no zone", "2013-03-05T11:12:47"),
    ("timestamp/date-only", "date only", "2013-03-05"),
    ("timestamp/second-60", "a leap second", "2013-06-30T23:59:60Z"),
    ("timestamp/year", "the year 0001", "0001-01-01T00:00:00Z"),
    ("timestamp/space", "a space for the T", "2013-03-05 11:12:47Z"),
    ("timestamp/lower-case", "lower-case t and z", "2013-03-05t11:12:47z"),
    ("timestamp/basic", "basic format", "20130305T111247Z"),
    ("timestamp/long-fraction", "7 fraction digits", "2013-03-05T11:12:47.1234567Z"),
    ("timestamp/hour-24", "hour 24", "2013-03-05T24:00:00Z"),
    ("timestamp/negative-zero", "offset -00:00", "2013-03-05T11:12:47-00:00"),
    ("timestamp/large-offset", "offset +23:59", "2013-03-05T11:12:47+23:59"),
    ("timestamp/signed-year", "signed year", "+002013-03-05T11:12:47Z"),
    ("timestamp/week", "week date", "2013-W10-2T11:12:47Z"),
    ("timestamp/ordinal", "ordinal date", "2013-064T11:12:47Z"),
    ("timestamp/comma", "comma before the fraction", "2013-03-05T11:12:47,000Z"),
    ("timestamp/reduced", "no seconds", "2013-03-05T11:12Z"),
    ("timestamp/minus-sign", "a minus sign for the hyphen", "2013-03-05T11:12:47\u221205:00"),
    ("timestamp/year", "the year 9999", "9999-12-31T23:59:59Z"),
    ("timestamp/year", "the year 0000", "0000-01-01T00:00:00Z"),
    ("timestamp/long-fraction", "40 fraction digits", "2013-03-05T11:12:47." + "1234567890" * 4 + "Z"),
    ("timestamp/reduced", "year and month", "2013-03"),
    ("timestamp/basic", "offset without a colon", "2013-03-05T11:12:47+0000"),
)

# What a reader may take for 1970 or for now, rather than refuse: PHP reads the empty text as now, JavaScript null as
# 1970. Of longer texts, as much as is before the fraction.
_READ_EARLY: Final = frozenset({"", "0", "1900-02-29T11:12:47"})
_READ_LATE: Final = frozenset(
    {"", "yesterday", "now", "today", "T11:12:47Z", "11:12:47", "1362481967000", "2100-02-29T11:12:47"}
)
_MILLISECONDS: Final = 10**11
"""Numbers from here on name a moment of our time in milliseconds, and one thousands of years away in seconds."""

_ENDING: Final = re.compile(r".{19}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_SECONDS_AND_ZONE: Final = re.compile(r"([:.][0-9]{1,2})( ?)(Z|[+-][0-9]{2}:[0-9]{2})")

EARLIEST, LATEST = "1900-01-01T00:00:00", "2199-12-31T23:59:59"
"""The ends of the years that are promised; what follows in the text is its fraction and its zone."""

# Moments at which calendars and clocks go wrong, as the local date and time that is written, and which end of a range
# they stand at: so that 25 years, and any zone, keep the other end within the years that are promised.
EDGES: Final = (
    (
        (datetime(2012, 2, 29, 11, 12, 47), "first"),
        (datetime(2000, 2, 29, 23, 59, 59), "last"),
        (datetime(2096, 2, 29, 0, 0, 0), "first"),
    ),
    (
        (datetime(2012, 12, 31, 23, 59, 59), "last"),
        (datetime(2013, 1, 1, 0, 0, 0), "first"),
        (datetime(2012, 1, 31, 23, 59, 59), "first"),
        (datetime(2013, 4, 30, 0, 0, 0), "last"),
    ),
    (
        (datetime(1969, 12, 31, 23, 59, 59), "first"),
        (datetime(2038, 1, 19, 3, 14, 8), "last"),
        (datetime(1900, 1, 3, 0, 0, 0), "first"),
        (datetime(2199, 12, 29, 23, 59, 59), "last"),
        (datetime(1970, 1, 1, 0, 0, 0), "first"),
    ),
)

ORDINARY: Final = datetime(2012, 9, 5, 11, 12, 47)

# None stands for Z.
OFFSETS: Final = ((0, 330, 840, 60), (-480, -210, -660))
"""Minutes east of UTC, east or none first; +00:00 is what Python's isoformat writes."""

FRACTIONS: Final = ((3,), (0,), (6,), (1, 2, 4, 5))
"""Digits, the most ordinary first."""

LENGTHS: Final = (
    (("three years", timedelta(days=1095)),),
    (("no time at all", timedelta(0)),),
    (("one second", timedelta(seconds=1)), ("25 years", timedelta(days=9131))),
)

MICROSECONDS: Final = 123456


def may_read_early(value: Any) -> bool:
    """Whether a lenient reader may take a wrong value for a moment before the dates of the bases."""
    return value[:19] in _READ_EARLY if isinstance(value, str) else not isinstance(value, list | dict)


def may_read_late(value: Any) -> bool:
    """Whether a lenient reader may take a wrong value for a moment after the dates of the bases."""
    if isinstance(value, str):
        return value[:19] in _READ_LATE
    return value is None or (isinstance(value, int) and value >= _MILLISECONDS)


def respelt(text: str, like: str) -> str | None:
    """A wrong timestamp, written without a fraction, with the fraction and the zone of a right one.

    A zone that is not Z is a part of what is wrong, and stays. None where there is no place for them.

    >>> respelt("2013-02-30T11:12:47Z", "2012-09-05T11:12:47.000+02:00")
    '2013-02-30T11:12:47.000+02:00'
    """
    ending, place = _ENDING.fullmatch(like), _SECONDS_AND_ZONE.search(text)
    if ending is None or place is None:
        return None
    seconds, gap, zone_text = place.groups()
    zone_text = ending[2] if zone_text == "Z" else zone_text
    written = f"{text[: place.start()]}{seconds}{ending[1] or ''}{gap}{zone_text}{text[place.end() :]}"
    return written if written != text else None


def write(moment: datetime, digits: int, offset: int | None) -> str:
    """`moment`, which has a zone, in the documented form: with so many fraction digits, at so many minutes east of UTC.

    >>> write(datetime(2012, 9, 5, 11, 12, 47, tzinfo=timezone.utc), 3, 330)
    '2012-09-05T16:42:47.000+05:30'
    """
    local = moment.astimezone(zone(offset))
    fraction = f".{local.microsecond:06d}"[: digits + 1] if digits else ""
    return f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{offset_text(offset)}"


def zone(offset: int | None) -> timezone:
    """The zone so many minutes east of UTC; None is UTC."""
    return timezone(timedelta(minutes=offset or 0))


def offset_text(offset: int | None) -> str:
    """How a timestamp names the zone: `Z`, `+05:30`."""
    if offset is None:
        return "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02d}:{minutes:02d}"
