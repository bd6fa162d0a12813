"""What files say of the requirements: each by itself, and empty ones beside the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.check import Observation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.file.facts import wanted_of
from export_contract.acceptance.checks.file.outcomes import FetchedFile, FileCheck, file_outcomes, missing_records
from export_contract.acceptance.checks.file.reader import read_file
from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.acceptance.model.outcome import CheckName, Outcome
from export_contract.contract import Contract
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

HEADER = b"User ID,Registration Date,Program Completion Date,Product ID,Program Name\r\n"
RECORD = b"1,2013-05-01,,7,Safety\r\n"
LATE = b"1,2019-05-01,,7,Safety\r\n"
LINE = b'{"User ID":1,"Registration Date":"2013-05-01"}\n'
PAST = ("2012-09-05T00:00:00Z", "2015-05-28T00:00:00Z")
TO_COME = ("2190-01-01T00:00:00Z", "2191-01-01T00:00:00Z")

Fetch = Callable[..., FetchedFile]


@pytest.fixture
def fetch(make_case: MakeCase, contract: Contract) -> Fetch:
    """A file that was fetched, of a request for enrollments unless others are named."""
    number = 0

    def fetch(
        content: bytes = b"", form: str = "CSV", dates: tuple[str, str] = PAST, status: int = 200, **parts: Any
    ) -> FetchedFile:
        nonlocal number
        number += 1
        body = {"startDate": dates[0], "endDate": dates[1], "format": form, "exportType": "ELEARNING_ENROLLMENTS"}
        created = make_case(payload=json.dumps({**body, **parts.pop("body", {})}).encode())
        wanted = wanted_of(created, contract)
        case = make_case(title=f"file {number}", call=Call.FILE, method="GET")
        response = parts.pop("response", Response(status=status))
        exchange = Exchange(number, "jobs", case, response, retried=parts.pop("retried", False))
        return FetchedFile(exchange=exchange, wanted=wanted, facts=read_file([content], wanted), **parts)

    return fetch


def said(file: FetchedFile, context: CheckContext) -> dict[str, str | None]:
    outcomes = file_outcomes(file, context)
    assert all(one.exchange == file.exchange.number for one in outcomes)
    assert all(one.deviates is bool(one.expected and one.observed) for one in outcomes)
    return {one.requirement.removeprefix("EXP-FILE-"): one.kind for one in outcomes}


KEPT = {"FETCHED": None, "FORMAT": None}
ROWS: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"content": HEADER + RECORD}, {**KEPT, "DATES": None, "COLUMNS": None}),
    ({"content": HEADER + LATE}, {**KEPT, "DATES": "out of range", "COLUMNS": None}),
    ({"content": HEADER + RECORD, "dates": TO_COME}, {**KEPT, "DATES": "out of range", "COLUMNS": None}),
    ({"content": LINE, "form": "JSONL"}, {**KEPT, "DATES": None}),
    ({"content": b"Id,At\r\n1,2\r\n"}, {**KEPT, "COLUMNS": "other columns"}),
    # No records: conforming, and of the format nothing is shown.
    ({"form": "JSONL"}, {"FETCHED": None}),
    ({"form": "JSONL", "status": 204}, {"FETCHED": None}),
    ({"form": "JSONL", "dates": TO_COME}, {"FETCHED": None}),
    ({"content": HEADER}, {"FETCHED": None, "COLUMNS": None}),
    ({"content": HEADER, "dates": TO_COME}, {"FETCHED": None, "COLUMNS": None}),
    # Not so where even the header row is missing.
    ({}, {"FETCHED": None, "FORMAT": "empty"}),
    ({"dates": TO_COME}, {"FETCHED": None, "FORMAT": "empty"}),
    ({"content": b"\n", "form": "JSONL"}, {"FETCHED": None, "FORMAT": "malformed"}),
    ({"content": HEADER + b"1\r\n"}, {"FETCHED": None, "FORMAT": "malformed"}),
    ({"content": b"<html>"}, {"FETCHED": None, "FORMAT": "other format"}),
    ({"content": b"[{}]", "form": "JSONL"}, {"FETCHED": None, "FORMAT": "other format"}),
    ({"content": b'{"error":"no"}'}, {"FETCHED": None, "FORMAT": "other format"}),
    ({"content": b"\x1f\x8b\x08", "form": "JSONL"}, {"FETCHED": None, "FORMAT": "other format"}),
    # Not whole: nothing else is said of it.
    ({"content": HEADER + LATE, "problem": "the connection was closed"}, {"FETCHED": "broken off"}),
    ({"status": 403}, {"FETCHED": "4xx"}),
    ({"status": 500}, {"FETCHED": "5xx"}),
    ({"response": Response(failure=Failure.TIMEOUT, problem="late")}, {"FETCHED": "timeout"}),
    # Nothing at all, where the host could not be reached, or it is fetched again.
    ({"response": Response(failure=Failure.UNREACHABLE, problem="no such host")}, {}),
    ({"response": Response(failure=Failure.STALE, problem="closed")}, {}),
    ({"status": 429, "retried": True}, {}),
]


@pytest.mark.parametrize(("parts", "kinds"), ROWS, ids=str)
def test_a_file(fetch: Fetch, context: CheckContext, parts: dict[str, Any], kinds: dict[str, str | None]) -> None:
    """A file exercises what it can show, and deviates where its row says so."""
    assert said(fetch(**parts), context) == kinds


INTERACTIONS = {"exportType": "LEARNING_ACTIVITY_INTERACTIONS", "learningActivityId": 12345}
WITHIN = ("2013-01-01T00:00:00+02:00", "2014-01-01T00:00:00Z")


@pytest.mark.parametrize("empty", [{"form": "JSONL"}, {"content": HEADER}, {"form": "JSONL", "status": 204}], ids=str)
def test_missing_records(fetch: Fetch, context: CheckContext, empty: dict[str, Any]) -> None:
    """Where another file of the same type has records in the range, a file without any has lost them."""
    file = fetch(**empty)
    for other in (fetch(HEADER + RECORD), fetch(LINE, "JSONL"), fetch(HEADER + RECORD, dates=WITHIN)):
        for files in ([file, other], [other, file]):
            (outcome,) = missing_records(files, context)
            assert (outcome.requirement, outcome.check, outcome.kind) == ("EXP-FILE-FORMAT", "file format", "empty")
            assert outcome.exchange == file.exchange.number
            assert outcome.observed == f"no record, where {other.exchange.case.title} has 1 record in the same range"


@pytest.mark.parametrize(
    "other",
    [
        {"content": HEADER},
        {"form": "JSONL"},
        {"content": HEADER + LATE},
        {"content": HEADER + RECORD + b"1\r\n"},
        {"content": HEADER + RECORD, "problem": "the connection was closed"},
        {"content": HEADER + RECORD, "dates": ("2012-09-04T00:00:00Z", PAST[1])},
        {"content": HEADER + RECORD, "dates": (PAST[0], "2015-05-28T00:00:01Z")},
        {"content": HEADER + RECORD, "body": {"exportType": "USERS"}},
        {"content": b'{"a":1}\n', "form": "JSONL", "body": INTERACTIONS},
        {"content": HEADER + RECORD, "retried": True},
    ],
    ids=str,
)
def test_what_shows_no_records(fetch: Fetch, context: CheckContext, other: dict[str, Any]) -> None:
    """Other files prove nothing against it: those without records, of other types, ranges or activities, or damaged."""
    assert missing_records([fetch(form="JSONL"), fetch(**other)], context) == []


def test_interactions(fetch: Fetch, context: CheckContext) -> None:
    """The interactions of one activity say nothing about those of another."""
    empty = fetch(form="JSONL", body=INTERACTIONS)
    other = fetch(b'{"a":1}\n', form="JSONL", body={**INTERACTIONS, "learningActivityId": 7})
    same = fetch(b'{"a":1}\n', form="JSONL", body={**INTERACTIONS, "learningActivityId": 12345.0})
    assert missing_records([empty, other], context) == []
    assert [one.exchange for one in missing_records([empty, other, same], context)] == [empty.exchange.number]


def test_how_many_records_are_missing(fetch: Fetch, context: CheckContext) -> None:
    """What is observed counts the records of the other file, and what is expected names the format."""
    other = fetch(HEADER + RECORD * 1_200)
    (outcome,) = missing_records([fetch(form="JSONL"), other], context)
    assert outcome.observed == f"no record, where {other.exchange.case.title} has 1,200 records in the same range"
    assert outcome.expected == "JSONL, whole, with the records of its range"


@pytest.mark.parametrize(
    ("parts", "expected", "observed"),
    [
        ({"status": 403}, "2xx, and the whole file", "status 403"),
        ({"status": 302, "problem": "too many redirects"}, "2xx, and the whole file", "too many redirects"),
        ({"problem": "it was cut"}, "2xx, and the whole file", "it was cut"),
        (
            {"response": Response(failure=Failure.ADDRESS, problem="no address")},
            "2xx, and the whole file",
            "no address",
        ),
        ({"content": b"<html>"}, "CSV, whole, with the records of its range", "it is a web page, of 6 bytes"),
        (
            {"content": HEADER + LATE},
            "no record outside 2012-09-05T00:00:00Z to 2015-05-28T00:00:00Z",
            "record 1 is dated 1,434 days after the end of the range",
        ),
        (
            {"content": b"Id,At\r\n1,2\r\n"},
            "the columns User ID, Registration Date, Program Completion Date, Product ID, Program Name",
            "column 1 is another name (2 characters), where the guide has 'User ID'",
        ),
    ],
    ids=["refused", "redirected", "cut", "address", "format", "dates", "columns"],
)
def test_what_is_told_of_a_file(
    fetch: Fetch, context: CheckContext, parts: dict[str, Any], expected: str, observed: str
) -> None:
    """A deviation of a file is told with what was expected of this one, and what was seen."""
    (outcome,) = [one for one in file_outcomes(fetch(**parts), context) if one.deviates]
    assert (outcome.expected, outcome.observed) == (expected, observed)


def test_a_check_of_files(fetch: Fetch, context: CheckContext) -> None:
    """What is expected is said by what was seen of the file; a rule that the contract does not have is not judged."""
    seen = Observation(kind="kind", observed="bad")
    file = fetch()
    for rule, outcomes in (
        ("file/format", [Outcome("EXP-FILE-FORMAT", file.exchange.number, "link", "kind", "file 1: bad", "", "bad")]),
        ("no such rule", []),
    ):
        check = FileCheck(name=CheckName.LINK, rule=rule, promise="", observe=lambda _: seen)
        assert check.outcomes(file, context) == outcomes
    nothing = FileCheck(name=CheckName.LINK, rule="file/format", promise="", observe=lambda _: None)
    assert nothing.outcomes(file, context) == []
