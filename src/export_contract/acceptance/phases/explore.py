"""Exploration: requests drawn by Hypothesis, sent one after the other, and made small where they find something new."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Final

from hypothesis import strategies as st

from export_contract.acceptance.checks.judging import judge
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.acceptance.model.outcome import Outcome
from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.json_text import read_json
from export_contract.exceptions import SchemathesisMissing
from export_contract.strategies import Case, base_of, explore, explored_cases, foreign_cases

EXAMPLES: Final = 120
"""Requests that are drawn; what is found is made small with a few more."""
_MOST_JOBS: Final = 20
_MOST_SECONDS: Final = 15.0
"""Requests go one after the other here, so a slow target would make this the longest phase of all."""


def run_explore(session: Session, seed: int) -> None:
    """Draw requests and keep what they find that the phases before did not."""
    contract = session.context.contract
    lanes = [explored_cases(contract=contract)]
    with suppress(SchemathesisMissing):  # an extra; our own lane is the first opinion
        lanes.append(foreign_cases(contract=contract))
    explorer = _Explorer(session)
    with session.phase("explore", EXAMPLES):
        explore(st.one_of(lanes), explorer.finds_something_new, examples=EXAMPLES, seeded=seed)
        explorer.note_smallest()
        if explorer.is_late:
            session.cut_short = f"it ended after {_MOST_SECONDS:g} seconds, since the target answers slowly"


def slow_combinations(session: Session) -> frozenset[str]:
    """The combinations of listed values for which the phases before had no answer in time, not once."""
    in_time: dict[str, bool] = {}
    for exchange in session.memory.exchanges:
        case, answer = exchange.case, exchange.response
        if case.expectation is Expectation.ACCEPT and case.base:
            is_late = answer.failure is Failure.TIMEOUT or answer.seconds > session.context.seconds
            in_time[case.base] = in_time.get(case.base, False) or not is_late
    return frozenset(base for base, was in in_time.items() if not was)


def combination(case: Case, contract: Contract) -> str:
    """The listed values of a drawn body in plain words; nothing where it has none."""
    if case.base:
        return case.base
    body = next(iter(read_json(case.payload).values), None)
    if not isinstance(body, dict):
        return ""
    in_order = dict.fromkeys(name for schema in contract.request.beside() for name in schema.properties)
    return base_of(contract, {name: body[name] for name in in_order if name in body})[0]


class _Explorer:
    """Sends drawn cases, and remembers the smallest that shows each new deviation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = {(one.requirement, one.deviation.kind) for one in session.memory.sightings}
        self._accepts_fail = any(
            one.exchange.case.expectation is Expectation.ACCEPT and one.deviation.check == "status"
            for one in session.memory.sightings
        )
        self._slow = slow_combinations(session)
        self._jobs_before = session.budget.jobs
        self._ends = time.monotonic() + _MOST_SECONDS
        self.is_late = False
        """Whether requests were left out, since it took too long."""
        self._new: dict[tuple[str, str, str], tuple[Exchange, Outcome]] = {}

    def finds_something_new(self, case: Case) -> bool:
        """Send a case; whether its answer deviates in a way that is not explained by what is known."""
        costs_a_job = case.expectation is not Expectation.REJECT
        if costs_a_job and self._session.budget.jobs - self._jobs_before >= _MOST_JOBS:
            return False
        self.is_late = self.is_late or time.monotonic() > self._ends
        if self.is_late or (self._slow and combination(case, self._session.context.contract) in self._slow):
            return False
        exchanges = self._session.send_all("explore", [case], keep=lambda _, outcome: outcome.deviation is None)
        if not exchanges:
            return False
        found = [
            outcome
            for outcome in judge(exchanges[0], self._session.context)
            if outcome.deviation and not self._is_explained(exchanges[0].case, outcome)
        ]
        for outcome in found:
            self._remember(exchanges[0], outcome)
        return bool(found)

    def note_smallest(self) -> None:
        """Keep the smallest case of each new deviation."""
        for exchange, outcome in self._new.values():
            self._session.memory.note(exchange, outcome)

    def _remember(self, exchange: Exchange, outcome: Outcome) -> None:
        assert outcome.deviation
        key = (outcome.requirement, outcome.deviation.check, outcome.deviation.kind)
        smallest = self._new.get(key)
        if smallest is None or len(exchange.case.payload) < len(smallest[0].case.payload):
            self._new[key] = (exchange, outcome)

    def _is_explained(self, case: Case, outcome: Outcome) -> bool:
        """Whether a finding of another phase is the reason: drawn cases hold several things at once."""
        assert outcome.deviation
        kind = outcome.deviation.kind
        if (outcome.requirement, kind) in self._known:
            return True
        if outcome.deviation.check != "status":
            return False
        if case.expectation is Expectation.ACCEPT:
            return self._accepts_fail
        classified = oracle(self._session.context.contract).classify(case.payload, case.content_type)
        return any((name, kind) in self._known for name in (*classified.broken, *classified.open))
