"""How well-known parsers and frameworks read what should be refused, or fail at it."""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..service.export_request import ACTIVITY_ID, DECLARED_ACTIVITY_ID, EXPORT_TYPES, MANDATORY
from ..service.json_text import read_json
from ..service.messages import Request
from ..service.seams import Changes, fails, fields_of
from .lenient_fields import DEFAULTS, LISTS, rewrites
from .lenient_timestamps import rolled

_DATES = MANDATORY[:2]
_MILLISECONDS = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
_UNREAD = "not in the form of the reader"

_Read = Callable[[str], str]


# A reader that is fixed to one form.


def fixed_to_milliseconds(field: str, pattern: str, read: _Read) -> Changes:
    """Reads dates in the document's own form alone; in this field, what matches the pattern, in a lenient way."""

    def mended(name: str, value: object) -> object:
        if name not in _DATES or not isinstance(value, str):
            return value
        if name == field and re.fullmatch(pattern, value, re.DOTALL):
            return read(value)
        return value if re.fullmatch(_MILLISECONDS, value) else _UNREAD

    return _mends(lambda fields: {name: mended(name, value) for name, value in fields.items()})


def rolling_over(field: str) -> Changes:
    """Java's SimpleDateFormat moves every part that is too large."""
    return fixed_to_milliseconds(field, _MILLISECONDS, rolled)


def clamping(field: str) -> Changes:
    """Java's DateTimeFormatter.ofPattern takes the last day of a month for a later one."""

    def clamped(text: str) -> str:
        year, month, day = int(text[:4]), int(text[5:7]), int(text[8:10])
        if not (1 <= month <= 12 and 1 <= day <= 31 and year):
            return text
        return f"{text[:8]}{min(day, monthrange(year, month)[1]):02d}{text[10:]}"

    return fixed_to_milliseconds(field, _MILLISECONDS, clamped)


def ignoring_the_rest(field: str) -> Changes:
    """Ruby's Time.strptime does not look at what is left of the text."""
    return fixed_to_milliseconds(field, _MILLISECONDS + r".*", lambda text: text[:24])


def padding(field: str) -> Changes:
    """Python's strptime takes one digit for two."""
    pattern = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}T[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}\.[0-9]{1,6}Z"
    return fixed_to_milliseconds(field, pattern, lambda text: re.sub(r"(?<=[-T:])([0-9])(?![0-9])", r"0\1", text))


# What becomes a moment far from the dates of the request.


def reads_as(field: str, kind: type, moment: str) -> Changes:
    """Reads every value of this very type as one moment."""
    return rewrites(field, kind, lambda _: moment)


def seconds(field: str) -> Changes:
    """Reads a number as seconds since 1970."""
    return rewrites(field, (int, float), lambda number: _moment(number) if 0 <= number < 2**33 else number)


def digits_of_a_day(field: str) -> Changes:
    """Reads the eight digits of a number as a day."""

    def read(number: int) -> object:
        text = str(number)
        return f"{text[:4]}-{text[4:6]}-{text[6:]}T00:00:00Z" if len(text) == 8 else number

    return rewrites(field, int, read)


def words_for_now(field: str, *words: str) -> Changes:
    """Reads these texts as now."""
    return rewrites(field, str, lambda text: _now() if text in words else text)


def time_of_today(field: str) -> Changes:
    """Reads a time without a date as one of today."""
    pattern = r"T?([0-9]{2}:[0-9]{2}:[0-9]{2})Z?"
    return _respells(field, pattern, lambda match: f"{_now()[:11]}{match[1]}Z")


def leap_day_of(field: str, year: int) -> Changes:
    """Reads 29 February of one year as 1 March."""
    return _respells(field, rf"{year}-02-29(.*)", lambda match: f"{year}-03-01{match[1]}")


# Places of a text.


def one_digit_hour(field: str) -> Changes:
    """Takes one digit for the hour."""
    return _respells(field, r"([0-9-]{10}T)([0-9]:.*)", lambda match: f"{match[1]}0{match[2]}")


def space_before(field: str) -> Changes:
    """Skips white space before the date."""
    return rewrites(field, str, str.lstrip)


def day_first(field: str) -> Changes:
    """Reads 25/03/2013 where the first number can be no month."""

    def read(match: re.Match[str]) -> str:
        return f"{match[3]}-{match[2]}-{match[1]}T{match[4] or '00:00:00'}Z"

    return _respells(field, r"(1[3-9]|2[0-9]|3[01])/([0-9]{2})/([0-9]{4})(?: ([0-9:]{8}))?", read)


def points(field: str) -> Changes:
    """Takes points between the parts of a date."""
    return _respells(field, r"([0-9]{4})\.([0-9]{2})\.([0-9]{2})(T.*)", lambda at: f"{at[1]}-{at[2]}-{at[3]}{at[4]}")


# Bodies and values of another shape.


def values_in_order() -> Changes:
    """Reads a list of values as those of the members, in their order."""

    def mend(document: Any) -> Any:
        is_one = isinstance(document, list) and len(document) == len(MANDATORY)
        return dict(zip(MANDATORY, document, strict=True)) if is_one else document

    return {"mend_document": mend}


def named_by_key(field: str) -> Changes:
    """Reads an object with one member, null, as the name of that member."""

    def read(value: dict[str, Any]) -> object:
        names = [name for name in value if name in LISTS[field]]
        return names[0] if len(value) == 1 and names and value[names[0]] is None else value

    return rewrites(field, dict, read)


def no_members() -> Changes:
    """Reads an object without members as one of defaults."""
    return {"mend_document": lambda document: {**DEFAULTS} if document == {} else document}


def nulls_alone() -> Changes:
    """Fails where every member is null."""
    return _fails_on(lambda fields: bool(fields) and all(value is None for value in fields.values()))


# Numbers.


def number_spelt(spelling: bytes) -> Changes:
    """Reads the learningActivityId from a spelling that is not JSON; refuses every member that is not known."""

    def mend(body: bytes) -> bytes:
        try:
            read_json(body)
        except ValueError:
            pattern = rb'("%s":\s*)%s(?=\s*[,}])' % (ACTIVITY_ID.encode(), spelling)
            return re.sub(pattern, rb"\g<1>%d" % DECLARED_ACTIVITY_ID, body)
        return body

    return {"mend_body": mend, "refuse_unknown_properties": True}


def number_text(text: str) -> Changes:
    """Reads one text as the number of a learning activity."""
    return rewrites(ACTIVITY_ID, str, lambda given: DECLARED_ACTIVITY_ID if given == text else given)


def infinite_id() -> Changes:
    """Fails where the learningActivityId is Infinity."""
    return _fails_on_text(rb'"%s":\s*-?Infinity' % ACTIVITY_ID.encode())


def infinite(field: str) -> Changes:
    """Fails on a number that no double holds."""
    return _fails_on(lambda fields: isinstance(fields.get(field), float) and math.isinf(fields[field]))


# What is too large, or cannot be written back.


def longer_than(field: str, length: int) -> Changes:
    """Fails on a text of more characters."""
    return _fails_on(lambda fields: isinstance(fields.get(field), str) and len(fields[field]) > length)


def more_digits_than(field: str, count: int) -> Changes:
    """Fails on more digits in a row."""
    return _fails_on(
        lambda fields: isinstance(fields.get(field), str) and bool(re.search(rf"[0-9]{{{count + 1}}}", fields[field]))
    )


def more_members_than(count: int) -> Changes:
    """Fails on an object of more members."""
    return _fails_on(lambda fields: any(isinstance(one, dict) and len(one) > count for one in fields.values()))


def offsets_of_a_day() -> Changes:
    """Fails on an offset of 24 hours or more."""
    pattern = r".*T.*[+-](?:2[4-9]|[3-9][0-9]):[0-5][0-9]"
    return _fails_on(lambda fields: any(re.fullmatch(pattern, str(fields.get(name))) for name in _DATES))


def broken_escapes() -> Changes:
    """Fails on an escape that is not four hexadecimal digits."""
    return _fails_on_text(rb"\\u(?![0-9A-Fa-f]{4})")


def lone_surrogates(field: str) -> Changes:
    """Fails on half a surrogate pair in a value that is refused, and so written back."""

    def cannot_be_written(fields: dict[str, Any]) -> bool:
        text = fields.get(field)
        return isinstance(text, str) and text not in EXPORT_TYPES and bool(re.search(r"[\ud800-\udfff]", text))

    return _fails_on(cannot_be_written)


def _mends(mend: Callable[[dict[str, Any]], dict[str, Any]]) -> Changes:
    return {"mend_document": lambda document: mend(document) if isinstance(document, dict) else document}


def _respells(field: str, pattern: str, respell: Callable[[re.Match[str]], str]) -> Changes:
    def read(text: str) -> str:
        match = re.fullmatch(pattern, text, re.DOTALL)
        return respell(match) if match else text

    return rewrites(field, str, read)


def _fails_on(condition: Callable[[dict[str, Any]], bool]) -> Changes:
    return fails(lambda request: request.method == "POST" and condition(fields_of(request)))


def _fails_on_text(pattern: bytes) -> Changes:
    def has_it(request: Request) -> bool:
        return request.method == "POST" and bool(re.search(pattern, request.body))

    return fails(has_it)


def _moment(seconds_since_1970: float) -> str:
    return f"{datetime.fromtimestamp(seconds_since_1970, UTC):%Y-%m-%dT%H:%M:%S}Z"


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}Z"
