"""One status at a time: its form, its id, the file that it names, and refusals."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_status import (
    expiry_of,
    export_data,
    move_problem,
    requested_id,
    state_of,
)
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.contract import Contract
from export_contract.strategies.http.status_calls import (
    status_ambiguities,
    status_case,
    status_intrusions,
    status_refusals,
)

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

JOB_ID = "am9i+/8="
DATA = {"downloadUrl": "https://files.example.com/1", "downloadExpiresAt": "2199-01-01T00:00:00Z"}


def response_of(body: Any, status: int = 200, content_type: str = "application/json", **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    shown = (("Content-Type", content_type), *headers.items())
    return Response(status=status, body=content, headers=shown, sent_at=1_790_000_000.0)


def told(status: str = "COMPLETED", data: Any = DATA, **job: Any) -> dict[str, Any]:
    return {"job": {"id": JOB_ID, "status": status, "exportData": data, **job}, "errors": []}


ROWS: list[tuple[Response, dict[str, str]]] = [
    (response_of(told()), {}),
    (response_of(told("PENDING", None)), {}),
    (response_of({"job": {"id": JOB_ID, "status": "PENDING"}}), {}),
    (response_of({"job": {"id": JOB_ID, "status": "COMPLETED"}, "exportData": DATA}), {}),
    (response_of(told("FAILED", None)), {}),
    (response_of(told(), content_type="application/vnd.api+json; charset=utf-8"), {}),
    (response_of(told(), 202), {}),
    (response_of(told("completed")), {"EXP-STATUS-SCHEMA": "job.status"}),
    (response_of({"job": {"id": JOB_ID}}), {"EXP-STATUS-SCHEMA": "job"}),
    (response_of([]), {"EXP-STATUS-SCHEMA": "the body"}),
    (response_of(b"{"), {"EXP-STATUS-SCHEMA": "a body of which"}),
    (response_of(told(), content_type="text/html"), {"EXP-STATUS-SCHEMA": "Content-Type"}),
    (response_of(told(id="other")), {"EXP-STATUS-SAME-ID": "the id 'other'"}),
    (response_of(told(id=JOB_ID.upper())), {"EXP-STATUS-SAME-ID": "the id"}),
    (response_of(told(data=None)), {"EXP-STATUS-DOWNLOAD": "no exportData"}),
    (response_of(told(data={**DATA, "downloadUrl": None})), {"EXP-STATUS-DOWNLOAD": "downloadUrl is missing"}),
    (response_of(told(data={**DATA, "downloadUrl": ""})), {"EXP-STATUS-DOWNLOAD": "downloadUrl is ''"}),
    (response_of(told(data={"downloadUrl": "x"})), {"EXP-STATUS-DOWNLOAD": "downloadExpiresAt is missing"}),
    (response_of(told(data={**DATA, "downloadExpiresAt": "soon"})), {"EXP-STATUS-DOWNLOAD": "is not a timestamp"}),
    (
        response_of(told(data={**DATA, "downloadExpiresAt": "2015-01-01T00:00:00Z"})),
        {"EXP-STATUS-DOWNLOAD": "has passed"},
    ),
    (response_of(told(data={**DATA, "downloadExpiresAt": "Sat, 01 Jan 2199 00:00:00 GMT"})), {}),
    (response_of(told(data={**DATA, "downloadExpiresAt": "2199-01-01 00:00:00"})), {}),
    # "Never", as databases and languages write it.
    *(
        (response_of(told(data={**DATA, "downloadExpiresAt": never}), Date="Thu, 01 Jan 2015 00:00:00 GMT"), {})
        for never in (
            "9999-12-31T23:59:59",
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999-14:00",
            "99991231T235959Z",
            "9999-12-31",
            "9999-W52-6",
            "9999-365T00:00:00Z",
            "+10000-01-01T00:00:00Z",
            "+002199-01-01T00:00:00Z",
        )
    ),
    *(
        (response_of(told(data={**DATA, "downloadExpiresAt": bad})), {"EXP-STATUS-DOWNLOAD": problem})
        for bad, problem in (
            ("20150101T000000Z", "has passed"),
            ("+002015-01-01T00:00:00Z", "has passed"),
            ("9999-13-01T00:00:00Z", "is not a timestamp"),
            ("9" * 20 + "-01-01T00:00:00Z", "is not a timestamp"),
            ("9" * 5_000, "is not a timestamp"),
        )
    ),
    *(
        (
            response_of(told(data={**DATA, "downloadExpiresAt": bad})),
            {"EXP-STATUS-DOWNLOAD": problem, "EXP-STATUS-SCHEMA": "downloadExpiresAt"},
        )
        for bad, problem in (
            ([["soon"]], "is an array"),
            ({"at": "2199-01-01"}, "is an object"),
            (1_800_000_000, "is 1800000000"),
            (True, "is true"),
        )
    ),
    (response_of(told(data={**DATA, "downloadExpiresAt": "Fri, 31 Dec 9999 23:59:59 -1400"})), {}),
    # Dates that cannot be computed with leave the clock of this machine.
    *(
        (response_of(told(), Date=date), {})
        for date in (
            "Fri, 31 Dec 9999 23:59:59 -1400",
            "Mon, 01 Jan 0001 00:00:00 +1400",
            "Mon, 01 Jan 99999999999 00:00:00 GMT",
            "0",
            "\x00",
            ", ,",
            "9" * 400,
        )
    ),
    # The target's own clock counts, where it tells it.
    (
        response_of(
            told(data={**DATA, "downloadExpiresAt": "2015-01-01T00:05:00Z"}), Date="Thu, 01 Jan 2015 00:00:00 GMT"
        ),
        {},
    ),
    (response_of({}, 404), {"EXP-STATUS-FOUND": "status 404"}),
    (response_of({}, 500), {"EXP-STATUS-FOUND": "status 500"}),
    (response_of({}, 401), {}),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].status} {row[0].body[:60]!r}")
def test_a_status(contract: Contract, context: CheckContext, row: tuple[Response, dict[str, str]]) -> None:
    """Each status deviates from what its row says, and from nothing else."""
    answer, expected = row
    exchange = Exchange(1, "jobs", status_case(contract, JOB_ID), answer)
    found = {one.requirement: one.observed for one in judge(exchange, context) if one.deviates}
    assert found.keys() == expected.keys()
    assert all(part in found[name] for name, part in expected.items())


def test_what_a_gate_says(contract: Contract, context: CheckContext) -> None:
    """A 401 with the right credentials says nothing of the status."""
    exchange = Exchange(1, "jobs", status_case(contract, JOB_ID), response_of({}, 401))
    assert judge(exchange, context) == []


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (response_of({}, 404), set()),
        (response_of({}, 403), set()),
        (response_of(b"", 414), set()),
        (response_of(told(), 200), {"2xx"}),
        (response_of({}, 500), {"5xx"}),
        (response_of(told(), 404), {"job in a refusal"}),
    ],
)
def test_refusals(contract: Contract, context: CheckContext, answer: Response, kinds: set[str]) -> None:
    """An id of no job, and none at all, is refused with 4xx and without a job."""
    for case in status_refusals(contract, JOB_ID):
        found = [one for one in judge(Exchange(1, "jobs", case, answer), context) if one.deviates]
        assert {one.kind for one in found} == kinds
        assert {one.requirement for one in found} <= {"EXP-STATUS-UNKNOWN-ID", "EXP-STATUS-MISSING-ID"}


@pytest.mark.parametrize(("status", "kept"), [(401, True), (403, True), (404, False), (200, False), (400, False)])
def test_intrusions(contract: Contract, context: CheckContext, status: int, kept: bool) -> None:
    """Without the right credentials only 401 and 403 will do."""
    for case in status_intrusions(contract, JOB_ID):
        outcomes = judge(Exchange(1, "jobs", case, response_of({}, status)), context)
        (outcome,) = [one for one in outcomes if one.requirement == "EXP-STATUS-AUTH"]
        assert outcome.deviates is not kept


def test_ids_in_queries(contract: Contract) -> None:
    """An id is percent-encoded, and its near misses are other ids; each case has an id of its own."""
    assert status_case(contract, "a+/=").query == "id=a%2B%2F%3D"
    cases = status_refusals(contract, JOB_ID)
    assert len({case.id for case in cases}) == len(cases) >= 15
    assert len({case.query for case in cases}) == len(cases)
    assert all(case.query != status_case(contract, JOB_ID).query for case in cases)


@pytest.mark.parametrize(
    ("answer", "requirement"),
    [
        (response_of({}, 404), None),
        (response_of({}, 400), None),
        (response_of(told()), None),
        (response_of({"errors": [{"key": "id"}]}), None),
        (response_of(told(id="am9i")), "EXP-STATUS-SAME-ID"),
        (response_of({}, 500), "EXP-OPEN-STATUS-ID"),
    ],
    ids=["unknown", "malformed", "found", "an error with 200", "another job", "server error"],
)
def test_ids_that_are_read_in_several_ways(
    contract: Contract, context: CheckContext, answer: Response, requirement: str | None
) -> None:
    """A list, two ids, a bare plus, a missing padding and a path may be found or refused, and show no other job."""
    cases = status_ambiguities(contract, [JOB_ID])
    assert [case.address("") for case in cases if "&" not in case.query] == [
        "?id[]=am9i%2B%2F8%3D",
        "?id=am9i+%2F8%3D",
        "?id=am9i%2B%2F8",
        "/am9i%2B%2F8%3D",
    ]
    assert len(cases) == 6
    for case in cases:
        found = {one.requirement for one in judge(Exchange(1, "jobs", case, answer), context) if one.deviates}
        assert found == ({requirement} if requirement else set()), case


def test_ids_that_are_read_in_one_way(contract: Contract) -> None:
    """An id without a plus and without padding has no case of either, and no job has none at all."""
    assert len(status_ambiguities(contract, ["QUJD"])) == 4
    assert status_ambiguities(contract, []) == ()


@pytest.mark.parametrize(
    ("states", "legal"),
    [
        (["PENDING", "PENDING", "COMPLETED", "COMPLETED"], True),
        (["PENDING", "FAILED", "FAILED"], True),
        (["COMPLETED", "PENDING"], False),
        (["COMPLETED", "FAILED"], False),
        (["FAILED", "COMPLETED"], False),
        ([], True),
    ],
)
def test_moves(states: list[str], legal: bool) -> None:
    """Both ends are final."""
    assert (move_problem(states) == "") is legal


@pytest.mark.parametrize("body", [b"", b"[]", b'{"job":[]}', b'{"job":{"status":1,"exportData":[]}}', b"\xff"])
def test_odd_bodies(body: bytes) -> None:
    """A body of another form has no state and names no file."""
    answer = Response(status=200, body=body)
    assert state_of(answer) is None
    assert export_data(answer) == {}


@pytest.mark.parametrize(
    ("expiry", "when"),
    [
        ("2199-01-01T00:00:00Z", datetime(2199, 1, 1, tzinfo=UTC)),
        ("Tue, 01 Jan 2199 00:00:00 GMT", datetime(2199, 1, 1, tzinfo=UTC)),
        ("Tue, 01 Jan 2199 00:00:00 -0000", datetime(2199, 1, 1, tzinfo=UTC)),
        ("Tue, 01 Jan 2199 00:00:00 +0200", datetime(2198, 12, 31, 22, tzinfo=UTC)),
        ("9999-12-31", datetime.max.replace(tzinfo=UTC)),
        ("+10000-01-01T00:00:00Z", datetime.max.replace(tzinfo=UTC)),
        ("9999-13-01", None),
        ("2199-01-01T00:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1_800_000_000, None),
    ],
)
def test_when_a_link_expires(expiry: Any, when: datetime | None) -> None:
    """An expiry is a moment in either form of a date; where its zone is missing, nobody knows when it is."""
    assert expiry_of(expiry) == when


@pytest.mark.parametrize(
    ("expiry", "problem"),
    [
        ("2015-01-01T00:00:00Z", ""),
        ("2014-12-31T23:59:59.999Z", "has passed"),
        ("2014-12-31T10:00:00", ""),
        ("2014-12-31T09:59:59", "has passed"),
    ],
    ids=["now", "before", "now, in the first zone", "before, in every zone"],
)
def test_an_expiry_that_is_now(contract: Contract, context: CheckContext, expiry: str, problem: str) -> None:
    """A link that expires at the very moment is in time; without a zone, it may be 14 hours later than it says."""
    answer = response_of(told(data={**DATA, "downloadExpiresAt": expiry}), Date="Thu, 01 Jan 2015 00:00:00 GMT")
    outcomes = judge(Exchange(1, "jobs", status_case(contract, JOB_ID), answer), context)
    (outcome,) = [one for one in outcomes if one.requirement == "EXP-STATUS-DOWNLOAD"]
    assert outcome.observed == (f"downloadExpiresAt is {expiry!r}, which {problem}" if problem else "")


def test_the_clock_of_this_machine(contract: Contract, context: CheckContext) -> None:
    """Where the target does not tell the time, the moment at which the request was sent is now."""
    for second, kind in ((20, None), (19, "expiry")):
        answer = response_of(told(data={**DATA, "downloadExpiresAt": f"2026-09-21T14:13:{second}Z"}))
        outcomes = judge(Exchange(1, "jobs", status_case(contract, JOB_ID), answer), context)
        assert [one.kind for one in outcomes if one.requirement == "EXP-STATUS-DOWNLOAD"] == [kind]


@pytest.mark.parametrize(
    ("query", "found"), [("id=a%2B%2F%3D", "a+/="), ("id=", ""), ("", ""), ("ID=a", ""), ("id=a&id=b", "a")]
)
def test_the_id_that_is_requested(contract: Contract, make_case: MakeCase, query: str, found: str) -> None:
    """It is the first value of the parameter, decoded; the empty text where there is none."""
    assert requested_id(Exchange(1, "jobs", make_case(query=query), Response(status=200)), contract) == found
