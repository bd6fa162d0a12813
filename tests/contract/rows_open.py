"""Bodies that the document leaves open, and mixtures of what it leaves open with what it excludes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .bodies import ENROLLMENTS, INTERACTIONS, enrollments, interactions, renamed, spell, without, written
from .rows import Row, left_open, rejected

_UNKNOWN = "EXP-OPEN-UNKNOWN-PROPERTY"
_DUPLICATE = "EXP-OPEN-DUPLICATE-KEY"
_MARK = "EXP-OPEN-BYTE-ORDER-MARK"
_LONG = "EXP-OPEN-LONG-STRING"
_DEEP = "EXP-OPEN-DEEP-NESTING"
TOO_DEEP = "unspecified: nesting of more than 200 levels, whatever else the body holds"
_LARGE = "EXP-OPEN-LARGE-BODY"
_TYPE = "EXP-OPEN-CONTENT-TYPE"
_ELSEWHERE = "EXP-OPEN-ID-ELSEWHERE"
_REVERSED = "EXP-OPEN-RANGE-REVERSED"

_BODY = spell(ENROLLMENTS)
_UTF8_MARK = b"\xef\xbb\xbf"


def _twice(*members: str, base: bytes = _BODY) -> bytes:
    """`base` with more members at its end, to the letter."""
    return base[:-1] + b", " + ", ".join(members).encode() + b"}"


def _nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def _ranges() -> Iterator[Row]:
    rule = "unspecified: startDate after endDate"
    for name, start, end in (
        ("the document's dates exchanged", "2015-05-28T17:39:23.000Z", "2012-09-05T11:12:47.000Z"),
        ("by a second", "2012-09-05T11:12:48Z", "2012-09-05T11:12:47Z"),
        ("by a microsecond", "2012-09-05T11:12:47.000001Z", "2012-09-05T11:12:47Z"),
        ("as moments, not as text", "2012-09-05T12:00:00Z", "2012-09-06T01:00:00+14:00"),
    ):
        yield left_open(rule, name, enrollments(startDate=start, endDate=end), _REVERSED)
    body = enrollments(startDate="2016-01-01T00:00:00", endDate="2015-01-01T00:00:00")
    yield left_open(rule, "by a year, and without zones", body, _REVERSED, "EXP-OPEN-TIME-NO-ZONE")
    body = enrollments(startDate="2016-01-01", endDate="2015-01-01T00:00:00Z")
    yield left_open(rule, "by a year, with a date alone", body, _REVERSED, "EXP-OPEN-TIME-DATE-ONLY")


def _ids() -> Iterator[Row]:
    rule = "unspecified: an id beside another exportType"
    values: tuple[Any, ...] = (12345, 0, -1, 1.5, "12345", None, True, [], {})
    for value in values:
        yield left_open(rule, json.dumps(value), enrollments(learningActivityId=value), _ELSEWHERE)
    rule = "unspecified: ids that are fractional, zero, negative, huge, or simply not declared"
    for text, *ends in (
        ("12346", "UNDECLARED"),
        ("1", "UNDECLARED"),
        ("9007199254740991", "UNDECLARED"),
        ("9007199254740992", "HUGE"),
        ("1" + "0" * 30, "HUGE"),
        ("9" * 5_000, "HUGE"),
        ("0", "ZERO"),
        ("-0", "ZERO"),
        ("-1", "NEGATIVE"),
        ("-12345", "NEGATIVE"),
        ("12345.5", "FRACTIONAL"),
        ("0.1", "FRACTIONAL"),
        ("12345.0", "FRACTIONAL"),
        ("1.2345e4", "FRACTIONAL"),
        ("1e400", "FRACTIONAL", "HUGE"),
        ("-1e20", "FRACTIONAL", "NEGATIVE", "HUGE"),
        ("-0.5", "FRACTIONAL", "NEGATIVE"),
        ("0.0", "FRACTIONAL", "ZERO"),
        ("-9007199254740992", "NEGATIVE", "HUGE"),
    ):
        name = text if len(text) < 40 else f"{len(text)} digits"
        ids = (f"EXP-OPEN-ID-{end}" for end in ends)
        yield left_open(rule, name, written("learningActivityId", text, INTERACTIONS), *ids)


def _properties() -> Iterator[Row]:
    rule = "unspecified: unknown properties"
    values: tuple[Any, ...] = (1, None, "", "USERS", [], {"format": "CSV"}, {"a": [{"b": None}]})
    for value in values:
        yield left_open(rule, json.dumps(value), enrollments(note=value), _UNKNOWN)
    yield left_open(rule, "an empty name", enrollments(**{"": 1}), _UNKNOWN)
    yield left_open(rule, "a mandatory name in lower case too", enrollments(startdate="2012-09-05"), _UNKNOWN)
    yield left_open(rule, "a name that scripts know", enrollments(__proto__={}), _UNKNOWN)
    yield left_open(rule, "two of them", enrollments(a=1, b=2), _UNKNOWN)
    yield left_open(rule, "beside an id", interactions(note=1), _UNKNOWN)
    yield left_open(rule, "a misspelt id beside another exportType", enrollments(learningActivityID=1), _UNKNOWN)


def _duplicates() -> Iterator[Row]:
    rule = "unspecified: duplicate keys"
    for name, member in (
        ("the same value twice", '"format": "CSV"'),
        ("another allowed value", '"format": "JSONL"'),
        ("only the first allowed", '"format": "XML"'),
        ("only the first of the right type", '"exportType": null'),
        ("only the first a real date", '"startDate": "2012-02-30T00:00:00Z"'),
        ("written in another way", r'"f\u006frmat": "CSV"'),
    ):
        yield left_open(rule, name, _twice(member), _DUPLICATE)
    yield left_open(
        rule, "only the last allowed", _twice('"format": "CSV"', base=enrollments(format="XML")), _DUPLICATE
    )
    twice = _twice('"note": 1', '"note": 2')
    yield left_open(rule, "of an unknown property", twice, _DUPLICATE, _UNKNOWN)
    inside = written("note", '{"a": 1, "a": 2}')
    yield left_open(rule, "inside an unknown property", inside, _DUPLICATE, _UNKNOWN)
    rule = "reject: outside the list, whichever of the duplicate keys counts"
    twice = _twice('"format": "YAML"', base=enrollments(format="XML"))
    yield rejected(rule, "both formats", twice, "EXP-FORMAT-ENUM", also=(_DUPLICATE,))
    twice = _twice('"exportType": 1', base=enrollments(exportType=None))
    yield rejected(rule, "both of the wrong type", twice, "EXP-EXPORTTYPE-TYPE", also=(_DUPLICATE,))
    twice = _twice('"endDate": "tomorrow"', base=enrollments(endDate="today"))
    yield rejected(rule, "both words for dates", twice, "EXP-END-FORMAT", also=(_DUPLICATE,))
    twice = _twice('"format": "JSONL"', base=without("startDate"))
    yield rejected(rule, "another field missing", twice, "EXP-START-REQUIRED", also=(_DUPLICATE,))


def _texts() -> Iterator[Row]:
    yield left_open("unspecified: a byte order mark", "of UTF-8", _UTF8_MARK + _BODY, _MARK)
    rule = "unspecified: very long strings where they would otherwise be legal"
    yield left_open(rule, "value", enrollments(note="x" * 5_000), _UNKNOWN, _LONG)
    yield left_open(rule, "key", enrollments(**{"x" * 5_000: 1}), _UNKNOWN, _LONG)
    yield left_open(rule, "inside a list", enrollments(note=[["x" * 5_000]]), _UNKNOWN, _LONG)
    fraction = enrollments(startDate=f"2012-09-05T11:12:47.{'0' * 5_000}Z")
    yield left_open(rule, "fraction of a second", fraction, "EXP-OPEN-TIME-LONG-FRACTION", _LONG)
    rule = "unspecified: very deep nesting where it would otherwise be legal"
    yield left_open(rule, "lists", written("note", _nested(100)), _UNKNOWN, _DEEP)
    yield left_open(rule, "objects", written("note", '{"a":' * 100 + "1" + "}" * 100), _UNKNOWN, _DEEP)
    yield from (left_open(TOO_DEEP, name, body, _DEEP) for name, body in _too_deep())
    rule = "unspecified: a body of more than 16 KiB (requirement EXP-OPEN-LARGE-BODY)"
    yield left_open(rule, "white space after", _BODY.ljust(16 * 1024 + 1), _LARGE)
    yield left_open(rule, "many properties", enrollments(**{f"x{i}": 0 for i in range(3_000)}), _UNKNOWN, _LARGE)


def _too_deep() -> Iterator[tuple[str, bytes]]:
    yield "lists", written("note", _nested(300))
    yield "in a mandatory field", written("format", _nested(1_000))
    yield "no object", _nested(1_000).encode()
    yield "lists that never close", b"[" * 10_000
    yield "objects that never close", b'{"a":' * 2_000
    yield "brackets that do not match", written("note", "[" * 300 + "}" * 300)
    yield "a word before them", b"hello " + _nested(300).encode()


def _content_types() -> Iterator[Row]:
    rule = "unspecified: another content type or none"
    for text in (
        None,
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "application/jsonl",
        "application/vnd.api+json",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
        "json",
    ):
        yield left_open(rule, repr(text), _BODY, _TYPE, content_type=text)


def _mixtures() -> Iterator[Row]:
    rule = "reject before unspecified"
    yield rejected(
        rule, "unknown property, no format", renamed("format", "note"), "EXP-FORMAT-REQUIRED", also=(_UNKNOWN,)
    )
    body = enrollments(learningActivityId=1, exportType="users")
    yield rejected(rule, "id beside no exportType", body, "EXP-EXPORTTYPE-ENUM", also=(_ELSEWHERE,))
    body = enrollments(startDate="2012-09-05", format="csv")
    yield rejected(rule, "open date, wrong format", body, "EXP-FORMAT-ENUM", also=("EXP-OPEN-TIME-DATE-ONLY",))
    body = enrollments(startDate="2016-01-01T00:00:00Z", format="csv")
    yield rejected(rule, "reversed range, wrong format", body, "EXP-FORMAT-ENUM", also=(_REVERSED,))
    body = interactions(learningActivityId=-1, format="CSV")
    yield rejected(rule, "negative id, CSV", body, "EXP-INTERACTIONS-FORMAT", also=("EXP-OPEN-ID-NEGATIVE",))
    yield rejected(rule, "byte order mark, null", _UTF8_MARK + b"null", "EXP-BODY-OBJECT", also=(_MARK,))
    yield rejected(rule, "byte order mark and no more", _UTF8_MARK, "EXP-BODY-JSON", also=(_MARK,))
    yield rejected(rule, "byte order mark, truncated", _UTF8_MARK + _BODY[:-1], "EXP-BODY-JSON", also=(_MARK,))
    yield rejected(rule, "long exportType", enrollments(exportType="U" * 5_000), "EXP-EXPORTTYPE-ENUM", also=(_LONG,))
    deep = written("startDate", _nested(100))
    yield rejected(rule, "deep startDate", deep, "EXP-START-TYPE", also=(_DEEP,))
    yield rejected(rule, "deep list", _nested(100).encode(), "EXP-BODY-OBJECT", also=(_DEEP,))
    yield rejected(rule, "large and truncated", _BODY[:-1].ljust(17_000), "EXP-BODY-JSON", also=(_LARGE,))
    other_type = rejected(
        rule, "other content type, no format", without("format"), "EXP-FORMAT-REQUIRED", also=(_TYPE,)
    )
    yield other_type._replace(content_type="text/plain")
    no_type = rejected(rule, "no content type, empty body", b"", "EXP-BODY-JSON", also=(_TYPE,))
    yield no_type._replace(content_type=None)
    rule = "several left open at once"
    body = interactions(learningActivityId=0, note=1, endDate="2012-09-05T11:12:46.000Z")
    yield left_open(rule, "range, id and property", body, _REVERSED, "EXP-OPEN-ID-ZERO", _UNKNOWN)
    body = enrollments(startDate="2012-09-05", endDate="2015-05-28T17:39:23z")
    yield left_open(rule, "a form each", body, "EXP-OPEN-TIME-DATE-ONLY", "EXP-OPEN-TIME-LOWER-CASE")
    yield left_open(rule, "mark and property", _UTF8_MARK + enrollments(note=1), _UNKNOWN, _MARK)
    form = b"startDate=2012-09-05&endDate=2015-05-28&exportType=USERS&format=CSV"
    yield left_open(rule, "a form, declared as one", form, _TYPE, content_type="application/x-www-form-urlencoded")


ROWS: tuple[Row, ...] = (
    *_ranges(),
    *_ids(),
    *_properties(),
    *_duplicates(),
    *_texts(),
    *_content_types(),
    *_mixtures(),
)
