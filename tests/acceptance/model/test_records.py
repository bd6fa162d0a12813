"""Records: what is written of cases and exchanges, and what is cut."""

from __future__ import annotations

import base64

import pytest

from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.records import case_record, case_summary, exchange_record, payload_of
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Expectation
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call


def case_of(payload: bytes = b"{}", **more: object) -> Case:
    parts = {"id": "x/y", "title": "a title", "expectation": Expectation.REJECT, "requirement": "x", **more}
    return Case(payload=payload, **parts)  # type: ignore[arg-type]


def test_what_is_kept() -> None:
    """Call and change of a case are kept, and whether its exchange was sent again."""
    case = case_of(call=Call.STATUS, changed="/query/id", query="id=1")
    record = exchange_record(Exchange(7, "jobs", case, Response(status=429), retried=True), "http://x/e", Redaction())
    assert (record.number, record.retried, record.url) == (7, True, "http://x/e?id=1")
    assert (record.case.call, record.case.changed) == (Call.STATUS, "/query/id")


@pytest.mark.parametrize("payload", [b"{}", b"", "é".encode(), b"\xff", b"x" * 4_000])
def test_whole_bodies(payload: bytes) -> None:
    """A body that is short enough comes back byte for byte, from every record of it."""
    case = case_of(payload)
    assert payload_of(case_record(case)) == payload
    summary = case_summary(Exchange(3, "suite", case, Response(status=200)))
    assert (summary.title, summary.exchange, summary.body_cut) == ("a title", 3, 0)
    body = base64.b64decode(summary.body_base64) if summary.body_base64 is not None else (summary.body or "").encode()
    assert body == payload


def test_cut_bodies() -> None:
    """The body of another case is cut where it is long, and says how long it was; that of a finding never is."""
    case = case_of(b"x" * 50_000)
    summary = case_summary(Exchange(3, "suite", case, Response(status=200)))
    assert (len(summary.body or ""), summary.body_cut) == (4_000, 50_000)
    assert payload_of(case_record(case)) == case.payload
    # The cut goes through a character, which is then shown in Base64.
    halved = case_summary(Exchange(3, "suite", case_of("é".encode() * 3_000 + b"x"), Response()))
    assert halved.body_cut == 6_001
    half = case_summary(Exchange(3, "suite", case_of(b"x" + "é".encode() * 3_000), Response()))
    assert half.body is None
    assert half.body_base64
