"""The life of a job: what several looks at its status show together."""

from __future__ import annotations

from export_contract.acceptance.checks.check import deviation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_status import move_problem
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome


def moves_outcome(exchange: Exchange, context: CheckContext, states: list[str]) -> list[Outcome]:
    """Whether the move to the state that an exchange reports is legal; `states` are the last ones, in their order."""
    requirement = context.requirement("status/moves")
    if requirement is None:
        return []
    problem = move_problem(states)
    if not problem:
        return [Outcome(requirement, exchange.number, CheckName.MOVES)]
    expected = "a move from PENDING to COMPLETED or FAILED, and no other"
    return [deviation(requirement, exchange, CheckName.MOVES, Kind.BACK, expected=expected, observed=problem)]


def completion_outcome(
    exchange: Exchange, context: CheckContext, kind: Kind | None = None, expected: str = "", observed: str = ""
) -> list[Outcome]:
    """That a job was completed, or, where a kind of deviation is given, that it was not."""
    requirement = context.requirement("status/completes")
    if requirement is None:
        return []
    if kind is None:
        return [Outcome(requirement, exchange.number, CheckName.COMPLETES)]
    return [deviation(requirement, exchange, CheckName.COMPLETES, kind, expected=expected, observed=observed)]
