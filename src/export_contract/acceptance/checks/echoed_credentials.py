"""The credentials that were sent: that a response does not repeat them."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.contract.job_id import read_job_id
from export_contract.strategies.data.case import Call


def _observe(exchange: Exchange, context: CheckContext) -> Observation | None:
    response = exchange.response
    if not context.redaction.secrets or response.status is None:
        return None
    job_id = response.job_id
    decoded = read_job_id(job_id).decoded if isinstance(job_id, str) else None
    places = (
        ("the job id", decoded or b""),
        ("the body", response.body),
        *((f"the header {name[:80]}", value.encode("latin-1", "replace")) for name, value in response.headers),
    )
    found = next((place for place, content in places if context.redaction.finds(content)), "")
    return kept_or(Kind.ECHOED, f"a secret that was sent, in {found}" if found else "")


NO_CREDENTIALS: Final = Check(
    name=CheckName.CREDENTIALS,
    promise="The credentials that were sent come back in no header, no body and no job id.",
    expected="no credentials",
    rule="answer/no-credentials",
    calls=frozenset({Call.CREATE, Call.STATUS}),
    observe=_observe,
)
