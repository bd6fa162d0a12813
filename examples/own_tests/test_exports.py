"""Tests of one's own for the API: what is sent counts against the budget, and what is found stands in the reports."""

import pytest
from hypothesis import given, settings

from export_contract import invalid_requests, valid_requests

BODY = {
    "startDate": "2024-01-01T00:00:00Z",
    "endDate": "2024-01-31T23:59:59Z",
    "exportType": "USERS",
    "format": "CSV",
}


@pytest.mark.export_contract(requirement="EXP-ACCEPT-PAIRS")
def test_users_of_january(export_target, assert_conforms):
    """A body of one's own; the fixture judges the answer by all that the contract says of it."""
    answer = export_target.send(BODY)
    assert answer.status == 200
    assert_conforms(answer, BODY)


@pytest.mark.export_contract(requirement="EXP-EXPORTTYPE-ENUM")
@pytest.mark.parametrize("name", ["INVOICES", "users", ""])
def test_export_types_that_we_once_sent(export_target, assert_conforms, name):
    body = {**BODY, "exportType": name}
    answer = export_target.send(body)
    assert_conforms(answer, body)
    assert b"exportType" in answer.body  # the contract does not promise it, and our users need it


@given(case=invalid_requests(requirement="EXP-FORMAT-ENUM"))
@settings(max_examples=20, deadline=None)
def test_formats_that_nobody_promised(export_target, assert_conforms, case):
    """Drawn requests that break one requirement cost no job on a target that keeps it."""
    assert_conforms(export_target.send(case), case)


@given(case=valid_requests())
@settings(max_examples=5, deadline=None)
def test_whatever_is_valid(export_target, assert_conforms, case):
    """Every accepted request is a job, so there are few."""
    assert_conforms(export_target.send(case), case)


def test_the_contract(export_api_contract):
    """What was agreed on when these tests were written."""
    assert {"EXP-JOBID-BASE64", "EXP-JOBID-UNIQUE"} <= export_api_contract.by_id.keys()
