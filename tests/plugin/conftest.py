"""pytest inside pytest, with the plugin as users have it: by its entry point."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from export_contract.acceptance import PHASES
from export_contract.acceptance.model.results import Results
from export_contract.acceptance.model.results_file import read_results
from export_contract.sandbox import DEMO_AUTHORIZATION, running

SUITE = ("--pyargs", "export_contract.acceptance_suite")
SANDBOX = "--export-contract-sandbox"
QUICK = "--export-contract-phases=probe,suite"
ALL_BUT_EXPLORING = ",".join(name for name in PHASES if name != "explore")
WHOLE = f"--export-contract-phases={ALL_BUT_EXPLORING}"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without anything that could change what the plugin does."""
    for name in list(os.environ):
        if name.startswith(("EXPORT_CONTRACT_", "PYTEST_ADDOPTS", "PYTEST_XDIST", "COLUMNS")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "150")


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox that keeps the contract."""
    with running() as url:
        yield url


@pytest.fixture
def authorized(monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment with the credentials of the sandbox; those."""
    monkeypatch.setenv("EXPORT_CONTRACT_AUTHORIZATION", DEMO_AUTHORIZATION)
    return DEMO_AUTHORIZATION


@dataclass
class Inner:
    """Runs pytest in an empty folder."""

    pytester: pytest.Pytester

    @property
    def folder(self) -> Path:
        """Where it runs."""
        return self.pytester.path

    def __call__(self, *arguments: str) -> pytest.RunResult:
        """In this process, which is quicker."""
        return self.pytester.runpytest_inprocess("-p", "no:schemathesis", "-p", "no:timeout", *arguments)

    def apart(self, *arguments: str) -> pytest.RunResult:
        """In a process of its own, as from a shell."""
        return self.pytester.runpytest_subprocess("-p", "no:schemathesis", *arguments, timeout=100)

    def write(self, **files: str) -> None:
        """Write Python files by their names."""
        self.pytester.makepyfile(**files)

    def outcomes(self, file: str = "junit.xml") -> dict[str, str]:
        """What became of each item, by the id of its requirement or its name, from a JUnit file."""
        found = {}
        for case in ET.parse(self.folder / file).getroot().iter("testcase"):
            kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
            found[case.attrib["name"].partition("[")[0]] = kinds[0] if kinds else "passed"
        return found

    def failed(self, file: str = "junit.xml") -> set[str]:
        """The ids of what failed."""
        return {name for name, outcome in self.outcomes(file).items() if outcome in ("failure", "error")}

    def results(self, file: str = "results.json") -> Results:
        """What a results file says."""
        return read_results(self.folder / file)


@pytest.fixture
def inner(pytester: pytest.Pytester) -> Inner:
    """pytest, in an empty folder."""
    return Inner(pytester)


def jobs_created(url: str) -> int:
    """The sandbox's own count of jobs."""
    with urllib.request.urlopen(f"{url}/sandbox/jobs", timeout=5) as answer:
        return int(json.load(answer)["created"])
