"""A client for tests of the user's own: bound to a target and its credentials, and never over the budget."""

from __future__ import annotations

from typing import Any, Final

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.interop import case_of
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.transport.budget import Budget
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
        self._session = Session(target, budget, context, lambda event: None, 1, rate)

    def __repr__(self) -> str:
        return f"Client({self.url!r})"

    def send(self, request: Any) -> Response:
        """Send a Case, or a body: bytes, text, or a value to be written as JSON; returns the answer.

        Raises BudgetSpent where it may not be sent, and Inconclusive where the target is gone.
        """
        __tracebackhide__ = True
        case = case_of(request, self.contract)
        try:
            exchanges = self._session.send_all(PHASE, [case], keep=lambda *_: False)
        except Inconclusive:
            raise
        except Exception as error:
            # Frames below hold the credentials, and a traceback may show their variables.
            problem = self.context.redaction.text(f"{type(error).__name__}: {error}")
            raise RuntimeError(f"the request could not be sent: {problem}") from None
        if not exchanges:
            raise BudgetSpent(str(self._session.spent))
        return exchanges[0].response

    def taken(self) -> list[Exchange]:
        """What was sent since this was last asked."""
        exchanges = self._session.memory.exchanges
        sent = exchanges[:]
        exchanges.clear()
        return sent
