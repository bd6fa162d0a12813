"""Suites of contracts for one target: open requirements that a user decided, and ids that exist there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, load_contract, oracle
from export_contract.strategies import (
    Case,
    cases,
    invalid_requests,
    plainest_case,
    suite,
    unspecified_requests,
    valid_requests,
)

OPEN: Final = [one.id for one in load_contract().requirements if one.expectation is Expectation.UNSPECIFIED]
DECISIONS: Final = (Expectation.ACCEPT, Expectation.REJECT)
KNOWN: Final = ((7,), (7, 8, 2**40), (987654321,), (12345, 987654321), (2**53,), (0,), (-5,))


def wrong(contract: Contract, found: tuple[Case, ...], is_about_its_body: Callable[[Case], bool]) -> list[Case]:
    """The cases that are not what they claim by a contract's own oracle."""
    judge = oracle(contract)
    bad = []
    for case in filter(is_about_its_body, found):
        said = judge.classify(case.payload, case.content_type)
        is_aimed = {
            Expectation.ACCEPT: True,
            Expectation.REJECT: said.broken == (case.requirement,),
            Expectation.UNSPECIFIED: case.requirement in said.open,
        }[case.expectation]
        if said.expectation is not case.expectation or not is_aimed:
            bad.append(case)
    return bad


def _stays_open(case: Case) -> bool:
    """Whether a body has readings that nobody decided on: a key twice, once wrong, or nesting that is not read."""
    return ("null" in case.title and "twice" in case.title) or "nested" in case.title


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("name", OPEN[::8])
def test_a_decided_requirement_keeps_its_cases(
    name: str, decision: Expectation, contract: Contract, is_about_its_body: Callable[[Case], bool]
) -> None:
    """What is left open for no other reason is then expected to be what was decided, and the oracle agrees."""
    decided = contract.with_expectations({name: decision})
    found = suite(contract=decided)
    assert wrong(decided, found, is_about_its_body) == []
    judge = oracle(contract)
    before = [
        case.payload
        for case in suite(contract=contract)
        if judge.classify(case.payload, case.content_type).open == (name,) and is_about_its_body(case)
        if not _stays_open(case)
    ]
    after = [case.payload for case in found if case.requirement == name and case.expectation is decision]
    assert set(before) <= set(after)


@pytest.mark.parametrize("decision", DECISIONS)
def test_all_decided_at_once(decision: Expectation, is_about_its_body: Callable[[Case], bool]) -> None:
    """Where everything is decided only a choice of readings is left open, and rejected cases still come first."""
    contract = load_contract().with_expectations(dict.fromkeys(OPEN, decision))
    found = suite(contract=contract)
    expectations = [case.expectation for case in found if not _stays_open(case)]
    assert set(expectations) == set(DECISIONS)
    assert wrong(contract, found, is_about_its_body) == []
    assert expectations == sorted(expectations, key=DECISIONS[::-1].index)
    assert len({case.id for case in found}) == len(found)


@pytest.mark.parametrize("name", ["EXP-OPEN-UNKNOWN-PROPERTY", "EXP-OPEN-TIME-SPACE", "EXP-OPEN-ID-ZERO"])
def test_decided_requirements_can_be_drawn(name: str, contract: Contract) -> None:
    """A requirement that was decided is one that requests break, and no longer one that leaves them open."""
    strict = contract.with_expectations({name: Expectation.REJECT})
    judge = oracle(strict)

    @settings(derandomize=True, deadline=None, database=None, max_examples=25)
    @given(invalid_requests(contract=strict, requirement=name))
    def look(case: Case) -> None:
        assert judge.classify(case.payload, case.content_type).broken == (name,)

    look()
    with pytest.raises(ValueError, match=name):
        unspecified_requests(contract=strict, requirement=name)
    with pytest.raises(ValueError, match=name):
        invalid_requests(contract=contract, requirement=name)


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_declared_ids(known: tuple[int, ...], contract: Contract, is_about_its_body: Callable[[Case], bool]) -> None:
    """Whichever ids exist on a target, accepted cases have them all, and no requirement loses its cases by that."""
    declared = contract.with_known_values(known)
    found = suite(contract=declared)
    assert wrong(declared, found, is_about_its_body) == []
    bodies = [json.loads(case.payload) for case in found if case.expectation is Expectation.ACCEPT]
    assert {body["learningActivityId"] for body in bodies if "learningActivityId" in body} == set(known)
    aimed = {(case.requirement, case.expectation) for case in found}
    lost = {case.requirement for case in suite(contract=contract)} - {name for name, _ in aimed}
    assert lost == ({"EXP-OPEN-ID-ZERO"} if 0 in known else set())
    assert {expectation for name, expectation in aimed if name in OPEN} == {Expectation.UNSPECIFIED}


def rejects_that_ask_for_an_id(contract: Contract) -> list[Case]:
    """Cases that a target may refuse for its id alone, though they are about something else."""
    found = (case for case in suite(contract=contract) if case.expectation is Expectation.REJECT)
    return [
        case
        for case in found
        if "INTERACTIONS" in case.base and not re.search("learningActivityId|INTERACTION", case.title)
        if not case.requirement.startswith("EXP-INTERACTIONS-")
    ]


def test_an_id_that_nobody_declared(contract: Contract) -> None:
    """A target may not have the document's example, so what is not about interactions does not ask for it."""
    assert rejects_that_ask_for_an_id(contract) == []
    assert len(rejects_that_ask_for_an_id(contract.with_known_values((7,)))) > 10


def test_declared_ids_are_drawn(contract: Contract, draw: Callable[[st.SearchStrategy[Any], int], list[Any]]) -> None:
    """Drawn requests have declared ids alone where they are accepted."""
    declared = contract.with_known_values((7, 8))
    bodies = [json.loads(case.payload) for case in draw(valid_requests(contract=declared), 300)]
    assert {body["learningActivityId"] for body in bodies if "learningActivityId" in body} == {7, 8}
    judge = oracle(declared)
    for case in draw(cases(contract=declared), 100):
        assert judge.classify(case.payload, case.content_type).expectation is case.expectation


def test_contracts_are_kept_apart(contract: Contract) -> None:
    """A suite that was built for one contract is not taken for another's."""
    other = contract.with_known_values((7,))
    assert suite(contract=other) != suite(contract=contract)
    assert plainest_case(other) == plainest_case(contract)
