"""The pytest plugin: options, fixtures, a marker, and the bundled suite.

    pytest --pyargs export_contract.acceptance_suite --export-contract-url URL

This module imports the standard library and pytest alone, and all else when it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.plugin.options import add_options, is_asked_for, is_used, settled
from export_contract.plugin.telling import Teller

if TYPE_CHECKING:
    from export_contract.acceptance.engine.client import Client
    from export_contract.contract import Contract

_SUITE = Path(__file__).with_name("acceptance_suite.py")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Settle the options at once where the command line has any, so that what is wrong with them is said first."""
    config.addinivalue_line("markers", "export_contract(requirement): files a test under a requirement in the reports.")
    if is_asked_for(config):
        settled(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Teller(config), "export-contract-teller")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist what the processes share."""
    from export_contract.plugin.sharing import tell_worker

    tell_worker(node.config, node.workerinput)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Collect requirements in place of the module that stands for the bundled suite."""
    if module_path.name != _SUITE.name or module_path.resolve() != _SUITE.resolve():
        return None
    from export_contract.plugin.items import SuiteModule

    return SuiteModule.of(parent, module_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check the markers, of which most projects have none."""
    if any(item.get_closest_marker("export_contract") for item in items):
        from export_contract.plugin.own import check_markers

        check_markers(config, items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what a test says of the target to its report."""
    report = yield
    if is_used(item.config):
        from export_contract.plugin.items import stop_where_inconclusive
        from export_contract.plugin.own import note

        note(item, call, report)
        stop_where_inconclusive(item, call, report)
    return report


@pytest.fixture(scope="session")
def export_contract(pytestconfig: pytest.Config) -> Contract:
    """The contract that the options name, or the built-in one."""
    return settled(pytestconfig).plan.contract


@pytest.fixture(scope="session")
def export_target(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Client:
    """The target, with its credentials and within the budget: `export_target.send(body_or_case)` returns the answer."""
    from export_contract.plugin.engine import client_of
    from export_contract.plugin.own import CLIENT

    client = pytestconfig.stash[CLIENT] = client_of(pytestconfig, request.addfinalizer)
    return client


@pytest.fixture(scope="session")
def assert_conforms(pytestconfig: pytest.Config) -> Callable[[Any, Any], None]:
    """`assert_conforms(response, request)`: asserts that an answer, of whichever library, keeps the contract."""
    from export_contract.acceptance.engine.plan import context_of
    from export_contract.conforming import asserting

    plan = settled(pytestconfig).plan
    return asserting(context_of(plan), plan.base_url + plan.contract.operation.path)
