"""What a case asks for: its body, the range of its dates, and what must exist for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from export_contract.contract import Contract
from export_contract.contract.json_text import read_json
from export_contract.contract.request_schema import locations
from export_contract.contract.timestamps import instant
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call

_CLOCKS_APART: Final = timedelta(days=2)
"""More than any two clocks differ, wherever they are."""
_RECENT: Final = timedelta(days=9131)
"""In which a system has its data."""


def request_of(case: Case) -> dict[str, Any]:
    """The body of an accepted case; empty where it is no object."""
    values = read_json(case.payload).values
    return values[0] if values and isinstance(values[0], dict) else {}


def holds_known_value(case: Case, contract: Contract) -> bool:
    """Whether a case asks for something that must exist on the target (`x-known-values`)."""
    return case.call is Call.CREATE and any(
        location.value in (location.keyword("x-known-values") or ())
        for location in locations(contract.request, request_of(case))
        if not isinstance(location.value, dict | list)
    )


def range_of(case: Case, contract: Contract) -> tuple[datetime, datetime] | None:
    """The range that an accepted case asks for, where it has one."""
    moments = [instant(text) for text in range_texts(case, contract)]
    return (moments[0], moments[1]) if len(moments) == 2 and moments[0] and moments[1] else None


def range_texts(case: Case, contract: Contract) -> list[str]:
    """The two ends of the range that a case asks for, as it writes them; empty where it has none."""
    body = request_of(case)
    texts = [body.get(name) for name in ordered_names(contract)]
    return [str(text) for text in texts] if all(isinstance(text, str) for text in texts) else []


def ordered_names(contract: Contract) -> list[str]:
    """The names of the two ends of a range, in their order; none where the contract has no range."""
    return next(
        (list(names) for schema in contract.request.beside() if (names := schema.keywords.get("x-ordered"))), []
    )


def is_to_come(case: Case, contract: Contract) -> bool:
    """Whether the range that a case asks for begins in the future."""
    found = range_of(case, contract)
    return found is not None and found[0] > datetime.now(UTC) + _CLOCKS_APART


def recent_seconds(case: Case, contract: Contract) -> float:
    """How much of the last 25 years lies in the range that a case asks for, where that is over; -1 for any other."""
    found, now = range_of(case, contract), datetime.now(UTC)
    if found is None or found[1] > now - _CLOCKS_APART:
        return -1.0
    return max(0.0, (found[1] - max(found[0], now - _RECENT)).total_seconds())
