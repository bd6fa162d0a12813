"""Requests that nobody thought of, and that end in a server error."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..service.export_request import ACTIVITY_ID, DECLARED_ACTIVITY_ID, EXPORT_TYPES, INTERACTIONS, MANDATORY
from ..service.json_text import BYTE_ORDER_MARK, TooMuch, read_json, walk
from ..service.messages import Ending, Request, Response
from ..service.seams import Changes, fails, fields_of, intercepts
from ..service.timestamps import read_timestamp

_LOOKS_RIGHT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"

_Fields = dict[str, Any]


def _posted(condition: Callable[[Request], bool]) -> Changes:
    return fails(lambda request: request.method == "POST" and condition(request))


def fields(condition: Callable[[_Fields], bool]) -> Changes:
    """Fails on a JSON object that meets the condition."""
    return _posted(lambda request: condition(fields_of(request)))


def unhandled(response: Response, request: Request) -> Response:
    """Closes the connection after a server error, as uvicorn does after an exception that nothing handled."""
    if response.status != 500:
        return response
    body, media_type = b"Internal Server Error", "text/plain; charset=utf-8"
    return replace(response, body=body, media_type=media_type, ending=Ending.CLOSED)


def no_text(field: str) -> Changes:
    """Fails where the field is present and is not a string."""
    return fields(lambda given: field in given and not isinstance(given[field], str))


def no_field(field: str) -> Changes:
    """Fails where the field is missing from an object."""
    return fields(lambda given: bool(given) and field not in given)


def no_export_type() -> Changes:
    """Fails where exportType is a string outside its list."""
    return fields(lambda given: isinstance(given.get("exportType"), str) and given["exportType"] not in EXPORT_TYPES)


def no_activity_id() -> Changes:
    """Fails where interactions come without learningActivityId."""
    return fields(lambda given: given.get("exportType") == INTERACTIONS and ACTIVITY_ID not in given)


def id_elsewhere() -> Changes:
    """Fails on a learningActivityId beside another exportType."""
    return fields(lambda given: ACTIVITY_ID in given and given.get("exportType") in EXPORT_TYPES[:-1])


def unreal(field: str) -> Changes:
    """Fails on a date that looks right, and does not exist."""

    def is_unreal(given: _Fields) -> bool:
        text = given.get(field)
        return isinstance(text, str) and bool(re.fullmatch(_LOOKS_RIGHT, text)) and read_timestamp(text) is None

    return fields(is_unreal)


def form(name: str) -> Changes:
    """Fails on a timestamp in this uncommon form."""
    return fields(lambda given: any(name in reading.forms for reading in _readings(given)))


def year(number: int) -> Changes:
    """Fails on timestamps of this year."""
    return fields(lambda given: any(reading.instant.second.year == number for reading in _readings(given)))


def reversed_range() -> Changes:
    """Fails where the start is after the end."""
    return fields(lambda given: len(both := _readings(given)) == 2 and both[0].instant > both[1].instant)


def activity_id(condition: Callable[[int | float], bool]) -> Changes:
    """Fails on numbers that meet the condition, where the export is of interactions."""
    return fields(
        lambda given: (
            given.get("exportType") == INTERACTIONS
            and type(given.get(ACTIVITY_ID)) in (int, float)
            and condition(given[ACTIVITY_ID])
        )
    )


def undeclared_id() -> Changes:
    """Fails on an ordinary number that names no learning activity."""
    return activity_id(lambda number: isinstance(number, int) and 0 < number < 2**53 and number != DECLARED_ACTIVITY_ID)


def unknown_property(condition: Callable[[object], bool] = lambda value: True) -> Changes:
    """Fails on a value that meets the condition, inside a property that the document does not name."""

    def has_such_a_value(given: _Fields) -> bool:
        known = {*MANDATORY, ACTIVITY_ID}
        needed = known if given.get("exportType") == INTERACTIONS else {*MANDATORY}
        return given.keys() >= needed and any(
            condition(value) for name in given.keys() - known for _, value in walk(given[name])
        )

    return fields(has_such_a_value)


def fractional_id() -> Changes:
    """Fails on a number with a fraction or an exponent that is not huge besides."""
    return activity_id(lambda number: isinstance(number, float) and abs(number) < 2**53)


def unknown_text(condition: Callable[[str], bool]) -> Changes:
    """Fails on a string that meets the condition, inside a property that the document does not name."""
    return unknown_property(lambda value: isinstance(value, str) and condition(value))


def nested_deeper_than(levels: int) -> Changes:
    """Fails on an object that is nested too deeply."""

    def is_deep(request: Request) -> bool:
        return request.body.lstrip().startswith(b"{") and _depth(request.body) > levels

    return _posted(is_deep)


def duplicate_keys() -> Changes:
    """Fails where a key is given twice."""

    def has_duplicates(request: Request) -> bool:
        if not fields_of(request):
            return False
        try:
            read_json(request.body, refuse_duplicate_keys=True)
        except ValueError:
            return True
        return False

    return _posted(has_duplicates)


def byte_order_mark() -> Changes:
    """Fails on the bytes EF BB BF before the body."""
    return _posted(lambda request: request.body.startswith(BYTE_ORDER_MARK))


def content_coding() -> Changes:
    """Fails where the body has a content coding."""
    return _posted(lambda request: "content-encoding" in request.headers)


def no_content_type() -> Changes:
    """Fails where there is no Content-Type."""
    return _posted(lambda request: "content-type" not in request.headers)


def no_json() -> Changes:
    """Fails on a body that is not JSON."""

    def is_malformed(request: Request) -> bool:
        try:
            read_json(request.body)
        except TooMuch:
            return False
        except ValueError:
            return True
        return False

    return _posted(is_malformed)


def no_object() -> Changes:
    """Fails on a JSON list."""
    return _posted(lambda request: request.body.lstrip().startswith(b"[") and isinstance(_document(request), list))


def larger_than(size: int) -> Changes:
    """Closes the connection on a body of more bytes."""
    return intercepts(
        lambda request: len(request.body) > size,
        lambda: Response("refused", 400, b"{}", ending=Ending.CUT_SHORT),
    )


def more_at_once_than(requests: int) -> Changes:
    """Fails where too many requests are in flight."""
    return _posted(lambda request: request.in_flight > requests)


def malformed_id() -> Changes:
    """Fails where the id of a status is not Base64."""

    def is_malformed(request: Request) -> bool:
        ids = [value for name, value in request.query if name == "id"]
        return request.method == "GET" and any(not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", value) for value in ids)

    return fails(is_malformed)


def _readings(given: _Fields) -> list[Any]:
    texts = (given.get(name) for name in MANDATORY[:2])
    readings = (read_timestamp(text) for text in texts if isinstance(text, str))
    return [reading for reading in readings if reading is not None]


def _document(request: Request) -> object:
    try:
        return read_json(request.body)
    except ValueError:
        return None


def _depth(body: bytes) -> int:
    # By brackets alone, because a nest that is too deep cannot be read.
    depth = deepest = 0
    for byte in body:
        depth += (byte in b"[{") - (byte in b"]}")
        deepest = max(deepest, depth)
    return deepest
