"""Whether economy changes a verdict: each fault with the default budget, and again with jobs for everything.

The second run puts nothing off and packs nothing. Prints a line for each fault where other requirements fail, then the
totals; the exit status is 1 where there is such a fault.

    python tests/economy.py [NAME ...]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from statistics import median
from typing import NamedTuple
from unittest.mock import patch

from export_contract import load_contract
from export_contract.acceptance import PHASES, Limits, Results, RunPlan, run
from export_contract.acceptance.phases import evidence, grouping
from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, running

LAVISH = Limits(jobs=1_000, requests=3_000)
PHASES_WITHOUT_CHANCE = tuple(phase for phase in PHASES if phase != "explore")
"""Exploration draws more where more jobs are left."""


class Compared(NamedTuple):
    """What two runs against one fault say."""

    name: str
    economical: frozenset[str]
    """The requirements that fail with the default budget."""
    lavish: frozenset[str]
    jobs: tuple[int, int]


@contextmanager
def nothing_put_off() -> Iterator[None]:
    """Sends each case by itself, however many others of its requirement were accepted."""
    with patch.object(evidence, "PUT_OFF_AFTER", 1_000), patch.object(grouping, "MOST_PACKED", 1):
        yield


def compare(name: str) -> Compared:
    """Run twice against a sandbox with a fault."""
    economical = _run(name, Limits())
    with nothing_put_off():
        lavish = _run(name, LAVISH)
    return Compared(name, _failed(economical), _failed(lavish), (_jobs(economical), _jobs(lavish)))


def _run(name: str, limits: Limits) -> Results:
    with running([name]) as url:
        return run(
            RunPlan(
                base_url=url,
                contract=load_contract().with_known_values((12345,)),
                authorization=DEMO_AUTHORIZATION,
                phases=PHASES_WITHOUT_CHANCE,
                limits=limits,
                job_seconds=2.0,
            )
        )


def _failed(results: Results) -> frozenset[str]:
    return frozenset(one.id for one in results.requirements if one.verdict == "failed")


def _jobs(results: Results) -> int:
    return results.counts["jobs_created"]


def main() -> int:
    """Compare all faults, or those that are named."""
    parser = argparse.ArgumentParser(prog="economy.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults; all by default")
    names = parser.parse_args().names or list(FAULTS)
    if unknown := [name for name in names if name not in FAULTS]:
        parser.error(f"there is no fault named {', '.join(unknown)}")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        compared = []
        for one in pool.map(compare, names):
            compared.append(one)
            if one.economical != one.lavish:
                missed, more = sorted(one.lavish - one.economical), sorted(one.economical - one.lavish)
                print(f"{one.name}: missed {missed}, only with the default budget {more}; jobs {one.jobs}", flush=True)
    same = sum(one.economical == one.lavish for one in compared)
    spent = [median(jobs) for jobs in zip(*(one.jobs for one in compared), strict=True)]
    print(f"{same} of {len(compared)} faults with the same requirements; jobs: median {spent[0]:.0f}, {spent[1]:.0f}")
    return 0 if same == len(compared) else 1


if __name__ == "__main__":
    sys.exit(main())
