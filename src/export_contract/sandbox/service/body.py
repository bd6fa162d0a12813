"""From the body of a request to an accepted export request, or to everything that is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .behaviour import Behaviour
from .export_request import (
    ACTIVITY_ID,
    EXPORT_TYPES,
    FORMATS,
    INTERACTIONS,
    MANDATORY,
    ExportRequest,
    Timestamp,
)
from .json_text import BYTE_ORDER_MARK, TooMuch, read_json, walk
from .messages import Problem
from .timestamps import Instant, read_timestamp

LARGEST_SAFE_INTEGER = 2**53 - 1

_Fields = dict[str, Any]


class Refused(Exception):
    """The request is not accepted: the status of the response, and why."""

    def __init__(self, *problems: Problem, status: int = 400) -> None:
        super().__init__(*problems)
        self.problems = problems
        self.status = status


def read_request(body: bytes, behaviour: Behaviour) -> ExportRequest:
    """The export request in the body. Raises Refused with every problem that it has."""
    fields = _read_fields(body, behaviour)
    problems = [*_problems(fields, behaviour)]
    if problems:
        raise Refused(*problems)
    _look_up_activity(fields, behaviour)
    return ExportRequest(
        export_type=fields["exportType"],
        format=fields["format"],
        start=_timestamp(fields, "startDate", behaviour),
        end=_timestamp(fields, "endDate", behaviour),
        activity_id=fields.get(ACTIVITY_ID) if fields["exportType"] == INTERACTIONS else None,
    )


def _read_fields(body: bytes, behaviour: Behaviour) -> _Fields:
    for mend in behaviour.mend_body:
        body = mend(body)
    if body.startswith(BYTE_ORDER_MARK) and not behaviour.accept_byte_order_mark:
        raise Refused(Problem("body", "must not begin with a byte order mark"))
    try:
        document = read_json(body, refuse_duplicate_keys=behaviour.refuse_duplicate_keys)
    except TooMuch as error:
        raise Refused(Problem("body", str(error))) from None
    except ValueError:
        raise Refused(Problem("body", "must be one JSON document in UTF-8")) from None
    for reread in behaviour.mend_document:
        document = reread(document)
    if not isinstance(document, dict):
        raise Refused(Problem("body", "must be a JSON object"))
    return document


def _problems(fields: _Fields, behaviour: Behaviour) -> Iterator[Problem]:
    yield from _size_problems(fields, behaviour)
    yield from _text_problems(fields)
    yield from _range_problems(fields, behaviour)
    yield from _value_problems(fields, "exportType", EXPORT_TYPES)
    yield from _value_problems(fields, "format", FORMATS)
    if fields.get("exportType") == INTERACTIONS:
        yield from _interactions_problems(fields, behaviour)
    else:
        yield from _id_elsewhere_problems(fields, behaviour)
    if behaviour.refuse_unknown_properties:
        for name in fields.keys() - {*MANDATORY, ACTIVITY_ID}:
            yield Problem(name, "is not known")


def _size_problems(fields: _Fields, behaviour: Behaviour) -> Iterator[Problem]:
    longest, deepest = behaviour.longest_string, behaviour.deepest_nesting
    if longest is not None and any(isinstance(value, str) and len(value) > longest for _, value in walk(fields)):
        yield Problem("body", "has a string that is too long")
    if deepest is not None and any(depth > deepest for depth, _ in walk(fields)):
        yield Problem("body", "is nested too deeply")


def _text_problems(fields: _Fields) -> Iterator[Problem]:
    for name in MANDATORY:
        if name not in fields:
            yield Problem(name, "is mandatory")
        elif not isinstance(fields[name], str):
            yield Problem(name, "must be a string")


def _value_problems(fields: _Fields, name: str, values: tuple[str, ...]) -> Iterator[Problem]:
    value = fields.get(name)
    if isinstance(value, str) and value not in values:
        yield Problem(name, f"must be one of {', '.join(values)}")


def _range_problems(fields: _Fields, behaviour: Behaviour) -> Iterator[Problem]:
    instants = {name: _instant(fields[name], behaviour) for name in MANDATORY[:2] if isinstance(fields.get(name), str)}
    for name, instant in instants.items():
        if instant is None:
            yield Problem(name, "must be a timestamp such as 2012-09-05T11:12:47.000Z")
    start, end = instants.get("startDate"), instants.get("endDate")
    if start and end and start > end and not behaviour.accept_reversed_range:
        yield Problem("endDate", "must not be before startDate")


def _instant(text: str, behaviour: Behaviour) -> Instant | None:
    reading = read_timestamp(text)
    return reading.instant if reading and reading.forms <= behaviour.timestamp_forms else None


def _timestamp(fields: _Fields, name: str, behaviour: Behaviour) -> Timestamp:
    instant = _instant(fields[name], behaviour)
    assert instant is not None, "the range has been looked at before"
    return Timestamp(fields[name], instant)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _interactions_problems(fields: _Fields, behaviour: Behaviour) -> Iterator[Problem]:
    if fields.get("format") in [known for known in FORMATS if known not in behaviour.interactions_formats]:
        yield Problem("format", f"must be JSONL for {INTERACTIONS}")
    if ACTIVITY_ID not in fields:
        yield Problem(ACTIVITY_ID, f"is mandatory for {INTERACTIONS}")
    elif not _is_number(fields[ACTIVITY_ID]):
        yield Problem(ACTIVITY_ID, "must be a number")
    elif not _is_acceptable_id(fields[ACTIVITY_ID], behaviour):
        yield Problem(ACTIVITY_ID, "must be a positive integer")


def _is_acceptable_id(number: int | float, behaviour: Behaviour) -> bool:
    return (
        (isinstance(number, int) or (behaviour.accept_fractional_ids and math.isfinite(number)))
        and (number != 0 or behaviour.accept_zero_id)
        and (number >= 0 or behaviour.accept_negative_ids)
        and (abs(number) <= LARGEST_SAFE_INTEGER or behaviour.accept_huge_ids)
    )


def _id_elsewhere_problems(fields: _Fields, behaviour: Behaviour) -> Iterator[Problem]:
    if ACTIVITY_ID not in fields:
        return
    if behaviour.id_elsewhere == "refused":
        yield Problem(ACTIVITY_ID, f"is only for {INTERACTIONS}")
    elif behaviour.id_elsewhere == "number" and not _is_number(fields[ACTIVITY_ID]):
        yield Problem(ACTIVITY_ID, "must be a number")


def _look_up_activity(fields: _Fields, behaviour: Behaviour) -> None:
    is_unknown = fields["exportType"] == INTERACTIONS and fields[ACTIVITY_ID] != behaviour.activity_id
    if is_unknown and behaviour.refuse_undeclared_ids:
        raise Refused(Problem(ACTIVITY_ID, "names no learning activity"), status=404)
