"""The suite as a whole: what it covers, how large it is, and in which order it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest

from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies import Case, suite

ABOUT_ANSWERS = ("answer/", "refusal/", "job-id/", "status/", "file/", "relation/", "load/")
"""Rules that no request is aimed at, since they speak of what comes back."""


def requirements_of_the_request(contract: Contract) -> set[str]:
    """The ids of all that a request can keep, break, or fall under."""
    return {one.id for one in contract.requirements if not one.rule.startswith(ABOUT_ANSWERS)}


def aims(cases: Iterable[Case]) -> set[str]:
    """The ids of the requirements that the cases aim at, or that they show by a feature worth a word."""
    found = set()
    for case in cases:
        found.add(case.requirement)
        found |= {feature.requirement for feature in case.features if feature.remarkable}
    return found


@pytest.fixture(scope="module")
def cases(contract: Contract) -> tuple[Case, ...]:
    """The suite of the built-in contract."""
    return suite(contract=contract)


def test_every_requirement_of_the_request_has_a_case(contract: Contract, cases: tuple[Case, ...]) -> None:
    """No requirement of the request is without a case, and no case aims at anything else."""
    assert aims(cases) == requirements_of_the_request(contract)


def test_every_requirement_is_aimed_at_with_its_expectation(contract: Contract, cases: tuple[Case, ...]) -> None:
    """The expectation of a case is that of its requirement."""
    assert [case for case in cases if case.expectation is not contract.by_id[case.requirement].expectation] == []


def test_the_suite_is_small(cases: tuple[Case, ...]) -> None:
    """At most 480 cases, and at most 100 jobs on the most permissive conforming target.

    Most of them are refused by a conforming target, which costs a request and no job; a run may send 700.
    """
    counts = Counter(case.expectation for case in cases)
    assert len(cases) <= 480
    assert counts[Expectation.ACCEPT] <= 40
    assert counts[Expectation.UNSPECIFIED] <= 60


def test_rejections_come_first(cases: tuple[Case, ...]) -> None:
    """Every rejected case comes before every accepted one: a rejection costs no job."""
    order = [case.expectation for case in cases]
    last_rejected = len(order) - 1 - order[::-1].index(Expectation.REJECT)
    assert last_rejected < min(order.index(Expectation.ACCEPT), order.index(Expectation.UNSPECIFIED))


@pytest.mark.parametrize("expectation", [Expectation.REJECT, Expectation.UNSPECIFIED])
def test_each_requirement_has_its_turn(expectation: Expectation, cases: tuple[Case, ...]) -> None:
    """Each requirement has one case before any has a second: a run that is cut short has seen them all."""
    seen: Counter[str] = Counter()
    turns = []
    for case in cases:
        if case.expectation is expectation:
            seen[case.requirement] += 1
            turns.append((seen[case.requirement], case.id))
    first_second = next(position for position, (turn, _) in enumerate(turns) if turn == 2)
    assert [name for turn, name in turns[first_second:] if turn == 1] == []


def test_each_combination_has_its_turn(cases: tuple[Case, ...]) -> None:
    """Each combination of listed values is accepted once before any comes again."""
    seen: Counter[str] = Counter()
    turns = []
    for case in cases:
        if case.expectation is Expectation.ACCEPT:
            seen[case.base] += 1
            turns.append(seen[case.base])
    assert all(after >= before for before, after in pairwise(turns))


def test_the_oracle_agrees(
    contract: Contract, cases: tuple[Case, ...], is_about_its_body: Callable[[Case], bool]
) -> None:
    """Each case is what it claims: a rejected one breaks its requirement and no other, an open one falls under it."""
    judge = oracle(contract)
    for case in filter(is_about_its_body, cases):
        found = judge.classify(case.payload, case.content_type)
        assert found.expectation is case.expectation, case
        match case.expectation:
            case Expectation.REJECT:
                assert found.broken == (case.requirement,), case
            case Expectation.UNSPECIFIED:
                assert case.requirement in found.open, case
            case Expectation.ACCEPT:
                assert not found.broken, case
                assert not found.open, case


def test_most_cases_are_about_their_bodies(cases: tuple[Case, ...], is_about_its_body: Callable[[Case], bool]) -> None:
    """All others are about methods, credentials and ways of sending, but for two bodies that break many at once."""
    others = Counter(case.requirement for case in cases if not is_about_its_body(case))
    assert others.pop("EXP-BODY-OBJECT") == 2
    assert others.keys() <= {"EXP-METHOD-UNDECLARED", "EXP-AUTH-MISSING", "EXP-AUTH-WRONG", "EXP-OPEN-TRANSFER"}


def test_bodies_that_break_many_requirements_are_filed_under_the_whole(
    contract: Contract, cases: tuple[Case, ...]
) -> None:
    """An object without members, and one of nulls, break what is said of each member, and are told of the body."""
    judge = oracle(contract)
    broken = {
        case.payload: len(judge.classify(case.payload).broken)
        for case in cases
        if case.requirement == "EXP-BODY-OBJECT" and case.payload.startswith(b"{")
    }
    nulls = b'{"startDate":null,"endDate":null,"exportType":null,"format":null}'
    assert broken == {b"{}": 4, nulls: 4}


def test_no_two_cases_are_the_same_request(cases: tuple[Case, ...]) -> None:
    """No request is sent twice."""
    requests = Counter((case.method, case.headers, case.payload, case.credentials) for case in cases)
    assert [request for request, times in requests.items() if times > 1] == []


def test_titles_are_lines(cases: tuple[Case, ...]) -> None:
    """A title is one line of printable text that is not too long to show, and no other case has it."""
    for case in cases:
        assert case.title.isprintable(), case.id
        assert case.title == case.title.strip(), case.id
        assert 0 < len(case.title) <= 400, case.id
    titles = Counter((case.requirement, case.title) for case in cases)
    assert [title for title, times in titles.items() if times > 1] == []


def test_ids_are_unique(cases: tuple[Case, ...]) -> None:
    """No two cases have the same id, and each begins with its requirement."""
    assert len({case.id for case in cases}) == len(cases)
    assert [case.id for case in cases if not case.id.startswith(f"{case.requirement}/")] == []


def test_the_suite_is_built_once(contract: Contract, cases: tuple[Case, ...]) -> None:
    """The same contract gives the same suite, without building it anew."""
    assert suite(contract=contract) is cases


def test_a_shown_case_is_short(cases: tuple[Case, ...]) -> None:
    """A case shows itself in few characters, however large its body is."""
    assert max(len(repr(case)) for case in cases) < 6_000
