"""The bundled suite under pytest: an item for each requirement, told as findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.plugin.conftest import QUICK, SANDBOX, SUITE, WHOLE, jobs_created

from export_contract import load_contract
from export_contract.sandbox import FAULTS, running

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

FAULTS_TO_FIND = (
    "start-missing",
    "exporttype-any-case",
    "format-trimmed",
    "interactions-csv",
    "start-february-30",
    "json-trailing-comma",
    "answer-id-number",
    "job-id-not-base64",
    "job-id-constant",
    "trace-sql",
)


def test_passes_against_the_sandbox(inner: Inner) -> None:
    """Where the embedded sandbox is chosen it is tested: an item for each requirement passes, or is skipped with a
    reason."""
    result = inner.apart(
        *SUITE, SANDBOX, "-v", "-rs", WHOLE, "--junitxml=junit.xml", "--export-contract-report=json=results.json"
    )
    assert result.ret == 0
    requirements = load_contract().requirements
    outcomes = inner.outcomes()
    assert list(outcomes) == [one.id for one in requirements]
    assert set(outcomes.values()) <= {"passed", "skipped"}
    assert sum(outcome == "passed" for outcome in outcomes.values()) >= 70
    one = load_contract().by_id["EXP-BODY-OBJECT"]
    result.stdout.fnmatch_lines([f"export_contract/acceptance_suite.py::TheBody::{one.id}[[]{one.statement}] PASSED*"])
    results = inner.results()
    assert (results.verdict, results.target.embedded) == ("conforms", True)
    skipped = {one.reason for one in results.requirements if outcomes[one.id] == "skipped"}
    assert [reason for reason in skipped if reason and reason not in result.stdout.str()] == []
    result.stdout.fnmatch_lines(["=*= export-contract =*=", "conforms  0 findings; *", "wrote json to results.json"])


def test_statements_in_junit(inner: Inner) -> None:
    """The JUnit file names each requirement with its statement, and its area as the class."""
    assert inner(*SUITE, SANDBOX, "--junitxml=junit.xml", "-k", "EXP-AUTH").ret == 0
    written = (inner.folder / "junit.xml").read_text()
    assert 'classname="export_contract.acceptance_suite.MethodAndCredentials"' in written
    assert f'name="EXP-AUTH-MISSING[{load_contract().by_id["EXP-AUTH-MISSING"].statement}]"' in written
    assert "<propert" not in written


@pytest.mark.parametrize("fault", FAULTS_TO_FIND)
def test_faults(inner: Inner, fault: str, authorized: str) -> None:
    """Against each fault exactly the item of the requirement that it breaks fails."""
    with running([fault]) as url:
        result = inner(*SUITE, f"--export-contract-url={url}", QUICK, "--junitxml=junit.xml")
    assert result.ret == 1
    assert inner.failed() == {FAULTS[fault].requirement}


def test_several_workers(inner: Inner, authorized: str) -> None:
    """With -n 4 the same items fail, and the run is run once: the sandbox itself counts no more jobs."""
    faults = ("interactions-csv", "job-id-not-base64", "trace-sql")
    created = []
    for arguments in (["--numprocesses=0"], ["--numprocesses=4"]):
        with running(faults) as url:
            run = inner.apart if "4" in arguments[0] else inner
            result = run(
                *SUITE, *arguments, QUICK, f"--export-contract-url={url}", "--junitxml=junit.xml",
                "--export-contract-report=json=results.json",
            )  # fmt: skip
            created.append(jobs_created(url))
        assert result.ret == 1
        assert inner.failed() == {FAULTS[fault].requirement for fault in faults}
        assert inner.results().counts["jobs_created"] >= created[-1]
    assert created[0] == created[1] > 0


def test_failures_read_like_findings(inner: Inner, authorized: str) -> None:
    """A failure tells what the console tells, and no line of our code."""
    with running(["interactions-csv"]) as url:
        result = inner(*SUITE, f"--export-contract-url={url}", QUICK, "--showlocals")
    result.stdout.fnmatch_lines(
        [
            "EXP-INTERACTIONS-FORMAT  LEARNING_ACTIVITY_INTERACTIONS is exported as JSONL only.",
            '  Source      document: "LEARNING_ACTIVITY_INTERACTIONS only supports JSONL"',
            '  Request     format "CSV": not supported here',
            "  Expected    4xx, and no job",
            "  Actual      status 200",
            "  Reproduce   curl -sS -i -X POST *",
            "FAILED export_contract/acceptance_suite.py::*EXP-INTERACTIONS-FORMAT*",
        ]
    )
    told = result.stdout.str()
    assert ".py:" not in told.replace("acceptance_suite.py::", "")
    assert "demo-" not in told


def test_ways_to_choose(inner: Inner, authorized: str) -> None:
    """-k, -m, --deselect, a node id and --lf choose which items report; -x stops at the first that fails."""
    every = len(load_contract().requirements)
    with running(["start-missing", "end-missing"]) as url:
        arguments = (*SUITE, f"--export-contract-url={url}", "--export-contract-phases=suite")

        def chosen(*more: str) -> dict[str, int]:
            return {"failed": 0, "deselected": 0, **inner(*arguments, *more).parseoutcomes()}

        assert chosen()["failed"] == 2
        last_failed = chosen("--lf")
        assert (last_failed["failed"], last_failed["deselected"]) == (2, every - 2)
        first = chosen("-x")
        assert (first["failed"], first["deselected"]) == (1, 0)
        by_name = chosen("-k", "REQUIRED and not EXP-START")
        assert (by_name["failed"], by_name["passed"], by_name["deselected"]) == (1, 3, every - 4)
        shoulds = sum(one.level == "SHOULD" for one in load_contract().requirements)
        assert chosen("-m", "export_contract(level='SHOULD')")["deselected"] == every - shoulds
        left = chosen("--deselect", "export_contract/acceptance_suite.py::StartDateAndEndDate")
        assert (left["failed"], left["deselected"]) == (0, 8)
        alone = inner("--pyargs", f"{SUITE[1]}::StartDateAndEndDate::EXP-START-REQUIRED", *arguments[2:])
        alone.assert_outcomes(failed=1)


def test_what_is_cheap_stays_cheap(inner: Inner, authorized: str) -> None:
    """Where only credentials are asked for, no job is created but the documented examples'."""
    with running() as url:
        result = inner(*SUITE, f"--export-contract-url={url}", "-k", "EXP-AUTH")
        assert jobs_created(url) == 2
    assert result.parseoutcomes()["passed"] == 2
    result.stdout.fnmatch_lines(["Only a part of the suite was selected*", "inconclusive *"])


@pytest.mark.parametrize("workers", ["0", "2"])
def test_nobody_listens(inner: Inner, workers: str) -> None:
    """A target that is not there ends the session at once, with one sentence and the command's status."""
    run = inner if workers == "0" else inner.apart
    result = run(*SUITE, "--export-contract-url=http://127.0.0.1:9", f"-n{workers}", "--junitxml=junit.xml")
    assert result.ret == 3
    said = "inconclusive: http://127.0.0.1:9/exports cannot be reached: *Check --export-contract-url, and *"
    result.stdout.fnmatch_lines([f"!*{said} !*"])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert set(inner.outcomes().values()) == {"failure"}


def test_too_little(inner: Inner, authorized: str, sandbox_url: str) -> None:
    """A run that exercised too little is not green, and not where only what was left out is asked for."""
    arguments = (*SUITE, f"--export-contract-url={sandbox_url}", "--export-contract-max-requests=5", QUICK)
    result = inner(*arguments)
    assert result.ret == 3
    result.stdout.fnmatch_lines(
        ["*inconclusive: Too little was exercised: *--export-contract-max-requests allows more*"]
    )
    assert inner(*arguments, "-k", "EXP-JOBID-BASE64").ret == 0
    assert inner(*arguments, "-k", "EXP-FORMAT-ENUM").ret == 3


def test_refused_credentials(inner: Inner, sandbox_url: str) -> None:
    """Credentials that are missing end the session with where to put them."""
    result = inner(*SUITE, f"--export-contract-url={sandbox_url}")
    assert result.ret == 3
    result.stdout.fnmatch_lines(["*answered 401: it wants credentials. *EXPORT_CONTRACT_AUTHORIZATION*"])
