"""The runner: the phases of a run one after the other, and what they come to."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

import msgspec

from export_contract.acceptance.engine.open_jobs import OpenJobs
from export_contract.acceptance.engine.plan import RunPlan, context_of, pacer_of, target_of
from export_contract.acceptance.engine.recorder import Recorder
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.events import Listener, PhaseEnded, RunEnded
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.model.results import PhaseResult, Results
from export_contract.acceptance.phases.table import FOLLOW_UPS, Phase, phases_of
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.verdict.summary import RunFacts, summarize

Interruptible = Callable[[], AbstractContextManager[None]]
"""Makes blocks within which a KeyboardInterrupt may be raised: it loses nothing there."""


def run(
    plan: RunPlan,
    listener: Listener = lambda event: None,
    budget: Budget | None = None,
    *,
    interruptible: Interruptible = nullcontext,
) -> Results:
    """Run the phases of a plan against its target, and sum up what they showed.

    Whatever the target does, when interrupted from the keyboard, and where an error of ours ends the run, results come
    back with all that was seen. A `budget` is given where others spend from it too. Whoever holds signals back lets
    them in where the run is `interruptible`. Raises ValueError for a base URL that is not valid.
    """
    started_at = datetime.now(UTC)
    started = time.perf_counter()
    context = context_of(plan)
    recorder = Recorder(context, listener)
    with target_of(plan) as target:
        open_jobs = OpenJobs(plan.contract, plan.max_open_jobs, plan.job_seconds)
        session = Session(target, budget or Budget(plan.limits), recorder, pacer_of(plan), plan.concurrency, open_jobs)
        try:
            for name, phase in phases_of(plan).items():
                if not session.is_stopped:
                    _run_phase(name, phase, plan, session, recorder, interruptible)
        except KeyboardInterrupt as error:  # between two phases, where nobody holds signals back
            session.interrupt(error)
        finally:
            session.close()
    facts = RunFacts(
        base_url=plan.base_url,
        phases=plan.phases,
        seed=plan.seed,
        started_at=started_at.isoformat(timespec="seconds"),
        embedded=plan.embedded,
        seconds=time.perf_counter() - started,
    )
    results = summarize(recorder.close(), context, facts, session.limits)
    # The last thing before anything is written: whatever the target repeated, no secret is in the results.
    exchanges = results.exchanges  # they are most of it, and masked since they were recorded
    results = context.redaction.record(msgspec.structs.replace(results, exchanges=()))
    results = msgspec.structs.replace(results, exchanges=exchanges)
    recorder.pass_on(RunEnded(results, recorder.defect))
    return results


def _run_phase(
    name: str, phase: Phase, plan: RunPlan, session: Session, recorder: Recorder, interruptible: Interruptible
) -> None:
    """Run one phase, and record what it reports, however it ends."""
    started = time.perf_counter()
    report, expected, before = PhaseReport(), 0, session.sent
    try:
        with interruptible():
            expected = phase.expected(plan, session)
            if not expected and name in FOLLOW_UPS:
                return  # nothing follows from what the other phases found
            session.begin(name, expected)
            report = phase.run(plan, session)
    except KeyboardInterrupt as error:
        session.interrupt(error)
    except Exception as error:
        recorder.note_defect(error)
    sent, exhausted = session.sent - before, session.exhausted
    result = PhaseResult(
        name=name,
        cases=max(expected, sent),
        sent=sent,
        seconds=round(time.perf_counter() - started, 3),
        ended=f"the budget of {exhausted} was used up" if exhausted else report.ended,
        exhausted=exhausted.value if exhausted else None,
    )
    recorder.add(PhaseEnded(result, report))
