"""What a check makes of what it saw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.check import (
    KEPT,
    Check,
    Observation,
    deviation,
    kept_or,
    outcomes_of,
    says_nothing,
)
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.acceptance.model.outcome import Choice, Outcome
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


@pytest.fixture
def exchange(make_case: MakeCase) -> Exchange:
    """A request that was answered."""
    return Exchange(7, "suite", make_case(title="a request"), Response(status=200))


def test_a_deviation(exchange: Exchange) -> None:
    """Its summary is the request with what was observed, or with a shorter text where there is one."""
    plain = deviation("EXP-A", exchange, "check", "kind", expected="good", observed="bad")
    assert plain == Outcome("EXP-A", 7, "check", "kind", "a request: bad", "good", "bad")
    short = deviation("EXP-A", exchange, "check", "kind", expected="good", observed="bad", summary="worse")
    assert (short.summary, short.observed) == ("a request: worse", "bad")


@pytest.mark.parametrize(("length", "shown"), [(1_000, "x" * 1_000), (1_001, "x" * 1_000 + "…")])
def test_what_is_long(exchange: Exchange, length: int, shown: str) -> None:
    """A thousand characters of what was observed are shown."""
    outcome = deviation("EXP-A", exchange, "check", "kind", expected="", observed="x" * length)
    assert (outcome.observed, outcome.summary) == (shown, f"a request: {shown}")


def test_other_requirements_that_are_kept(exchange: Exchange) -> None:
    """What is kept counts for the others too, once each; a deviation is told once."""
    kept = Observation(choice=Choice.OPAQUE, also=("EXP-B", "EXP-A"))
    assert outcomes_of(kept, "EXP-A", exchange, "check", "") == [
        Outcome("EXP-A", 7, "check", choice=Choice.OPAQUE),
        Outcome("EXP-B", 7, "check", choice=Choice.OPAQUE),
    ]
    broken = Observation(kind="kind", observed="bad", also=("EXP-B",))
    assert [one.requirement for one in outcomes_of(broken, "EXP-A", exchange, "check", "")] == ["EXP-A"]


def test_what_is_expected(exchange: Exchange) -> None:
    """What an observation expects goes before what its check expects of every exchange."""
    for own, shown in (("", "all"), ("mine", "mine")):
        (outcome,) = outcomes_of(kept_or("kind", "bad", own), "EXP-A", exchange, "check", "all")
        assert (outcome.expected, outcome.kind, outcome.observed) == (shown, "kind", "bad")
    assert kept_or("kind", "", "mine") == KEPT


@pytest.mark.parametrize(
    ("parts", "requirement"),
    [
        ({}, "EXP-ACCEPT-PAIRS"),
        ({"rule": "job-id/unique"}, "EXP-JOBID-UNIQUE"),
        ({"rule": "job-id/unique", "requirement": "EXP-JOBID-FORM"}, "EXP-JOBID-FORM"),
        ({"rule": "no such rule"}, None),
        ({"calls": frozenset({Call.STATUS})}, None),
    ],
    ids=["of the case", "of a rule", "by its id", "none", "of another call"],
)
def test_which_requirement(
    exchange: Exchange, context: CheckContext, parts: dict[str, Any], requirement: str | None
) -> None:
    """A check verifies the requirement that it names, that of its rule, or the one at which the case is aimed."""
    check = Check(name="own", promise="", observe=lambda exchange, context: KEPT, **parts)
    assert [one.requirement for one in check.outcomes(exchange, context)] == ([requirement] if requirement else [])


def test_an_exchange_that_says_nothing(exchange: Exchange, context: CheckContext) -> None:
    """A check that saw nothing has no outcome."""
    assert Check(name="own", promise="", observe=lambda exchange, context: None).outcomes(exchange, context) == []


@pytest.mark.parametrize(
    ("failure", "is_said"),
    [
        (None, True),
        (Failure.TIMEOUT, True),
        (Failure.CLOSED, True),
        (Failure.GARBLED, True),
        (Failure.ADDRESS, True),
        (Failure.UNREACHABLE, False),
        (Failure.POSTPONED, False),
        (Failure.INTERRUPTED, False),
        (Failure.STALE, False),
        (Failure.LEFTOVER, False),
    ],
)
def test_what_says_nothing(make_case: MakeCase, failure: Failure | None, is_said: bool) -> None:
    """Where a target could not answer, nothing is said of it, and neither by what was sent again."""
    assert says_nothing(Exchange(1, "suite", make_case(), Response(failure=failure))) is not is_said
    assert says_nothing(Exchange(1, "suite", make_case(), Response(failure=failure), retried=True))


def test_what_was_seen_stays_as_it_is() -> None:
    """An observation cannot be changed: that a promise was kept is the same one for all exchanges."""
    with pytest.raises(AttributeError):
        KEPT.kind = "kind"  # type: ignore[misc]
