"""Statistics: what the HTML page shows of many exchanges, counted."""

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


class Cell(msgspec.Struct):
    """Requests of one kind, and how many of them were answered as their expectation asks."""

    sent: int = 0
    as_expected: int = 0


class HeatMap(msgspec.Struct, frozen=True, kw_only=True):
    """How requests were answered, by two properties with listed values and by expectation."""

    row: str
    column: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str, str], Cell]
    """By row, column and expectation."""

    def cell(self, row: str, column: str, expectation: str) -> Cell:
        """The requests of one field; none where nothing was sent."""
        return self.cells.get((row, column, expectation), Cell())


class Bins(msgspec.Struct, frozen=True, kw_only=True):
    """Times, counted in bins of which each is longer than the one before by the same factor."""

    low: float
    high: float
    """Seconds."""
    counts: tuple[int, ...]


def body_of(exchange: ExchangeRecord) -> dict[str, Any] | None:
    """The body of a request as an object, or None where it is not one, or is cut."""
    if not exchange.case.body or exchange.case.body_cut:
        return None
    try:
        body = json.loads(exchange.case.body)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def is_as_expected(exchange: ExchangeRecord) -> bool:
    """Whether the status is one that the expectation allows."""
    status = exchange.response.status or 0
    accepted, refused = 200 <= status < 300, 400 <= status < 500
    return {"accept": accepted, "reject": refused}.get(str(exchange.case.expectation), accepted or refused)


def heat_map(exchanges: Iterable[ExchangeRecord]) -> HeatMap | None:
    """The map over the two properties with the most listed values; None where there are no two.

    Listed values are the words that the bodies of accepted cases have for a property, where they are few. Exchanges
    are read twice, since all bodies at once might not fit into memory.
    """
    listed = _listed_values(exchange for exchange in exchanges if exchange.case.expectation == "accept")
    if len(listed) < 2:
        return None
    row, column = sorted(listed, key=lambda name: -len(listed[name]))[:2]
    cells: dict[tuple[str, str, str], Cell] = {}
    for exchange in exchanges:
        body = body_of(exchange)
        if body and body.get(row) in listed[row] and body.get(column) in listed[column]:
            cell = cells.setdefault((body[row], body[column], str(exchange.case.expectation)), Cell())
            cell.sent += 1
            cell.as_expected += is_as_expected(exchange)
    return HeatMap(row=row, column=column, rows=listed[row], columns=listed[column], cells=cells)


def _listed_values(exchanges: Iterable[ExchangeRecord]) -> dict[str, tuple[str, ...]]:
    values: dict[str, dict[str, None]] = {}
    others: set[str] = set()
    for exchange in exchanges:
        for name, value in (body_of(exchange) or {}).items():
            if not isinstance(value, str) or not _WORD.fullmatch(value) or len(values.get(name, ())) > _MOST_VALUES:
                others.add(name)
            else:
                values.setdefault(name, {})[value] = None
    return {
        name: tuple(sorted(found))
        for name, found in values.items()
        if name not in others and len(found) <= _MOST_VALUES
    }


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
