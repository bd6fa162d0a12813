"""The timestamps of the suite, by a second reading that is the tests' own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest

from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case, suite

MomentOf = Callable[[str], datetime | None]
FIELDS: Final = {"startDate": "EXP-START", "endDate": "EXP-END"}
SHAPE: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)


def body_of(case: Case) -> dict[str, Any] | None:
    """The object that a case sends, or None."""
    try:
        value = json.loads(case.payload.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


@pytest.fixture(scope="module")
def readable(contract: Contract) -> list[tuple[Case, dict[str, Any]]]:
    """The cases of the suite whose bodies are objects, with those."""
    return [(case, body) for case in suite(contract=contract) if (body := body_of(case)) is not None]


def test_accepted_timestamps_are_real(readable: list[tuple[Case, dict[str, Any]]], moment_of: MomentOf) -> None:
    """Both dates of every accepted case name moments, and the first is not after the second."""
    accepted = [body for case, body in readable if case.expectation is Expectation.ACCEPT]
    assert accepted
    for body in accepted:
        start, end = moment_of(body["startDate"]), moment_of(body["endDate"])
        assert start is not None, body
        assert end is not None, body
        assert start <= end, body


@pytest.mark.parametrize("field", FIELDS)
def test_rejected_timestamps_are_none(
    field: str, readable: list[tuple[Case, dict[str, Any]]], moment_of: MomentOf
) -> None:
    """A date that is to be refused names no moment, and the other date of the body does."""
    (other,) = FIELDS.keys() - {field}
    calendar, form = (
        [body for case, body in readable if case.requirement == f"{FIELDS[field]}-{name}"]
        for name in ("CALENDAR", "FORMAT")
    )
    assert len(calendar) >= 10
    assert len(form) >= 10
    for body in (*calendar, *form):
        assert moment_of(body[field]) is None, body
        assert moment_of(body[other]) is not None, body
    assert [body for body in calendar if not SHAPE.fullmatch(body[field])] == []
    assert [body for body in form if SHAPE.fullmatch(body[field])] == []


def test_nothing_else_is_wrong_with_the_dates(readable: list[tuple[Case, dict[str, Any]]], moment_of: MomentOf) -> None:
    """Where a rejected case is about something else, its dates are right and in order; not where all members are."""
    for case, body in readable:
        about_dates = (*FIELDS.values(), "EXP-BODY-OBJECT")
        if case.expectation is not Expectation.REJECT or case.requirement.startswith(about_dates):
            continue
        start, end = (moment_of(body[field]) for field in FIELDS)
        assert start is not None, case
        assert end is not None, case
        assert start <= end, case


def test_rejected_dates_lie_in_order_for_a_lenient_reader(readable: list[tuple[Case, dict[str, Any]]]) -> None:
    """A target that reads 30 February as some day finds the range in order: nothing else gives a reason to refuse."""
    lying_outside = []
    for case, body in readable:
        for field, prefix in FIELDS.items():
            if case.requirement != f"{prefix}-CALENDAR" or body[field][:4] in ("1900", "2100"):
                continue
            start, end = body["startDate"][:4], body["endDate"][:4]
            if not start <= end:
                lying_outside.append(case.id)
    assert lying_outside == []


def test_every_class_of_the_contract_occurs(readable: list[tuple[Case, dict[str, Any]]]) -> None:
    """The days and times that CONTRACT.md names are all tried, in both fields."""
    wrong = ("-13-", "02-30T", "2014-02-29T", "04-31T", "T25:", ":60:", "yesterday", "1362481967")
    for field, prefix in FIELDS.items():
        texts = [
            body[field] for case, body in readable if case.requirement in (f"{prefix}-CALENDAR", f"{prefix}-FORMAT")
        ]
        for piece in (*wrong, " or so", "on "):
            assert any(piece in text for text in texts), (field, piece)
        assert "" in texts
        assert any(text != text.strip() for text in texts)
