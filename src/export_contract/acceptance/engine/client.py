"""A client for tests of the user's own: bound to a target and its credentials, and never over the budget."""

from __future__ import annotations

from typing import Any, Final

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.interop import case_of
from export_contract.acceptance.engine.recorder import Recorder
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.transport.pacing import Pacer
from export_contract.acceptance.transport.target import Target
from export_contract.exceptions import BudgetSpent, Inconclusive

PHASE: Final = "own tests"


class Client:
    """Sends requests one after the other, as a run does: with patience, within the budget, and without a trace of
    the credentials."""

    def __init__(self, target: Target, budget: Budget, context: CheckContext, rate: float | None = None) -> None:
        self.url = target.url
        self.contract = context.contract
        self.context = context
        """What answers are judged by."""
        self._recorder = Recorder(context, lambda event: None, is_cutting=False)  # a test may look at all of it
        self._session = Session(target, budget, self._recorder, Pacer(1, rate), 1)
        self._session.begin(PHASE, 0)
        self._taken = 0

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    def send(self, request: Any) -> Response:
        """Send a Case, or a body: bytes, text, or a value to be written as JSON; returns the answer.

        Raises BudgetSpent where it may not be sent, and Inconclusive where the target is gone.
        """
        __tracebackhide__ = True
        case = case_of(request, self.contract)
        exchanges = self._session.send([case])
        stop = self._session.record.stop
        if stop and stop.cause in (Cause.INTERRUPTED, Cause.TERMINATED):
            raise KeyboardInterrupt
        if stop and not exchanges:
            raise Inconclusive(self.context.redaction.text(stop.reason), stop.cause)
        if self._session.exhausted:
            raise BudgetSpent(str(self._session.exhausted))
        if not exchanges:
            raise Inconclusive("the target limits requests, and never let this one through", Cause.RATE_LIMITED)
        return exchanges[0].response

    def taken(self) -> list[Exchange]:
        """What was sent since this was last asked."""
        exchanges = list(self._session.record.exchanges.values())
        sent, self._taken = exchanges[self._taken :], len(exchanges)
        return sent

    def close(self) -> None:
        """Let the senders go."""
        self._session.close()
