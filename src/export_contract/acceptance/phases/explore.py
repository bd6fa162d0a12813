"""Exploration: requests drawn by Hypothesis, sent one after the other, and made small where they find something new."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, Final

from hypothesis import strategies as st

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.phases import shares
from export_contract.acceptance.verdict.known import Known, is_known
from export_contract.acceptance.verdict.unproven import combination
from export_contract.contract import Expectation
from export_contract.contract.json_text import read_json
from export_contract.exceptions import SchemathesisMissing
from export_contract.strategies import Case, explore, explored_cases, foreign_cases

EXAMPLES: Final = 120
"""Requests that are drawn; what is found is made small with a few more."""
_MOST_SECONDS: Final = 15.0
"""Requests go one after the other here, so a slow target would make this the longest phase of all."""


def run_explore(plan: RunPlan, session: Session) -> PhaseReport:
    """Draw requests and make small what they find that the phases before did not.

    First those that are to be refused, which cost a conforming target no job, then the others.
    """
    session.kept_jobs = shares.to_confirm(plan.limits)
    explorer = _Explorer(session)
    if not explorer.may_send:  # drawing takes a second
        return PhaseReport(ended="no jobs were left for it")
    lanes = [explored_cases(contract=plan.contract, forms=accepted_forms(session))]
    with suppress(SchemathesisMissing):  # an extra; our own lane is the first opinion
        lanes.append(foreign_cases(contract=plan.contract))
    drawn = st.one_of(lanes)
    explore(drawn, explorer.finds_something_in_refused, examples=EXAMPLES * 3 // 4, seeded=plan.seed)
    if explorer.may_cost_jobs:
        explore(drawn, explorer.finds_something_in_others, examples=EXAMPLES // 4, seeded=plan.seed)
    late = f"it ended after {_MOST_SECONDS:g} seconds, since the target answers slowly"
    return PhaseReport(ended=late if explorer.is_late else None)


def accepted_forms(session: Session) -> list[dict[str, Any]]:
    """The bodies that the target was seen to accept, as they were sent, the first of them first."""
    record = session.record
    payloads = dict.fromkeys(
        exchange.case.payload
        for exchange in record.of_phase("probe", "load", "jobs", "suite")
        if exchange.case.expectation is Expectation.ACCEPT and exchange.response.accepted
    )
    values = (next(iter(read_json(payload).values), None) for payload in payloads)
    return [value for value in values if isinstance(value, dict)]


def slow_combinations(session: Session) -> frozenset[str]:
    """The combinations of listed values for which the phases before had no answer in time, not once."""
    in_time: dict[str, bool] = {}
    for exchange in session.record.exchanges.values():
        case, response = exchange.case, exchange.response
        if case.expectation is Expectation.ACCEPT and case.base:
            is_late = response.failure is Failure.TIMEOUT or response.seconds > session.context.seconds
            in_time[case.base] = in_time.get(case.base, False) or not is_late
    return frozenset(base for base, was in in_time.items() if not was)


class _Explorer:
    """Sends drawn cases, within bounds of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = Known.of(session.record.outcomes, session.record.exchanges)
        self._slow = slow_combinations(session)
        self._jobs_before = session.budget.jobs
        self._most = shares.to_explore(session.budget.limits)
        self._ends = time.monotonic() + _MOST_SECONDS
        self.is_late = False
        """Whether requests were left out, since it took too long."""

    @property
    def may_send(self) -> bool:
        """Whether a request may be sent: even one that is to be refused may cost a job."""
        session = self._session
        return not session.is_stopped and session.budget.jobs_left > session.kept_jobs and self._used <= self._most

    @property
    def may_cost_jobs(self) -> bool:
        """Whether a request may be sent that a conforming target may accept."""
        return self.may_send and self._used < self._most

    @property
    def _used(self) -> int:
        return self._session.budget.jobs - self._jobs_before

    def finds_something_in_refused(self, case: Case) -> bool:
        """As `finds_something_new`, for a case that is to be refused; others are left alone."""
        return case.expectation is Expectation.REJECT and self.may_send and self.finds_something_new(case)

    def finds_something_in_others(self, case: Case) -> bool:
        """As `finds_something_new`, for a case that may cost a job; others are left alone."""
        return case.expectation is not Expectation.REJECT and self.may_cost_jobs and self.finds_something_new(case)

    def finds_something_new(self, case: Case) -> bool:
        """Send a case; whether its answer deviates in a way that is not explained by what is known."""
        session = self._session
        self.is_late = self.is_late or time.monotonic() > self._ends
        contract = session.context.contract
        if self.is_late or (self._slow and combination(case, contract) in self._slow):
            return False
        return any(
            outcome.deviates and not is_known(outcome, exchange.case, self._known, contract)
            for exchange in session.send([case])
            for outcome in session.record.of_exchange[exchange.number]
        )
