"""How long a response took."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.strategies.data.case import Call


def _observe(exchange: Exchange, context: CheckContext) -> Observation | None:
    if exchange.response.status is None:
        return None
    seconds = exchange.response.seconds
    observed = f"a response after {seconds:.1f} seconds" if seconds > context.seconds else ""
    return kept_or(Kind.LATE, observed, f"a response within {context.seconds:g} seconds")


RESPONSE_TIME: Final = Check(
    name=CheckName.RESPONSE_TIME,
    promise="The response comes within the limit.",
    rule="answer/time",
    calls=frozenset({Call.CREATE, Call.STATUS}),
    observe=_observe,
)
