"""Load: valid requests sent at the same time, and whether each gets a job of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

from export_contract.acceptance.checks.exchange import unique_job_ids
from export_contract.acceptance.checks.judging import judge
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.latency import latency_of
from export_contract.acceptance.model.outcome import Deviation, Outcome
from export_contract.acceptance.model.results import Load
from export_contract.contract import Expectation
from export_contract.strategies import Case
from export_contract.strategies.http.concurrent import simultaneous_cases

_SHARE: Final = 10
"""Load may take one in so many of the jobs of a budget."""
_SHARED: Final = ("load", "shared")
"""The check, and the kind of answer, where requests get the same job."""
_MIXED_UP: Final = ("job id match", "job id form")
"""Checks of job ids whose deviations are the load's, where a request alone did not show them."""


def run_load(session: Session) -> None:
    """Send as many accepted requests at the same time as may be on their way at once.

    Where they show a fault that one request alone did not, what follows is sent one at a time: the target would answer
    other requests at random.
    """
    memory, limits = session.memory, session.budget.limits
    requirement = session.context.requirement("load/answers")
    model = next((one.case for one in memory.exchanges if _is_good(one)), None)
    count = min(session.concurrency, limits.jobs // _SHARE, session.budget.jobs_left)
    if requirement is None:
        return
    if session.is_paced or session.concurrency == 1:
        memory.barred["load"] = "the run may not send several requests at once (--concurrency, --rate)"
        return
    if model is None or count < 2:
        return  # nothing was accepted alone, or the budget is too small; that it was not exercised is told
    cases = simultaneous_cases(session.context.contract, model, count)
    if not cases:
        memory.barred["load"] = "the contract has no range by which requests could differ"
        return
    with session.phase("load", len(cases)):
        known = {(one.requirement, one.deviation.check) for one in memory.sightings}
        started = time.perf_counter()
        exchanges = session.send_at_once(
            "load", cases, keep=lambda _, outcome: not _is_of_load(outcome, known, requirement)
        )
        seconds = time.perf_counter() - started
        for exchange, outcome in _outcomes(session, exchanges, known, requirement):
            memory.note(exchange, outcome)
    memory.load = Load(
        requests=len(exchanges),
        concurrency=session.concurrency,
        accepted=sum(exchange.response.accepted for exchange in exchanges),
        seconds=round(seconds, 3),
        latency=latency_of(exchanges),
    )
    if any(sighting.requirement == requirement for sighting in memory.sightings):
        session.one_at_a_time()


def drop_what_comes_alone_too(session: Session) -> None:
    """Forget that requests of the load shared a job id, where others do so that were sent one at a time."""
    alone = [exchange for exchange in session.memory.exchanges if exchange.phase != "load"]
    if any(outcome.deviation for _, outcome in unique_job_ids(alone, session.context)):
        session.memory.sightings = [
            one for one in session.memory.sightings if (one.deviation.check, one.deviation.kind) != _SHARED
        ]


def _is_good(exchange: Exchange) -> bool:
    case = exchange.case
    return case.method == "POST" and case.expectation is Expectation.ACCEPT and exchange.response.accepted


def _is_of_load(outcome: Outcome, known: set[tuple[str, str]], requirement: str) -> bool:
    """Whether a job id is mixed up that was not when requests came alone: that is told as one of the load."""
    deviation = outcome.deviation
    if deviation is None or outcome.requirement == requirement:
        return False
    return deviation.check in _MIXED_UP and (outcome.requirement, deviation.check) not in known


def _outcomes(
    session: Session, exchanges: Sequence[Exchange], known: set[tuple[str, str]], requirement: str
) -> Iterator[tuple[Exchange, Outcome]]:
    """Shared job ids, and ids of another request than their own."""
    owners: dict[str, Case] = {}
    for exchange in session.memory.exchanges:
        job_id = exchange.response.job_id
        if not exchange.response.accepted or not isinstance(job_id, str) or not job_id:
            continue
        first = owners.setdefault(job_id, exchange.case)
        if exchange in exchanges and first is not exchange.case:
            observed = f"the job id of {first.title}"
            yield exchange, Outcome(requirement, _deviation(_SHARED[1], exchange, observed))
    for exchange in exchanges:
        for outcome in judge(exchange, session.context):
            if outcome.deviation and _is_of_load(outcome, known, requirement):
                yield exchange, Outcome(requirement, _deviation("mixed up", exchange, outcome.deviation.observed))


def _deviation(kind: str, exchange: Exchange, observed: str) -> Deviation:
    return Deviation(
        check=_SHARED[0],
        kind=kind,
        summary=f"{exchange.case.title}: {observed}",
        expected="2xx with a job of its own, also when other requests come at the same time",
        observed=observed[:1_000],
    )
