"""How long responses took."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import quantiles

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.results import Latency


def latency_of(exchanges: Iterable[Exchange]) -> Latency | None:
    """The seconds that the API's responses took, files left out; None where there was no answer."""
    seconds = sorted(one.response.seconds for one in exchanges if one.response.status is not None and not one.url)
    if not seconds:
        return None
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    median, p95, p99 = (round(cuts[at - 1], 4) for at in (50, 95, 99))
    return Latency(len(seconds), median, p95, p99, round(seconds[-1], 4))
