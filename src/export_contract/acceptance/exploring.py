"""Exploration: requests drawn by Hypothesis, sent one after the other, and made small where they find something new."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from hypothesis import strategies as st

from export_contract.acceptance.checks import Outcome, judge
from export_contract.acceptance.exchange import Exchange
from export_contract.acceptance.session import Session
from export_contract.contract import Expectation, oracle
from export_contract.strategies import Case, ForeignLaneMissing, explore, explored_cases, foreign_cases

EXAMPLES: Final = 120
"""Requests that are drawn; what is found is made small with a few more."""
_MOST_JOBS: Final = 20


def run_explore(session: Session, seed: int) -> None:
    """Draw requests and keep what they find that the phases before did not."""
    contract = session.bench.contract
    lanes = [explored_cases(contract)]
    with suppress(ForeignLaneMissing):  # an extra; our own lane is the first opinion
        lanes.append(foreign_cases(contract))
    explorer = _Explorer(session)
    with session.phase("explore", EXAMPLES):
        explore(st.one_of(lanes), explorer.finds_something_new, examples=EXAMPLES, seeded=seed)
        explorer.note_smallest()


class _Explorer:
    """Sends drawn cases, and remembers the smallest that shows each new deviation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known = {(one.requirement, one.deviation.kind) for one in session.memory.sightings}
        self._accepts_fail = any(
            one.exchange.case.expectation is Expectation.ACCEPT and one.deviation.check == "status"
            for one in session.memory.sightings
        )
        self._jobs_before = session.budget.jobs
        self._new: dict[tuple[str, str, str], tuple[Exchange, Outcome]] = {}

    def finds_something_new(self, case: Case) -> bool:
        """Send a case; whether its answer deviates in a way that is not explained by what is known."""
        costs_a_job = case.expectation is not Expectation.REJECT
        if costs_a_job and self._session.budget.jobs - self._jobs_before >= _MOST_JOBS:
            return False
        exchanges = self._session.send_all("explore", [case], keep=lambda _, outcome: outcome.deviation is None)
        if not exchanges:
            return False
        found = [
            outcome
            for outcome in judge(exchanges[0], self._session.bench)
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
        classified = oracle(self._session.bench.contract).classify(case.payload, case.content_type)
        return any((name, kind) in self._known for name in (*classified.broken, *classified.open))
