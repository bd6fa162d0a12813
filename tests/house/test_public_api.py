"""The public API: few names, listed, documented, and typed."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import export_contract
from export_contract import exceptions

PUBLIC = [
    "BudgetSpent",
    "Case",
    "Cause",
    "Classification",
    "Client",
    "ConfigurationError",
    "Contract",
    "ContractError",
    "DoesNotConform",
    "Expectation",
    "ExportContractError",
    "Finding",
    "Inconclusive",
    "Limits",
    "Requirement",
    "RequirementResult",
    "Response",
    "Results",
    "ResultsError",
    "RunPlan",
    "SchemathesisMissing",
    "UnsupportedContract",
    "UserCheckError",
    "assert_conforms",
    "cases",
    "check",
    "classify",
    "invalid_requests",
    "load_contract",
    "malformed_payloads",
    "read_results",
    "run",
    "suite",
    "timestamps",
    "unspecified_requests",
    "valid_requests",
]
DOCUMENTS = ("README.md", "docs/*.md", "examples/**/*.py", "examples/**/*.md")


def test_the_public_names() -> None:
    """A name that appears or goes is a change of the public API, which is meant, and in the CHANGELOG."""
    assert export_contract.__all__ == PUBLIC
    assert [name for name in dir(export_contract) if not name.startswith("_")] == PUBLIC


def test_what_type_checkers_see(root: Path) -> None:
    """The imports that type checkers read are those that happen."""
    module = ast.parse((root / "src" / "export_contract" / "__init__.py").read_text())
    (block,) = [node for node in module.body if isinstance(node, ast.If)]
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == export_contract._MODULES
    assert sorted(seen) == sorted(PUBLIC)


def test_importing_costs_nothing() -> None:
    """Importing the package imports none of its rooms."""
    code = "import json, sys, export_contract; print(json.dumps([n for n in sys.modules if n.startswith('export_')]))"
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert json.loads(process.stdout) == ["export_contract"]


def test_documents_name_public_names(root: Path) -> None:
    """What README, docs and examples import from the package is public, and the list in docs/compatibility.md whole."""
    found = set()
    for path in (path for pattern in DOCUMENTS for path in root.glob(pattern)):
        for names in re.findall(r"^ *from export_contract import \(?([\w, \n]+?)\)?$", path.read_text(), re.MULTILINE):
            found |= {name.strip() for name in names.split(",") if name.strip()}
    assert {"assert_conforms", "check", "valid_requests"} <= found
    assert found - set(PUBLIC) == set()
    described = set(re.findall(r"`(\w+)`", (root / "docs" / "compatibility.md").read_text()))
    assert set(PUBLIC) - described == set()


def test_the_tree_of_errors() -> None:
    """Every error of the package is in the tree that the module draws, under one base class, with its bases."""
    drawn = exceptions.__doc__ or ""
    for name in exceptions.__all__:
        thing = getattr(exceptions, name)
        if not isinstance(thing, type):
            continue
        assert name in drawn
        for base in set(thing.__bases__) - {Exception}:
            assert base.__name__ in drawn, name
        assert issubclass(thing, exceptions.ExportContractError) or thing is exceptions.Terminated


def test_no_two_classes_of_one_name(root: Path) -> None:
    """Errors have one home: no other module but those of the sandbox defines an exception of the same name."""
    names: dict[str, str] = {}
    for path in (root / "src" / "export_contract").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and node.name in exceptions.__all__:
                assert node.name not in names, (path, names[node.name])
                names[node.name] = str(path)
    assert len(names) == len(exceptions.__all__) - 1  # describe_defect is a function


def test_mypy(root: Path, tmp_path: Path) -> None:
    """A program that uses the public types passes mypy --strict."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}"]
    checked(root, [*command, "tests/typing/api.py"], MYPYPATH="src")


def test_pyright(root: Path) -> None:
    """It passes pyright too."""
    pyright = Path(sys.executable).with_name("pyright")
    if not pyright.exists() or not shutil.which("node"):
        pytest.skip("pyright or node is not installed")
    checked(root, [str(pyright), f"--pythonpath={sys.executable}", f"--project={root}"])


def checked(root: Path, command: list[str], **environment: str) -> None:
    """Run a type checker, which finds nothing."""
    process = subprocess.run(
        command, cwd=root, env={**os.environ, **environment}, capture_output=True, text=True, timeout=110
    )
    assert process.returncode == 0, process.stdout + process.stderr
