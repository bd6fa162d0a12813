"""Tests of the user's own: the contract, a target within the budget, judged answers, and places in the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.plugin.conftest import SUITE, WHOLE, jobs_created

from export_contract.sandbox import running

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

TESTS = """
import pytest
from hypothesis import given, settings

from export_contract import invalid_requests, valid_requests

BODY = {
    "startDate": "2012-09-05T11:12:47.000Z",
    "endDate": "2015-05-28T17:39:23.000Z",
    "exportType": "LEARNING_ACTIVITY_INTERACTIONS",
    "format": "CSV",
    "learningActivityId": 12345,
}


def test_contract(export_api_contract):
    assert "EXP-FORMAT-ENUM" in export_api_contract.by_id


@pytest.mark.export_contract(requirement="EXP-INTERACTIONS-FORMAT")
def test_body(export_target, assert_conforms):
    assert_conforms(export_target.send(BODY), BODY)


@pytest.mark.export_contract(requirement="EXP-FORMAT-ENUM")
@settings(max_examples=5, deadline=None, database=None)
@given(invalid_requests(requirement="EXP-FORMAT-ENUM"))
def test_drawn(export_target, assert_conforms, case):
    assert_conforms(export_target.send(case), case)


@pytest.mark.export_contract(requirement="EXP-OPEN-ID-ZERO")
def test_without_a_request():
    raise AssertionError("something else")
"""


def test_own_tests_in_the_reports(inner: Inner, authorized: str) -> None:
    """A test that is filed under a requirement exercises it, and its failure is a finding of that requirement."""
    inner.write(test_own=TESTS)
    with running(["interactions-csv"]) as url:
        result = inner(f"--export-contract-url={url}", "--export-contract-report=json=results.json")
        created = jobs_created(url)
    result.assert_outcomes(passed=2, failed=2)
    result.stdout.fnmatch_lines(
        [
            "E * export_contract.exceptions.DoesNotConform: the answer does not keep the contract",
            "E * EXP-INTERACTIONS-FORMAT  LEARNING_ACTIVITY_INTERACTIONS is exported as JSONL only.",
            'E * Source      document: "LEARNING_ACTIVITY_INTERACTIONS only supports JSONL"',
            "E * Actual      status 200",
        ]
    )
    results = inner.results()
    assert results.verdict == "violates"
    by_id = {one.id: one for one in results.requirements}
    assert by_id["EXP-INTERACTIONS-FORMAT"].verdict == "failed"
    assert (by_id["EXP-FORMAT-ENUM"].verdict, by_id["EXP-FORMAT-ENUM"].exchanges) == ("passed", 1)
    assert by_id["EXP-FORMAT-REQUIRED"].verdict == "not_exercised"
    sent, unsent = results.findings
    assert sent.check == "test test_own.py::test_body"
    assert (sent.request.method, sent.response.status) == ("POST", 200)
    assert "LEARNING_ACTIVITY_INTERACTIONS" in sent.curl
    assert "the answer does not keep the contract" in sent.observed
    assert unsent.curl == "pytest 'test_own.py::test_without_a_request'"
    assert results.counts["jobs_created"] == len(results.ledger) == created == 1
    assert results.counts["findings"] == 2


def test_own_tests_beside_the_suite(inner: Inner, authorized: str, sandbox_url: str) -> None:
    """Beside the bundled suite, all of it is in one report."""
    inner.write(test_own=TESTS)
    arguments = (f"--export-contract-url={sandbox_url}", "--export-contract-report=json=results.json")
    result = inner(*SUITE, "test_own.py", *arguments, WHOLE)
    assert result.parseoutcomes()["failed"] == 1
    results = inner.results()
    assert results.verdict == "violates"
    assert [finding.requirement for finding in results.findings] == ["EXP-OPEN-ID-ZERO"]
    by_id = {one.id: one for one in results.requirements}
    assert by_id["EXP-FORMAT-REQUIRED"].verdict == "passed"
    assert by_id["EXP-OPEN-ID-ZERO"].verdict == "failed"
    assert by_id["EXP-OPEN-ID-ZERO"].choice


def test_the_old_name_of_the_fixture(inner: Inner) -> None:
    """The fixture export_contract is the contract still, and says that it is deprecated."""
    inner.write(
        test_own="def test_it(export_contract, export_api_contract): assert export_contract is export_api_contract"
    )
    result = inner()
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*the fixture export_contract is deprecated: use export_api_contract*"])


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("requirement='EXP-NOTHING'", "test_own.py::test_it: the contract has no requirement 'EXP-NOTHING'"),
        ("'EXP-FORMAT-ENUM'", "test_own.py::test_it: the marker is export_contract(requirement='EXP-…'), and no more"),
        ("requirement='EXP-FORMAT-ENUM', a=1", "*the marker is export_contract(requirement='EXP-…'), and no more"),
    ],
)
def test_markers_that_cannot_be_used(inner: Inner, marker: str, said: str) -> None:
    """A marker for an unknown requirement is wrong usage, told in one sentence that names test and requirement."""
    inner.write(test_own=f"import pytest\n@pytest.mark.export_contract({marker})\ndef test_it(): pass\n")
    result = inner("--strict-markers")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (result.stderr if result.stderr.lines else result.stdout).fnmatch_lines([f"ERROR: {said}"])


BUDGET = """
import pytest

BODY = {"startDate": "2012-09-05T11:12:47.000Z", "endDate": "2015-05-28T17:39:23.000Z",
        "exportType": "USERS", "format": "CSV"}

@pytest.mark.parametrize("number", range(12))
@pytest.mark.export_contract(requirement="EXP-ACCEPT-PAIRS")
def test_it(export_target, number):
    assert export_target.send(BODY).status == 200
"""


def test_the_budget(inner: Inner, authorized: str) -> None:
    """When the budget is used up a request is refused with a clear error, which is no finding."""
    inner.write(test_own=BUDGET)
    with running() as url:
        result = inner(
            f"--export-contract-url={url}", "--export-contract-max-jobs=5", "--export-contract-report=json=results.json"
        )
        assert jobs_created(url) == 5
    result.assert_outcomes(passed=5, failed=7)
    result.stdout.fnmatch_lines(
        ["E *BudgetSpent: the budget of jobs is used up, so this request was not sent; --export-contract-max-jobs *"]
    )
    results = inner.results()
    assert (results.findings, results.counts["jobs_created"]) == ((), 5)


def test_one_budget_for_suite_and_tests(inner: Inner, authorized: str) -> None:
    """The bundled suite and the user's own tests spend from the same budget, whichever worker they are in."""
    inner.write(test_own=BUDGET)
    with running() as url:
        inner.apart(
            *SUITE, "test_own.py", "-n2", f"--export-contract-url={url}", "--export-contract-max-jobs=30",
            "--export-contract-phases=suite", "--export-contract-report=json=results.json",
        )  # fmt: skip
        created = jobs_created(url)
    assert 28 <= created <= 30  # the suite leaves two for what explains and confirms findings
    assert inner.results().counts["jobs_created"] == created


def test_conforming_answers_of_other_clients(inner: Inner, authorized: str, sandbox_url: str) -> None:
    """assert_conforms takes answers and requests of httpx, requests and Werkzeug, and bodies as they were sent."""
    inner.write(
        test_own=f"""
import json, os
import httpx, pytest, requests
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request, Response
from export_contract import assert_conforms

URL = {sandbox_url!r} + "/exports"
BODY = {{"startDate": "2012-09-05T11:12:47.000Z", "endDate": "2015-05-28T17:39:23.000Z",
        "exportType": "USERS", "format": "CSV"}}
HEADERS = {{"Authorization": os.environ["EXPORT_CONTRACT_AUTHORIZATION"]}}

def test_httpx():
    response = httpx.post(URL, json=BODY, headers=HEADERS)
    assert_conforms(response, response.request)
    assert_conforms(response, BODY)

def test_requests():
    response = requests.post(URL, json={{**BODY, "format": "XML"}}, headers=HEADERS)
    assert_conforms(response, response.request)
    assert_conforms(response, json.dumps({{**BODY, "format": "XML"}}).encode())
    with pytest.raises(AssertionError, match="EXP-ACCEPT-PAIRS"):
        assert_conforms(response, BODY)

def test_werkzeug():
    @Request.application
    def accept(request):
        return Response(json.dumps({{"job": {{"id": "not Base64"}}}}), mimetype="application/json")
    response = Client(accept).post("/exports", json=BODY)
    with pytest.raises(AssertionError, match="EXP-JOBID-BASE64"):
        assert_conforms(response, response.request)

def test_nothing_is_judged():
    from export_contract.exceptions import Inconclusive
    with pytest.raises(Inconclusive, match="401"):
        assert_conforms(httpx.post(URL, json=BODY), BODY)
    with pytest.raises(TypeError, match="status_code"):
        assert_conforms(b"", BODY)
    with pytest.raises(TypeError, match="a request is"):
        assert_conforms(httpx.Response(200), object())
    with pytest.raises(ValueError, match="GET"):
        assert_conforms(httpx.Response(200), httpx.Request("GET", URL))
"""
    )
    inner().assert_outcomes(passed=4)
