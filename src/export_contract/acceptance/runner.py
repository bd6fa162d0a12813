"""The runner: the phases of a run one after the other, and what they come to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from export_contract.acceptance.checks.exchange import unique_job_ids
from export_contract.acceptance.engine.plan import RunPlan, context_of, target_of
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.events import Listener, RunEnded
from export_contract.acceptance.model.results import Cause, Results
from export_contract.acceptance.phases.explore import run_explore
from export_contract.acceptance.phases.isolate import explain, is_left_to_explaining
from export_contract.acceptance.phases.jobs import run_jobs
from export_contract.acceptance.phases.load import drop_what_comes_alone_too, run_load
from export_contract.acceptance.phases.probe import drop_what_the_suite_explains, run_probe
from export_contract.acceptance.phases.recheck import find_flaky
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.verdict.summary import phase_of_rule, sum_up
from export_contract.contract import Contract
from export_contract.exceptions import Inconclusive, UserCheckError
from export_contract.strategies import Case, suite


def run(plan: RunPlan, listener: Listener = lambda event: None, budget: Budget | None = None) -> Results:
    """Run the phases of a plan against its target, and sum up what they showed.

    Whatever the target does, and also when interrupted from the keyboard, results come back with all that was found.
    A `budget` is given where others spend from it too. Raises ValueError for a base URL that is none.
    """
    started_at = datetime.now(UTC)
    started = time.perf_counter()
    context = context_of(plan)
    problem: str | None = None
    cause: Cause | None = None
    interrupted = False
    flaky: frozenset[tuple[str, str, str]] = frozenset()
    with target_of(plan) as target:
        session = Session(target, budget or Budget(plan.limits), context, listener, plan.concurrency, plan.rate)
        try:
            for name, phase in PHASES.items():
                if name in plan.phases:
                    phase(session, plan)
            drop_what_the_suite_explains(session)
            drop_what_comes_alone_too(session)
            flaky = find_flaky(session)
        except (Inconclusive, UserCheckError) as error:
            problem = str(error)
            cause = Cause.DEFECT if isinstance(error, UserCheckError) else Cause.UNREACHABLE
        except KeyboardInterrupt:
            problem, cause, interrupted = "The run was interrupted.", Cause.INTERRUPTED, True
    for exchange, outcome in unique_job_ids(session.memory.exchanges, context):
        session.memory.note(exchange, outcome)
    results = sum_up(
        session.memory,
        phases=plan.phases,
        problem=problem,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - started,
        seed=plan.seed,
        embedded=plan.embedded,
        interrupted=interrupted,
        cause=cause,
        flaky=flaky,
    )
    # The last thing before anything is written: whatever the target repeated, no secret is in the results.
    exchanges = results.exchanges  # they are most of it, and masked since they were written down
    results = context.redaction.record(msgspec.structs.replace(results, exchanges=()))
    results = msgspec.structs.replace(results, exchanges=exchanges)
    listener(RunEnded(results))
    return results


def _cases_of(contract: Contract, phase: str) -> list[Case]:
    return [case for case in suite(contract=contract) if _phase_of(case, contract) == phase]


def _phase_of(case: Case, contract: Contract) -> str:
    return phase_of_rule(contract.by_id[case.requirement].rule)


def _run_suite(session: Session, plan: RunPlan) -> None:
    before = {exchange.case.id: exchange for exchange in session.memory.exchanges if exchange.phase == "jobs"}
    cases = _cases_of(plan.contract, "suite")
    followed = [before[case.id] for case in cases if case.id in before]
    cases = [case for case in cases if case.id not in before]
    with session.phase("suite", len(cases)):
        exchanges = session.send_all(
            "suite", cases, keep=lambda exchange, outcome: not is_left_to_explaining(exchange, outcome)
        )
        explain(session, "suite", [*followed, *exchanges])


def _run_jobs(session: Session, plan: RunPlan) -> None:
    run_jobs(session, most=plan.most_followed, seconds=plan.job_seconds, explained_later="suite" in plan.phases)


def _run_auth(session: Session, plan: RunPlan) -> None:
    if plan.authorization:
        cases = _cases_of(plan.contract, "auth")
        with session.phase("auth", len(cases)):
            session.send_all("auth", cases)


def _run_protocol(session: Session, plan: RunPlan) -> None:
    cases = _cases_of(plan.contract, "protocol")
    with session.phase("protocol", len(cases)):
        session.send_all("protocol", cases)


PHASES: Final[Mapping[str, Callable[[Session, RunPlan], None]]] = {
    "probe": lambda session, _: run_probe(session),
    # Whether several requests may come at once has to be known before several do.
    "load": lambda session, _: run_load(session),
    # What costs no job comes before what does.
    "auth": _run_auth,
    "protocol": _run_protocol,
    "jobs": _run_jobs,
    "suite": _run_suite,
    "explore": lambda session, plan: run_explore(session, plan.seed),
}
"""The phases by their names, in the order in which they run."""
