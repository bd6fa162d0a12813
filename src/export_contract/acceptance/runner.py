"""The runner: the phases of a run one after the other, and what they come to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from export_contract.acceptance.budget import Budget, Limits
from export_contract.acceptance.checks import Bench, unique_job_ids
from export_contract.acceptance.events import Listener, RunEnded
from export_contract.acceptance.exchange import Exchange
from export_contract.acceptance.explaining import explain, is_left_to_explaining
from export_contract.acceptance.probe import drop_what_the_suite_explains, run_probe
from export_contract.acceptance.redaction import Redaction
from export_contract.acceptance.results import Results
from export_contract.acceptance.session import Inconclusive, Session
from export_contract.acceptance.summing_up import phase_of_rule, sum_up
from export_contract.acceptance.target import Target
from export_contract.contract import Contract
from export_contract.strategies import Case, suite


class RunPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to do."""

    base_url: str
    contract: Contract
    authorization: str | None = None
    """The value of the Authorization header; a secret."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every request."""
    phases: tuple[str, ...]
    """The phases to run, by their names; they run in the order of `PHASES`."""
    limits: Limits = Limits()
    rate: float | None = None
    """Requests a second at most."""
    concurrency: int = 4
    seconds: float | None = None
    """Within how many seconds an answer must come; None for what the contract says."""
    give_up: float = 10.0
    """After how many seconds an answer is not waited for any more."""
    seed: int = 0
    embedded: bool = False

    def __repr__(self) -> str:
        return f"RunPlan(base_url={self.base_url!r}, phases={self.phases!r})"


def run(plan: RunPlan, listener: Listener = lambda event: None) -> Results:
    """Run the phases of a plan against its target, and sum up what they showed.

    Whatever the target does, and also when interrupted from the keyboard, results come back with all that was found.
    Raises ValueError for a base URL that is none.
    """
    started_at = datetime.now(UTC)
    started = time.perf_counter()
    redaction = Redaction(plan.authorization, plan.headers)
    bench = Bench(contract=plan.contract, seconds=plan.seconds or plan.contract.operation.seconds, redaction=redaction)
    problem: str | None = None
    interrupted = False
    with Target(
        plan.base_url,
        plan.contract.operation.path,
        authorization=plan.authorization,
        headers=plan.headers,
        seconds=max(plan.give_up, bench.seconds),
        connections=plan.concurrency,
    ) as target:
        session = Session(target, Budget(plan.limits), bench, listener, plan.concurrency, plan.rate)
        try:
            for name, phase in PHASES.items():
                if name in plan.phases and (name != "auth" or plan.authorization):
                    phase(session)
        except Inconclusive as error:
            problem = str(error)
        except KeyboardInterrupt:
            problem, interrupted = "The run was interrupted.", True
    for exchange, outcome in unique_job_ids(session.exchanges, bench):
        session.note(exchange, outcome)
    drop_what_the_suite_explains(session)
    results = sum_up(
        session,
        phases=plan.phases,
        problem=problem,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - started,
        seed=plan.seed,
        embedded=plan.embedded,
        interrupted=interrupted,
    )
    listener(RunEnded(results))
    return results


def _cases_of(contract: Contract, phase: str) -> list[Case]:
    return [case for case in suite(contract) if _phase_of(case, contract) == phase]


def _phase_of(case: Case, contract: Contract) -> str:
    return phase_of_rule(contract.by_id[case.requirement].rule)


def _run_suite(session: Session) -> None:
    def tell_apart(exchanges: list[Exchange]) -> None:
        explain(session, "suite", exchanges)

    cases = _cases_of(session.bench.contract, "suite")
    session.run_phase(
        "suite",
        cases,
        keep=lambda exchange, outcome: not is_left_to_explaining(exchange, outcome),
        then=tell_apart,
    )


def _run_auth(session: Session) -> None:
    session.run_phase("auth", _cases_of(session.bench.contract, "auth"))


def _run_protocol(session: Session) -> None:
    session.run_phase("protocol", _cases_of(session.bench.contract, "protocol"))


PHASES: Final[Mapping[str, Callable[[Session], None]]] = {
    "probe": run_probe,
    # What costs no job comes before what does.
    "auth": _run_auth,
    "protocol": _run_protocol,
    "suite": _run_suite,
}
"""The phases by their names, in the order in which they run."""
