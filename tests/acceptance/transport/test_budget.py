"""The budget: never exceeded, not by one, at any concurrency."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Limits
from export_contract.acceptance.transport.budget import Budget, Exhausted
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

# Together they accept nearly every body that has its fields.
LENIENT = (
    "start-unread",
    "end-unread",
    "start-missing",
    "end-missing",
    "exporttype-any",
    "exporttype-missing",
    "exporttype-null",
    "format-any",
    "format-missing",
    "format-null",
    "interactions-csv",
    "interactions-without-id",
    "json-text-after",
    "body-null",
    "auth-any",
    "auth-missing",
)


@pytest.mark.parametrize("threads", [1, 4, 8, 16])
def test_jobs_are_never_exceeded(threads: int) -> None:
    """However answers come in, jobs created and jobs that may yet be created stay within the limit."""
    limits = Limits(requests=10_000, jobs=40)
    budget = Budget(limits)
    lock = threading.Lock()
    in_flight = created = most = sent = 0

    def work(seed: int) -> None:
        nonlocal in_flight, created, most, sent
        chance = random.Random(seed)
        while budget.reserve() is None:
            with lock:
                in_flight += 1
                sent += 1
                most = max(most, created + in_flight)
            time.sleep(chance.random() / 2000)
            is_job = chance.random() < 0.3
            with lock:
                in_flight -= 1
                created += is_job
            budget.settle(created_job=is_job)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    assert most <= limits.jobs
    assert created == budget.jobs == limits.jobs
    assert sent == budget.requests


@pytest.mark.parametrize("threads", [1, 4, 8, 16])
def test_requests_are_never_exceeded(threads: int) -> None:
    """As many requests are allowed as the limit says: not one more, and not one less."""
    budget = Budget(Limits(requests=200, jobs=10_000))

    def work(_: int) -> int:
        allowed = 0
        while budget.reserve() is None:
            allowed += 1
            budget.settle(created_job=False)
        return allowed

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(work, range(threads))) == 200
    assert budget.reserve() is Exhausted.REQUESTS


def test_requests_that_are_kept() -> None:
    """The last requests are left to whoever does not keep them."""
    budget = Budget(Limits(requests=5))
    assert [budget.reserve(keep_requests=2) for _ in range(4)] == [None] * 3 + [Exhausted.REQUESTS]
    assert [budget.reserve() for _ in range(3)] == [None] * 2 + [Exhausted.REQUESTS]


def test_a_job_held_back_is_waited_for() -> None:
    """Where others hold back the last job, the answer waits for theirs."""
    budget = Budget(Limits(jobs=1))
    assert budget.reserve() is None
    answers: list[Exhausted | None] = []
    waiting = threading.Thread(target=lambda: answers.append(budget.reserve()))
    waiting.start()
    waiting.join(0.1)
    assert answers == []
    budget.settle(created_job=False)
    waiting.join(2)
    assert answers == [None]
    budget.settle(created_job=True)
    assert budget.reserve() is Exhausted.JOBS


def test_what_is_exhausted_has_a_name() -> None:
    """A report says in these words what there was no more of."""
    assert [str(one) for one in Exhausted] == ["requests", "jobs", "time"]


def test_time_ends_a_wait() -> None:
    """Nobody waits for a job longer than the run may last."""
    budget = Budget(Limits(jobs=1, seconds=0.2))
    assert budget.reserve() is None
    answers: list[Exhausted | None] = []
    waiting = threading.Thread(target=lambda: answers.append(budget.reserve()), daemon=True)
    waiting.start()
    waiting.join(2)
    assert answers == [Exhausted.SECONDS]


def created_at(url: str) -> int:
    with urllib.request.urlopen(f"{url}/sandbox/jobs") as answer:
        return int(json.load(answer)["created"])


@pytest.mark.parametrize("concurrency", [1, 4, 8, 16])
def test_jobs_as_the_target_counts_them(run_at: RunAt, concurrency: int) -> None:
    """With a target that accepts nearly everything, its own count of jobs stays within --max-jobs."""
    with running(LENIENT) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, limits=Limits(jobs=10), concurrency=concurrency)
        assert created_at(url) == results.counts["jobs_created"] == 10
    assert len(results.ledger) == 10
    assert any(phase.ended for phase in results.phases)


def test_jobs_of_other_methods(serve: Serve, run_at: RunAt) -> None:
    """A job that PUT or DELETE created counts like any other."""
    server = serve(lambda wire: wire.answer(200, b'{"job":{"id":"am9i"}}'))
    results = run_at(server.url, phases=("protocol",), limits=Limits(jobs=1), concurrency=1)
    # HEAD has no body that could tell of a job.
    assert sum(request.method != "HEAD" for request in server.requests) == 1
    assert results.counts["jobs_created"] == 1


@pytest.mark.parametrize("concurrency", [1, 8])
def test_jobs_that_may_have_been_created(serve: Serve, run_at: RunAt, concurrency: int) -> None:
    """A request that was answered with nothing may have created a job, and counts as one that did."""
    server = serve(lambda wire: wire.close() if len(wire.server.requests) > 1 else wire.conform())
    results = run_at(server.url, phases=("probe", "suite"), limits=Limits(jobs=7), concurrency=concurrency)
    assert len(server.requests) <= 7
    assert results.counts["jobs_created"] <= 7


@pytest.mark.parametrize("concurrency", [1, 4, 16])
@pytest.mark.parametrize("most", [1, 5, 100])
def test_requests_as_the_target_counts_them(serve: Serve, run_at: RunAt, most: int, concurrency: int) -> None:
    """The target gets as many requests as --max-requests says, and the phases tell what is missing."""
    server = serve(lambda wire: wire.conform())
    results = run_at(server.url, limits=Limits(requests=most), concurrency=concurrency)
    assert len(server.requests) == results.counts["requests"] == most
    assert sum(phase.sent for phase in results.phases) == most
    assert results.phases[-1].ended == "the budget of requests was used up"


def test_waiting_costs_requests(serve: Serve, run_at: RunAt) -> None:
    """A request that is sent again because the target asked for patience counts again."""
    server = serve(lambda wire: wire.answer(429, retry_after="0"))
    results = run_at(server.url, limits=Limits(requests=7))
    assert len(server.requests) == results.counts["requests"] == 7


def test_explaining_costs_requests(serve: Serve, run_at: RunAt) -> None:
    """Requests that tell features apart come out of the same budget."""
    server = serve(lambda wire: wire.answer(400) if b"+" in wire.request.body else wire.conform())
    results = run_at(server.url, limits=Limits(requests=320))
    assert len(server.requests) == results.counts["requests"] == 320


def test_max_time(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float]) -> None:
    """After --max-time nothing is sent any more."""
    arrived: list[float] = []

    def slow(wire: Wire) -> None:
        arrived.append(stopwatch())
        wire.wait(0.05)
        wire.conform()

    results = run_at(serve(slow).url, limits=Limits(seconds=0.5))
    assert max(arrived) < 0.5 + 0.3
    assert stopwatch() < 1.2
    assert results.phases[-1].ended == "the budget of time was used up"
    assert results.verdict == "inconclusive"


def test_a_request_that_the_end_of_the_run_cuts_short(serve: Serve, run_at: RunAt) -> None:
    """A target that had time left to respond is not accused when the run has none."""
    server = serve(lambda wire: wire.conform() if len(wire.server.requests) <= 3 else wire.wait(20))
    results = run_at(server.url, limits=Limits(seconds=1.0))
    assert (results.verdict, results.findings) == ("inconclusive", ())


def test_rate(serve: Serve, run_at: RunAt) -> None:
    """Requests leave no faster than --rate, at any concurrency."""
    arrived: list[float] = []

    def note(wire: Wire) -> None:
        arrived.append(time.monotonic())
        wire.conform()

    run_at(serve(note).url, rate=50.0, concurrency=8, limits=Limits(requests=40))
    assert len(arrived) == 40
    assert max(arrived) - min(arrived) > 39 / 50 * 0.95
