"""Checks: what each answer says of each requirement, as a table."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.file.outcomes import FILE_CHECKS
from export_contract.acceptance.checks.registry import CHECKS, judge
from export_contract.acceptance.model.exchange import LOST_WITH_CONNECTION, Exchange, Failure, Response
from export_contract.acceptance.model.outcome import CheckName
from export_contract.contract import Contract, Expectation
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

ACCEPT, REJECT, OPEN = Expectation.ACCEPT, Expectation.REJECT, Expectation.UNSPECIFIED
JSON = "application/json"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FORM = (
    "data-export|tenantKey:T|type:elearning_enrollments|format:csv|"
    "start:2012-09-05T11:12:47.000Z|end:2015-05-28T17:39:23.000Z"
)


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def documented(form: str = FORM, uuid: str = UUID) -> str:
    return encoded(json.dumps([form, uuid]))


def response_of(status: int, body: Any = None, media_type: str | None = JSON, **parts: Any) -> Response:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    headers = (*parts.pop("headers", ()), *([("Content-Type", media_type)] if media_type else ()))
    return Response(status=status, headers=headers, body=content, **parts)


def job(job_id: Any) -> dict[str, Any]:
    return {"job": {"id": job_id}}


GOOD = response_of(200, job("am9i"))

# (expectation, the case's other parts, the answer, the kinds of deviation by check)
ROWS: list[tuple[Expectation, dict[str, Any], Response, dict[str, str]]] = [
    # status
    (ACCEPT, {}, GOOD, {}),
    (ACCEPT, {}, response_of(201, job("am9i")), {}),
    (ACCEPT, {}, response_of(299, job("am9i")), {}),
    (ACCEPT, {}, response_of(400), {"status": "4xx"}),
    (ACCEPT, {}, response_of(499), {"status": "4xx"}),
    (ACCEPT, {}, response_of(500), {"status": "5xx"}),
    (ACCEPT, {}, response_of(599), {"status": "5xx"}),
    (ACCEPT, {}, response_of(302), {"status": "3xx"}),
    (REJECT, {}, response_of(400), {}),
    (REJECT, {}, response_of(422), {}),
    (REJECT, {}, response_of(413), {}),
    (REJECT, {}, response_of(200, job("am9i")), {"status": "2xx"}),
    (REJECT, {}, response_of(204), {"status": "2xx"}),
    (REJECT, {}, response_of(500), {"status": "5xx"}),
    (REJECT, {}, response_of(301), {"status": "3xx"}),
    (OPEN, {}, response_of(200, job("am9i")), {}),
    (OPEN, {}, response_of(400), {}),
    (OPEN, {}, response_of(503), {"status": "5xx"}),
    (OPEN, {}, response_of(304), {"status": "3xx"}),
    (REJECT, {"method": "TRACE"}, response_of(405), {}),
    (REJECT, {"method": "TRACE"}, response_of(501), {}),
    (REJECT, {"method": "TRACE"}, response_of(500), {"status": "5xx"}),
    (REJECT, {"method": "TRACE"}, response_of(200), {"status": "2xx"}),
    (REJECT, {"method": "GET"}, response_of(501), {"status": "5xx"}),
    (REJECT, {}, response_of(501), {"status": "5xx"}),
    (ACCEPT, {}, Response(failure=Failure.CLOSED, problem="closed"), {"status": "closed"}),
    (OPEN, {}, Response(failure=Failure.TIMEOUT, problem="late"), {"status": "timeout"}),
    (REJECT, {}, Response(failure=Failure.GARBLED, problem="no HTTP"), {"status": "garbled"}),
    # credentials
    (REJECT, {"credentials": "none"}, response_of(401), {}),
    (REJECT, {"credentials": "wrong:key"}, response_of(403), {}),
    (REJECT, {"credentials": "none"}, response_of(400), {"status": "no 401"}),
    (REJECT, {"credentials": "none"}, response_of(404), {"status": "no 401"}),
    (REJECT, {"credentials": "none"}, response_of(200, job("am9i")), {"status": "no 401"}),
    (REJECT, {"credentials": "none"}, response_of(302), {"status": "no 401"}),
    (REJECT, {"credentials": "none"}, response_of(500), {"status": "5xx"}),
    # time
    (ACCEPT, {}, response_of(200, job("am9i"), seconds=4.0), {}),
    (ACCEPT, {}, response_of(200, job("am9i"), seconds=4.01), {"time": "late"}),
    (REJECT, {}, response_of(400, seconds=5.0), {"time": "late"}),
    # media type
    (ACCEPT, {}, response_of(200, job("am9i"), "application/json; charset=utf-8"), {}),
    (ACCEPT, {}, response_of(200, job("am9i"), "Application/Vnd.Api+JSON"), {}),
    (ACCEPT, {}, response_of(200, job("am9i"), "text/json"), {"media type": "no JSON"}),
    (ACCEPT, {}, response_of(200, job("am9i"), "text/html"), {"media type": "no JSON"}),
    (ACCEPT, {}, response_of(200, job("am9i"), "application/jsonp"), {"media type": "no JSON"}),
    (ACCEPT, {}, response_of(200, job("am9i"), None), {"media type": "no JSON"}),
    (ACCEPT, {}, response_of(200, b""), {"schema": "other form"}),
    (ACCEPT, {}, response_of(202, b" \n", None), {"schema": "other form"}),
    (ACCEPT, {}, response_of(204, None, None), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, b"null"), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, b"{'job': 1}"), {"media type": "no JSON"}),
    (ACCEPT, {}, response_of(200, b'{"job":{"id":"am9i"}}\xff'), {"media type": "no JSON"}),
    (OPEN, {}, response_of(200, b"ok"), {"media type": "no JSON"}),
    (REJECT, {}, response_of(400, b"no", "text/plain"), {}),
    # schema
    (ACCEPT, {}, response_of(200, {**job("am9i"), "more": 1}), {}),
    (ACCEPT, {}, response_of(200, {}), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, {"job": {}}), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, job(None)), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, job(7)), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, job("")), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, [job("am9i")]), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, {"jobId": "am9i"}), {"schema": "other form"}),
    (ACCEPT, {}, response_of(200, {"job": "am9i"}), {"schema": "other form"}),
    # job id
    (ACCEPT, {}, response_of(200, job(encoded(b"\xfb\xff\xfe"))), {}),
    (ACCEPT, {}, response_of(200, job("-_-_")), {"base64": "no Base64"}),
    (ACCEPT, {}, response_of(200, job("am9")), {"base64": "no Base64"}),
    (ACCEPT, {}, response_of(200, job("am9=")), {"base64": "no Base64"}),
    (ACCEPT, {}, response_of(200, job("am9i\n")), {"base64": "no Base64"}),
    (ACCEPT, {}, response_of(200, job(UUID)), {"base64": "no Base64"}),
    (ACCEPT, {}, response_of(200, job(documented())), {}),
    (ACCEPT, {}, response_of(200, job(encoded(documented()))), {"job id form": "damaged"}),
    (ACCEPT, {}, response_of(200, job(documented(uuid="17"))), {"job id form": "damaged"}),
    (ACCEPT, {}, response_of(200, job(documented(FORM.replace("|format:csv", "")))), {"job id form": "damaged"}),
    (ACCEPT, {}, response_of(200, job(documented(FORM.replace("csv", "jsonl")))), {"job id match": "another request"}),
    (ACCEPT, {}, response_of(200, job(documented(FORM.replace("2015", "2016")))), {"job id match": "another request"}),
    (ACCEPT, {}, response_of(200, job(documented(FORM.replace("47.000Z", "47Z")))), {}),
    # refusals
    (REJECT, {}, response_of(400, {"job": None}), {}),
    (REJECT, {}, response_of(400, {"job": {"status": "FAILED"}}), {}),
    (REJECT, {}, response_of(400, job("am9i")), {"no job": "job in a refusal"}),
    (REJECT, {}, response_of(400, job(7)), {"no job": "job in a refusal"}),
    (OPEN, {}, response_of(422, job("am9i")), {"no job": "job in a refusal"}),
    (REJECT, {}, response_of(400, b"goroutine 7 [running]:\nmain.go"), {"internals": "a Go stack trace"}),
    (ACCEPT, {}, response_of(500, b"ORA-00942: no table"), {"status": "5xx"}),
    (ACCEPT, {}, response_of(200, b"ORA-00942: no table"), {"media type": "no JSON"}),
    (REJECT, {"payload": b"ORA-00942"}, response_of(400, b"cannot read ORA-00942"), {}),
    # credentials in the answer
    (ACCEPT, {}, response_of(200, {**job("am9i"), "to": "demo-secret"}), {"credentials": "echoed"}),
    (ACCEPT, {}, response_of(200, {**job("am9i"), "to": "DEMO-SECRET"}), {"credentials": "echoed"}),
    (ACCEPT, {}, response_of(200, job(encoded(b"of demo-token")), headers=()), {"credentials": "echoed"}),
    (ACCEPT, {}, response_of(200, job("am9i"), headers=[("X-Who", "demo-token")]), {"credentials": "echoed"}),
    (REJECT, {}, response_of(400, b'"ZGVtby1zZWNyZXQ="'), {"credentials": "echoed"}),
    (REJECT, {}, response_of(400, b'"type=api,version=1,entity=user"'), {}),
    # what says nothing
    (ACCEPT, {}, response_of(401), {}),
    (REJECT, {}, response_of(403, b"goroutine 7 [running]:"), {}),
    (ACCEPT, {}, response_of(407), {}),
    *((ACCEPT, {}, Response(failure=one, problem="lost"), {}) for one in (Failure.UNREACHABLE, *LOST_WITH_CONNECTION)),
]


@pytest.mark.parametrize(
    ("answer", "summary"),
    [
        (GOOD, "accepted, with status 200"),
        (response_of(200, job("")), "accepted, with status 200"),
        (response_of(204), "status 204 without a job"),
        (response_of(200, b"<p>Welcome", "text/html"), "status 200 without a job"),
        (
            response_of(200, b"<b>Fatal error</b>: Uncaught TypeError in /srv/index.php on line 5", "text/html"),
            "status 200 without a job, but with a PHP error page",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_a_2xx_is_called_accepted_where_there_is_a_job(
    make_case: MakeCase, context: CheckContext, answer: Response, summary: str
) -> None:
    """A page that came with 200 is not a job, and the summary does not say that the request was accepted."""
    exchange = Exchange(1, "suite", make_case(expectation=REJECT), answer)
    deviations = [outcome for outcome in judge(exchange, context) if outcome.deviates]
    assert [one.summary for one in deviations if one.check == CheckName.STATUS] == [f"a case: {summary}"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[2].status} {row[2].body[:24]!r}")
def test_deviations(
    make_case: MakeCase, context: CheckContext, row: tuple[Expectation, dict[str, Any], Response, dict[str, str]]
) -> None:
    """Each answer deviates in the ways that its row says, and in no other."""
    expectation, parts, answer, kinds = row
    exchange = Exchange(1, "suite", make_case(expectation=expectation, **parts), answer)
    found = [outcome for outcome in judge(exchange, context) if outcome.deviates]
    assert {outcome.check: outcome.kind for outcome in found} == kinds
    assert len(found) == len(kinds)
    for outcome in found:
        assert outcome.expected
        assert outcome.observed
        assert outcome.summary.startswith("a case: ")
        assert len(outcome.summary) < 1_000


@pytest.mark.parametrize(
    ("expectation", "answer", "requirements"),
    [
        (ACCEPT, response_of(401), set()),
        (ACCEPT, Response(failure=Failure.UNREACHABLE), set()),
        (ACCEPT, Response(failure=Failure.POSTPONED), set()),
        *((ACCEPT, Response(failure=one), set()) for one in LOST_WITH_CONNECTION),
        (ACCEPT, response_of(500, b"ORA-00942: no table"), {"EXP-ACCEPT-PAIRS"}),
        (ACCEPT, response_of(202, b""), {"EXP-ANSWER-JOB-ID"}),
        (REJECT, response_of(400), {"EXP-REFUSAL-STATUS", "EXP-REFUSAL-NO-JOB", "EXP-REFUSAL-NO-INTERNALS"}),
        (OPEN, response_of(400), {"EXP-REFUSAL-NO-JOB", "EXP-REFUSAL-NO-INTERNALS"}),
        (ACCEPT, GOOD, {"EXP-ANSWER-MEDIA-TYPE", "EXP-ANSWER-JOB-ID", "EXP-JOBID-BASE64"}),
        (
            ACCEPT,
            response_of(200, job(documented())),
            {"EXP-ANSWER-MEDIA-TYPE", "EXP-ANSWER-JOB-ID", "EXP-JOBID-BASE64", "EXP-JOBID-FORM", "EXP-JOBID-MATCH"},
        ),
    ],
)
def test_what_is_exercised(
    make_case: MakeCase, context: CheckContext, expectation: Expectation, answer: Response, requirements: set[str]
) -> None:
    """An answer exercises what it can show, and nothing else: a skipped check is not a passed one."""
    exchange = Exchange(1, "suite", make_case(expectation=expectation), answer)
    always = {"EXP-ACCEPT-PAIRS", "EXP-ANSWER-TIME", "EXP-ANSWER-NO-CREDENTIALS"} if requirements else set()
    always |= {"EXP-OPEN-JOBID-OPAQUE"} if "EXP-JOBID-BASE64" in requirements else set()
    assert {outcome.requirement for outcome in judge(exchange, context)} == requirements | always


@pytest.mark.parametrize("status", [200, 202])
def test_a_refusal_with_2xx(make_case: MakeCase, context: CheckContext, status: int) -> None:
    """Errors and no job in a 2xx are a refusal of a request that is to be accepted."""
    answer = response_of(status, {"errors": [{"key": "exportType"}]})
    outcomes = judge(Exchange(1, "suite", make_case(), answer), context)
    (found,) = [one for one in outcomes if one.check == CheckName.STATUS and one.deviates]
    assert (found.kind, found.expected, found.observed) == ("4xx", "2xx with a job", f"status {status}")
    assert found.summary == f"a case: refused, with status {status} and errors in the body"


def test_choices(make_case: MakeCase, context: CheckContext) -> None:
    """What the contract leaves open is recorded as the target chose."""
    case = make_case(expectation=OPEN, requirement="EXP-OPEN-ID-ZERO")
    for answer, choice in ((GOOD, "accepted"), (response_of(400), "refused")):
        outcomes = judge(Exchange(1, "suite", case, answer), context)
        assert [one.choice for one in outcomes if one.requirement == "EXP-OPEN-ID-ZERO"] == [choice]


@pytest.mark.parametrize(
    ("job_id", "shown"),
    [("am9i", "'am9i'"), (7, "7"), ([["am9i"]], "an array"), ({"id": 7}, "an object"), (True, "true")],
)
def test_ids_of_other_types(make_case: MakeCase, context: CheckContext, job_id: Any, shown: str) -> None:
    """An id that is no string is named by its type: what is in it may be large, and too deep to be shown."""
    exchange = Exchange(1, "suite", make_case(expectation=REJECT), response_of(400, job(job_id)))
    (found,) = [one for one in judge(exchange, context) if one.deviates]
    assert found.observed == f"status 400 with a job id: {shown}"


def test_what_was_sent_again(make_case: MakeCase, context: CheckContext) -> None:
    """A request that was sent again is judged by its last response alone."""
    for answer in (GOOD, response_of(500), Response(failure=Failure.CLOSED, problem="closed")):
        assert judge(Exchange(1, "suite", make_case(), answer, retried=True), context) == []
        assert judge(Exchange(2, "suite", make_case(), answer), context)


@pytest.mark.parametrize("status", [429, 503])
def test_a_target_that_is_too_busy(make_case: MakeCase, context: CheckContext, status: int) -> None:
    """Capacity is never a finding, on the last attempt either; a 503 that says nothing of capacity is an error."""
    busy = Response(status=status, headers=(("Retry-After", "soon"),))
    assert judge(Exchange(1, "suite", make_case(), busy), context) == []
    assert any(one.deviates for one in judge(Exchange(1, "suite", make_case(), response_of(503)), context))


def test_files_are_judged_elsewhere(make_case: MakeCase, context: CheckContext) -> None:
    """What fetches a file is neither a creation nor a status, whatever came."""
    for answer in (GOOD, response_of(500), response_of(404, b"ORA-00942: no table")):
        assert judge(Exchange(1, "jobs", make_case(call=Call.FILE, method="GET"), answer), context) == []


def test_promises(contract: Contract) -> None:
    """Each check says in a sentence what it promises, and verifies a requirement of the built-in contract."""
    for check in (*CHECKS, *FILE_CHECKS):
        assert re.fullmatch(r"(?:A|An|The|No|Whether) .+\.", check.promise), check.name
        assert check.name in set(CheckName)
        assert not check.rule or contract.by_rule(check.rule), check.name
    assert len({(check.name, check.calls) for check in CHECKS}) == len(CHECKS)


EVERY_RESPONSE = {
    "media type": "application/json, or another +json type",
    "schema": "an object with job.id, a string",
    "base64": "Base64 (RFC 4648 section 4): standard alphabet, padded, canonical, no white space",
    "job id form": "the whole documented form",
    "job id match": "the fields of its own request",
    "opaque": "a job id in the documented form",
    "internals": "no internals",
    "credentials": "no credentials",
    "status schema": "JSON with job.id and job.status, one of PENDING, COMPLETED, FAILED",
    "download": "exportData with a downloadUrl, and a downloadExpiresAt in the future",
}
"""What every response is to be like, by the checks that say it in the same words each time."""


def test_what_is_expected_of_every_response() -> None:
    """What a report says is expected is what the contract says, in these words."""
    said = {str(check.name): check.expected for check in CHECKS}
    assert {name: said[name] for name in EVERY_RESPONSE} == EVERY_RESPONSE
    assert {(check.expected, *sorted(check.calls)) for check in CHECKS if check.name == CheckName.NO_JOB} == {
        ("no job.id", "create"),
        ("4xx, and no job", "status"),
    }
    assert [check.expected for check in CHECKS if check.name == CheckName.STATUS] == ["", "4xx"]
    assert [said[name] for name in ("time", "same id")] == ["", ""]
