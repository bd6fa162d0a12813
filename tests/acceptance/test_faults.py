"""Faults of the sandbox: each is found, named by the requirement that it breaks, told once, and can be shown again."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Finding, Results
from export_contract.contract import Contract
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
    "interactions-csv",
    "interactions-without-id",
    "start-february-30",
    "json-trailing-comma",
    "nul-500",
    "no-content-type-500",
    "answer-id-number",
    "answer-text-html",
    "credentials-in-id",
    "job-id-not-base64",
    "job-id-double-base64",
    "job-id-constant",
    "method-head",
    "auth-key",
    "auth-prefix",
)


@pytest.fixture(scope="module")
def declared(contract: Contract) -> Contract:
    """The contract with the id that the sandbox has, as a user declares it."""
    return contract.with_known_values((12345,))


@pytest.mark.parametrize("name", [*EXPLAINED, *OTHERS])
def test_faults(run_at: RunAt, declared: Contract, name: str) -> None:
    """The run names the requirement that a fault breaks and no other, once, and the curl line shows it again."""
    with running([name]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, contract=declared)
        assert_named(results, FAULTS[name].requirement)
        for finding in results.findings:
            assert_shown_again(finding)


def test_refusals_that_prove_nothing(run_at: RunAt, declared: Contract) -> None:
    """Where interactions are refused altogether, that damaged ones are refused is not counted as their check."""
    with running(["interactions-refused"]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, contract=declared)
    masked = {one.id for one in results.requirements if one.cause == "masked"}
    assert masked == {"EXP-INTERACTIONS-FORMAT", "EXP-INTERACTIONS-ID-REQUIRED", "EXP-INTERACTIONS-ID-TYPE"}


def assert_named(results: Results, requirement: str) -> None:
    """One or two findings, all of one requirement, that can be read and hold no secret."""
    assert results.verdict == "violates"
    assert {one.requirement for one in results.findings} == {requirement}
    assert {one.id for one in results.requirements if one.verdict == "failed"} == {requirement}
    assert len(results.findings) <= 2
    for finding in results.findings:
        assert finding.summary.startswith(finding.case.title)
        assert finding.expected
        assert finding.observed
        assert finding.expected != finding.observed
        assert len(finding.other_cases) <= finding.occurrences
    written = repr(results).lower()
    assert [secret for secret in ("demo-key", "demo-token", "demo-secret") if secret in written] == []


def assert_shown_again(finding: Finding) -> None:
    """The curl line, in bash and with the credentials in the environment, gets the answer that the run got."""
    assert "demo-" not in finding.curl
    process = subprocess.run(
        ["bash", "-c", finding.curl],
        env={"PATH": os.environ["PATH"], "EXPORT_CONTRACT_AUTHORIZATION": DEMO_AUTHORIZATION},
        capture_output=True,
        timeout=10,
    )
    if finding.response.status is None:
        assert process.returncode != 0
    else:
        assert process.returncode == 0, process.stderr
        assert process.stdout.startswith(b"HTTP/1.1 %d " % finding.response.status)
