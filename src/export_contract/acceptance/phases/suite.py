"""The named cases of the contract: credentials, methods, and the suite; and at the end, what was put off of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from export_contract.acceptance.checks.file.relations import is_comparable
from export_contract.acceptance.engine.plan import RunPlan, phase_of_rule
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.model.results import LeftOut
from export_contract.acceptance.phases import shares
from export_contract.acceptance.phases.accepted_forms import cases_in_accepted_forms
from export_contract.acceptance.phases.evidence import (
    Seen,
    by_requirement,
    differing_most_first,
    first_of_unseen,
    further_evidence,
    in_turns,
    next_wave,
    seen_of,
)
from export_contract.acceptance.phases.isolate import isolate
from export_contract.acceptance.phases.ladders import climb_ladders
from export_contract.acceptance.phases.open_cases import answered_for, send_open
from export_contract.acceptance.phases.recheck import to_recheck
from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case, suite

Choose = Callable[[Sequence[Case], Mapping[str, Seen]], list[Case]]
_PHASES: Final = ("auth", "protocol", "suite")
"""Those that send cases of the suite."""


def cases_of(contract: Contract, phase: str) -> list[Case]:
    """The cases of the suite that a phase sends."""
    return [case for case in suite(contract=contract) if phase_of_rule(contract.by_id[case.requirement].rule) == phase]


def run_auth(plan: RunPlan, session: Session) -> PhaseReport:
    """Send an accepted request with credentials that are missing, wrong or damaged."""
    if plan.authorization:
        _send_bad(session, cases_of(plan.contract, "auth"))
    return PhaseReport()


def run_protocol(plan: RunPlan, session: Session) -> PhaseReport:
    """Send what is about methods, content types and ways of sending."""
    cases = cases_of(plan.contract, "protocol")
    _send_bad(session, cases)
    session.send(case for case in cases if case.expectation is Expectation.ACCEPT)
    # Two forms of what is left open at each place; further ones come at the end, since all of them may be accepted.
    forms: dict[tuple[str, str | None], list[Case]] = {}
    for case in _open(cases):
        forms.setdefault((case.requirement, case.changed), []).append(case)
    first = [case for group in forms.values() for case in group[:2]]
    return PhaseReport(explained=send_open(session, first))


def suite_cases(plan: RunPlan, session: Session) -> list[Case]:
    """The cases of the suite that the jobs phase did not send already."""
    before = {exchange.case.id for exchange in session.record.of_phase("jobs")}
    return [case for case in cases_of(plan.contract, "suite") if case.id not in before]


def run_suite(plan: RunPlan, session: Session) -> PhaseReport:
    """Send the suite, but what another phase sends or has sent, what teaches most first.

    A bad request costs a conforming target no job. Which feature of a failed request is at fault is found out before
    what is open is sent, of which each requirement is to be exercised, whatever a target accepts.
    """
    cases, limits = suite_cases(plan, session), plan.limits
    good = [case for case in cases if case.expectation is Expectation.ACCEPT]
    least = min(_jobs_for_open(cases), shares.to_open(limits))
    for_open = shares.to_confirm(limits) + least
    session.kept_jobs = for_open
    if any(is_comparable(one.file) for one in session.files) and "relations" in plan.phases:
        session.kept_requests = shares.requests_to_compare(limits)
    _send_bad(session, cases)
    session.kept_jobs = for_open + shares.to_explain(limits)
    session.send(good)
    session.kept_jobs = for_open
    explained = isolate(session)
    _send_bad(session, cases_in_accepted_forms(session))
    session.kept_jobs = shares.to_confirm(limits)
    if "relations" in plan.phases:  # which come later, and exercise more than further forms of what is open
        spare = session.budget.jobs_left - session.kept_jobs - least
        session.kept_jobs += max(0, min(spare, shares.to_compare(limits)))
    explained = {**explained, **send_open(session, _open(cases))}
    climb_ladders(session)
    return PhaseReport(explained=explained)


def pending(plan: RunPlan, session: Session) -> list[Case]:
    """The cases of the suite that the phases of the plan did not send, what is worth most first."""
    record = session.record
    sent = {exchange.case.id for exchange in record.exchanges.values()}
    answered = answered_for(record.exchanges.values())
    phases = [name for name in _PHASES if name in plan.phases and (name != "auth" or plan.authorization)]
    left = [
        case
        for phase in phases
        for case in cases_of(plan.contract, phase)
        if case.id not in sent and (case.requirement, case.title) not in answered
    ]
    bad = [case for case in left if case.expectation is Expectation.REJECT]
    if "suite" in phases:
        bad += cases_in_accepted_forms(session)
    return [*(case for case in left if case.expectation is not Expectation.REJECT), *bad]


def run_evidence(plan: RunPlan, session: Session) -> PhaseReport:
    """Send what was put off, for as long as there are jobs, and say which cases were left out."""
    session.kept_jobs = shares.to_confirm(plan.limits) if to_recheck(plan.contract, session) else 0
    _send_in_waves(session, pending(plan, session), first_of_unseen)
    left = pending(plan, session)
    good = [case for case in left if case.expectation is Expectation.ACCEPT]
    session.send(good)
    explained = send_open(session, _open(left))
    _send_in_waves(session, left, further_evidence)
    seen = seen_of(session.record.exchanges.values())
    left_out = [
        LeftOut(
            case.id,
            case.title,
            case.requirement,
            "further evidence, not needed"
            if case.expectation is Expectation.REJECT and case.requirement in seen and seen[case.requirement].costly
            else f"the budget of {session.exhausted} was used up"
            if session.exhausted
            else "the run ended",
        )
        for case in pending(plan, session)
    ]
    return PhaseReport(explained=explained, left_out=tuple(left_out))


def _send_bad(session: Session, cases: Sequence[Case]) -> None:
    """Send the cases that are to be refused, a few of each requirement at a time, but those that are put off."""
    _send_in_waves(session, cases, next_wave)


def _send_in_waves(session: Session, cases: Sequence[Case], choose: Choose) -> None:
    """Send the cases that are to be refused as they are chosen by what was seen, until none is chosen."""
    left = _in_order([case for case in cases if case.expectation is Expectation.REJECT])
    while wave := choose(left, seen_of(session.record.exchanges.values())):
        session.send(wave)
        if session.exhausted or session.is_stopped:
            return
        left = [case for case in left if case not in wave]


def _in_order(cases: Sequence[Case]) -> list[Case]:
    """The cases in turns by requirement, of each those that differ most first."""
    return in_turns(differing_most_first(group) for group in by_requirement(cases).values())


def _open(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.expectation is Expectation.UNSPECIFIED]


def _jobs_for_open(cases: Sequence[Case]) -> int:
    """Jobs that exercise each requirement that leaves something open, where all of it is accepted.

    No two cases for one place are in one pack, and not all packs are full.
    """
    first = {case.requirement: case.changed for case in reversed(_open(cases))}
    return max(Counter(first.values()).values(), default=0) * 3 // 2
