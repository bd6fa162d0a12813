"""Job ids of several exchanges: the same request may get the same one, another may not."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.uniqueness import unique_job_ids
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.contract import Expectation
from export_contract.strategies import Case

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
BODY = {"startDate": "2012-09-05T11:12:47.000Z", "endDate": "2015-05-28T17:39:23.000Z", "format": "CSV"}
Make = Callable[..., Case]


def documented(fields: str, uuid: str = UUID) -> str:
    return base64.b64encode(json.dumps([f"data-export|{fields}", uuid]).encode()).decode()


def exchange_of(number: int, case: Case, job_id: Any, phase: str = "suite", **parts: Any) -> Exchange:
    body = json.dumps({"job": {"id": job_id}}).encode()
    headers = (("Content-Type", "application/json"),)
    return Exchange(number, phase, case, Response(status=200, headers=headers, body=body), **parts)


@pytest.fixture
def users(make_case: MakeCase) -> Case:
    """A request."""
    return make_case(payload=json.dumps({**BODY, "exportType": "USERS"}).encode())


@pytest.fixture
def same(make_case: MakeCase) -> Case:
    """The same request, spelled in another way."""
    return make_case(
        payload=json.dumps({"exportType": "USERS", **BODY, "startDate": "2012-09-05T13:12:47+02:00"}).encode()
    )


@pytest.fixture
def networks(make_case: MakeCase) -> Case:
    """Another request."""
    return make_case(payload=json.dumps({**BODY, "exportType": "NETWORKS"}).encode())


def kinds(context: CheckContext, *exchanges: Exchange) -> list[tuple[int, str | None]]:
    return [(one.exchange, one.kind) for one in unique_job_ids(exchanges, context)]


def test_ids(context: CheckContext, users: Case, same: Case, networks: Case) -> None:
    """Another request may not get the same id; the same one may, however it is spelled."""
    first = exchange_of(1, users, "am9i")
    assert kinds(context, first) == []
    assert kinds(context, first, exchange_of(2, networks, "am9j")) == [(2, None)]
    assert kinds(context, first, exchange_of(2, same, "am9i")) == []
    assert kinds(context, first, exchange_of(2, networks, "am9i")) == [(2, "same job id")]
    (outcome,) = unique_job_ids([first, exchange_of(2, networks, "am9i")], context)
    assert (outcome.requirement, outcome.check) == ("EXP-JOBID-UNIQUE", "unique")


def test_uuids(context: CheckContext, users: Case, networks: Case) -> None:
    """Ids that differ may not carry the same UUID, in whatever case."""
    first = exchange_of(1, users, documented("type:users"))
    other = exchange_of(2, networks, documented("type:networks", UUID.upper()))
    assert kinds(context, first, other) == [(2, "same UUID")]


def test_the_order(context: CheckContext, users: Case, networks: Case) -> None:
    """The numbers say which came first, and not the order in which responses came."""
    first, second = exchange_of(1, users, "am9i"), exchange_of(2, networks, "am9i")
    assert kinds(context, second, first) == kinds(context, first, second) == [(2, "same job id")]


def test_what_does_not_count(context: CheckContext, users: Case, networks: Case, make_case: MakeCase) -> None:
    """Neither what was sent again nor what the document leaves open is compared, nor what a load shares."""
    first = exchange_of(1, users, "am9i")
    assert kinds(context, first, exchange_of(2, networks, "am9i", retried=True)) == []
    assert kinds(context, exchange_of(1, users, "am9i", retried=True), exchange_of(2, networks, "am9i")) == []
    is_open = make_case(expectation=Expectation.UNSPECIFIED, payload=networks.payload)
    assert kinds(context, first, exchange_of(2, is_open, "am9i")) == []
    assert kinds(context, first, exchange_of(2, networks, "am9i", "load")) == []


@pytest.mark.parametrize("odd", [None, 7, "", ["am9i"], {"id": "am9i"}, [[["am9i"]]], True])
def test_odd_ids(context: CheckContext, users: Case, networks: Case, odd: Any) -> None:
    """What is no string is no id to compare."""
    assert kinds(context, exchange_of(1, users, odd), exchange_of(2, networks, odd)) == []
