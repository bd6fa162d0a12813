"""Bodies that a conforming target accepts."""

from __future__ import annotations

import json

from .bodies import ENROLLMENTS, INTERACTIONS, PAIRS, enrollments, interactions, spell
from .rows import Row, accepted

_PAIRS = "accept: every allowed exportType x format pair"
_TIMESTAMPS = "accept: timestamps YYYY-MM-DDThh:mm:ss, 0 to 6 fraction digits, Z or an offset up to 14:00, real dates"
_RANGE = "accept: startDate before or equal to endDate, any length of range"
_SPELLING = "accept: any spelling of the same JSON: key order, white space, escapes"
_CONTENT_TYPE = "accept: Content-Type application/json with or without charset=utf-8, in any case"

DOCUMENTED_TIMESTAMPS = (
    ("no fraction", "2012-09-05T11:12:47Z"),
    ("1 fraction digit", "2012-09-05T11:12:47.1Z"),
    ("2 fraction digits", "2012-09-05T11:12:47.12Z"),
    ("3 fraction digits", "2012-09-05T11:12:47.123Z"),
    ("4 fraction digits", "2012-09-05T11:12:47.1234Z"),
    ("5 fraction digits", "2012-09-05T11:12:47.12345Z"),
    ("6 fraction digits", "2012-09-05T11:12:47.123456Z"),
    ("6 zeros", "2012-09-05T11:12:47.000000Z"),
    ("isoformat() of Python in UTC", "2012-09-05T11:12:47.123456+00:00"),
    ("isoformat() of Python without microseconds", "2012-09-05T11:12:47+00:00"),
    ("offset to the east", "2012-09-05T11:12:47+02:00"),
    ("offset to the west", "2012-09-05T11:12:47-08:00"),
    ("offset of half an hour", "2012-09-05T11:12:47+05:30"),
    ("offset of three quarters", "2012-09-05T11:12:47.000+05:45"),
    ("offset of minutes alone", "2012-09-05T11:12:47-00:30"),
    ("offset 14:00", "2012-09-05T11:12:47+14:00"),
    ("offset -14:00", "2012-09-05T11:12:47-14:00"),
    ("offset 13:59", "2012-09-05T11:12:47+13:59"),
    ("29 February of a leap year", "2012-02-29T00:00:00Z"),
    ("29 February 2000, a leap century", "2000-02-29T12:00:00Z"),
    ("28 February off a leap year", "2011-02-28T23:59:59Z"),
    ("30 April", "2012-04-30T00:00:00Z"),
    ("31 December", "2012-12-31T00:00:00Z"),
    ("last second of a day", "2012-09-05T23:59:59Z"),
    ("last microsecond of a day", "2012-09-05T23:59:59.999999Z"),
    ("midnight", "2012-09-05T00:00:00Z"),
    ("the epoch", "1970-01-01T00:00:00Z"),
    ("just before the epoch", "1969-12-31T23:59:59.999999Z"),
    ("beyond 32-bit seconds", "2038-01-19T03:14:08Z"),
    ("first moment of 1900", "1900-01-01T00:00:00Z"),
    ("last moment of 2199", "2199-12-31T23:59:59.999999Z"),
    ("1900 as written, 1899 in UTC", "1900-01-01T00:00:00+14:00"),
    ("2199 as written, 2200 in UTC", "2199-12-31T23:59:59-14:00"),
)

_RANGES = (
    ("the document's own", "2012-09-05T11:12:47.000Z", "2015-05-28T17:39:23.000Z"),
    ("equal dates", "2012-09-05T11:12:47Z", "2012-09-05T11:12:47Z"),
    ("one microsecond", "2012-09-05T11:12:47.000000Z", "2012-09-05T11:12:47.000001Z"),
    ("one second", "2012-09-05T11:12:47Z", "2012-09-05T11:12:48Z"),
    ("three hundred years", "1900-01-01T00:00:00Z", "2199-12-31T23:59:59.999999Z"),
    ("both sides of 1970", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
    ("the same moment in two zones", "2012-09-05T11:12:47Z", "2012-09-05T13:12:47+02:00"),
    ("the same moment, the end written earlier", "2012-09-05T13:12:47+02:00", "2012-09-05T11:12:47Z"),
    ("ordered as moments, not as text", "2012-09-06T01:00:00+14:00", "2012-09-05T12:00:00Z"),
    ("different shapes", "2012-09-05T11:12:47Z", "2012-09-05T11:12:47.5+00:00"),
    ("a day, across a change of the year", "2012-12-31T12:00:00Z", "2013-01-01T12:00:00Z"),
)

_CONTENT_TYPES = (
    "application/json",
    "APPLICATION/JSON",
    "Application/Json",
    "application/json; charset=utf-8",
    "application/json;charset=utf-8",
    "application/json; charset=UTF-8",
    "Application/JSON; Charset=Utf-8",
)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def _all_escaped() -> bytes:
    pairs = (f'"{_escaped(key)}":"{_escaped(value)}"' for key, value in ENROLLMENTS.items())
    return ("{" + ",".join(pairs) + "}").encode()


def _in_order(*names: str) -> bytes:
    return spell({name: INTERACTIONS[name] for name in names})


_SPELLINGS = (
    ("as compact as it goes", json.dumps(ENROLLMENTS, separators=(",", ":")).encode()),
    ("indented by four", json.dumps(ENROLLMENTS, indent=4).encode()),
    ("indented by tabs", json.dumps(ENROLLMENTS, indent="\t").encode()),
    ("lines ending as on Windows", json.dumps(ENROLLMENTS, indent=2).replace("\n", "\r\n").encode()),
    ("lines ending in carriage returns", json.dumps(ENROLLMENTS, indent=2).replace("\n", "\r").encode()),
    (
        "white space around every mark",
        b" \t\r\n" + json.dumps(ENROLLMENTS, separators=(" ,\t", " :\n")).encode() + b" \n",
    ),
    ("a line break at the end", spell(ENROLLMENTS) + b"\n"),
    ("white space before", b"\n\n  " + spell(ENROLLMENTS)),
    ("keys reversed", _in_order("learningActivityId", "format", "exportType", "endDate", "startDate")),
    ("keys sorted", _in_order("endDate", "exportType", "format", "learningActivityId", "startDate")),
    ("exportType last", _in_order("learningActivityId", "startDate", "endDate", "format", "exportType")),
    (
        "an escaped letter in a value",
        spell({**ENROLLMENTS, "exportType": "USERS"}).replace(b'"USERS"', rb'"\u0055SERS"'),
    ),
    ("escapes in lower-case hexadecimal", spell(ENROLLMENTS).replace(b"000Z", rb"000\u005a")),
    ("escapes in upper-case hexadecimal", spell(ENROLLMENTS).replace(b"000Z", rb"000\u005A")),
    (
        "an escaped hyphen and colon",
        spell(ENROLLMENTS).replace(b"2012-", rb"2012\u002d").replace(b"11:12", rb"11\u003a12"),
    ),
    ("an escaped letter in a key", spell(ENROLLMENTS).replace(b'"format"', rb'"f\u006frmat"')),
    ("every character escaped", _all_escaped()),
    ("16 KiB with white space", spell(ENROLLMENTS).ljust(16 * 1024)),
)

ROWS: tuple[Row, ...] = (
    *(accepted(_PAIRS, f"{kind} as {form}", enrollments(exportType=kind, format=form)) for kind, form in PAIRS),
    accepted("accept: interactions with JSONL and an id", "LEARNING_ACTIVITY_INTERACTIONS as JSONL", interactions()),
    *(accepted(_TIMESTAMPS, name, enrollments(startDate=text, endDate=text)) for name, text in DOCUMENTED_TIMESTAMPS),
    *(accepted(_RANGE, name, enrollments(startDate=start, endDate=end)) for name, start, end in _RANGES),
    *(accepted(_SPELLING, name, body) for name, body in _SPELLINGS),
    *(accepted(_CONTENT_TYPE, text, enrollments(), content_type=text) for text in _CONTENT_TYPES),
)
