"""The form of a body: which of its flaws is told, and how much of it is looked at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.registry import judge
from export_contract.acceptance.checks.response_body import form_problem, json_problem
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.contract import Contract
from export_contract.contract.status import status_call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


def response_of(body: Any) -> Response:
    return Response(status=200, headers=(("Content-Type", "application/json"),), body=json.dumps(body).encode())


def problem_of(contract: Contract, body: Any) -> str | None:
    """What is wrong with a body by the form of a status, which has more members than that of a creation."""
    call = status_call(contract)
    assert call
    return form_problem(response_of(body), call.answer_schema, contract)


def test_the_first_flaw_is_told(contract: Contract) -> None:
    """Of several flaws the one is told whose place comes first, in the order of names."""
    bad = {"status": 7, "id": 7, "exportData": {"downloadUrl": 7}}
    assert str(problem_of(contract, {"job": bad})).startswith("job.exportData")
    assert str(problem_of(contract, {"job": {**bad, "exportData": None}})).startswith("job.id: ")
    assert str(problem_of(contract, {"job": {**bad, "exportData": None, "id": "am9i"}})).startswith("job.status: ")
    assert problem_of(contract, {"job": {"status": "PENDING", "id": "am9i"}}) == ""


def test_a_flaw_of_the_whole(contract: Contract) -> None:
    """What is wrong with no member is wrong with the body, and a long message is cut."""
    assert str(problem_of(contract, [1])).startswith("the body: [1] is not of type 'object'")
    told = str(problem_of(contract, ["x" * 500]))
    assert told.endswith("…")
    assert len(told) == len("the body: ") + 201


@pytest.mark.parametrize(("count", "is_told"), [(999, True), (1_000, False), (100_000, False)])
def test_how_much_of_a_list_is_looked_at(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, count: int, is_told: bool
) -> None:
    """A thousand items of a list are looked at, wherever it stands: in a list or in an object."""
    schema = {"properties": {"a": {"items": {"items": {"type": "integer"}, "type": ["array", "integer"]}}}}
    monkeypatch.setitem(contract.document["components"]["schemas"], "Listed", schema)
    for body in ({"a": [1] * count + ["x"]}, {"a": [[1] * count + ["x"]]}):
        found = form_problem(response_of(body), "/components/schemas/Listed", contract)
        assert bool(found) is is_told


@pytest.mark.parametrize(("count", "place"), [(99, "a"), (100, "z.0")])
def test_how_many_flaws_are_compared(
    contract: Contract, monkeypatch: pytest.MonkeyPatch, count: int, place: str
) -> None:
    """A hundred flaws are compared, in the order of the schema; the one that comes first of these is told."""
    schema = {"properties": {"z": {"items": {"type": "integer"}}, "a": {"type": "integer"}}}
    monkeypatch.setitem(contract.document["components"]["schemas"], "Listed", schema)
    found = form_problem(response_of({"z": ["x"] * count, "a": "x"}), "/components/schemas/Listed", contract)
    assert str(found).startswith(f"{place}: ")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
def test_what_cannot_be_read(contract: Contract, body: bytes) -> None:
    """What is no JSON has no form, and is told as such alone."""
    response = Response(status=200, headers=(("Content-Type", "application/json"),), body=body)
    assert form_problem(response, contract.operation.answer_schema, contract) is None
    assert json_problem(response)


def test_where_credentials_come_back(make_case: MakeCase, context: CheckContext) -> None:
    """The place is told, whatever letters the headers have, with its name cut; the secret is not shown."""
    for headers, place in (
        ((("X-Other", "安"), ("X-Who", "of demo-token")), "the header X-Who"),
        ((("X" * 100, "demo-secret 安"),), f"the header {'X' * 80}"),
    ):
        exchange = Exchange(1, "suite", make_case(), Response(status=200, headers=headers, body=b"{}"))
        (outcome,) = [one for one in judge(exchange, context) if one.kind == "echoed"]
        assert outcome.observed == f"a secret that was sent, in {place}"
