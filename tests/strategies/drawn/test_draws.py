"""20,000 draws over all strategies: each case is what it claims to be, by the oracle."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, classify_timestamp, load_contract, oracle
from export_contract.strategies import (
    Case,
    cases,
    explored_cases,
    foreign_cases,
    invalid_requests,
    malformed_payloads,
    suite,
    timestamps,
    unspecified_requests,
    valid_requests,
)
from export_contract.strategies.drawn.requests import drawn_case

Draw = Callable[[st.SearchStrategy[Any], int], list[Any]]

VALID, INVALID, UNSPECIFIED, MALFORMED, TIMESTAMPS = 4_300, 500, 120, 900, 2_000
CASES, EXPLORED, FOREIGN, BREAKING, OPEN = 400, 400, 120, 50, 40
"""Draws of one test each; VALID and MALFORMED have two."""


def _names(expectation: Expectation) -> list[str]:
    """The ids of the requirements that some request breaks, or that leave some request open."""
    contract = load_contract()
    aimed = {case.requirement for case in suite(contract=contract) if case.expectation is expectation}
    others = ("method/", "auth/", "transfer")
    return [one.id for one in contract.requirements if one.id in aimed and not one.rule.startswith(others)]


BROKEN: Final = _names(Expectation.REJECT)
LEFT_OPEN: Final = _names(Expectation.UNSPECIFIED)


def wrong(contract: Contract, drawn: Iterable[Case], *, first: bool = False) -> list[Case]:
    """The cases that are not what they claim; with `first`, several requirements may be broken, the first is named."""
    judge = oracle(contract)
    found = []
    for case in drawn:
        said = judge.classify(case.payload, case.content_type)
        match said.expectation:
            case Expectation.ACCEPT:
                is_aimed = contract.by_id[case.requirement].expectation is Expectation.ACCEPT
            case Expectation.REJECT:
                is_aimed = said.broken == (case.requirement,) or (first and said.broken[0] == case.requirement)
            case Expectation.UNSPECIFIED:
                is_aimed = case.requirement in said.open
        if said.expectation is not case.expectation or not is_aimed:
            found.append(case)
    return found


def test_there_are_20_000_draws() -> None:
    """The tests below draw 20,000 examples in all, as far as the strategies have so many."""
    single = INVALID + UNSPECIFIED + CASES + EXPLORED + FOREIGN
    each = BREAKING * len(BROKEN) + OPEN * len(LEFT_OPEN)
    assert 2 * VALID + 2 * MALFORMED + 3 * TIMESTAMPS + single + each >= 20_000


@pytest.mark.parametrize("part", range(2))
def test_valid_requests(part: int, contract: Contract, draw: Draw) -> None:
    """Every valid request is accepted."""
    strategy = valid_requests(contract=contract)
    drawn = draw(strategy if part else strategy.filter(lambda case: len(case.payload) < 1_000), VALID)
    assert {case.expectation for case in drawn} == {Expectation.ACCEPT}
    assert len(drawn) == VALID
    assert wrong(contract, drawn) == []


def test_invalid_requests(contract: Contract, draw: Draw) -> None:
    """Every invalid request breaks exactly the one requirement that it names, and all of them come up."""
    drawn = draw(invalid_requests(contract=contract), INVALID)
    assert {case.expectation for case in drawn} == {Expectation.REJECT}
    assert {case.requirement for case in drawn} == set(BROKEN)
    assert wrong(contract, drawn) == []


@pytest.mark.parametrize("requirement", BROKEN)
def test_invalid_requests_of_one_requirement(requirement: str, contract: Contract, draw: Draw) -> None:
    """Each breaks the requirement asked for, and no other; there are more of them than the suite has."""
    drawn = draw(invalid_requests(contract=contract, requirement=requirement), BREAKING)
    assert {(case.expectation, case.requirement) for case in drawn} == {(Expectation.REJECT, requirement)}
    assert wrong(contract, drawn) == []
    named = {case.payload for case in suite(contract=contract) if case.requirement == requirement}
    assert len({case.payload for case in drawn} - named) > BREAKING / 6


def test_unspecified_requests(contract: Contract, draw: Draw) -> None:
    """Every unspecified request falls under the requirement that it names, and breaks none."""
    drawn = draw(unspecified_requests(contract=contract), UNSPECIFIED)
    assert {case.expectation for case in drawn} == {Expectation.UNSPECIFIED}
    assert len({case.requirement for case in drawn}) >= 20
    assert wrong(contract, drawn) == []


@pytest.mark.parametrize("requirement", LEFT_OPEN)
def test_unspecified_requests_of_one_requirement(requirement: str, contract: Contract, draw: Draw) -> None:
    """Each falls under the requirement asked for."""
    drawn = draw(unspecified_requests(contract=contract, requirement=requirement), OPEN)
    assert {(case.expectation, case.requirement) for case in drawn} == {(Expectation.UNSPECIFIED, requirement)}
    assert wrong(contract, drawn) == []


@pytest.mark.parametrize("part", range(2))
def test_malformed_payloads(part: int, contract: Contract, draw: Draw) -> None:
    """Every malformed payload breaks the rule that a body is JSON, and nothing else."""
    strategy = malformed_payloads(contract=contract)
    drawn = draw(strategy if part else strategy.filter(lambda payload: b"{" in payload), MALFORMED)
    judge = oracle(contract)
    rule = contract.by_rule("json/syntax")
    assert rule is not None
    assert [payload for payload in drawn if judge.classify(payload).broken != (rule.id,)] == []


@pytest.mark.parametrize("expectation", Expectation)
def test_timestamps(expectation: Expectation, draw: Draw) -> None:
    """Every timestamp is of the expectation asked for."""
    drawn = draw(timestamps(expectation), TIMESTAMPS)
    assert [text for text in drawn if classify_timestamp(text).expectation is not expectation] == []
    assert len(set(drawn)) > TIMESTAMPS / 3


def test_cases(contract: Contract, draw: Draw) -> None:
    """Requests of all expectations come up, and each is what it claims."""
    drawn = draw(cases(contract=contract), CASES)
    assert {case.expectation for case in drawn} == set(Expectation)
    assert wrong(contract, drawn) == []


def test_explored_cases(contract: Contract, draw: Draw) -> None:
    """A request with several things wrong is aimed at the first of them."""
    drawn = draw(explored_cases(contract=contract), EXPLORED)
    assert {case.expectation for case in drawn} == set(Expectation)
    assert wrong(contract, drawn, first=True) == []


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ('{"startDate":"\\ud800",%s}', '"startDate": it has no form of ISO 8601'),
        ('{"startDate":"2013-02-30","\\ud800":1,%s}', '"startDate": {calendar}; "\\ud800": it is not documented'),
        ('{"startDate":"2013-02-03T00:00:00Z",%s}', "a drawn request that must be accepted"),
        ("[]", "the body: it is a list, not an object"),
    ],
)
def test_a_drawn_case_is_named_for_what_is_wrong(contract: Contract, body: str, title: str) -> None:
    """The title says which member is wrong, and how, in characters that every report can print."""
    rest = '"endDate":"2015-05-28T17:39:23.000Z","exportType":"USERS","format":"CSV"'
    case = drawn_case(contract, body.replace("%s", rest).encode())
    assert case.title == title.replace("{calendar}", "month 02 of 2013 has no day 30")


def test_foreign_cases(contract: Contract, draw: Draw) -> None:
    """What Schemathesis makes of the document is judged by the oracle, and not by Schemathesis."""
    pytest.importorskip("schemathesis")
    drawn = draw(foreign_cases(contract=contract), FOREIGN)
    assert wrong(contract, drawn, first=True) == []
    assert Expectation.REJECT in {case.expectation for case in drawn}
    assert len({case.payload for case in drawn}) > FOREIGN / 3
