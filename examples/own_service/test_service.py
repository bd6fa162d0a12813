"""Tests of a service in its own process: drawn requests, and answers judged by the contract.

The service here is the sandbox; put your own application in its place.
"""

import asyncio

import httpx
import pytest
from hypothesis import given, settings

from export_contract import assert_conforms, cases
from export_contract.sandbox import DEMO_AUTHORIZATION
from export_contract.sandbox.service.app import create_app


@pytest.fixture(scope="module")
def post():
    """Sends a body to the service, without a network."""
    transport = httpx.ASGITransport(create_app(), raise_app_exceptions=False)

    async def send(content, headers):
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post(
                "/exports", content=content, headers={"Authorization": DEMO_AUTHORIZATION, **headers}
            )

    return lambda content, headers: asyncio.run(send(content, headers))


@given(case=cases())
@settings(max_examples=50, deadline=None)
def test_every_answer_keeps_the_contract(post, case):
    assert_conforms(post(case.payload, dict(case.headers)), case)


def test_one_answer(post):
    """A response and its own request say enough."""
    response = post(b'{"exportType": "USERS", "format": "XML"}', {"Content-Type": "application/json"})
    assert response.status_code == 400
    assert_conforms(response, response.request)


def test_a_wrong_answer(post):
    """What a failure says: the requirement, where it is written, what was sent, and what came."""
    refusal = post(b"{}", {"Content-Type": "application/json"})
    good = {
        "startDate": "2024-01-01T00:00:00Z",
        "endDate": "2024-01-31T23:59:59Z",
        "exportType": "USERS",
        "format": "CSV",
    }
    with pytest.raises(AssertionError, match="EXP-ACCEPT-PAIRS"):
        assert_conforms(refusal, good)
