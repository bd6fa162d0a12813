"""Exploration: what it makes of a target that fails, and the second lane of cases."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, classify
from export_contract.exceptions import SchemathesisMissing
from export_contract.strategies import (
    Case,
    cases,
    explore,
    explored_cases,
    foreign_cases,
    invalid_requests,
    unspecified_requests,
    valid_requests,
)

DATES: Final = {
    *("2012-09-05T11:12:47.000Z", "2015-05-28T17:39:23.000Z"),
    *("1900-01-01T00:00:00.000Z", "2199-12-31T23:59:59.000Z"),
}
"""Those of the document's example, the plainest there are; and those far away, beside what may be read as any date."""
NAMES: Final = ["startDate", "endDate", "exportType", "format", "learningActivityId"]


def value_of(case: Case) -> Any:
    """What the body of a case says, or None."""
    try:
        return json.loads(case.payload.decode())
    except (ValueError, RecursionError):
        return None


def body_of(case: Case) -> dict[str, Any]:
    """The object that a case sends, or an empty one."""
    value = value_of(case)
    return value if isinstance(value, dict) else {}


def mentions_csv(case: Case) -> bool:
    """A target that lets every wrong request with CSV in it pass."""
    return case.expectation is Expectation.REJECT and b"CSV" in case.payload


def wrong_end_date(case: Case) -> bool:
    """A target that does not look at endDate."""
    return case.expectation is Expectation.REJECT and case.requirement.startswith("EXP-END-")


def huge_id(case: Case) -> bool:
    """A target that crashes where an id is beyond 2^53."""
    number = body_of(case).get("learningActivityId")
    return isinstance(number, int | float) and number > 2**53


def is_accepted(case: Case) -> bool:
    """A target that refuses everything."""
    return case.expectation is Expectation.ACCEPT


PLANTED: Final[dict[str, tuple[Callable[..., st.SearchStrategy[Case]], Callable[[Case], bool]]]] = {
    "CSV in any case": (cases, mentions_csv),
    "endDate in an invalid request": (invalid_requests, wrong_end_date),
    "endDate in an explored case": (explored_cases, wrong_end_date),
    "huge id in an unspecified request": (unspecified_requests, huge_id),
    "accepted": (valid_requests, is_accepted),
    "accepted among all": (explored_cases, is_accepted),
}


class Target:
    """Fails where `fails` says so, and keeps what it was asked."""

    def __init__(self, fails: Callable[[Case], bool]) -> None:
        self.fails = fails
        self.asked: list[Case] = []

    def __call__(self, case: Case) -> bool:
        self.asked.append(case)
        return self.fails(case)


@pytest.fixture(scope="module", params=PLANTED)
def explored(request: pytest.FixtureRequest, contract: Contract) -> tuple[Target, tuple[Case, ...]]:
    """A target with a planted mistake, and what was found."""
    strategy, fails = PLANTED[request.param]
    target = Target(fails)
    return target, explore(strategy(contract=contract), target, examples=400)


def test_each_find_fails_and_is_what_it_claims(explored: tuple[Target, tuple[Case, ...]]) -> None:
    """What is reported was seen to fail, is of the class that it is reported for, and no class is reported twice."""
    target, found = explored
    assert found
    for case in found:
        assert case in target.asked
        assert target.fails(case)
        said = classify(case.payload, case.content_type)
        assert said.expectation is case.expectation
        assert case.requirement in (*said.broken, *said.open) or said.expectation is Expectation.ACCEPT
    assert max(Counter((case.expectation, case.requirement) for case in found).values()) == 1
    failing = {(case.expectation, case.requirement) for case in target.asked if target.fails(case)}
    assert {(case.expectation, case.requirement) for case in found} == failing


def test_each_request_is_sent_once(explored: tuple[Target, tuple[Case, ...]]) -> None:
    """A target is asked at most once for the same request: each may cost a job."""
    target, _ = explored
    asked = Counter((case.method, case.payload, case.content_type) for case in target.asked)
    assert asked.most_common(1)[0][1] == 1


def test_finds_are_minimal(explored: tuple[Target, tuple[Case, ...]]) -> None:
    """All but what is wrong with a find is as plain as can be: its spelling, its content type, its dates."""
    _, found = explored
    for case in found:
        body = body_of(case)
        if not body:
            continue
        assert case.payload == json.dumps(body, separators=(",", ":")).encode(), case
        assert case.content_type == "application/json", case
        ordered = [name for name in NAMES if name in body]
        assert [name for name in body if name in NAMES] == ordered, case
        said = classify(case.payload, case.content_type)
        wrong = {reason.path[0] for reason in said.reasons if reason.path}
        assert len(said.broken) <= 1, case
        for name in {"startDate", "endDate"} & body.keys() - wrong:
            assert body[name] in DATES, case


def test_finds_are_the_same_for_the_same_seed(contract: Contract) -> None:
    """The seed decides what is drawn, and in which order; another seed draws something else."""
    targets = [Target(wrong_end_date) for _ in range(3)]
    first, again, other = (
        explore(invalid_requests(contract=contract), target, examples=40, seeded=seeded)
        for target, seeded in zip(targets, (7, 7, 8), strict=True)
    )
    assert first == again
    assert targets[0].asked == targets[1].asked
    assert targets[0].asked != targets[2].asked
    assert other


def test_a_good_target_has_no_finds(contract: Contract) -> None:
    """Where nothing fails nothing is found, and no more is sent than was asked for."""
    target = Target(lambda case: False)
    assert explore(explored_cases(contract=contract), target, examples=40) == ()
    assert 30 <= len(target.asked) <= 40


def test_what_breaks_the_target_breaks_the_search(contract: Contract) -> None:
    """An error that is no verdict is not taken for one."""

    def breaks(case: Case) -> bool:
        raise ConnectionError("refused")

    with pytest.raises(ConnectionError, match="refused"):
        explore(cases(contract=contract), breaks, examples=10)


def test_a_find_does_not_hide_an_error(contract: Contract) -> None:
    """Nor is it forgotten where something was found before it."""
    target = Target(is_accepted)

    def breaks(case: Case) -> bool:
        if len(target.asked) > 5:
            raise ConnectionError("refused")
        return target(case)

    with pytest.raises(ConnectionError, match="refused"):
        explore(valid_requests(contract=contract), breaks, examples=60)


def test_without_schemathesis_the_lane_says_so(monkeypatch: pytest.MonkeyPatch, contract: Contract) -> None:
    """Where it is not installed, asking for the lane raises at once, and says how to get it."""
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    with pytest.raises(SchemathesisMissing, match=r"pip install 'export-contract\[schemathesis\]'"):
        foreign_cases(contract=contract)
    assert issubclass(SchemathesisMissing, ImportError)
