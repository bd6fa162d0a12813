"""The curl lines of a report: pasted into bash, they show the same status and the same failing property."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import msgspec
import pytest
from lxml import html

from export_contract.acceptance import PHASES, Finding, Limits, Results, RunPlan, run
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.replay import case_of, replay
from export_contract.contract import load_contract
from export_contract.reports import rendered
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies.data.case import Call

FAULTS = [
    "json-trailing-comma",
    "body-list-of-one",
    "start-missing",
    "end-null",
    "exporttype-any-case",
    "format-trimmed",
    "interactions-csv",
    "interactions-id-text",
    "start-words",
    "end-february-30",
    "offset-refused",
    "range-equal-refused",
    "networks-csv-refused",
    "json-escapes-refused",
    "charset-refused",
    "id-huge-500",
    "id-elsewhere-500",
    "reversed-range-500",
    "duplicate-keys-500",
    "byte-order-mark-500",
    "long-string-500",
    "nul-500",
    "no-content-type-500",
    "status-unknown-200",
    "week-500",
    "status-no-expiry",
    "trace-sql",
    "method-put",
    "auth-key",
    "job-id-bad-uuid",  # and not job-id-no-uuid: behind an id that jobs share may be one that is not completed
]

pytestmark = pytest.mark.skipif(
    not shutil.which("curl") and not os.environ.get("CI"), reason="there is no curl on this machine"
)


@pytest.fixture(scope="module")
def target() -> Iterator[str]:
    """A sandbox with thirty faults."""
    with running(FAULTS) as url:
        yield url


@pytest.fixture(scope="module")
def plan(target: str) -> RunPlan:
    """What is run against it."""
    return RunPlan(
        base_url=target,
        contract=load_contract(),
        authorization=DEMO_AUTHORIZATION,
        phases=tuple(name for name in PHASES if name not in ("load", "explore")),
        limits=Limits(requests=2_000, jobs=1_000),
    )


@pytest.fixture(scope="module")
def found(plan: RunPlan) -> Results:
    """What the run found."""
    return run(plan)


def again(line: str) -> Response:
    """Paste a line into bash, with the credentials in the environment, and read what curl shows."""
    environment = {"PATH": os.environ["PATH"], "EXPORT_CONTRACT_AUTHORIZATION": DEMO_AUTHORIZATION}
    started = time.perf_counter()
    process = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=20)
    assert process.returncode == 0, process.stderr
    content = process.stdout
    while content.startswith(b"HTTP/1.1 100"):
        content = content.partition(b"\r\n\r\n")[2]
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":")[::2] for line in lines]
    headers = tuple((name, value.strip()) for name, value in pairs)
    return Response(status=int(first.split()[1]), headers=headers, body=body, seconds=time.perf_counter() - started)


def test_thirty_faults(found: Results) -> None:
    """There are thirty faults, and nearly as many different findings to try."""
    assert len(FAULTS) == 30
    assert len(found.findings) >= 25
    assert len({finding.requirement for finding in found.findings}) >= 24


def test_every_line(found: Results, plan: RunPlan) -> None:
    """Each line of the page, as it stands there, gives the same status and the same deviation."""
    page = html.fromstring(rendered("html", found))
    lines = [part.text_content() for part in page.xpath("//pre[contains(@class, 'curl')]")]
    assert len(lines) == len(found.findings)
    context = CheckContext(contract=plan.contract, seconds=4.0, redaction=Redaction(DEMO_AUTHORIZATION))
    tried = 0
    for line, finding in zip(lines, found.findings, strict=True):
        if re.fullmatch(r"export-contract replay RESULTS \w+", line):
            continue
        answer = again(line)
        assert answer.status == finding.response.status, line
        assert shows(answer, finding, context), (finding.summary, answer)
        tried += 1
    assert tried >= 25


def shows(answer: Response, finding: Finding, context: CheckContext) -> bool:
    outcomes = judge(Exchange(1, "replay", case_of(finding.case), answer), context)
    found = (finding.requirement, finding.check)
    return any(outcome.deviates and (outcome.requirement, outcome.check) == found for outcome in outcomes)


def test_every_replay(found: Results, plan: RunPlan) -> None:
    """Each finding that one request can show is reproduced by a replay."""
    outcomes = {finding.fingerprint: replay(plan, finding) for finding in found.findings}
    assert {one.outcome for one in outcomes.values()} == {"reproduced"}
    for finding in found.findings:
        assert outcomes[finding.fingerprint].response.status == finding.response.status


def test_what_no_line_can_send() -> None:
    """Where no line can damage credentials as the kit does, a replay stands in its place, and shows the finding."""
    with running(["auth-any-case"]) as url:
        plan = RunPlan(
            base_url=url, contract=load_contract(), authorization=DEMO_AUTHORIZATION, phases=("probe", "auth")
        )
        (finding,) = run(plan).findings
        assert finding.case.credentials == "other-case"
        assert finding.curl == f"export-contract replay RESULTS {finding.fingerprint}"
        assert replay(plan, finding).outcome == "reproduced"


def test_headers_of_the_user(serve_needing: str) -> None:
    """Headers that the user sends are in the line too: secret ones by the name of a variable."""
    headers = (("X-Tenant", "it's ours"), ("X-Api-Key", "a-secret-of-ours"))
    plan = RunPlan(base_url=serve_needing, contract=load_contract(), headers=headers, phases=("probe",))
    finding = run(plan).findings[0]
    assert "a-secret-of-ours" not in finding.curl
    assert '"X-Api-Key: ${X_API_KEY}"' in finding.curl
    environment = {"PATH": os.environ["PATH"], "X_API_KEY": "a-secret-of-ours"}
    process = subprocess.run(["bash", "-c", finding.curl], env=environment, capture_output=True, timeout=20)
    assert process.stdout.split()[1] == str(finding.response.status).encode() == b"500"
    assert replay(plan, finding).outcome == "reproduced"


class _Needing(BaseHTTPRequestHandler):
    """Fails where both headers are there, and refuses otherwise."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        sent = (self.headers.get("X-Tenant"), self.headers.get("X-Api-Key"))
        self.send_response(500 if sent == ("it's ours", "a-secret-of-ours") else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def serve_needing() -> Iterator[str]:
    """A server that looks for two headers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Needing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("check", ["unique", "moves", "file format"])
def test_what_one_answer_cannot_show(found: Results, plan: RunPlan, check: str) -> None:
    """A finding about several answers, or about a file, is inconclusive, and nothing is sent for it."""
    call = Call.FILE if check == "file format" else Call.CREATE
    case = msgspec.structs.replace(found.findings[0].case, call=call)
    several = msgspec.structs.replace(found.findings[0], check=check, case=case)
    result = replay(plan, several)
    assert result.outcome == "inconclusive"
    assert "one answer does not show" in result.said
    assert result.response.problem == "nothing was sent"


def test_jobs_that_are_gone(found: Results, plan: RunPlan) -> None:
    """A finding about a job that the target does not know any more is inconclusive, and not reproduced."""
    finding = next(one for one in found.findings if one.requirement == "EXP-STATUS-DOWNLOAD")
    case = msgspec.structs.replace(finding.case, query="id=bm9ib2R5")
    with running() as url:
        there = msgspec.structs.replace(plan, base_url=url)
        result = replay(there, msgspec.structs.replace(finding, case=case))
    assert result.outcome == "inconclusive"
    assert "is not there any more" in result.said
