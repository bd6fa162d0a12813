"""The life of a job: how its moves and its end are told."""

from __future__ import annotations

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_lifecycle import completion_outcome, moves_outcome
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Kind, Outcome
from export_contract.contract import Contract
from export_contract.strategies.http.status_calls import status_case


def asked(contract: Contract) -> Exchange:
    """A look at a job."""
    return Exchange(7, "jobs", status_case(contract, "am9i"), Response(status=200))


def test_moves(contract: Contract, context: CheckContext) -> None:
    """A legal move keeps the requirement; another is told with both states."""
    exchange = asked(contract)
    assert moves_outcome(exchange, context, ["PENDING", "FAILED"]) == [Outcome("EXP-STATUS-MOVES", 7, "moves")]
    assert moves_outcome(exchange, context, ["FAILED", "PENDING"]) == [
        Outcome(
            "EXP-STATUS-MOVES",
            7,
            "moves",
            "back",
            f"{exchange.case.title}: it was FAILED, and then PENDING",
            "a move from PENDING to COMPLETED or FAILED, and no other",
            "it was FAILED, and then PENDING",
        )
    ]


def test_completion(contract: Contract, context: CheckContext) -> None:
    """A job that is completed keeps the requirement; of one that is not, it is told what was expected and seen."""
    exchange = asked(contract)
    assert completion_outcome(exchange, context) == [Outcome("EXP-STATUS-COMPLETES", 7, "completes")]
    assert completion_outcome(exchange, context, Kind.LOST, "an end", "none") == [
        Outcome("EXP-STATUS-COMPLETES", 7, "completes", "lost", f"{exchange.case.title}: none", "an end", "none")
    ]
