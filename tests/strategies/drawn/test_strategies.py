"""The strategies as users of Hypothesis meet them: arguments, health, variety, and what examples shrink to."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, built_in_contract, classify, load_contract, oracle
from export_contract.contract.rules import OPEN_TIMESTAMPS
from export_contract.strategies import (
    Case,
    cases,
    explored_cases,
    foreign_cases,
    invalid_requests,
    malformed_payloads,
    plainest_case,
    suite,
    timestamps,
    unspecified_requests,
    valid_requests,
)
from export_contract.strategies.data.moments import EDGES

Draw = Callable[[st.SearchStrategy[Any], int], list[Any]]
QUIET: Final = settings(database=None, deadline=None)
"""The default profile, but for the time that one example takes on a busy machine, and for files left behind."""


@QUIET
@given(valid_requests())
def test_valid_requests_pass_the_health_checks(case: Case) -> None:
    """On the default profile no health check complains, and each example is an accepted request."""
    assert case.expectation is Expectation.ACCEPT
    assert isinstance(json.loads(case.payload), dict)


STRATEGIES: Final[dict[str, Callable[[], st.SearchStrategy[Any]]]] = {
    "cases": cases,
    "invalid": invalid_requests,
    "unspecified": unspecified_requests,
    "explored": explored_cases,
    "malformed": malformed_payloads,
    **{f"{expectation} timestamps": partial(timestamps, expectation) for expectation in Expectation},
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_other_strategies_pass_the_health_checks(name: str) -> None:
    """So it is with every other strategy."""

    @settings(QUIET, derandomize=True, max_examples=60)
    @given(STRATEGIES[name]())
    def look(_: Any) -> None:
        pass

    look()


TAKING_A_CONTRACT: Final[tuple[Callable[..., Any], ...]] = (
    *(cases, explored_cases, foreign_cases, valid_requests, invalid_requests, unspecified_requests),
    *(malformed_payloads, suite, classify),
)


@pytest.mark.parametrize("function", TAKING_A_CONTRACT, ids=lambda function: function.__name__)
def test_the_contract_is_named_and_can_be_left_out(function: Callable[..., Any]) -> None:
    """Wherever a contract is taken it is a keyword, and without it the built-in one is meant."""
    parameter = inspect.signature(function).parameters["contract"]
    assert (parameter.kind, parameter.default) == (parameter.KEYWORD_ONLY, None)


def test_the_built_in_contract_is_always_the_same() -> None:
    """Without a contract, the suite and the oracle are made once."""
    assert suite() is suite(contract=built_in_contract())
    assert oracle() is oracle(built_in_contract())


BODIES: Final = sorted(
    {
        case.requirement
        for case in suite(contract=load_contract())
        if case.expectation is Expectation.REJECT and case.method == "POST"
    }
    - {"EXP-AUTH-MISSING", "EXP-AUTH-WRONG"}
)


@pytest.mark.parametrize("requirement", BODIES)
def test_breaches_pass_the_health_checks(requirement: str) -> None:
    """Asking for what breaks one requirement does not mean to draw what breaks others, and to throw it away."""

    @settings(QUIET, derandomize=True, max_examples=25)
    @given(invalid_requests(requirement=requirement))
    def look(_: Case) -> None:
        pass

    look()


FORMS: Final = [one.id for one in load_contract().requirements if one.rule in OPEN_TIMESTAMPS]


@pytest.mark.parametrize("requirement", FORMS)
def test_forms_of_timestamps_pass_the_health_checks(requirement: str) -> None:
    """Asking for one form of ISO 8601 does not mean to draw all of them and to throw most away."""

    @settings(QUIET, derandomize=True, max_examples=25)
    @given(unspecified_requests(requirement=requirement))
    def look(_: Case) -> None:
        pass

    look()


def test_an_unknown_requirement_is_refused_at_once(contract: Contract) -> None:
    """A requirement that is not in the contract raises before anything is drawn, and is named."""
    for strategy in (invalid_requests, unspecified_requests):
        with pytest.raises(ValueError, match="EXP-NOTHING"):
            strategy(contract=contract, requirement="EXP-NOTHING")


@pytest.mark.parametrize(
    ("strategy", "requirement"),
    [
        (invalid_requests, "EXP-OPEN-UNKNOWN-PROPERTY"),
        (invalid_requests, "EXP-ACCEPT-PAIRS"),
        (invalid_requests, "EXP-REFUSAL-NO-JOB"),
        (invalid_requests, "EXP-AUTH-WRONG"),
        (unspecified_requests, "EXP-FORMAT-ENUM"),
        (unspecified_requests, "EXP-ACCEPT-RANGE"),
    ],
)
def test_a_requirement_of_another_kind_is_refused_at_once(
    strategy: Callable[[Contract, str], st.SearchStrategy[Case]], requirement: str, contract: Contract
) -> None:
    """So does a requirement that no body breaks, or that leaves none open."""
    with pytest.raises(ValueError, match=requirement):
        strategy(contract=contract, requirement=requirement)


@pytest.mark.parametrize("expectation", ["", "accepted", "ACCEPT", None, 1])
def test_a_wrong_expectation_is_refused_at_once(expectation: Any) -> None:
    """timestamps() takes one of the three expectations."""
    with pytest.raises(ValueError, match="is not a valid Expectation"):
        timestamps(expectation)


def test_an_expectation_may_be_text(draw: Draw) -> None:
    """The three expectations may be written as the requirements file writes them."""
    for expectation in Expectation:
        assert draw(timestamps(expectation.value), 20) == draw(timestamps(expectation), 20)


@pytest.fixture(scope="module")
def valid_bodies(contract: Contract, draw: Draw) -> list[dict[str, Any]]:
    """The bodies of 500 valid requests."""
    return [json.loads(case.payload) for case in draw(valid_requests(contract=contract), 500)]


def test_valid_requests_show_every_combination(valid_bodies: list[dict[str, Any]], contract: Contract) -> None:
    """500 draws have all nine combinations of listed values."""
    combinations = {(body["exportType"], body["format"]) for body in valid_bodies}
    assert len(combinations) == 9
    assert {case.base for case in suite(contract=contract) if case.base} >= {
        f"exportType {export_type} with format {form}" for export_type, form in combinations
    }


def test_valid_requests_show_every_shape_of_timestamps(valid_bodies: list[dict[str, Any]]) -> None:
    """500 draws have 0 to 6 digits, Z, and offsets of both signs that are no full hours."""
    texts = [body[field] for body in valid_bodies for field in ("startDate", "endDate")]
    fractions = Counter(len(found[1]) if (found := re.search(r"\.([0-9]+)", text)) else 0 for text in texts)
    assert set(fractions) == set(range(7))
    zones = {text[19:].lstrip(".0123456789") for text in texts}
    assert zones >= {"Z", "+00:00", "+05:30", "+14:00"}
    assert len([zone for zone in zones if zone[0] == "-" and not zone.endswith(":00")]) >= 5
    assert len(zones) >= 40


def test_valid_requests_show_every_spelling(contract: Contract, draw: Draw) -> None:
    """Content types, white space and escapes vary as well."""
    drawn = draw(valid_requests(contract=contract), 500)
    assert len({case.content_type for case in drawn}) >= 5
    assert any(b"\\u" in case.payload for case in drawn)
    assert any(case.payload.startswith(b"\r\n") for case in drawn)
    assert len({tuple(json.loads(case.payload)) for case in drawn}) >= 5


def test_edges_come_up_more_often_than_chance_has_them(draw: Draw) -> None:
    """At least one accepted timestamp in ten stands at an edge of a calendar or a clock; by chance none would."""
    edges = {f"{edge:%Y-%m-%dT%H:%M:%S}" for members in EDGES for edge, _ in members}
    drawn = draw(timestamps(), 500)
    found = Counter(text[:19] for text in drawn)
    assert sum(found[edge] for edge in edges) > 50
    assert len([edge for edge in edges if found[edge]]) >= 8


@pytest.fixture(scope="module")
def explored(contract: Contract, draw: Draw) -> list[Case]:
    """300 explored requests."""
    return draw(explored_cases(contract=contract), 300)


def test_exploration_mixes(contract: Contract, explored: list[Case]) -> None:
    """At least one explored request in ten has more than one thing wrong with it."""
    judge = oracle(contract)
    broken = [judge.classify(case.payload, case.content_type).broken for case in explored]
    assert sum(len(names) > 1 for names in broken) >= 30


def test_exploration_has_every_expectation(explored: list[Case]) -> None:
    """What is explored is accepted, rejected and left open, each in one request of twenty at least."""
    counts = Counter(case.expectation for case in explored)
    assert min(counts[expectation] for expectation in Expectation) >= 15


def test_boundaries_come_up_in_exploration(explored: list[Case]) -> None:
    """Numbers that not every reader holds, long strings, half surrogate pairs and NUL are among them."""
    pieces = (b"1e400", b"9007199254740993", b"a" * 1_001, b"\\ud800", b"\\u0000")
    assert sum(any(piece in case.payload for piece in pieces) for case in explored) >= 5


def test_examples_shrink_to_the_plainest(contract: Contract) -> None:
    """The simplest valid request has the listed values and the spelling of the plainest case."""
    only = settings(database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    simplest = find(valid_requests(contract=contract), lambda _: True, settings=only)
    plain = json.loads(plainest_case(contract).payload)
    body = json.loads(simplest.payload)
    assert simplest.payload == json.dumps(body, separators=(",", ":")).encode()
    assert (body["exportType"], body["format"]) == (plain["exportType"], plain["format"])
    assert simplest.headers == plainest_case(contract).headers
    assert find(timestamps(), lambda _: True, settings=only) == "2012-09-05T11:12:47.000Z"
    assert find(timestamps(), lambda text: text.endswith("+05:30"), settings=only) == "2012-09-05T11:12:47.000+05:30"
