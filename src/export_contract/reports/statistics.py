"""Evidence: what a page shows of many exchanges, counted."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.results import ExchangeRecord

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,60}")
_MOST_VALUES: Final = 12
_BINS: Final = 28


class Tally(msgspec.Struct):
    """Exchanges, and how many of them were answered as their expectation asks."""

    sent: int = 0
    kept: int = 0


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """How requests were answered, by two properties with listed values and by expectation."""

    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    tallies: dict[tuple[str, str, str], Tally]
    """By row, column and expectation."""

    def tally(self, row: str, column: str, expectation: str) -> Tally:
        """How many were sent and kept; none where nothing was sent."""
        return self.tallies.get((row, column, expectation), Tally())


class Bins(msgspec.Struct, frozen=True, kw_only=True):
    """Times, counted in bins of which each is longer than the one before by the same factor."""

    low: float
    high: float
    """Seconds."""
    counts: tuple[int, ...]


def body_of(exchange: ExchangeRecord) -> dict[str, Any] | None:
    """The body of a request as an object, or None where it is none, or is cut."""
    if not exchange.case.body or exchange.case.body_cut:
        return None
    try:
        body = json.loads(exchange.case.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def is_kept(exchange: ExchangeRecord) -> bool:
    """Whether the status is one that the expectation allows."""
    status = exchange.response.status or 0
    accepted, refused = 200 <= status < 300, 400 <= status < 500
    return {"accept": accepted, "reject": refused}.get(str(exchange.case.expectation), accepted or refused)


def heat_map(bodies: Iterable[tuple[ExchangeRecord, dict[str, Any]]]) -> HeatMap | None:
    """The map over the two properties with the most listed values; None where there are no two.

    Listed values are the words that the bodies of accepted cases have for a property, where they are few.
    """
    pairs = list(bodies)
    values: dict[str, dict[str, None]] = {}
    others: set[str] = set()
    for exchange, body in pairs:
        if exchange.case.expectation == "accept":
            for name, value in body.items():
                if isinstance(value, str) and _WORD.fullmatch(value):
                    values.setdefault(name, {})[value] = None
                else:
                    others.add(name)
    listed = {
        name: tuple(sorted(found))
        for name, found in values.items()
        if name not in others and len(found) <= _MOST_VALUES
    }
    if len(listed) < 2:
        return None
    row, column = sorted(listed, key=lambda name: -len(listed[name]))[:2]
    tallies: dict[tuple[str, str, str], Tally] = {}
    for exchange, body in pairs:
        if body.get(row) in listed[row] and body.get(column) in listed[column]:
            tally = tallies.setdefault((body[row], body[column], str(exchange.case.expectation)), Tally())
            tally.sent += 1
            tally.kept += is_kept(exchange)
    return HeatMap(row=row, column=column, rows=listed[row], columns=listed[column], tallies=tallies)


def bins(seconds: Iterable[float]) -> Bins | None:
    """Times in bins; None where there is nothing to count."""
    times = [max(one, 0.0001) for one in seconds]
    if not times:
        return None
    low, high = min(times), max(max(times), min(times) * 1.5)
    counts = [0] * _BINS
    for one in times:
        counts[min(int(math.log(one / low) / math.log(high / low) * _BINS), _BINS - 1)] += 1
    return Bins(low=low, high=high, counts=tuple(counts))
