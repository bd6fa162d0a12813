"""By-products: deviations that another finding explains already.

A target that fails for whatever holds one export type, or an unknown property, fails for every case that happens to
hold it. Told once, under the requirement that it is about, the fault is found sooner.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.verdict.findings import Sighting
from export_contract.contract import Contract, Expectation, oracle

_BROKEN = frozenset({"5xx", "3xx", "closed", "timeout", "garbled", "429"})
"""Kinds of answers that no request should get, so that they say nothing about what the case aims at."""


def without_by_products(
    sightings: Sequence[Sighting], exchanges: Sequence[Exchange], contract: Contract
) -> list[Sighting]:
    """The deviations that stand on their own."""
    broken_bases = _broken_bases(sightings, exchanges)
    seen = {(sighting.requirement, sighting.deviation.kind) for sighting in sightings if _is_broken(sighting)}
    return [
        sighting
        for sighting in sightings
        if not (
            _is_broken(sighting)
            and sighting.exchange.case.expectation is not Expectation.ACCEPT
            and (
                (sighting.exchange.case.base, sighting.deviation.kind) in broken_bases
                or any((name, sighting.deviation.kind) in seen for name in _also_open(sighting, contract))
            )
        )
    ]


def _is_broken(sighting: Sighting) -> bool:
    return sighting.deviation.check == "status" and sighting.deviation.kind in _BROKEN


def _broken_bases(sightings: Sequence[Sighting], exchanges: Sequence[Exchange]) -> set[tuple[str, str]]:
    """(combination of listed values, kind of answer) where not one accepted case of the combination was accepted."""
    accepted: dict[str, bool] = defaultdict(bool)
    for exchange in exchanges:
        if exchange.case.expectation is Expectation.ACCEPT:
            accepted[exchange.case.base] |= exchange.response.accepted
    return {
        (sighting.exchange.case.base, sighting.deviation.kind)
        for sighting in sightings
        if _is_broken(sighting)
        and sighting.exchange.case.expectation is Expectation.ACCEPT
        and not accepted[sighting.exchange.case.base]
    }


def _also_open(sighting: Sighting, contract: Contract) -> set[str]:
    """What else the contract leaves open in a case that is aimed at something."""
    case = sighting.exchange.case
    if case.method != "POST":
        return set()
    return set(oracle(contract).classify(case.payload, case.content_type).open) - {sighting.requirement}
