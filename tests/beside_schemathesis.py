"""What the kit and Schemathesis find on the same services: a Markdown table on standard output.

Both get the same contract and the same credentials, and each a service of its own with the same fault. Schemathesis
runs with all of its checks and its default number of examples. What it reports of the conforming service, with any of
a few seeds, is no find; a fault counts as found where it reports anything else, whatever that is called. Requests and
jobs are those that the service counts.

    python tests/beside_schemathesis.py [--sample 100] [NAME ...]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import NamedTuple
from xml.etree import ElementTree

from export_contract.contract import BUILT_IN
from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, running
from selftest import Trial, try_one

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
SEEDS_WITHOUT_A_FAULT = range(5)
LONGEST = 300
"""Seconds that one run may take."""

Failures = frozenset[tuple[str, str]]
"""Operation, and code of what is wrong with it."""


class Run(NamedTuple):
    """What one run came to."""

    failures: Failures
    requests: int
    jobs: int
    seconds: float


class Beside(NamedTuple):
    """One fault, and what both make of it."""

    fault: str
    is_found: bool
    kit: tuple[int, int, float]
    """Requests, jobs and seconds."""
    schemathesis: Run


def run_schemathesis(faults: Sequence[str], seed: int) -> Run:
    """Run Schemathesis against a sandbox with these faults."""
    with running(faults) as url, tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "junit.xml")
        command = [str(SCHEMATHESIS), "run", str(BUILT_IN), "--url", url, "--checks", "all", "--seed", str(seed)]
        secret = ["--header", f"Authorization: {DEMO_AUTHORIZATION}"]  # of the sandbox, and known to everybody
        started = time.perf_counter()
        subprocess.run(
            [*command, *secret, "--report", "junit", "--report-junit-path", str(report)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=LONGEST,
            check=False,  # it fails where it finds something
        )
        seconds = time.perf_counter() - started
        with urllib.request.urlopen(f"{url}/sandbox/jobs", timeout=10) as response:
            own = json.load(response)
        return Run(_failures(report), own["requests"], own["created"], seconds)


def _failures(report: Path) -> Failures:
    cases = ElementTree.parse(report).iter("testcase")
    return frozenset(
        (case.get("name", ""), code.strip())
        for case in cases
        for one in (*case.iter("failure"), *case.iter("error"))
        for code in one.get("message", "").split(",")
    )


def compare(name: str) -> Beside:
    """Run both against one fault."""
    kit = try_one(Trial(name, seed=0, activity_ids=(12345,)))
    return Beside(name, kit.is_right, (kit.requests, kit.jobs, kit.seconds), run_schemathesis([name], seed=1))


def main() -> int:
    """Compare, and print the table."""
    parser = argparse.ArgumentParser(prog="beside_schemathesis.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults; all by default")
    parser.add_argument("--sample", type=int, metavar="N", help="so many of them, the same in each call")
    options = parser.parse_args()
    names = options.names or list(FAULTS)
    if unknown := [name for name in names if name not in FAULTS]:
        parser.error(f"there is no fault named {', '.join(unknown)}")
    if options.sample:
        names = sorted(random.Random(0).sample(names, options.sample), key=names.index)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        without = pool.map(run_schemathesis, [()] * len(SEEDS_WITHOUT_A_FAULT), SEEDS_WITHOUT_A_FAULT)
        usual: Failures = frozenset(failure for run in without for failure in run.failures)
        compared = list(pool.map(compare, names))
    found = [one for one in compared if one.schemathesis.failures - usual]
    print(f"On the conforming service Schemathesis reports {_shown(usual)}.\n")
    print("| | found | requests, median | jobs, median | seconds, median |\n|---|---|---|---|---|")
    _print_row("export-contract", sum(one.is_found for one in compared), [one.kit for one in compared])
    theirs = [(one.schemathesis.requests, one.schemathesis.jobs, one.schemathesis.seconds) for one in compared]
    _print_row("Schemathesis", len(found), theirs)
    print(f"\nof {len(compared)} faults. Found by Schemathesis: {', '.join(f'`{one.fault}`' for one in found)}.")
    print(f"Found by Schemathesis alone: {', '.join(one.fault for one in found if not one.is_found) or 'none'}.")
    return 0


def _print_row(name: str, found: int, spent: Sequence[tuple[int, int, float]]) -> None:
    requests, jobs, seconds = (median(column) for column in zip(*spent, strict=True))
    print(f"| {name} | {found} of {len(spent)} | {requests:.0f} | {jobs:.0f} | {seconds:.1f} |")


def _shown(failures: Failures) -> str:
    return ", ".join(f"{code} for {operation}" for operation, code in sorted(failures)) or "nothing"


if __name__ == "__main__":
    sys.exit(main())
