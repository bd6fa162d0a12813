"""A run that a test writes down, for the rules of triage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import CheckName, Outcome
from export_contract.acceptance.verdict import triage as rules
from export_contract.acceptance.verdict.scene import Scene
from export_contract.contract import Contract
from export_contract.strategies import Case

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

ENUM: Final = "EXP-FORMAT-ENUM"
PAIRS: Final = "EXP-ACCEPT-PAIRS"
OPEN: Final = "EXP-OPEN-UNKNOWN-PROPERTY"
LOAD: Final = "EXP-LOAD-ANSWERS"
OK, ERROR = Response(status=200), Response(status=500)
BODY: Final = (
    b'{"startDate":"2012-09-05T11:12:47.000Z","endDate":"2015-05-28T17:39:23.000Z","exportType":"USERS","format":"CSV"'
)
"""Without the closing brace, so that members can follow."""


class Run:
    """A run that a test writes down."""

    def __init__(self, contract: Contract, make_case: MakeCase) -> None:
        self.exchanges: dict[int, Exchange] = {}
        self.outcomes: list[Outcome] = []
        self.explained: dict[int, int] = {}
        self._contract = contract
        self._make_case = make_case

    def saw(
        self,
        requirement: str,
        kind: str | None = None,
        *,
        check: str = CheckName.STATUS,
        phase: str = "suite",
        response: Response = ERROR,
        **case: Any,
    ) -> Outcome:
        """Add an exchange with one outcome."""
        number = len(self.exchanges) + 1
        made: Case = self._make_case(**{"requirement": requirement, "id": f"case-{number}", **case})
        self.exchanges[number] = Exchange(number, phase, made, response)
        self.outcomes.append(Outcome(requirement, number, check, kind))
        return self.outcomes[-1]

    def scene(self, *, is_lost: bool = False) -> Scene:
        """What the rules know."""
        return Scene(self.exchanges, self._contract, self.explained, is_lost)

    def after(self, rule: rules.Rule, *, is_lost: bool = False) -> list[Outcome]:
        """What one rule leaves."""
        return rule(self.outcomes, self.scene(is_lost=is_lost))
