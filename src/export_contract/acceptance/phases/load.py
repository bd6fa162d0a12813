"""Load: valid requests sent at the same time, and whether each gets a job of its own."""

from __future__ import annotations

import time

from export_contract.acceptance.checks.concurrency import shared_job_ids
from export_contract.acceptance.engine.plan import RunPlan, phase_of_rule
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.latency import latency_of
from export_contract.acceptance.model.phase_report import Gap, PhaseReport
from export_contract.acceptance.model.results import Load, NotExercised
from export_contract.acceptance.phases import shares
from export_contract.acceptance.verdict.triage import is_of_load
from export_contract.contract import Expectation
from export_contract.strategies.data.case import Call
from export_contract.strategies.http.concurrent import simultaneous_cases


def run_load(plan: RunPlan, session: Session) -> PhaseReport:
    """Send as many accepted requests at the same time as may be on their way at once.

    Where they show a fault that one request alone did not, what follows is sent one at a time: the target would answer
    other requests at random.
    """
    requirement = session.context.requirement("load/answers")
    if requirement is None:
        return PhaseReport()
    if plan.rate or session.concurrency == 1:
        return _gap("the run may not send several requests at once (--concurrency, --rate)")
    model = next((one.case for one in session.record.of_phase("probe") if _is_good(one)), None)
    count = min(session.concurrency, shares.to_load(session.budget.limits), session.budget.jobs_left)
    if model is None or count < 2:
        return PhaseReport()  # nothing was accepted alone, or the budget is too small
    cases = simultaneous_cases(plan.contract, model, count)
    if not cases:
        return _gap("the contract has no range by which requests could differ")
    started = time.perf_counter()
    exchanges = session.send_together(cases)
    seconds = time.perf_counter() - started
    outcomes = tuple(shared_job_ids(exchanges, session.record.exchanges.values(), session.context))
    own = [one for exchange in exchanges for one in session.record.of_exchange[exchange.number]]
    known = {(one.requirement, one.check) for one in session.record.deviations() if one not in own}
    shown = (*own, *outcomes)
    if any(one.deviates and (one.requirement == requirement or is_of_load(one, known)) for one in shown):
        session.one_at_a_time()
    return PhaseReport(
        outcomes=outcomes,
        load=Load(
            requests=len(exchanges),
            concurrency=plan.concurrency,
            accepted=sum(exchange.response.accepted for exchange in exchanges),
            seconds=round(seconds, 3),
            latency=latency_of(exchanges),
        ),
    )


def _gap(reason: str) -> PhaseReport:
    return PhaseReport(gaps={phase_of_rule("load/answers"): Gap(NotExercised.NOT_OFFERED, reason)})


def _is_good(exchange: Exchange) -> bool:
    case = exchange.case
    return case.call is Call.CREATE and case.expectation is Expectation.ACCEPT and exchange.response.accepted
