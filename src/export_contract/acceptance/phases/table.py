"""The phases of a run, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.phases.explore import EXAMPLES, run_explore
from export_contract.acceptance.phases.jobs import cases_to_follow, run_jobs
from export_contract.acceptance.phases.load import run_load
from export_contract.acceptance.phases.probe import probe_cases, run_probe
from export_contract.acceptance.phases.recheck import run_recheck, to_recheck
from export_contract.acceptance.phases.relations import MOST_JOBS, link_to_fetch, run_link, run_relations
from export_contract.acceptance.phases.suite import (
    cases_of,
    pending,
    run_auth,
    run_evidence,
    run_protocol,
    run_suite,
    suite_cases,
)


class Phase(NamedTuple):
    """One phase of a run."""

    run: Callable[[RunPlan, Session], PhaseReport]
    """Sends what it has to send, and reports what it saw beside the exchanges."""
    expected: Callable[[RunPlan, Session], int]
    """How many cases it is about to send, as far as that is known."""


PHASES: Final[Mapping[str, Phase]] = {
    "probe": Phase(run_probe, lambda plan, _: len(probe_cases(plan.contract))),
    # Whether several requests may come at once has to be known before several do.
    "load": Phase(run_load, lambda plan, session: session.concurrency),
    # What costs no job comes before what does.
    "auth": Phase(run_auth, lambda plan, _: len(cases_of(plan.contract, "auth"))),
    "protocol": Phase(run_protocol, lambda plan, _: len(cases_of(plan.contract, "protocol"))),
    "jobs": Phase(run_jobs, lambda plan, _: len(cases_to_follow(plan))),
    "suite": Phase(run_suite, lambda plan, session: len(suite_cases(plan, session))),
    # Files are compared once the suite has shown what is accepted.
    "relations": Phase(run_relations, lambda plan, _: MOST_JOBS),
    "explore": Phase(run_explore, lambda plan, session: EXAMPLES),
}
"""The phases that can be chosen, by their names."""

FOLLOW_UPS: Final[Mapping[str, Phase]] = {
    "evidence": Phase(run_evidence, lambda plan, session: len(pending(plan, session))),
    "recheck": Phase(run_recheck, lambda plan, session: len(to_recheck(plan.contract, session))),
    # At the end, since a link has to last.
    "link": Phase(run_link, lambda plan, session: int(link_to_fetch(plan, session) is not None)),
}
"""Phases that follow from what the others found, at the end of a run."""


def phases_of(plan: RunPlan) -> dict[str, Phase]:
    """The phases of a plan, in their order."""
    return {**{name: phase for name, phase in PHASES.items() if name in plan.phases}, **FOLLOW_UPS}
