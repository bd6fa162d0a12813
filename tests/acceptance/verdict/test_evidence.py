"""The evidence floor: a run that exercised too little is not called green, and what was left out is named."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from export_contract.acceptance import Limits, Results
from export_contract.contract import Contract
from export_contract.sandbox import DEMO_AUTHORIZATION

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve

STILL_TO_COME = {"the phase jobs is still to come", "the phase load is still to come"}


def unexercised(results: Results) -> set[str]:
    return {
        one.id
        for one in results.requirements
        if one.level == "MUST" and one.verdict == "not_exercised" and one.reason not in STILL_TO_COME
    }


def test_a_whole_run(sandbox_url: str, run_at: RunAt) -> None:
    """A run of everything against a target that keeps the contract conforms, and says why something was left out."""
    results = run_at(sandbox_url, authorization=DEMO_AUTHORIZATION)
    assert (results.verdict, results.reason) == ("conforms", None)
    assert unexercised(results) == set()
    assert all(one.reason for one in results.requirements if one.verdict == "not_exercised")
    assert all(one.exchanges > 0 and one.reason is None for one in results.requirements if one.verdict == "passed")
    counts = results.counts
    assert counts["passed"] + counts["failed"] + counts["waived"] + counts["not_exercised"] == len(results.requirements)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"limits": Limits(requests=5)}, "budget of requests"),
        ({"limits": Limits(requests=1)}, "budget of requests"),
        ({"limits": Limits(jobs=1)}, "budget of jobs"),
        ({"limits": Limits(seconds=0.02)}, "budget of time"),
        ({"phases": ("probe",)}, "the phase suite was not run"),
        ({"phases": ("probe", "suite")}, "the phase auth was not run"),
        ({"phases": ("probe", "auth", "suite")}, "the phase protocol was not run"),
        ({"phases": ("protocol",)}, "the phase suite was not run"),
        ({"phases": ("probe", "load", "auth", "protocol", "suite")}, "the phase jobs was not run"),
        ({"phases": ("probe", "auth", "protocol", "jobs", "suite")}, "the phase load was not run"),
    ],
)
def test_too_little(sandbox_url: str, run_at: RunAt, parts: dict[str, Any], why: str) -> None:
    """A run that left out a MUST is inconclusive, names it, and says why it was left out."""
    results = run_at(sandbox_url, **{"authorization": DEMO_AUTHORIZATION, **parts})
    missing = unexercised(results)
    assert missing
    assert results.verdict == "inconclusive"
    reason = results.reason or ""
    assert reason.startswith("Too little was exercised")
    assert {name for name in missing if name not in reason} == set()
    reasons = [reason, *(one.reason or "" for one in results.requirements if one.id in missing)]
    assert any(why in one for one in reasons)


@pytest.mark.parametrize("seconds", [0.001, 0.2])
def test_no_time_for_the_first_response(serve: Serve, run_at: RunAt, seconds: float) -> None:
    """Where the first request had not the time it may take, the run was too short, and the target is not blamed."""
    server = serve(lambda wire: wire.wait(10))
    results = run_at(server.url, limits=Limits(seconds=seconds))
    assert (results.verdict, results.cause, results.findings) == ("inconclusive", "too_little", ())
    assert {one.name: one.ended for one in results.phases}["suite"] == "the budget of time was used up"


def test_a_run_that_ended_early(serve: Serve, run_at: RunAt) -> None:
    """Behind a redirect nothing can be tested, and no requirement blames the target's responses for that."""
    server = serve(lambda wire: wire.answer(301, location="/exports/"))
    results = run_at(server.url, authorization=DEMO_AUTHORIZATION)
    assert (results.verdict, results.cause) == ("inconclusive", "gate")
    assert {one.cause for one in results.requirements} == {"run_ended"}
    assert {one.reason for one in results.requirements} == {"the run ended before it was exercised"}


def test_nothing_is_passed_that_was_not_exercised(sandbox_url: str, run_at: RunAt) -> None:
    """What no exchange showed is `not exercised`, never `passed`, and counts as such."""
    results = run_at(sandbox_url, authorization=DEMO_AUTHORIZATION, limits=Limits(requests=5))
    assert all(one.verdict == "not_exercised" for one in results.requirements if one.exchanges == 0)
    assert results.counts["not_exercised"] == sum(one.exchanges == 0 for one in results.requirements)
    assert results.counts["passed"] < 15


def test_without_credentials(sandbox_url: str, run_at: RunAt) -> None:
    """Without credentials, what is about credentials does not apply; the run cannot get past the gate here."""
    results = run_at(sandbox_url)
    assert results.verdict == "inconclusive"
    reasons = {one.id: one.reason for one in results.requirements}
    assert reasons["EXP-AUTH-MISSING"] == reasons["EXP-AUTH-WRONG"] == "no credentials are configured"


def test_a_violation_is_told_though_little_was_exercised(serve: Serve, run_at: RunAt) -> None:
    """A failure found within a small budget is a violation all the same."""
    server = serve(lambda wire: wire.answer(500) if len(wire.server.requests) == 4 else wire.conform())
    results = run_at(server.url, limits=Limits(requests=8))
    assert results.verdict == "violates"


def test_only_what_must_be_counts(sandbox_url: str, run_at: RunAt, contract: Contract) -> None:
    """Where the contract only has MAY and SHOULD, nothing of it has to be exercised."""
    softer = dataclasses.replace(
        contract,
        areas=tuple(
            msgspec.structs.replace(
                area, requirements=tuple(msgspec.structs.replace(one, level="SHOULD") for one in area.requirements)
            )
            for area in contract.areas
        ),
    )
    results = run_at(sandbox_url, contract=softer, authorization=DEMO_AUTHORIZATION, limits=Limits(requests=5))
    assert results.verdict == "conforms"
