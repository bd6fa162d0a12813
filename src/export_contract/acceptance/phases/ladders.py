"""Climbing ladders: the smallest of ever larger requests at which a target fails.

What is sent next depends on what was answered, so this is no part of the suite. A ladder costs two requests where
nothing fails: the largest, and one in the middle, since the largest may be refused for the size of the whole body.
Where one fails, or is too large to be looked at, the sizes below are halved.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.strategies import Case
from export_contract.strategies.mutations.ladders import Ladder, ladders

_TOO_LARGE: Final = (413, 431)


def climb_ladders(session: Session) -> None:
    """Send the ends of all ladders, then descend those at which the target failed."""
    known = {one.case.id: one for one in session.record.exchanges.values() if not one.retried}
    found = list(ladders(session.context.contract))
    first = [case for ladder in found for at in _starts(ladder) if (case := ladder.make(ladder.sizes[at]))]
    for exchange in session.send(case for case in first if case.id not in known):
        known[exchange.case.id] = exchange

    def is_fine(case: Case) -> bool | None:
        if case.id not in known:
            sent = session.send([case])
            if not sent:
                return None
            known[case.id] = sent[0]
        return _is_fine(known[case.id])

    for ladder in found:
        descend(ladder, is_fine)


def descend(ladder: Ladder, is_fine: Callable[[Case], bool | None]) -> None:
    """Look for the smallest size at which a target fails; `is_fine` sends a case, None where it cannot be sent."""

    def looks_fine(at: int) -> bool | None:
        case = ladder.make(ladder.sizes[at])
        return True if case is None else is_fine(case)

    high = next((at for at in _starts(ladder) if not looks_fine(at)), None)
    low = -1
    while high is not None and high - low > 1:
        middle = (low + high) // 2
        fine = looks_fine(middle)
        if fine is None:
            return
        low, high = (middle, high) if fine else (low, middle)


def _starts(ladder: Ladder) -> tuple[int, ...]:
    """Where a ladder is tried first; each size costs a job where it may be accepted, so only the largest then."""
    last = len(ladder.sizes) - 1
    return (last, last // 2) if ladder.is_free else (last,)


def _is_fine(exchange: Exchange) -> bool:
    """Whether the target looked at a request, and answered it."""
    status = exchange.response.status
    return exchange.response.failure is None and status is not None and status < 500 and status not in _TOO_LARGE
