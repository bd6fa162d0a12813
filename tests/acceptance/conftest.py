"""A target that answers whatever a test wants it to, over real sockets, and short ways to test one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.hostile.server import Handler, Hostile, Request, Wire

from export_contract.acceptance import Results, RunPlan, run
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract, Expectation, load_contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies import Case

__all__ = ["Handler", "Hostile", "Request", "Wire"]

EXAMPLE = (
    b'{"startDate":"2012-09-05T11:12:47.000Z","endDate":"2015-05-28T17:39:23.000Z",'
    b'"exportType":"ELEARNING_ENROLLMENTS","format":"CSV"}'
)
ALL_PHASES = ("probe", "load", "auth", "protocol", "jobs", "suite", "relations")


Serve = Callable[..., Hostile]


@pytest.fixture
def serve(contract: Contract) -> Iterator[Serve]:
    """Start a hostile server with a handler; it ends with the test."""
    servers: list[Hostile] = []

    def start(handler: Handler, **parts: Any) -> Hostile:
        server = Hostile(handler, contract, **parts)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stopped.set()
        server.stop()


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that comes with the package."""
    return load_contract()


@pytest.fixture(scope="session")
def context(contract: Contract) -> CheckContext:
    """What checks judge by, where the demo credentials are sent."""
    return CheckContext(contract=contract, seconds=4.0, redaction=Redaction(DEMO_AUTHORIZATION))


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox that keeps the contract."""
    with running() as url:
        yield url


MakeCase = Callable[..., Case]


@pytest.fixture(scope="session")
def make_case() -> MakeCase:
    """Make a case, of which only what matters has to be said."""

    def make(**parts: Any) -> Case:
        plain = {
            "id": "test/case",
            "title": "a case",
            "expectation": Expectation.ACCEPT,
            "requirement": "EXP-ACCEPT-PAIRS",
            "payload": EXAMPLE,
        }
        return Case(**{**plain, **parts})

    return make


RunAt = Callable[..., Results]


@pytest.fixture(scope="session")
def run_at(contract: Contract) -> RunAt:
    """Run against a base URL; other parts of the plan, and a listener, are named."""

    def run_at(base_url: str, **parts: Any) -> Results:
        listener = parts.pop("listener", lambda event: None)
        return run(RunPlan(**{"base_url": base_url, "contract": contract, "phases": ALL_PHASES, **parts}), listener)

    return run_at


@pytest.fixture
def stopwatch() -> Callable[[], float]:
    """Tells the seconds since it was made."""
    started = time.monotonic()
    return lambda: time.monotonic() - started
