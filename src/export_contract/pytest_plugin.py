"""The pytest plugin: its fixtures. Its options, its marker and the bundled suite are described in docs/ci.md.

    pytest --pyargs export_contract.acceptance_suite --export-contract-url URL

This module imports only the standard library and pytest, and everything else when it is used.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.plugin.options import settled

if TYPE_CHECKING:
    from export_contract.acceptance.engine.client import Client
    from export_contract.contract import Contract

pytest_plugins = ["export_contract.plugin.hooks"]


@pytest.fixture(scope="session")
def export_api_contract(pytestconfig: pytest.Config) -> Contract:
    """The contract that the options name, or the built-in one."""
    return settled(pytestconfig).plan.contract


@pytest.fixture(scope="session")
def export_contract(export_api_contract: Contract) -> Contract:
    """Deprecated: use `export_api_contract`, which no import of the package hides."""
    warnings.warn(
        "the fixture export_contract is deprecated: use export_api_contract", pytest.PytestDeprecationWarning, 2
    )
    return export_api_contract


@pytest.fixture(scope="session")
def export_target(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Client:
    """The target, with its credentials and within the budget: `export_target.send(body_or_case)` returns the response.

    Raises BudgetSpent where the budget is used up.
    """
    from export_contract.plugin.shared_run import client_of
    from export_contract.plugin.user_tests import CLIENT

    client = pytestconfig.stash[CLIENT] = client_of(pytestconfig, request.addfinalizer)
    return client


@pytest.fixture(scope="session")
def assert_conforms(pytestconfig: pytest.Config) -> Callable[[Any, Any], None]:
    """`assert_conforms(response, request)`: asserts that a response, of any library, keeps the contract."""
    from export_contract.acceptance.engine.plan import context_of
    from export_contract.assertions import asserting

    plan = settled(pytestconfig).plan
    return asserting(context_of(plan), plan.base_url + plan.contract.operation.path)
