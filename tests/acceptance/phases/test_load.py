"""Valid requests at the same time: as many as the run may, all different, and judged together."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance import Limits
from export_contract.contract import Contract, Expectation, classify
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies import plainest_case
from export_contract.strategies.http.concurrent import simultaneous_cases

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve

PHASES = ("probe", "load")


def test_cases(contract: Contract) -> None:
    """The requests are all accepted, all different, and of one shape."""
    cases = simultaneous_cases(contract, plainest_case(contract), 64)
    assert len({case.payload for case in cases}) == len({case.id for case in cases}) == 64
    assert all(classify(case.payload).expectation is Expectation.ACCEPT for case in cases)
    assert len({tuple(json.loads(case.payload)) for case in cases}) == 1


@pytest.mark.parametrize(("concurrency", "jobs", "at_once"), [(4, 100, 4), (8, 100, 8), (8, 40, 4), (4, 20, 2)])
def test_how_many(serve: Serve, run_at: RunAt, concurrency: int, jobs: int, at_once: int) -> None:
    """As many requests come together as may be on their way at once, and no more than a tenth of the jobs."""
    flying, most, lock = [0], [0], threading.Lock()

    def count(wire: Any) -> None:
        with lock:
            flying[0] += 1
            most[0] = max(most[0], flying[0])
        time.sleep(0.05)
        with lock:
            flying[0] -= 1
        wire.conform()

    results = run_at(serve(count).url, phases=PHASES, concurrency=concurrency, limits=Limits(jobs=jobs))
    assert most[0] == at_once
    assert results.load
    assert (results.load.requests, results.load.accepted, results.load.concurrency) == (at_once, at_once, concurrency)
    assert results.load.latency
    assert results.load.latency.median >= 0.05


@pytest.mark.parametrize("parts", [{"concurrency": 1}, {"rate": 50.0}])
def test_where_it_does_not_apply(serve: Serve, run_at: RunAt, parts: dict[str, Any]) -> None:
    """A run that may not send several at once says so, and is not inconclusive for it."""
    results = run_at(serve(lambda wire: wire.conform()).url, phases=PHASES, **parts)
    (load,) = [one for one in results.requirements if one.id == "EXP-LOAD-ANSWERS"]
    assert load.verdict == "not_exercised"
    assert load.reason == "the run may not send several requests at once (--concurrency, --rate)"
    assert "EXP-LOAD-ANSWERS" not in (results.reason or "")


@pytest.mark.parametrize(
    ("fault", "concurrency", "more"),
    [("load-500", 4, ("auth", "protocol", "suite")), ("load-shared-id", 8, ("protocol",)), ("load-mixed-up", 4, ())],
)
def test_faults(run_at: RunAt, fault: str, concurrency: int, more: tuple[str, ...]) -> None:
    """What only shows under load is one finding, under its requirement, whatever the run does besides."""
    with running([fault]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, concurrency=concurrency, phases=(*PHASES, *more))
    assert {one.requirement for one in results.findings} == {"EXP-LOAD-ANSWERS"}


def test_what_comes_alone_too(run_at: RunAt) -> None:
    """Ids that are shared in any case are no fault of the load."""
    with running(["job-id-counter"]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=(*PHASES, "jobs"))
    assert "EXP-LOAD-ANSWERS" not in {one.requirement for one in results.findings}
