"""How cases and exchanges are written into the results: secrets masked first, then long bodies cut."""

from __future__ import annotations

import base64
import hashlib
from typing import Final

import msgspec

from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import CaseRecord, CaseSummary, ExchangeRecord, ResponseRecord
from export_contract.strategies import Case

_MOST_BODY: Final = 4_000
"""Characters of a response's body, and bytes of a request's, that an exchange shows."""


def case_record(case: Case, most: int | None = None) -> CaseRecord:
    """How a case is written; `most` is how many bytes of its body are kept, all of them by default."""
    body, body_base64, body_cut = _body_of(case, most)
    return CaseRecord(
        id=case.id,
        title=case.title,
        expectation=case.expectation,
        requirement=case.requirement,
        method=case.method,
        headers=case.headers,
        body=body,
        body_base64=body_base64,
        credentials=case.credentials,
        path=case.path,
        query=case.query,
        body_cut=body_cut,
        call=case.call,
        changed=case.changed,
    )


def case_summary(exchange: Exchange) -> CaseSummary:
    """How one of the other cases of a finding is written."""
    body, body_base64, body_cut = _body_of(exchange.case, _MOST_BODY)
    return CaseSummary(
        title=exchange.case.title,
        exchange=exchange.number,
        body=body,
        body_base64=body_base64,
        body_cut=body_cut,
    )


def payload_of(record: CaseRecord) -> bytes:
    """The payload of a case that was written."""
    if record.body_base64 is not None:
        return base64.b64decode(record.body_base64)
    return (record.body or "").encode()


def response_record(response: Response, redaction: Redaction) -> ResponseRecord:
    """How a response is written."""
    # A secret is masked before anything is cut: half of one would not be known again.
    body = redaction.text(response.body.decode("utf-8", "replace"))
    is_cut = len(body) > _MOST_BODY
    return ResponseRecord(
        status=response.status,
        headers=tuple((redaction.text(name), redaction.header(name, value)) for name, value in response.headers),
        body=body[:_MOST_BODY],
        truncated=response.truncated or is_cut,
        body_bytes=response.body_bytes or is_cut * len(response.body),
        body_sha256=response.body_sha256 or (hashlib.sha256(response.body).hexdigest() if is_cut else ""),
        headers_left_out=response.headers_left_out,
        seconds=round(response.seconds, 4),
        problem=redaction.text(response.problem),
    )


def exchange_record(exchange: Exchange, url: str, redaction: Redaction) -> ExchangeRecord:
    """How an exchange is written; `url` is the address of the call."""
    case = case_record(exchange.case, _MOST_BODY)
    return ExchangeRecord(
        number=exchange.number,
        phase=exchange.phase,
        sent_at=round(exchange.response.sent_at, 3),
        # An address holds a job id, which is the target's own text.
        case=msgspec.structs.replace(case, path=redaction.text(case.path), query=redaction.text(case.query)),
        url=redaction.text(exchange.url or exchange.case.address(url)),
        response=response_record(exchange.response, redaction),
        retried=exchange.retried,
    )


def _body_of(case: Case, most: int | None) -> tuple[str | None, str | None, int]:
    """The body as text, or in Base64 where it is not valid UTF-8, and how many bytes it has where it is cut."""
    kept = case.payload[:most]
    body_cut = len(case.payload) if len(kept) < len(case.payload) else 0
    try:
        return kept.decode("utf-8"), None, body_cut
    except UnicodeDecodeError:
        return None, base64.b64encode(kept).decode(), body_cut
