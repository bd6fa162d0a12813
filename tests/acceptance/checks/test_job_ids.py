"""Job ids of single exchanges: how they are shown, and which choice of form they are."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_id import created_job_id, job_id_text, request_body
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract, Expectation
from export_contract.sandbox import DEMO_AUTHORIZATION

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

OPEN = "EXP-OPEN-JOBID-OPAQUE"
OPAQUE = "am9i"
DOCUMENTED = base64.b64encode(
    b'["data-export|tenantKey:T|type:elearning_enrollments|format:csv|'
    b'start:2012-09-05T11:12:47.000Z|end:2015-05-28T17:39:23.000Z",'
    b'"0f8fad5b-d9cb-469f-a165-70867728950e"]'
).decode()


def response_of(job_id: Any, status: int = 200) -> Response:
    body = json.dumps({"job": {"id": job_id}}).encode()
    return Response(status=status, headers=(("Content-Type", "application/json"),), body=body)


@pytest.mark.parametrize(
    ("job_id", "text"),
    [("am9i", "am9i"), ("", ""), (None, None), (7, "7"), (True, "true"), (["am9i"], "an array"), ({}, "an object")],
    ids=repr,
)
def test_how_an_id_is_shown(job_id: Any, text: str | None) -> None:
    """A text is shown as it is, what is none by what it is, and nothing where there is none."""
    assert job_id_text(response_of(job_id)) == text


def test_how_a_long_id_is_shown() -> None:
    """Of a long text the beginning is shown, with its length."""
    text = job_id_text(response_of("x" * 20_000))
    assert text
    assert "(20,000 characters" in text
    assert len(text) < 17_000


@pytest.mark.parametrize(
    ("job_id", "status", "created"),
    [("am9i", 200, "am9i"), ("am9i", 400, None), ("", 200, None), (7, 200, None), (None, 200, None)],
)
def test_ids_of_jobs_that_were_created(make_case: MakeCase, job_id: Any, status: int, created: str | None) -> None:
    """A job was created where a request was accepted and got a text for an id."""
    assert created_job_id(Exchange(1, "suite", make_case(), response_of(job_id, status))) == created


@pytest.mark.parametrize(
    ("payload", "body"),
    [(b'{"a":1}', {"a": 1}), (b"[1]", None), (b"{", None), (b'{"a":1,"a":2}', None), (b"", None)],
)
def test_the_body_of_a_request(make_case: MakeCase, payload: bytes, body: dict[str, Any] | None) -> None:
    """A body counts where it is an object that can be read in one way."""
    assert request_body(Exchange(1, "suite", make_case(payload=payload), response_of("am9i"))) == body


@pytest.mark.parametrize(
    ("decided", "job_id", "choice", "kind"),
    [
        (Expectation.UNSPECIFIED, OPAQUE, "opaque", None),
        (Expectation.UNSPECIFIED, DOCUMENTED, "documented", None),
        (Expectation.REJECT, OPAQUE, None, "opaque"),
        (Expectation.REJECT, DOCUMENTED, None, None),
        (Expectation.ACCEPT, OPAQUE, None, None),
        (Expectation.ACCEPT, DOCUMENTED, None, None),
    ],
)
def test_the_form_of_ids(
    contract: Contract,
    make_case: MakeCase,
    decided: Expectation,
    job_id: str,
    choice: str | None,
    kind: str | None,
) -> None:
    """An opaque id is the target's choice, unless the configuration decides that it is wrong."""
    if decided is not Expectation.UNSPECIFIED:
        contract = contract.with_expectations({OPEN: decided})
    context = CheckContext(contract=contract, seconds=4.0, redaction=Redaction(DEMO_AUTHORIZATION))
    outcomes = judge(Exchange(1, "suite", make_case(), response_of(job_id)), context)
    (outcome,) = [one for one in outcomes if one.requirement == OPEN]
    assert (outcome.choice, outcome.kind) == (choice, kind)
    assert (outcome.expected, outcome.observed) == (
        ("a job id in the documented form", "an opaque job id") if kind else ("", "")
    )
    assert [one.requirement for one in outcomes if one.deviates] == ([OPEN] if kind else [])
