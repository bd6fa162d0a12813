"""A run in rough weather: patience, connections that fail, and targets that die."""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Event, Exchanged, Limits, Waiting
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.recorder import Recorder
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.events import PhaseEnded
from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.transport.pacing import Pacer
from export_contract.acceptance.transport.target import Target
from export_contract.contract import oracle

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase, RunAt, Serve, Wire

CLOSED = "the connection was closed before the response was complete"
AUTHORIZATION = "bln type=api,version=1,entity=user,key=a-long-key,token=a-long-token,secret=a-long-secret"


def has_no_type(wire: Wire) -> bool:
    """Whether the request is one for an export without an exportType."""
    return b"startDate" in wire.request.body and b"exportType" not in wire.request.body


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(("status", "as_date"), [(429, False), (503, True)])
def test_patience(serve: Serve, run_at: RunAt, status: int, as_date: bool) -> None:
    """A target that asks for a second gets it, from all senders, and is no worse judged for it."""
    arrived: list[float] = []
    waits: list[Event] = []

    def busy(wire: Wire) -> None:
        arrived.append(time.monotonic())
        if len(arrived) == 20:
            wire.answer(status, retry_after=in_seconds(1.6) if as_date else "1")
        else:
            wire.conform()

    results = run_at(
        serve(busy).url, listener=lambda event: waits.append(event) if isinstance(event, Waiting) else None
    )
    assert (results.verdict, results.findings) == ("conforms", ())
    assert len(waits) == 1
    assert max(later - earlier for earlier, later in zip(sorted(arrived), sorted(arrived)[1:], strict=False)) > 0.5
    # What was under way at the time may have arrived; nothing else did.
    at = sorted(arrived)[19]
    assert sum(at + 0.1 < moment < at + 0.5 for moment in arrived) == 0


def test_patience_at_the_probe(serve: Serve, run_at: RunAt) -> None:
    """The very first request is waited for too."""
    server = serve(lambda wire: wire.conform() if len(wire.server.requests) > 1 else wire.answer(503, retry_after="0"))
    assert run_at(server.url).verdict == "conforms"


@pytest.mark.parametrize("value", ["1", "99999", "99999999999999999999999999"])
def test_patience_ends(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float], value: str) -> None:
    """A target that is never ready makes the run inconclusive, within --max-time."""
    server = serve(lambda wire: wire.answer(503, retry_after=value))
    results = run_at(server.url, limits=Limits(seconds=1.5))
    assert (results.verdict, results.findings) == ("inconclusive", ())
    assert "503" in (results.reason or "") or "more time" in (results.reason or "")
    assert stopwatch() < 3


@pytest.mark.parametrize("headers", [{}, {"retry_after": "0"}, {"retry_after": "1"}])
def test_a_target_that_always_answers_429(
    serve: Serve, run_at: RunAt, stopwatch: Callable[[], float], headers: dict[str, str]
) -> None:
    """A target that turns everything away does not conform, and the run ends."""
    server = serve(lambda wire: wire.answer(429, **headers))
    results = run_at(server.url, limits=Limits(requests=50, seconds=1.5))
    assert results.verdict != "conforms"
    assert not any(one.verdict == "passed" for one in results.requirements if one.id.startswith("EXP-ACCEPT"))
    assert stopwatch() < 3


def test_a_target_that_is_stopped_midway(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float]) -> None:
    """A target that refuses connections from some moment on ends the run, with all that was found."""

    def answer(wire: Wire) -> None:
        if len(server.requests) == 100:
            server.stop()
        wire.answer(500) if has_no_type(wire) else wire.conform()

    server = serve(answer)
    results = run_at(server.url)
    assert (results.verdict, results.interrupted) == ("inconclusive", False)
    assert server.url in (results.reason or "")
    assert "is no longer reachable: no connection could be made" in (results.reason or "")
    assert "EXP-EXPORTTYPE-REQUIRED" in {finding.requirement for finding in results.findings}
    assert 90 <= sum(phase.sent for phase in results.phases) < 120
    assert any(one.verdict == "passed" for one in results.requirements)
    assert stopwatch() < 6


@pytest.mark.parametrize("end", ["close", "reset"])
def test_a_target_that_hangs_up_midway(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float], end: str) -> None:
    """A target that closes every connection from some moment on, as a dead service's balancer does, ends the run."""
    server = serve(lambda wire: getattr(wire, end)() if len(wire.server.requests) > 60 else wire.conform())
    results = run_at(server.url, limits=Limits(jobs=1_000))
    assert results.verdict == "inconclusive"
    assert len(server.requests) < 200
    assert stopwatch() < 5


def test_a_target_that_freezes_midway(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float]) -> None:
    """A target that answers nothing from some moment on ends the run, long before each case has been waited for."""
    server = serve(lambda wire: wire.wait(30) if len(wire.server.requests) > 60 else wire.conform())
    results = run_at(server.url, limits=Limits(jobs=1_000), seconds=0.2, give_up=0.2)
    assert results.verdict == "inconclusive"
    assert stopwatch() < 5


def test_a_firewall(serve: Serve, run_at: RunAt) -> None:
    """Where every bad request is reset and every good one answered, the target is alive, and violates the contract."""

    def filter_out(wire: Wire) -> None:
        classified = oracle(server.contract).classify(wire.request.body, wire.request.header("content-type"))
        wire.reset() if classified.expectation == "reject" else wire.conform()

    server = serve(filter_out)
    results = run_at(server.url, phases=("probe", "suite"), limits=Limits(jobs=1_000))
    assert results.verdict == "violates"
    assert {finding.observed for finding in results.findings} == {CLOSED}


def test_one_request_that_kills_its_connection(serve: Serve, run_at: RunAt) -> None:
    """A target that hangs up on one kind of body is alive, and has a finding that says what happened."""
    server = serve(lambda wire: wire.close() if has_no_type(wire) else wire.conform())
    results = run_at(server.url)
    assert results.verdict == "violates"
    assert "EXP-EXPORTTYPE-REQUIRED" in {finding.requirement for finding in results.findings}
    assert len(results.findings) <= 3
    assert {finding.observed for finding in results.findings} == {CLOSED}


@pytest.mark.parametrize("end", ["close", "reset"])
def test_nothing_is_sent_twice(serve: Serve, make_case: MakeCase, context: CheckContext, end: str) -> None:
    """A POST that may have arrived is sent again only where a kept connection died, once, and on a new one."""
    arrived: Counter[str] = Counter()

    def lose(wire: Wire) -> None:
        number = wire.request.header("x-number") or ""
        arrived[number] += 1
        is_lost = int(number) % 3 == 0 and (int(number) % 6 == 0 or arrived[number] == 1)
        getattr(wire, end)() if is_lost else wire.answer(200, b'{"job":{"id":"am9i"}}')

    cases = [make_case(headers=(("X-Number", str(number)),)) for number in range(60)]
    with Target(serve(lose).url, "/exports") as target:
        session = Session(
            target, Budget(Limits(jobs=100)), Recorder(context, lambda event: None), Pacer(concurrency=1), 1
        )
        exchanges = session.send(cases)
        session.close()
    # The first goes over a new connection, and so does what follows a lost one; three are lost on a kept one, and what
    # follows has a connection of its own.
    assert [arrived[str(number)] for number in range(11)] == [1, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1]
    assert {arrived[str(number)] for number in range(11, 60)} == {1}
    assert len(exchanges) == 60
    lost = {int(one.case.headers[0][1]) for one in exchanges if one.response.failure is Failure.CLOSED}
    assert lost == {0, 6, *range(12, 60, 3)}
    assert {one.response.failure for one in exchanges} == {None, Failure.CLOSED}
    record = session.record
    assert len(record.exchanges) == arrived.total()
    assert sum(one.retried for one in record.exchanges.values()) == arrived.total() - 60


def test_a_target_that_sends_too_much(serve: Serve, run_at: RunAt) -> None:
    """What a response leaves on the connection is held against no request, and no job is left out."""
    refused: list[int] = []

    def babble(wire: Wire) -> None:
        wire.conform()
        if wire.request.method not in ("GET", "POST"):
            refused.append(1)
            wire.send(b"{}")  # as servers do that send a body with HEAD

    server = serve(babble)
    results = run_at(server.url)
    assert refused
    assert (results.verdict, results.findings) == ("conforms", ())
    assert results.counts["jobs_created"] >= len(server.jobs)  # what was lost may have made one
    assert results.counts["requests"] == len(server.requests)


def test_a_target_that_comes_late(serve: Serve, run_at: RunAt) -> None:
    """A connection that is refused at first is tried again, since nothing can have arrived."""
    server = serve(lambda wire: wire.conform())
    server.stop()
    starting = threading.Timer(0.15, server.start)
    starting.start()
    results = run_at(server.url)
    starting.join()
    assert results.verdict == "conforms"


@pytest.mark.parametrize("concurrency", [1, 8])
def test_an_interruption(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float], concurrency: int) -> None:
    """Ctrl-C midway gives results with what was found until then."""
    server = serve(lambda wire: wire.answer(500) if has_no_type(wire) else wire.conform())
    seen = 0

    def interrupt(event: Event) -> None:
        nonlocal seen
        seen += isinstance(event, Exchanged)
        if seen == 150 and isinstance(event, Exchanged):
            raise KeyboardInterrupt

    results = run_at(server.url, listener=interrupt, concurrency=concurrency)
    assert (results.verdict, results.interrupted) == ("inconclusive", True)
    assert "interrupted" in (results.reason or "")
    assert sum(phase.sent for phase in results.phases) >= 149
    assert len(results.findings) > 0
    assert len(results.ledger) <= results.counts["requests"] <= 400
    assert stopwatch() < 5


def test_an_interruption_between_phases(serve: Serve, run_at: RunAt) -> None:
    """Ctrl-C when one phase has ended and the next has not begun gives results with what was found until then."""
    server = serve(lambda wire: wire.conform())

    def interrupt(event: Event) -> None:
        if isinstance(event, PhaseEnded) and event.result.name == "probe":
            raise KeyboardInterrupt

    results = run_at(server.url, listener=interrupt)
    assert (results.verdict, results.interrupted) == ("inconclusive", True)
    assert results.counts["requests"] == len(server.requests) > 0


def test_an_interruption_of_waiting(serve: Serve, run_at: RunAt, stopwatch: Callable[[], float]) -> None:
    """Ctrl-C while the target asks for patience ends the run at once; nobody is left who would send later."""
    server = serve(lambda wire: wire.answer(429, retry_after="2") if len(wire.server.requests) > 5 else wire.conform())

    first = [True]

    def interrupt(event: Event) -> None:
        if isinstance(event, Waiting) and first and first.pop():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    # A shell starts what runs in the background without it.
    earlier = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert run_at(server.url, listener=interrupt).interrupted
    finally:
        signal.signal(signal.SIGINT, earlier)
    assert stopwatch() < 1.5
    time.sleep(0.2)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("sender")] == []
    sent = len(server.requests)
    time.sleep(2.0)
    assert len(server.requests) == sent


def test_the_ledger(serve: Serve, run_at: RunAt) -> None:
    """Every job that the target made stands in the ledger, with the case that made it."""
    made: list[str] = []

    def make(wire: Wire) -> None:
        if wire.request.method == "POST" and b"startDate" in wire.request.body:
            made.append(f"job{len(made)}")
            wire.answer(200, b'{"job":{"id":"%s"}}' % made[-1].encode())
        else:
            wire.conform()

    results = run_at(serve(make).url, limits=Limits(jobs=30))
    in_ledger = [job.job_id for job in results.ledger if job.job_id]
    assert set(in_ledger) >= set(made)
    assert len(made) <= results.counts["jobs_created"] == len(results.ledger)
    assert all(job.case.startswith(job.requirement) for job in results.ledger)
