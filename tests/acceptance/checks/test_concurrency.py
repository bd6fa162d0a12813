"""Jobs of requests that went together: each has one of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.concurrency import shared_job_ids
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Outcome

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


def answered(make_case: MakeCase, number: int, job_id: Any, status: int = 200) -> Exchange:
    """The response to a request of its own."""
    body = json.dumps({"job": {"id": job_id}}).encode()
    return Exchange(number, "load", make_case(title=f"request {number}"), Response(status=status, body=body))


def shared(context: CheckContext, together: list[Exchange], *before: Exchange) -> list[Outcome]:
    return list(shared_job_ids(together, [*together, *before], context))


def test_the_job_of_another_request(context: CheckContext, make_case: MakeCase) -> None:
    """A request that gets the job of an earlier one is told, with the request whose job it is."""
    together = [answered(make_case, number, job_id) for number, job_id in enumerate(("a", "b", "a"), start=2)]
    (outcome,) = shared(context, together)
    assert outcome == Outcome(
        "EXP-LOAD-ANSWERS",
        4,
        "load",
        "shared",
        "request 4: the job id of request 2",
        "2xx with a job of its own, also when other requests come at the same time",
        "the job id of request 2",
    )
    (before,) = shared(context, together[:2], answered(make_case, 1, "b"))
    assert (before.exchange, before.observed) == (3, "the job id of request 1")


def test_who_has_a_job_first(context: CheckContext, make_case: MakeCase) -> None:
    """The numbers say who came first, and only requests that went together are told."""
    together = [answered(make_case, 3, "a"), answered(make_case, 2, "a")]
    assert [one.exchange for one in shared(context, together)] == [3]
    assert shared(context, together[1:], answered(make_case, 5, "a")) == []


@pytest.mark.parametrize("odd", [None, 7, "", ["a"], {"a": 1}], ids=repr)
def test_what_is_no_job(context: CheckContext, make_case: MakeCase, odd: Any) -> None:
    """What is no id is shared with nobody, and neither is one in a refusal; what comes after is judged."""
    for job_id, status in ((odd, 200), ("a", 500), ("a", 400)):
        unfit = [answered(make_case, number, job_id, status) for number in (2, 3)]
        assert shared(context, unfit) == []
        later = [answered(make_case, number, "b") for number in (4, 5)]
        assert [one.exchange for one in shared(context, [*unfit, *later])] == [5]


def test_the_same_request_again(context: CheckContext, make_case: MakeCase) -> None:
    """A request that went twice may get its own job again."""
    first = answered(make_case, 1, "a")
    assert shared(context, [Exchange(2, "load", first.case, first.response)], first) == []
