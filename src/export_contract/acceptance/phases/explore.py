"""Exploration: requests drawn by Hypothesis, sent one after the other, and made small where they find something new."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from hypothesis import strategies as st

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.phases.recheck import jobs_to_recheck
from export_contract.acceptance.verdict.known import Known, is_known
from export_contract.acceptance.verdict.unproven import combination
from export_contract.contract import Expectation
from export_contract.exceptions import SchemathesisMissing
from export_contract.strategies import Case, explore, explored_cases, foreign_cases

EXAMPLES: Final = 120
"""Requests that are drawn; what is found is made small with a few more."""
_MOST_JOBS: Final = 20
_MOST_SECONDS: Final = 15.0
"""Requests go one after the other here, so a slow target would make this the longest phase of all."""


def run_explore(plan: RunPlan, session: Session) -> PhaseReport:
    """Draw requests and make small what they find that the phases before did not."""
    session.kept_jobs = jobs_to_recheck(session)
    lanes = [explored_cases(contract=plan.contract)]
    with suppress(SchemathesisMissing):  # an extra; our own lane is the first opinion
        lanes.append(foreign_cases(contract=plan.contract))
    explorer = _Explorer(session)
    explore(st.one_of(lanes), explorer.finds_something_new, examples=EXAMPLES, seeded=plan.seed)
    late = f"it ended after {_MOST_SECONDS:g} seconds, since the target answers slowly"
    return PhaseReport(ended=late if explorer.is_late else None)


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
        self._ends = time.monotonic() + _MOST_SECONDS
        self.is_late = False
        """Whether requests were left out, since it took too long."""

    def finds_something_new(self, case: Case) -> bool:
        """Send a case; whether its answer deviates in a way that is not explained by what is known."""
        session = self._session
        costs_a_job = case.expectation is not Expectation.REJECT
        used = session.budget.jobs - self._jobs_before
        if costs_a_job and (used >= _MOST_JOBS or session.budget.jobs_left <= session.kept_jobs):
            return False
        self.is_late = self.is_late or time.monotonic() > self._ends
        contract = session.context.contract
        if self.is_late or (self._slow and combination(case, contract) in self._slow):
            return False
        return any(
            outcome.deviates and not is_known(outcome, exchange.case, self._known, contract)
            for exchange in session.send([case])
            for outcome in session.record.of_exchange[exchange.number]
        )
