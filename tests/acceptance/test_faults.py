"""Faults of the sandbox: each is found, named by the requirement that it breaks, told once, and can be shown again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Finding, Results
from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt

# Where a request packs many features, the one at fault is told, and nothing else is blamed.
EXPLAINED = (
    "offset-refused",
    "fraction-six-refused",
    "leap-day-refused",
    "range-equal-refused",
    "json-escapes-refused",
    "charset-refused",
    "networks-csv-refused",
    "interactions-refused",
)
OTHERS = (
    "start-missing",
    "exporttype-any-case",
    "format-trimmed",
    "format-soft-error",
    "interactions-csv",
    "interactions-without-id",
    "start-february-30",
    "end-hour-25",
    "json-trailing-comma",
    "json-utf-8-replaced",
    "body-list-of-one",
    "nul-500",
    "no-content-type-500",
    "answer-id-number",
    "answer-text-html",
    "credentials-in-id",
    "trace-debug-page",
    "job-id-not-base64",
    "job-id-double-base64",
    "job-id-constant",
    "method-head",
    "auth-key",
    "auth-prefix",
    "auth-any-case",
)


class Found:
    """What a run against a fault found; the sandbox is still there."""

    def __init__(self, name: str, results: Results) -> None:
        self.name = name
        self.results = results

    @property
    def finding(self) -> Finding:
        """The finding about the requirement that the fault breaks."""
        wanted = FAULTS[self.name].requirement
        return next(one for one in self.results.findings if one.requirement == wanted)


@pytest.fixture(scope="module", params=[*EXPLAINED, *OTHERS])
def found(request: pytest.FixtureRequest, run_at: RunAt) -> Iterator[Found]:
    """A run against a sandbox with one fault."""
    with running([request.param]) as url:
        yield Found(request.param, run_at(url, authorization=DEMO_AUTHORIZATION))


def test_detection(found: Found) -> None:
    """The run says that the contract is violated, and names the requirement that the fault breaks, and no other."""
    results = found.results
    assert results.verdict == "violates"
    assert {one.requirement for one in results.findings} == {FAULTS[found.name].requirement}
    failed = {one.id for one in results.requirements if one.verdict == "failed"}
    assert failed == {FAULTS[found.name].requirement}


def test_one_fault_is_told_once(found: Found) -> None:
    """One fault gives one finding, or a few, whatever number of cases show it."""
    assert len(found.results.findings) <= 2
    assert found.finding.occurrences >= 1
    assert len(found.finding.also) <= found.finding.occurrences


def test_the_finding_can_be_read(found: Found) -> None:
    """A finding says what was sent, expected and observed, and no secret."""
    finding = found.finding
    assert finding.summary.startswith(finding.case.title)
    assert finding.expected
    assert finding.observed
    assert finding.expected != finding.observed
    written = repr(found.results).lower()
    assert [secret for secret in ("demo-key", "demo-token", "demo-secret") if secret in written] == []


def test_the_curl_line(found: Found) -> None:
    """The finding's curl line, in bash, gets the answer that the run got."""
    finding = found.finding
    assert "demo-" not in finding.curl
    if finding.response.status is None:
        expected = [b""]
    else:
        expected = [b"HTTP/1.1 %d" % finding.response.status]
    process = subprocess.run(
        ["bash", "-c", finding.curl],
        env={"PATH": os.environ["PATH"], "EXPORT_CONTRACT_AUTHORIZATION": DEMO_AUTHORIZATION},
        capture_output=True,
        timeout=10,
    )
    assert [process.stdout[: len(line)] for line in expected] == expected, process.stderr
    assert (process.returncode == 0) == (finding.response.status is not None), process.stderr
