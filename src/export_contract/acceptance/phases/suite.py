"""The named cases of the contract: credentials, methods, and the suite."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.engine.plan import RunPlan, phase_of_rule
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.phases.accepted_forms import cases_in_accepted_forms
from export_contract.acceptance.phases.isolate import isolate
from export_contract.acceptance.phases.ladders import climb_ladders
from export_contract.acceptance.phases.recheck import jobs_to_recheck
from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case, suite

_SHARE_TO_ISOLATE: Final = 20
"""One in so many jobs is left to find out which feature of a failed request is at fault."""


def cases_of(contract: Contract, phase: str) -> list[Case]:
    """The cases of the suite that a phase sends."""
    return [case for case in suite(contract=contract) if phase_of_rule(contract.by_id[case.requirement].rule) == phase]


def run_auth(plan: RunPlan, session: Session) -> PhaseReport:
    """Send an accepted request with credentials that are missing, wrong or damaged."""
    if plan.authorization:
        session.send(cases_of(plan.contract, "auth"))
    return PhaseReport()


def run_protocol(plan: RunPlan, session: Session) -> PhaseReport:
    """Send what is about methods, content types and ways of sending."""
    session.send(cases_of(plan.contract, "protocol"))
    return PhaseReport()


def suite_cases(plan: RunPlan, session: Session) -> list[Case]:
    """The cases of the suite that the jobs phase did not send already."""
    before = {exchange.case.id for exchange in session.record.of_phase("jobs")}
    return [case for case in cases_of(plan.contract, "suite") if case.id not in before]


def run_suite(plan: RunPlan, session: Session) -> PhaseReport:
    """Send the suite, but what another phase sends or has sent.

    Which feature of a failed request is at fault is found out before what is open is sent. A target may accept all
    that it should refuse, so jobs are left for that, and for rechecking.
    """
    cases = suite_cases(plan, session)
    to_recheck = jobs_to_recheck(session)
    session.kept_jobs = to_recheck + session.budget.limits.jobs // _SHARE_TO_ISOLATE
    session.send(case for case in cases if case.expectation is not Expectation.UNSPECIFIED)
    session.kept_jobs = to_recheck
    explained = isolate(session)
    session.send(cases_in_accepted_forms(session))
    session.send(case for case in cases if case.expectation is Expectation.UNSPECIFIED)
    climb_ladders(session)
    return PhaseReport(explained=explained)
