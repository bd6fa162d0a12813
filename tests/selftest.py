"""The kit against every fault that it must find and every variant that it must leave alone: `make selftest`.

Prints a line for each that is missed, accused, or reported under another requirement, then the totals. The exit status
is 1 where a fault is missed or a variant accused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import cycle, product
from pathlib import Path
from statistics import median

from export_contract import load_contract
from export_contract.acceptance import PHASES, Limits, RunPlan, run
from export_contract.sandbox import DEMO_AUTHORIZATION, FAULTS, VARIANTS, running

MOST_JOBS = 100
MOST_SECONDS = 180.0
GROUPS = {"faults": tuple(FAULTS), "variants": tuple(VARIANTS)}
CONFORMS = ("conforms",)
SANDBOX_ID = 12345
"""The learningActivityId that the sandbox has; runs declare it, but where a variant has another."""
INCONCLUSIVE = {"no-records": ("conforms", "inconclusive")}
"""Variants that leave a run nothing to look at, so that it may say so."""
REASONS = {f"create-redirected-{status}": "POST" for status in (301, 307, 308)}
"""Faults that leave a run nothing to test: it may be inconclusive, with these words in its reason."""


@dataclass(frozen=True)
class Trial:
    """One run against one fault or variant."""

    name: str
    seed: int
    concurrency: int = 4
    activity_ids: tuple[int, ...] = ()
    """Declared to the run."""
    verdicts: tuple[str, ...] = CONFORMS
    """Those that are right for a variant."""

    @property
    def wanted(self) -> str | None:
        """The requirement that the fault breaks; None for a variant."""
        return FAULTS[self.name].requirement if self.name in FAULTS else None

    @property
    def label(self) -> str:
        """The name, with what is declared."""
        other_ids = [one for one in self.activity_ids if one != SANDBOX_ID]
        return f"{self.name} --activity-id {other_ids[0]}" if other_ids else self.name

    @property
    def settings(self) -> str:
        """What a run of it depends on beside that."""
        return f"seed {self.seed}, concurrency {self.concurrency}"


@dataclass(frozen=True)
class TrialResult:
    """What a run said of one trial."""

    trial: Trial
    verdict: str
    reason: str | None
    found: tuple[str, ...]
    """The requirements of its findings, warnings too."""
    requests: int
    jobs: int
    counted: tuple[int, int]
    """Requests and jobs by the sandbox's own count."""
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the fault was found under its requirement, or the variant left alone, within the budget."""
        wanted, words = self.trial.wanted, REASONS.get(self.trial.name)
        if words is not None and self.verdict == "inconclusive":
            return words in (self.reason or "")
        seen = wanted in self.found if wanted else self.verdict in self.trial.verdicts
        return seen and self.jobs <= MOST_JOBS

    @property
    def state(self) -> str:
        """What became of it, in a word or two."""
        if self.trial.wanted:
            return "found" if self.is_right else "MISSED"
        return "left alone" if self.is_right else "ACCUSED" if self.verdict == "violates" else "UNDECIDED"

    @property
    def others(self) -> list[str]:
        """Requirements that it was reported under besides."""
        return sorted({name for name in self.found if name != self.trial.wanted})


def trials_of(name: str, seed: int, concurrency: int) -> Iterator[Trial]:
    """The runs for one fault or variant: two, where an id has to be declared for it to conform."""
    activity_id = VARIANTS[name].activity_id if name in VARIANTS else None
    if activity_id is None:
        yield Trial(name, seed, concurrency, activity_ids=(SANDBOX_ID,), verdicts=INCONCLUSIVE.get(name, CONFORMS))
    else:
        yield Trial(name, seed, concurrency, activity_ids=(activity_id,))
        yield Trial(name, seed, concurrency, verdicts=("inconclusive",))


def try_one(trial: Trial) -> TrialResult:
    """Run against the sandbox with one fault or variant; exploring only where a fault is missed without."""
    everything = tuple(PHASES)
    if not trial.wanted:
        return _run(trial, everything)
    result = _run(trial, tuple(phase for phase in PHASES if phase != "explore"))
    return result if result.is_right else _run(trial, everything)


def _run(trial: Trial, phases: tuple[str, ...]) -> TrialResult:
    contract = load_contract()
    if trial.activity_ids:
        contract = contract.with_known_values(trial.activity_ids)
    started = time.perf_counter()
    faults, variants = ([trial.name], []) if trial.wanted else ([], [trial.name])
    with running(faults=faults, variants=variants) as url:
        plan = RunPlan(
            base_url=url,
            contract=contract,
            authorization=DEMO_AUTHORIZATION,
            phases=phases,
            limits=Limits(seconds=MOST_SECONDS),
            job_seconds=2.0,
            seed=trial.seed,
            concurrency=trial.concurrency,
        )
        results = run(plan)
        seconds = time.perf_counter() - started
        with urllib.request.urlopen(f"{url}/sandbox/jobs", timeout=10) as response:
            own = json.load(response)
    return TrialResult(
        trial,
        results.verdict,
        results.reason,
        tuple(finding.requirement for finding in results.findings),
        results.counts["requests"],
        results.counts["jobs_created"],
        (own["requests"], own["created"]),
        seconds,
    )


def lines(one: TrialResult) -> Iterator[str]:
    """What there is to print of a result: that it is not as it should be, or has something to add."""
    subject = f"{one.trial.label:<32} {one.trial.settings}"
    if not one.is_right or one.others:
        yield f"{'also' if one.is_right else one.state:<9} {subject}; {_wanted(one)}; {_seen(one)}"
    if one.counted != (one.requests, one.jobs):
        own = f"the target counts {one.counted[0]} requests and {one.counted[1]} jobs"
        yield f"{'COUNTS':<9} {subject}; {own}, the run {one.requests} and {one.jobs}"


def _wanted(one: TrialResult) -> str:
    return one.trial.wanted or " or ".join(one.trial.verdicts)


def _seen(one: TrialResult) -> str:
    found = ", ".join(one.others) or "nothing else"
    reason = f" ({one.reason})" if one.reason else ""
    return f"{one.verdict}{reason}: {found}; {one.requests} requests, {one.jobs} jobs, {one.seconds:.0f} s"


def table(tried: Iterable[TrialResult]) -> Iterator[str]:
    """The results as a table in Markdown."""
    yield "| fault or variant | breaks | verdict | findings | requests | jobs | seconds |\n"
    yield "|---|---|---|---|---|---|---|\n"
    for one in tried:
        found = ", ".join(dict.fromkeys(one.found)) or "none"
        figures = f"{one.requests} | {one.jobs} | {one.seconds:.1f}"
        yield f"| `{one.trial.label}` | {one.trial.wanted or 'nothing'} | {one.state} | {found} | {figures} |\n"


def totals(tried: list[TrialResult], seconds: float) -> str:
    """How many were right, and what the runs cost."""
    faults = [one for one in tried if one.trial.wanted]
    variants = [one for one in tried if not one.trial.wanted]
    requests, jobs = [one.requests for one in tried], [one.jobs for one in tried]
    return (
        f"{sum(one.is_right for one in faults)} of {len(faults)} faults found, "
        f"{sum(one.is_right for one in variants)} of {len(variants)} variants left alone; "
        f"requests: median {median(requests):.0f}, most {max(requests)}; "
        f"jobs: median {median(jobs):.0f}, most {max(jobs)}; {seconds:.0f} s"
    )


def main() -> int:
    """Run against all that are chosen, and print what was not as it should be."""
    options = _options()
    runs = zip(product(options.seeds, options.only), cycle(options.concurrency))
    trials = [trial for (seed, name), concurrency in runs for trial in trials_of(name, seed, concurrency)]
    started = time.perf_counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        tried = []
        for result in pool.map(try_one, trials):
            tried.append(result)
            for line in lines(result):
                print(line, flush=True)
    if options.table:
        options.table.write_text("".join(table(tried)), encoding="utf-8")
    print(totals(tried, time.perf_counter() - started))
    return 0 if all(one.is_right for one in tried) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="selftest.py", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[*GROUPS], help="faults, variants, or some of them"
    )
    parser.add_argument("--seeds", metavar="N,N", default="0", help="run each once with each of these seeds")
    parser.add_argument(
        "--concurrency",
        metavar="N,N",
        default="4",
        help="requests at the same time; of several, each run takes the next",
    )
    parser.add_argument("--jobs", type=int, metavar="N", default=os.cpu_count(), help="processes at the same time")
    parser.add_argument("--table", type=Path, metavar="PATH", help="write a table in Markdown")
    options = parser.parse_args()
    names = dict.fromkeys(one for name in options.only for one in GROUPS.get(name, (name,)))
    unknown = [name for name in names if name not in FAULTS and name not in VARIANTS]
    if unknown:
        parser.error(f"there is no fault or variant named {', '.join(unknown)}")
    for name in ("seeds", "concurrency"):
        try:
            setattr(options, name, [int(number) for number in getattr(options, name).split(",")])
        except ValueError:
            parser.error(f"--{name} takes whole numbers with commas between them")
    options.only = list(names)
    return options


if __name__ == "__main__":
    sys.exit(main())
