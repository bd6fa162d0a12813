"""Climbing ladders: the smallest of ever larger requests at which a target fails.

What is sent next depends on what was answered, so this is no part of the suite. One request goes at a time, from the
middle of a ladder to its end, since what takes a reader of patterns a second may take it hours at the next sizes, on a
system that others use. Where one fails, or is too large to be looked at, the sizes below are halved. Where one is
accepted that should be refused, nothing larger is sent, since each size would cost a job.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.phases.recovery import has_recovered
from export_contract.acceptance.phases.shares import is_spent
from export_contract.contract import Expectation
from export_contract.strategies import Case
from export_contract.strategies.mutations.ladders import Ladder, ladders

_TOO_LARGE: Final = (413, 431)
_SLOW: Final = 1.0
"""Seconds: after a response that took as long, nothing larger is sent."""


def climb_ladders(session: Session) -> None:
    """Climb each ladder, for as long as the target answers."""
    known = {one.case.id: one for one in session.record.exchanges.values() if not one.retried}
    is_alive = True

    def is_fine(case: Case) -> bool | None:
        nonlocal is_alive
        if case.id not in known:
            sent = session.send([case]) if is_alive else []
            if not sent:
                return None
            known[case.id] = sent[0]
            is_alive = has_recovered(session, sent[0])
        return _is_fine(known[case.id])

    def is_the_last(case: Case) -> bool:
        response = known[case.id].response if case.id in known else None
        return response is not None and (
            response.seconds >= _SLOW or (response.accepted and case.expectation is Expectation.REJECT)
        )

    for ladder in ladders(session.context.contract) if not is_spent(session) else ():
        descend(ladder, is_fine, is_the_last)


def descend(
    ladder: Ladder, is_fine: Callable[[Case], bool | None], is_the_last: Callable[[Case], bool] = lambda case: False
) -> None:
    """Look for the smallest size at which a target fails; `is_fine` sends a case, None where it cannot be sent.

    After one that `is_the_last` nothing larger is sent.
    """

    def looks_fine(at: int) -> bool | None:
        case = ladder.make(ladder.sizes[at])
        return True if case is None else is_fine(case)

    low, high = -1, None
    for at in _starts(ladder):
        fine = looks_fine(at)
        if fine is None:
            return
        if not fine:
            high = at
            break
        low = at
        case = ladder.make(ladder.sizes[at])
        if case is not None and is_the_last(case):
            return
    while high is not None and high - low > 1:
        middle = (low + high) // 2
        fine = looks_fine(middle)
        if fine is None:
            return
        low, high = (middle, high) if fine else (low, middle)


def _starts(ladder: Ladder) -> range:
    """Where a ladder is tried first; each size costs a job where it may be accepted, so only the largest then."""
    last = len(ladder.sizes) - 1
    return range(last // 2 if ladder.is_free else last, last + 1)


def _is_fine(exchange: Exchange) -> bool:
    """Whether the target looked at a request, and answered it."""
    status = exchange.response.status
    return exchange.response.failure is None and status is not None and status < 500 and status not in _TOO_LARGE
