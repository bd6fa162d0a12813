"""Sending again: whether what was found is always so, or only sometimes."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.judging import judge
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.verdict.by_products import without_by_products
from export_contract.acceptance.verdict.findings import Sighting, plainness

_TRIES: Final = 2
_MOST_FINDINGS: Final = 20


def find_flaky(session: Session) -> frozenset[tuple[str, str, str]]:
    """The (requirement, check, kind) of deviations that did not show when their case was sent again.

    Each is sent until it shows again, twice at most, within the budget. A deviation that needs several exchanges is
    left as it is.
    """
    smallest: dict[tuple[str, str, str], Sighting] = {}
    for sighting in without_by_products(session.memory.sightings, session.memory.exchanges, session.context.contract):
        key = (sighting.requirement, sighting.deviation.check, sighting.deviation.kind)
        smallest[key] = min(smallest.get(key, sighting), sighting, key=plainness)
    alone = {
        key: sighting
        for key, sighting in smallest.items()
        if key[1] != "unique" and sighting.exchange.phase != "load" and not sighting.exchange.case.query
    }
    if not alone or session.spent:
        return frozenset()
    with session.phase("again", min(len(alone), _MOST_FINDINGS)):
        return frozenset(
            key for key, sighting in list(alone.items())[:_MOST_FINDINGS] if not _shows_again(session, sighting)
        )


def _shows_again(session: Session, sighting: Sighting) -> bool:
    for _ in range(_TRIES):
        exchanges = session.send_all("again", [sighting.exchange.case], keep=lambda *_: False)
        if not exchanges:
            return True  # the budget is used up: nothing speaks against it
        for outcome in judge(exchanges[0], session.context):
            deviation = outcome.deviation
            if deviation and (outcome.requirement, deviation.check) == (sighting.requirement, sighting.deviation.check):
                return True
    return False
