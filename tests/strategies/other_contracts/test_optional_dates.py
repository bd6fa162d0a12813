"""A contract in which dates can be left out: an ordinary change of the document, which must work."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from export_contract.contract import BUILT_IN, Contract, Expectation, load_contract, oracle
from export_contract.strategies import (
    BODY,
    cases,
    explored_cases,
    invalid_requests,
    plainest_case,
    reduced_cases,
    suite,
    valid_requests,
)
from export_contract.strategies.accepted.covering_array import aspects

MANDATORY = "required: [startDate, endDate, exportType, format]"
DATES = ("startDate", "endDate")


@pytest.fixture(scope="module", params=[("startDate",), ("endDate",), DATES], ids=" and ".join)
def left_out(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The dates that can be left out."""
    names: tuple[str, ...] = request.param
    return names


@pytest.fixture(scope="module")
def lenient(left_out: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The built-in contract, with dates that can be left out."""
    file: Path = tmp_path_factory.mktemp("lenient") / "openapi.yaml"
    text = BUILT_IN.read_text(encoding="utf-8")
    assert MANDATORY in text
    kept = [name for name in (*DATES, "exportType", "format") if name not in left_out]
    file.write_text(text.replace(MANDATORY, f"required: [{', '.join(kept)}]"), encoding="utf-8")
    return load_contract(file)


def _bodies(contract: Contract) -> list[dict[str, Any]]:
    return [json.loads(case.payload) for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]


def test_accepted_requests_come_with_and_without(lenient: Contract, left_out: tuple[str, ...]) -> None:
    """The suite has accepted requests with both dates, and without each that can be left out."""
    bodies = _bodies(lenient)
    assert [body for body in bodies if {*DATES} <= body.keys()]
    for name in left_out:
        assert [body for body in bodies if name not in body]


def test_every_way_to_write_dates_is_shown(lenient: Contract) -> None:
    """Accepted requests show every class of fractions, zones, edges and lengths, as where both dates are mandatory."""
    shown = {(one.aspect, one.name) for case in suite(contract=lenient) for one in case.features}
    of_dates = [aspect for aspect in aspects(lenient) if aspect.of]
    assert len(of_dates) == 6
    for aspect in of_dates:
        for members in aspect.classes:
            assert shown & {(aspect.name, choice.name) for choice in members}, aspect.name


def test_the_order_of_dates_keeps_its_cases(lenient: Contract) -> None:
    """That dates may be the wrong way round is left open still, and shown."""
    assert [case for case in suite(contract=lenient) if case.requirement == "EXP-OPEN-RANGE-REVERSED"]


def test_no_feature_is_claimed_that_is_not_there(lenient: Contract) -> None:
    """A case shows a choice of a date only where it has the date, and so does its reduced case."""
    for case in suite(contract=lenient):
        for one in (case, *(reduced_cases(lenient, case) if case.features else ())):
            body = json.loads(one.payload) if one.features else {}
            for feature in one.features:
                name = feature.aspect.partition(" ")[0]
                assert name not in DATES or name in body, one
        for feature, one in zip(
            [one for one in case.features if one.remarkable], reduced_cases(lenient, case), strict=True
        ):
            assert feature.aspect == BODY or feature in one.features


def test_the_oracle_agrees(lenient: Contract, draw: Callable[[st.SearchStrategy[Any], int], list[Any]]) -> None:
    """Cases are what they claim, those of the suite and those that are drawn."""
    judge = oracle(lenient)
    drawn = [*draw(cases(contract=lenient), 200), *draw(explored_cases(contract=lenient), 100)]
    drawn += draw(valid_requests(contract=lenient), 300)
    for case in (*drawn, *draw(invalid_requests(contract=lenient), 50), plainest_case(lenient)):
        assert judge.classify(case.payload, case.content_type).expectation is case.expectation, case
    bodies = [json.loads(case.payload) for case in drawn[-300:]]
    assert {tuple(name in body for name in DATES) for body in bodies} >= {(True, True)}
