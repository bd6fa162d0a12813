"""Accepted values at the edges of what a schema allows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.request_schema import Location, locations
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.edits import changed
from export_contract.strategies.data.moments import EDGES, OFFSETS, write, zone
from export_contract.strategies.data.writers import plain_number


def boundary_values(contract: Contract, location: Location) -> list[tuple[str, Any]]:
    """(what it is, value): other accepted values for a part of a base, each at an edge of what is allowed."""
    judge = oracle(contract)
    body = next(
        base for base in bases(contract) if any(one.path == location.path for one in locations(contract.request, base))
    )
    label = ".".join(map(str, location.path))
    found: list[tuple[str, Any]] = []
    for kind, value in _candidates(location):
        is_new = value != location.value and all(value != other for _, other in found)
        if is_new and judge.classify_value(changed(body, location.path, value)).expectation is Expectation.ACCEPT:
            found.append((f"{label} {kind}", value))
    return found


def _candidates(location: Location) -> Iterator[tuple[str, Any]]:
    keyword = location.keyword
    if known := keyword("x-known-values"):
        yield from ((f"{value!r}, which is declared to exist", value) for value in known)
        return
    if keyword("enum") is not None or keyword("const") is not None:
        return  # the bases have them all
    value = location.value
    match value:
        case bool():
            return
        case int() | float():
            step = keyword("multipleOf") or 1
            yield from _numbers("the minimum", keyword("minimum"))
            yield from _numbers("the maximum", keyword("maximum"))
            yield from _numbers("just above the excluded minimum", keyword("exclusiveMinimum"), step)
            yield from _numbers("just below the excluded maximum", keyword("exclusiveMaximum"), -step)
        case str() if keyword("format") == "date-time":
            for members in OFFSETS:
                for edges, offset in zip(EDGES, members, strict=False):
                    moment = edges[0][0].replace(tzinfo=zone(offset))
                    text = write(moment, 6, offset)
                    yield text, text
        case str():
            if keyword("pattern") is None:
                yield from _texts("as short as allowed", keyword("minLength"))
                yield from _texts("as long as allowed", keyword("maxLength"))
        case list() if value:
            yield from _lists("as few items as allowed", value, keyword("minItems") or 0)
            yield from _lists("as many items as allowed", value, keyword("maxItems"))


def _numbers(kind: str, bound: float | None, step: float = 0) -> Iterator[tuple[str, Any]]:
    if bound is not None:
        value = plain_number(Decimal(str(bound)) + Decimal(str(step)))
        yield f"{value}, {kind}", value


def _texts(kind: str, length: int | None) -> Iterator[tuple[str, Any]]:
    if length is not None and length <= 1_000:
        yield kind, "a" * length


def _lists(kind: str, items: list[Any], count: int | None) -> Iterator[tuple[str, Any]]:
    if count is not None and count <= 100:
        yield kind, [items[position % len(items)] for position in range(count)]
