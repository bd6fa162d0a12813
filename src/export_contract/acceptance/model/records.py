"""How exchanges are written into the results: secrets masked first, then long bodies cut."""

from __future__ import annotations

from typing import Final

import msgspec

from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import ExchangeRecord, ResponseRecord, case_record

_MOST_BODY: Final = 4_000
"""Characters of an answer's body, and bytes of a request's, that an exchange shows."""


def response_record(answer: Response, redaction: Redaction) -> ResponseRecord:
    """How an answer is written."""
    # A secret is masked before anything is cut: half of one would not be known again.
    body = redaction.text(answer.body.decode("utf-8", "replace"))
    return ResponseRecord(
        status=answer.status,
        headers=tuple((redaction.text(name), redaction.header(name, value)) for name, value in answer.headers),
        body=body[:_MOST_BODY],
        truncated=answer.truncated or len(body) > _MOST_BODY,
        seconds=round(answer.seconds, 4),
        problem=redaction.text(answer.problem),
    )


def exchange_record(exchange: Exchange, url: str, redaction: Redaction) -> ExchangeRecord:
    """How an exchange is written; `url` is the address without the case's query."""
    case = case_record(exchange.case, _MOST_BODY)
    return ExchangeRecord(
        number=exchange.number,
        phase=exchange.phase,
        sent_at=round(exchange.response.sent_at, 3),
        # A query holds a job id, which is the target's own text.
        case=msgspec.structs.replace(case, query=redaction.text(case.query)) if case.query else case,
        url=redaction.text(exchange.url or exchange.case.address(url)),
        response=response_record(exchange.response, redaction),
    )
