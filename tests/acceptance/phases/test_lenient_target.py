"""A target that checks nothing: every requirement is exercised all the same, within the jobs of a default run."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, unquote

import pytest

from export_contract.acceptance import Limits
from export_contract.acceptance.phases import evidence, grouping
from export_contract.contract import Expectation
from export_contract.options import PHASES
from export_contract.sandbox import DEMO_AUTHORIZATION
from export_contract.strategies import suite

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import RunAt, Serve, Wire

COLUMNS = ("User ID", "Registration Date", "Program Completion Date", "Product ID", "Program Name")


def file_of(request: bytes) -> bytes:
    """A file with one record, that was created in the middle of the range, where that can be told."""
    days = [date.fromisoformat(day.decode()) for day in re.findall(rb'Date" ?: ?"(\d{4}-[01]\d-[012]\d)T', request)]
    created = date.fromordinal(sum(day.toordinal() for day in days) // len(days)) if days else date(2013, 1, 1)
    record = dict(zip(COLUMNS, ("1", created.isoformat(), "", "2", "x"), strict=True))
    if b"JSONL" in request:
        return json.dumps(record).encode() + b"\n"
    return f"{','.join(record)}\r\n{','.join(record.values())}\r\n".encode()


def checks_nothing() -> Callable[[Wire], None]:
    """Makes a target that answers every request with a job, whatever is in it, and knows every job."""
    numbers = itertools.count(1)
    requests: dict[str, bytes] = {}

    def answer(wire: Wire) -> None:
        path, _, query = wire.request.path.partition("?")
        if path.startswith("/files/"):
            wire.answer(200, file_of(requests.get(unquote(path.removeprefix("/files/")), b"")))
        elif wire.request.method == "GET":
            job_id = parse_qs(query).get("id", ["x"])[0]
            data = {
                "downloadUrl": f"{wire.server.url}/files/{quote(job_id, '')}",
                "downloadExpiresAt": "2199-01-01T00:00:00Z",
            }
            wire.answer(200, json.dumps({"job": {"id": job_id, "status": "COMPLETED", "exportData": data}}).encode())
        else:
            job_id = base64.b64encode(b"job %06d" % next(numbers)).decode()
            requests[job_id] = wire.request.body
            wire.answer(200, json.dumps({"job": {"id": job_id}}).encode())

    return answer


def picky() -> Callable[[Wire], None]:
    """Makes a target that takes any timestamp and any unknown member, but fails at a week date, refuses more."""
    lenient = checks_nothing()

    def answer(wire: Wire) -> None:
        if b"W10" in wire.request.body:
            wire.answer(500, b"{}")
        elif wire.request.method == "POST" and b"Date" not in wire.request.body:
            wire.answer(400, b"{}")
        elif wire.request.method not in ("GET", "POST"):
            wire.answer(405, b"{}")
        elif b'"format":null' in wire.request.body:
            wire.answer(422, b"{}")
        else:
            lenient(wire)

    return answer


@pytest.mark.parametrize("concurrency", [1, 4])
def test_every_requirement_is_exercised(serve: Serve, run_at: RunAt, concurrency: int) -> None:
    """One finding for each requirement that it breaks, within 60 jobs; what was left out is named."""
    results = run_at(
        serve(checks_nothing()).url, phases=PHASES, authorization=DEMO_AUTHORIZATION, concurrency=concurrency
    )
    assert results.counts["jobs_created"] <= 60
    not_exercised = {one.id for one in results.requirements if one.verdict == "not_exercised" and one.applies}
    assert not_exercised == {"EXP-REFUSAL-NO-JOB", "EXP-REFUSAL-NO-INTERNALS", "EXP-REFUSAL-STATUS"}  # there is none
    bad = {case.requirement for case in suite() if case.expectation is Expectation.REJECT}
    accepted = Counter(one.requirement for one in results.findings if one.requirement in bad)
    assert accepted == Counter(bad - ({"EXP-LOAD-ANSWERS"} if concurrency == 1 else set()))
    open_ones = {case.requirement for case in suite() if case.expectation is Expectation.UNSPECIFIED}
    assert {one.choice for one in results.requirements if one.id in open_ones} == {"accepted"}
    reasons = Counter(one.reason for one in results.left_out)
    assert reasons["further evidence, not needed"] > 100


def test_no_verdict_changes(serve: Serve, run_at: RunAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs and limits of evidence find the same as single requests, of which none is put off, without a budget."""
    phases = tuple(name for name in PHASES if name != "explore")  # which draws more where there are more jobs
    economical = run_at(serve(picky()).url, phases=phases, authorization=DEMO_AUTHORIZATION)
    monkeypatch.setattr(evidence, "PUT_OFF_AFTER", 1_000)
    monkeypatch.setattr(grouping, "MOST_PACKED", 1)
    limits = Limits(jobs=1_000, requests=2_000)
    lavish = run_at(serve(picky()).url, phases=phases, authorization=DEMO_AUTHORIZATION, limits=limits)
    assert {(one.requirement, one.fingerprint) for one in economical.findings} == {
        (one.requirement, one.fingerprint) for one in lavish.findings
    }
    assert {one.id: (one.verdict, one.choice) for one in economical.requirements} == {
        one.id: (one.verdict, one.choice) for one in lavish.requirements
    }
    crash = next(one for one in economical.findings if one.requirement == "EXP-OPEN-TIME-WEEK")
    assert crash.case.title == next(one for one in lavish.findings if one.requirement == crash.requirement).case.title
    assert economical.counts["jobs_created"] <= 60 < lavish.counts["jobs_created"]
