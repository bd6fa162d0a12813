"""The plugin beside other plugins, on the oldest pytest that it takes and on the newest: `make plugin-matrix`.

Each pytest is put, with the other plugins, into a folder in front of this environment, and runs the bundled suite and a
test of its own in several workers, in random order, with reruns, an HTML report, and another plugin's --base-url.
Prints a line for each; exit status 1 where something is not as it is without the others.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, running

PYTESTS: Final = ("pytest==8.4.*", "pytest")
OTHERS: Final = ("pytest-xdist", "pytest-randomly", "pytest-html", "pytest-rerunfailures", "pytest-base-url")
FAULT: Final = "interactions-csv"
OWN: Final = """
import pytest

@pytest.mark.export_contract(requirement="EXP-FORMAT-ENUM")
def test_own(export_target, assert_conforms, base_url):
    assert base_url == "http://another"
    body = {"startDate": "2012-09-05T11:12:47.000Z", "endDate": "2015-05-28T17:39:23.000Z",
            "exportType": "USERS", "format": "XML"}
    assert_conforms(export_target.send(body), body)
"""
_ROOT: Final = Path(__file__).resolve().parents[1]


def main() -> int:
    """Try each pytest; the exit status."""
    return max(try_one(requirement) for requirement in PYTESTS)


def try_one(requirement: str) -> int:
    """Install one pytest with the other plugins, and run them together."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(requirement, folder)
        (folder / "test_own.py").write_text(OWN)
        with running([FAULT]) as url:
            done = run(folder, url)
        problems = [*problems_of(folder, done)]
    version = next((line for line in done.stdout.splitlines() if line.startswith("platform ")), "no pytest")
    print(f"{version}: {'; '.join(problems) or 'as it should be'} ({time.perf_counter() - started:.0f} s)")
    if problems:
        print(done.stdout[-4000:], done.stderr[-2000:], sep="\n")
    return 1 if problems else 0


def install(requirement: str, folder: Path) -> None:
    """Put pytest and the others into the folder."""
    pins = [
        line
        for line in (_ROOT / "constraints.txt").read_text().splitlines()
        if "*" not in requirement or "pytest==" not in line
    ]
    (folder / "pins.txt").write_text("\n".join(pins))
    environment = {**os.environ, "PIP_CONSTRAINT": str(folder / "pins.txt")}
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-qq", "--target", str(folder / "packages"), requirement, *OTHERS],
        env=environment,
        check=True,
    )


def run(folder: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Run the suite and the test, with every plugin doing something."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("EXPORT_CONTRACT_", "PYTEST_"))}
    environment = {
        **kept,
        "PYTHONPATH": str(folder / "packages"),
        "EXPORT_CONTRACT_AUTHORIZATION": DEMO_AUTHORIZATION,
    }
    arguments = [
        *("--pyargs", "export_contract.acceptance_suite", "test_own.py", f"--export-contract-url={url}"),
        *("--export-contract-report=json=results.json", "--junitxml=junit.xml", "-n2", "--reruns=1", "-W", "error"),
        *("--html=report.html", "--self-contained-html", "--base-url=http://another", "-p", "randomly"),
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def problems_of(folder: Path, done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is not as it should be."""
    problems = [] if done.returncode == 1 else [f"exit status {done.returncode}"]
    if not all((folder / name).is_file() for name in ("junit.xml", "report.html", "results.json")):
        return [*problems, "a report is missing"]
    cases = ET.parse(folder / "junit.xml").getroot().iter("testcase")
    failed = {case.attrib["name"].partition("[")[0] for case in cases if case.find("failure") is not None}
    if failed != {FAULTS[FAULT].requirement}:
        problems.append(f"failed: {', '.join(sorted(failed)) or 'nothing'}")
    if "EXP-INTERACTIONS-FORMAT" not in (folder / "report.html").read_text():
        problems.append("the HTML report does not name the requirement")
    plugins = next((line for line in done.stdout.splitlines() if line.startswith("plugins: ")), "")
    missing = [
        name
        for name in ("xdist", "randomly", "html", "rerunfailures", "base-url", "schemathesis", "export-contract")
        if name not in plugins
    ]
    return [*problems, *(f"{name} was not there" for name in missing)]


if __name__ == "__main__":
    sys.exit(main())
