"""The kit against every fault that it must catch and every variant that it must not flag: `make selftest`.

Prints a line for each that is missed, flagged, or told under another requirement, then the sums; exit status 1 where
any is. Names as arguments choose some of them. In the environment, SEED chooses the seed, and TABLE a Markdown file to
write the table to.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from export_contract import load_contract
from export_contract.acceptance import PHASES, RunPlan, run
from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, VARIANTS, running

SEED = int(os.environ.get("SEED", "0"))


class Row(NamedTuple):
    """What became of one fault or variant."""

    name: str
    wanted: str | None
    """The requirement that the fault breaks; None for a variant."""
    verdict: str
    found: tuple[str, ...]
    requests: int
    jobs: int
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the fault was caught by its name, or the variant left alone, within the budget."""
        caught = self.wanted in self.found if self.wanted else self.verdict == "conforms"
        return caught and self.jobs <= 100


def test_one(name: str) -> Row:
    """Run against the sandbox with one fault or variant; exploring only where a fault is missed without."""
    if name in VARIANTS:
        return _row(name, tuple(PHASES))
    row = _row(name, tuple(phase for phase in PHASES if phase != "explore"))
    return row if row.is_right else _row(name, tuple(PHASES))


def _row(name: str, phases: tuple[str, ...]) -> Row:
    wanted = FAULTS[name].requirement if name in FAULTS else None
    started = time.perf_counter()
    with running(faults=[name] if wanted else [], variants=[] if wanted else [name]) as url:
        plan = RunPlan(
            base_url=url,
            contract=load_contract(),
            authorization=DEMO_AUTHORIZATION,
            phases=phases,
            job_seconds=2.0,
            seed=SEED,
        )
        results = run(plan)
    found = tuple(finding.requirement for finding in results.findings)
    counts = results.counts
    seconds = time.perf_counter() - started
    return Row(name, wanted, results.verdict, found, counts["requests"], counts["jobs_created"], seconds)


def _table(rows: list[Row]) -> Iterator[str]:
    """The rows as Markdown."""
    yield "| fault or variant | breaks | verdict | findings | requests | jobs | seconds |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for row in rows:
        state = ("caught" if row.wanted else "left alone") if row.is_right else ("MISSED" if row.wanted else "FLAGGED")
        found = ", ".join(dict.fromkeys(row.found)) or "none"
        figures = f"{row.requests} | {row.jobs} | {row.seconds:.1f}"
        yield f"| `{row.name}` | {row.wanted or 'nothing'} | {state} | {found} | {figures} |\n"


def main() -> int:
    """Run against all of them, and say what was not as it should be."""
    names = sys.argv[1:] or [
        *FAULTS,
        *VARIANTS,
    ]
    started = time.perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        rows = list(pool.map(test_one, names))
    for row in rows:
        others = sorted({name for name in row.found if name != row.wanted})
        if not row.is_right or others:
            state = "also" if row.is_right else "MISSED" if row.wanted else "FLAGGED"
            wanted = row.wanted or "conforms"
            print(f"{state:<8} {row.name:<28} {wanted}; {row.verdict} {' '.join(others)}; {row.jobs} jobs")
    if path := os.environ.get("TABLE"):
        Path(path).write_text("".join(_table(rows)), encoding="utf-8")
    right = sum(row.is_right for row in rows)
    faults = [row for row in rows if row.wanted]
    print(
        f"{sum(row.is_right for row in faults)} of {len(faults)} faults caught, "
        f"{right - sum(row.is_right for row in faults)} of {len(rows) - len(faults)} variants left alone; "
        f"at most {max(row.requests for row in rows)} requests and {max(row.jobs for row in rows)} jobs; "
        f"{time.perf_counter() - started:.0f} s"
    )
    return 0 if right == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
