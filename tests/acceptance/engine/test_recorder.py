"""The recorder: what was seen is written down at once, and an error of ours loses none of it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance import Event, Exchanged, Limits, PhaseStarted, RunPlan, run
from export_contract.acceptance.checks.check import Check
from export_contract.acceptance.model.events import Sending
from export_contract.contract import Contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire


def test_every_request_is_an_exchange(serve: Serve, run_at: RunAt) -> None:
    """The target's own counts of requests and jobs are those of the results, whatever the requests are for."""
    jobs = 0
    lock = threading.Lock()

    def answer(wire: Wire) -> None:
        nonlocal jobs
        if len(wire.server.requests) % 40 == 39:
            wire.answer(429, retry_after="0")
        elif wire.request.path.startswith("/files/") and "hop" not in wire.request.path:
            wire.answer(302, location=wire.request.path + "?hop=1")
        elif wire.request.path.startswith("/files/"):
            wire.answer(200, b"")
        else:
            before = len(wire.server.jobs)
            wire.conform()
            with lock:
                jobs += len(wire.server.jobs) - before

    server = serve(answer)
    results = run_at(server.url)
    assert results.counts["requests"] == len(server.requests) == len(results.exchanges)
    assert results.counts["jobs_created"] == len(results.ledger) == len(server.jobs)
    assert {job.job_id for job in results.ledger} == set(server.jobs)
    assert sum(one.retried for one in results.exchanges) == sum(one.response.status == 429 for one in results.exchanges)
    assert any(one.response.status == 302 for one in results.exchanges)
    assert len({one.number for one in results.exchanges}) == len(results.exchanges)


def test_liveness_checks_are_exchanges(serve: Serve, run_at: RunAt) -> None:
    """The plain request that finds out whether a silent target lives is recorded, and its job is in the ledger."""

    def hang_up(wire: Wire) -> None:
        wire.reset() if b"NETWORKS" not in wire.request.body and len(server.requests) > 5 else wire.conform()

    server = serve(hang_up)
    results = run_at(server.url, phases=("probe", "suite"), limits=Limits(jobs=1_000))
    arrived = [one for one in server.requests if one.method == "POST"]
    # What was reset before it was read has no place in the server's list, and every other request has one in ours.
    assert len(arrived) <= results.counts["requests"] == len(results.exchanges)
    assert set(server.jobs) <= {job.job_id for job in results.ledger}


def test_the_budget_holds_for_hops_and_attempts(serve: Serve, run_at: RunAt) -> None:
    """Redirects and repeated requests are asked for like all others: the target never sees more than --max-requests."""

    def answer(wire: Wire) -> None:
        if wire.request.path.startswith("/files/"):
            wire.answer(302, location=wire.request.path + "x")
        elif len(wire.server.requests) % 5 == 4:
            wire.answer(429, retry_after="0")
        else:
            wire.conform()

    server = serve(answer)
    results = run_at(server.url, limits=Limits(requests=45))
    assert len(server.requests) <= 45
    assert results.counts["requests"] == len(server.requests)


def test_progress_is_live(serve: Serve, run_at: RunAt) -> None:
    """Each response is passed on as it comes, long before its phase is over."""
    order: list[str] = []

    def listen(event: Event) -> None:
        match event:
            case PhaseStarted():
                order.append(event.phase)
            case Sending():
                order.append("sent")
            case Exchanged():
                order.append("received")

    run_at(serve(lambda wire: wire.conform()).url, phases=("probe", "suite"), listener=listen, rate=200.0)
    suite = order[order.index("suite") :]
    waiting = [suite[:at].count("sent") - suite[:at].count("received") for at in range(len(suite))]
    assert max(waiting) <= 4


def _failing_check(error: Exception) -> Check:
    def observe(exchange: Any, context: Any) -> None:
        if "FORMAT" in exchange.case.requirement:
            raise error

    return Check(name="mine", promise="fails", requirement="EXP-FORMAT-ENUM", observe=observe)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_check_that_fails_loses_nothing(contract: Contract, concurrency: int) -> None:
    """An unexpected error ends the run as a defect of ours, with everything that was seen until then."""
    plan = {"contract": contract, "authorization": DEMO_AUTHORIZATION, "phases": ("probe", "suite")}
    with running(["trace-python"]) as url:
        results = run(
            RunPlan(
                base_url=url,
                user_checks=(_failing_check(ZeroDivisionError("division by zero")),),
                concurrency=concurrency,
                **plan,  # type: ignore[arg-type]  # parts of a plan
            )
        )
    assert (results.verdict, results.cause) == ("inconclusive", "defect")
    assert "ZeroDivisionError" in (results.reason or "")
    assert results.counts["requests"] == len(results.exchanges) > 2
    assert results.phases[-1].name == "suite"


def test_a_listener_that_fails_loses_nothing(sandbox_url: str, run_at: RunAt) -> None:
    """A listener's error does not end up in a sender's thread, where it would take an exchange along."""
    heard = 0

    def listen(event: Event) -> None:
        nonlocal heard
        heard += 1
        if heard == 30:
            raise OSError("no space left on device")

    results = run_at(sandbox_url, authorization=DEMO_AUTHORIZATION, listener=listen)
    assert (results.verdict, results.cause) == ("inconclusive", "defect")
    assert heard == 30
    assert results.counts["requests"] == len(results.exchanges) >= 10
