"""What was changed in a request is said by the case itself: a pointer that leads to it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from export_contract.contract import Contract, Expectation, load_contract
from export_contract.contract.json_text import read_json
from export_contract.contract.pointers import child, resolve, tokens
from export_contract.strategies import Call, Case, cases, explored_cases, plainest_case, suite
from export_contract.strategies.http.status_calls import status_case, status_intrusions, status_refusals

CONTRACT = load_contract()
DOCUMENTED = {name for schema in CONTRACT.request.walk() for name in schema.properties}


def _bodies(case: Case) -> list[Any]:
    """The readings of a body that is an object."""
    return [value for value in read_json(case.payload).values if isinstance(value, dict)]


def _leads_somewhere(case: Case) -> bool:
    """Whether the pointer of a case leads to a part of its request, or to a documented part that is missing."""
    assert case.changed is not None
    room, *path = tokens(case.changed)
    match room:
        case "method":
            return not path and case.method not in CONTRACT.operation.methods
        case "credentials":
            return not path and case.credentials != "configured"
        case "headers":
            return path == ["Content-Type"] or path[0] in dict(case.headers)
        case "query":
            return path == ["id"] and case.call is Call.STATUS
        case "body":
            bodies = _bodies(case)
            return not path or not bodies or any(_is_in(body, path) for body in bodies)
    return False


def _is_in(body: Any, path: list[str]) -> bool:
    *above, name = path
    try:
        parent = resolve(body, child("", *above))
    except LookupError:
        return False
    return (isinstance(parent, list) and int(name) < len(parent)) or name in parent or name in DOCUMENTED


@pytest.mark.parametrize("case", [case for case in suite(contract=CONTRACT) if case.changed], ids=lambda case: case.id)
def test_a_pointer_leads_somewhere(case: Case) -> None:
    """A pointer leads to something in the request, or to a documented member that is missing there."""
    assert _leads_somewhere(case)


def test_every_case_that_is_not_accepted_says_what_was_changed(contract: Contract) -> None:
    """Only accepted requests have nothing that was changed in them."""
    silent = [case.id for case in suite(contract=contract) if case.changed is None]
    assert silent == [case.id for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("EXP-START-REQUIRED/startdate-missing", "/body/startDate"),
        ("EXP-START-REQUIRED/startdate-spelt-start-date-snake-case", "/body/startDate"),
        ("EXP-END-FORMAT/enddate-empty", "/body/endDate"),
        ("EXP-BODY-OBJECT/the-body-is-null", "/body"),
        ("EXP-BODY-JSON/the-body-is-no-json-trailing-comma", "/body"),
        ("EXP-OPEN-RANGE-REVERSED/startdate-after-enddate", "/body/endDate"),
        ("EXP-OPEN-UNKNOWN-PROPERTY/the-body-an-unknown-property", "/body/unexpected"),
        ("EXP-OPEN-CONTENT-TYPE/no-content-type", "/headers/Content-Type"),
        ("EXP-OPEN-TRANSFER/in-chunks", "/headers/Transfer-Encoding"),
        ("EXP-OPEN-TRANSFER/packed-with-gzip", "/headers/Content-Encoding"),
        ("EXP-METHOD-UNDECLARED/delete", "/method"),
        ("EXP-AUTH-WRONG/a-wrong-token", "/credentials"),
    ],
)
def test_each_kind_points_at_its_own_place(name: str, pointer: str, contract: Contract) -> None:
    """A missing or misspelt member is pointed at by its documented name, a change of the text as the whole body."""
    assert {case.id: case.changed for case in suite(contract=contract)}[name] == pointer


def test_questions_for_a_status_say_what_they_call_and_what_is_wrong(contract: Contract) -> None:
    """They call the status, and point at the id or at the credentials; the right question points at nothing."""
    right = status_case(contract, "QUJD")
    wrong_ids, intrusions = status_refusals(contract, "QUJD"), status_intrusions(contract, "QUJD")
    assert {case.call for case in (right, *wrong_ids, *intrusions)} == {Call.STATUS}
    assert right.changed is None
    assert {case.changed for case in wrong_ids} == {"/query/id"}
    assert {case.changed for case in intrusions} == {"/credentials"}
    assert {case.call for case in suite(contract=contract)} == {Call.CREATE}


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases(contract=CONTRACT) | explored_cases(contract=CONTRACT))
def test_drawn_cases_say_it_too(case: Case) -> None:
    """So do cases that are drawn, by what the oracle finds wrong with them first."""
    assert (case.changed is None) is (case.expectation is Expectation.ACCEPT)
    assert case.changed is None or _leads_somewhere(case)


def test_an_accepted_case_changes_nothing(contract: Contract) -> None:
    """The plainest request has nothing to point at."""
    assert plainest_case(contract).changed is None
