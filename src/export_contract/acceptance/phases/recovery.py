"""Recovery: a target that one request keeps busy answers no other, and none of those is to blame for that."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.contract.status import status_call
from export_contract.strategies.http.status_calls import status_case

_PAUSES: Final = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each look at whether the target answers again."""


def has_recovered(session: Session, exchange: Exchange) -> bool:
    """Whether the target answers after an exchange; waits for that where it had no response in time.

    It asks for a status, which costs no job; a contract without such a call is taken to recover at once.
    """
    contract = session.context.contract
    if exchange.response.failure is not Failure.TIMEOUT:
        return True
    if status_call(contract) is None or contract.by_rule("status/found") is None:
        return True
    look = status_case(contract, "x", "whether the target answers again")
    for pause in _PAUSES:
        if not session.pause(pause):
            return False
        seen = session.look_at(look)
        if seen is not None and seen.response.failure is None:
            return True
    return False
