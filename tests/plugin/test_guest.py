"""The plugin as a guest: it disturbs no project, and costs nothing where it is not used."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.plugin.conftest import QUICK, SANDBOX, SUITE

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

HEAVY = ("click", "httpx", "msgspec", "rich", "jsonschema", "yaml", "hypothesis", "starlette", "uvicorn")


def test_imports_nothing_until_used() -> None:
    """What a pytest start imports for the plugin is the standard library, pytest, and a few modules of ours."""
    code = (
        "import sys, pytest; before = set(sys.modules)\n"
        "from export_contract import pytest_plugin\n"
        "from export_contract.plugin import hooks, options, reporting, sharing, user_tests\n"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout.split() == ["export_contract"]


def test_unused(inner: Inner) -> None:
    """A session that does not use the plugin loads nothing of it but its door, also with xdist."""
    inner.write(
        test_it=f"import sys\ndef test_it():\n    assert not set({HEAVY!r}) & set(sys.modules) - {{'hypothesis'}}\n"
    )
    inner.apart("-p", "no:hypothesispytest", "-p", "no:anyio").assert_outcomes(passed=1)


def test_a_project_with_the_same_names(inner: Inner) -> None:
    """A project with packages named contract, strategies and reports of its own runs the plugin unharmed."""
    for name in ("contract", "strategies", "reports", "acceptance", "sandbox", "plugin"):
        (inner.folder / name).mkdir()
        (inner.folder / name / "__init__.py").write_text(f"NAME = 'my {name}'\n")
    inner.write(
        test_own="""
import acceptance, contract, plugin, reports, sandbox, strategies

def test_mine(export_api_contract, export_target):
    names = [one.NAME for one in (acceptance, contract, plugin, reports, sandbox, strategies)]
    assert names == ["my acceptance", "my contract", "my plugin", "my reports", "my sandbox", "my strategies"]
    assert export_target.send({}).status == 400
"""
    )
    result = inner.apart(*SUITE, SANDBOX, "test_own.py", QUICK.replace("suite", "auth"), "-k", "EXP-AUTH or mine")
    result.assert_outcomes(passed=3, deselected=result.parseoutcomes()["deselected"])


def test_last_failed_in_all_files(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """--lf finds the failures of the bundled suite beside those of other files."""
    inner.write(test_own="def test_it(): raise ValueError\ndef test_other(): pass\n")
    monkeypatch.setenv("EXPORT_CONTRACT_FAULT", "auth-key")
    arguments = (*SUITE, SANDBOX, "test_own.py", "-k", "EXP-AUTH or test_", "--export-contract-phases=probe,auth")
    assert inner(*arguments).parseoutcomes()["failed"] == 2
    again = inner(*arguments, "--lf").parseoutcomes()
    assert (again["failed"], again.get("passed")) == (2, None)
