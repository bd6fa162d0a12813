"""The plugin's hooks. Each imports what it needs when it is called."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from export_contract.plugin.options import add_options, is_requested, is_suite_requested, is_used, settled
from export_contract.plugin.reporting import SessionReporter

_SUITE = Path(__file__).resolve().parent.parent / "acceptance_suite.py"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Settle the options at once where the command line has any, so that a usage error comes before collection."""
    config.addinivalue_line("markers", "export_contract(requirement): files a test under a requirement in the reports.")
    if is_requested(config):
        settled(config, needs_target=is_suite_requested(config))
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SessionReporter(config), "export-contract-reporter")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of pytest-xdist the folder that the processes share."""
    from export_contract.plugin.sharing import share_with_worker

    share_with_worker(node.config, node.workerinput)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Collect requirements in place of the module that stands for the bundled suite."""
    if module_path.name != _SUITE.name or module_path.resolve() != _SUITE:
        return None
    from export_contract.plugin.items import SuiteModule

    return SuiteModule.of(parent, module_path)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Check the markers, of which most projects have none."""
    if any(item.get_closest_marker("export_contract") for item in items):
        from export_contract.plugin.user_tests import check_markers

        check_markers(config, items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test what it says about the target."""
    report = yield
    if is_used(item.config):
        from export_contract.plugin.items import stop_if_inconclusive
        from export_contract.plugin.user_tests import record

        record(item, call, report)
        stop_if_inconclusive(item, call, report)
    return report
