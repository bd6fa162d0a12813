"""The journal: whatever kills a run, and whenever, what it had seen by then can be reported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.verdict.journal import Journal, read_journal
from export_contract.contract import Contract
from export_contract.exceptions import ResultsError

if TYPE_CHECKING:
    from tests.acceptance.conftest import Hostile, RunAt, Serve, Wire

RUN = """
import sys
from pathlib import Path
from export_contract.acceptance import RunPlan, run
from export_contract.acceptance.verdict.journal import Journal
from export_contract.contract import load_contract
plan = RunPlan(base_url=sys.argv[1], contract=load_contract(), phases=("probe", "protocol", "jobs", "suite"),
    rate=float(sys.argv[3]))
with Journal.of_run(Path(sys.argv[2]), plan) as journal:
    run(plan, journal)
"""


def start(server: Hostile, journal: Path, rate: float) -> subprocess.Popen[bytes]:
    """Start a run in a process of its own, and wait for its first request."""
    process = subprocess.Popen([sys.executable, "-c", RUN, server.url, str(journal), str(rate)], env=os.environ)
    while not server.requests and process.poll() is None:
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("seed", range(6))
def test_a_run_that_is_killed(serve: Serve, tmp_path: Path, seed: int) -> None:
    """After SIGKILL at any moment, the report lacks at most the responses that were on their way."""
    answered: list[str] = []

    def answer(wire: Wire) -> None:
        wire.conform()
        answered.append(wire.request.path)

    random = Random(seed)
    journal = tmp_path / "results.json.journal"
    server = serve(answer)
    process = start(server, journal, random.choice([60.0, 1_000.0]))
    time.sleep(random.uniform(0.05, 1.5))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    seen = len(answered)
    results = read_journal(journal)
    assert (results.verdict, results.cause) == ("inconclusive", "journal")
    # One more may have been answered while the process was dying.
    assert seen - 5 <= len(results.exchanges) <= seen + 1
    assert results.counts["requests"] >= len(results.exchanges)
    assert {job.job_id for job in results.ledger if job.job_id} <= set(server.jobs)


def test_a_whole_journal_says_what_the_results_say(
    serve: Serve, run_at: RunAt, tmp_path: Path, contract: Contract
) -> None:
    """Read back, the journal of a run that ended has the same findings, requirements and ledger."""
    server = serve(lambda wire: wire.answer(500) if b"startDate" not in wire.request.body else wire.conform())
    plan = RunPlan(base_url=server.url, contract=contract, phases=("probe", "suite"))
    with Journal.of_run(tmp_path / "journal", plan) as journal:
        results = run_at(server.url, phases=("probe", "suite"), listener=journal)
    told = read_journal(tmp_path / "journal")
    assert [one.fingerprint for one in told.findings] == [one.fingerprint for one in results.findings] != []
    assert told.ledger == results.ledger
    assert [one.verdict for one in told.requirements] == [one.verdict for one in results.requirements]
    assert told.counts == results.counts


def test_credentials_of_a_run_that_was_killed(serve: Serve, run_at: RunAt, tmp_path: Path, contract: Contract) -> None:
    """Its curl lines send the credentials and headers that it sent, of which the journal holds nothing secret."""
    server = serve(lambda wire: wire.answer(500))
    authorization, headers = "Bearer a-token-of-ours", (("X-Tenant", "seven"), ("X-Api-Key", "a-key-of-ours"))
    sent = {"authorization": authorization, "headers": headers, "phases": ("probe",)}
    plan = RunPlan(base_url=server.url, contract=contract, **sent)
    with Journal.of_run(tmp_path / "journal", plan) as journal:
        results = run_at(server.url, listener=journal, **sent)
    told = read_journal(tmp_path / "journal")
    assert [one.curl for one in told.findings] == [one.curl for one in results.findings] != []
    assert all("${EXPORT_CONTRACT_AUTHORIZATION}" in one.curl for one in told.findings)
    assert all("X-Tenant: seven" in one.curl and "${X_API_KEY}" in one.curl for one in told.findings)
    assert b"-of-ours" not in (tmp_path / "journal").read_bytes()
    reasons = [one.reason for one in told.requirements if one.id == "EXP-AUTH-MISSING"]
    assert "no credentials are configured" not in reasons


@pytest.mark.parametrize("cut", [1, 50, 200])
def test_a_journal_that_ends_in_the_middle_of_a_line(
    serve: Serve, run_at: RunAt, tmp_path: Path, contract: Contract, cut: int
) -> None:
    """The line at which the run was killed is left out, and the rest is reported."""
    server = serve(lambda wire: wire.conform())
    path = tmp_path / "journal"
    with Journal.of_run(path, RunPlan(base_url=server.url, contract=contract, phases=("probe",))) as journal:
        run_at(server.url, phases=("probe",), listener=journal)
    path.write_bytes(path.read_bytes()[:-cut])
    assert 1 <= len(read_journal(path).exchanges) <= 3


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"type":"sending"}', b"\xff\n", b'{"type":"run"}', b"[" * 100_000]
)
def test_what_is_not_a_journal(tmp_path: Path, content: bytes) -> None:
    """Anything else is refused with a sentence that names the file."""
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match="this is not the journal of a run"):
        read_journal(path)


def test_a_full_disk_ends_the_journal_and_not_the_run(serve: Serve, run_at: RunAt, contract: Contract) -> None:
    """A journal that cannot be written says why, and the run goes on."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    server = serve(lambda wire: wire.conform())
    journal = Journal.of_run(full, RunPlan(base_url=server.url, contract=contract, phases=("probe", "suite")))
    results = run_at(server.url, phases=("probe", "suite"), listener=journal)
    assert results.counts["requests"] > 100
    assert "No space left on device" in journal.problem
