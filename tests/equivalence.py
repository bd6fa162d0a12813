"""Two revisions of the kit against the same faults and variants: whether they report the same.

    python tests/equivalence.py OLD_SRC NEW_SRC --cache FOLDER

Each revision is a `src` folder. It runs with default options, in processes of its own, against its own embedded
sandbox: once with each variant, and with each of some faults, which are chosen over all areas of the contract and are
the same in every call. Compared are verdict, findings by requirement and fingerprint, requirements that were not
exercised, requests by phase and case, and jobs by case. Prints a Markdown table of what differs; exit status 1 where
something does. What is a matter of time or chance is left out: how often the status of one job is read, requests that
were sent again because the target put them off, and which cases exploring drew.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, NamedTuple

COMMAND: Final = "import sys; from export_contract.cli import main; sys.exit(main())"
TABLES: Final = """
import json
from export_contract.sandbox import FAULTS, VARIANTS
print(json.dumps([{name: fault.requirement for name, fault in FAULTS.items()}, list(VARIANTS)]))
"""
PHASES: Final = {"again": "recheck"}
"""What phases are called now."""
LONGEST: Final = 400.0
"""Seconds that one run may take before it is killed."""


class Subject(NamedTuple):
    """A fault or variant of the sandbox."""

    kind: str
    name: str


class Seen(NamedTuple):
    """What a run reported, as far as two revisions have to agree on it."""

    verdict: str
    findings: frozenset[tuple[str, str]]
    """Requirement and fingerprint of each."""
    not_exercised: frozenset[str]
    sent: Counter[tuple[str, str]]
    """Phase and case of each request; of the looks at one job, whose number is a matter of time, one."""
    jobs: Counter[str]
    """The case of each job in the ledger; exploring may send the same case, which does not count."""
    explored: frozenset[str]
    """Cases of exploring, which are drawn by chance, and fewer on a busy machine: only what they show is compared."""
    requests: int
    jobs_created: int

    def agrees_with(self, other: Seen) -> bool:
        """Whether two runs reported the same, but for what is a matter of time or chance."""
        return self[:5] == other[:5]


class Ran(NamedTuple):
    """All runs of one revision with one fault or variant."""

    subject: Subject
    seen: tuple[Seen, ...]
    seconds: tuple[float, ...]
    """Of the runs that were not in the cache."""


class Revision:
    """The kit as it is in one `src` folder."""

    def __init__(self, source: Path, cache: Path | None) -> None:
        self.source = source.resolve()
        if not (self.source / "export_contract").is_dir():
            raise SystemExit(f"{source} is not the src folder of a revision")
        self.cache = cache / digest(self.source) if cache else None
        # The embedded sandbox was the default once; --sandbox asks for it since.
        self.options = ["--sandbox"] if "--sandbox" in self.call(COMMAND, "run", "--help").stdout else []

    def call(
        self, code: str, *arguments: str, folder: Path | None = None, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run Python code with this revision, in an environment that has nothing else in it."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=folder or self.source,
            env={**kept, "PYTHONPATH": str(self.source), **(variables or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    def tables(self) -> tuple[dict[str, str], list[str]]:
        """The requirement that each fault of its sandbox breaks, and the names of its variants."""
        faults, variants = json.loads(self.call(TABLES).stdout)
        return faults, variants

    def run(self, subject: Subject, runs: int) -> Ran:
        """The results of at least so many runs; those in the cache are used first."""
        seen = [seen_in(json.loads(gzip.decompress(path.read_bytes()))) for path in self._cached(subject)]
        seconds = []
        while len(seen) < runs:
            started = time.perf_counter()
            seen.append(self._run_once(subject, len(seen) + 1))
            seconds.append(time.perf_counter() - started)
        return Ran(subject, tuple(seen), tuple(seconds))

    def _run_once(self, subject: Subject, number: int) -> Seen:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "results.json"
            arguments = ("run", "--quiet", *self.options, "--report", f"json={path}")
            variables = {f"EXPORT_CONTRACT_{subject.kind.upper()}": subject.name}
            try:
                done = self.call(COMMAND, *arguments, folder=Path(name), variables=variables)
            except subprocess.TimeoutExpired:
                return _nothing(f"no end within {LONGEST:.0f} s")
            if not path.exists():
                said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
                return _nothing(f"no results, status {done.returncode}: {said}")
            content = path.read_bytes()
        if self.cache:
            self.cache.mkdir(parents=True, exist_ok=True)
            self._place(subject, number).write_bytes(gzip.compress(content, mtime=0))
        return seen_in(json.loads(content))

    def _cached(self, subject: Subject) -> Iterator[Path]:
        places = (self._place(subject, number) for number in itertools.count(1)) if self.cache else iter(())
        return itertools.takewhile(Path.exists, places)

    def _place(self, subject: Subject, number: int) -> Path:
        assert self.cache
        return self.cache / f"{subject.kind}-{subject.name}.{number}.json.gz"


def digest(source: Path) -> str:
    """A name for what a `src` folder holds."""
    total = hashlib.sha256()
    for path in sorted((source / "export_contract").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(f"{path.relative_to(source)}\n".encode() + hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()[:12]


def seen_in(results: Mapping[str, Any]) -> Seen:
    """What a results file reports; versions 1 and 2 have these members in common."""
    exchanges = [(PHASES.get(one["phase"], one["phase"]), one) for one in results["exchanges"]]
    explored = frozenset(one["case"]["id"] for phase, one in exchanges if phase == "explore")
    sent = Counter(
        (phase, one["case"]["id"]) for phase, one in exchanges if phase != "explore" and not one.get("retried")
    )
    jobs = Counter(one["case"] for one in results["ledger"])
    return Seen(
        verdict=results["verdict"],
        findings=frozenset((one["requirement"], one["fingerprint"]) for one in results["findings"]),
        not_exercised=frozenset(
            one["id"] for one in results["requirements"] if one["verdict"].replace("_", " ") == "not exercised"
        ),
        sent=Counter({key: 1 if key[0] == "jobs" else count for key, count in sent.items()}),
        jobs=jobs & Counter(case for _, case in sent.elements()),
        explored=explored,
        requests=results["counts"]["requests"],
        jobs_created=results["counts"]["jobs_created"],
    )


def _nothing(why: str) -> Seen:
    return Seen(why, frozenset(), frozenset(), Counter(), Counter(), frozenset(), 0, 0)


def some_of(faults: Mapping[str, str], count: int) -> list[str]:
    """So many faults, the same in every call, by turns from each area of the contract: EXP-AUTH, EXP-FILE and so on."""
    chance = random.Random("equivalence")
    areas: dict[str, list[str]] = {}
    for name in sorted(faults):
        areas.setdefault(re.sub(r"^(\w+-\w+).*", r"\1", faults[name]), []).append(name)
    for names in areas.values():
        chance.shuffle(names)
    turns = itertools.zip_longest(*areas.values())
    return [name for turn in turns for name in turn if name][:count]


def differences(old: Ran, new: Ran) -> list[str]:
    """What the first runs of two revisions do not agree on; nothing where any two of their runs agree."""
    if any(before.agrees_with(after) for before in old.seen for after in new.seen):
        return []
    before, after = old.seen[0], new.seen[0]
    found = [f"verdict {before.verdict} → {after.verdict}"] if before.verdict != after.verdict else []
    for word, ids in (("lost", before.findings - after.findings), ("gained", after.findings - before.findings)):
        found += [f"{word} {requirement} `{fingerprint}`" for requirement, fingerprint in sorted(ids)]
    found += [f"{name} no longer exercised" for name in sorted(after.not_exercised - before.not_exercised)]
    found += [f"{name} now exercised" for name in sorted(before.not_exercised - after.not_exercised)]
    for word, requests in (("not sent", before.sent - after.sent), ("sent besides", after.sent - before.sent)):
        for phase in sorted({phase for phase, _ in requests}):
            found.append(_some(f"{word} in {phase}", [case for name, case in requests.elements() if name == phase]))
    for word, jobs in (("no job of", before.jobs - after.jobs), ("another job of", after.jobs - before.jobs)):
        found += [_some(word, list(jobs.elements()))] if jobs else []
    return found


def _some(word: str, cases: Sequence[str]) -> str:
    return f"{word}: {len(cases)} ({', '.join(cases[:2])}{', …' if len(cases) > 2 else ''})"


def table(old: Sequence[Ran], new: Sequence[Ran]) -> Iterator[str]:
    """What differs, as Markdown; then what is the same, how long it took, and what a revision reports by chance."""
    rows = [(before, after, differences(before, after)) for before, after in zip(old, new, strict=True)]
    differing = [row for row in rows if row[2]]
    if differing:
        yield "| fault or variant | findings | requests | jobs | what differs |"
        yield "|---|---|---|---|---|"
        for before, after, found in differing:
            first, second = before.seen[0], after.seen[0]
            numbers = (
                _change(len(first.findings), len(second.findings)),
                _change(first.requests, second.requests),
                _change(first.jobs_created, second.jobs_created),
            )
            name = f"{before.subject.kind} `{before.subject.name}`"
            yield f"| {name} | {' | '.join(numbers)} | {'; '.join(found)} |"
        yield ""
    for kind in ("fault", "variant"):
        of_kind = [row for row in rows if row[0].subject.kind == kind]
        yield f"{sum(not found for *_, found in of_kind)} of {len(of_kind)} {kind}s the same"
    explored = [(before.seen[0].explored, after.seen[0].explored) for before, after, _ in rows]
    nested = sum(one <= other or other <= one for one, other in explored)
    yield f"{nested} of {len(rows)} explored the same cases, as far as each came"
    for label, ran in (("old", old), ("new", new)):
        yield from _about(label, ran)


def _change(before: int, after: int) -> str:
    return str(before) if before == after else f"{before} → {after}"


def _about(label: str, all_ran: Sequence[Ran]) -> Iterator[str]:
    """How one revision ran: its time, and where its own runs do not agree."""
    first = [ran.seen[0] for ran in all_ran]
    numbers = [(one.requests, one.jobs_created, len(one.explored)) for one in first]
    requests, jobs, explored = (statistics.median(column) for column in zip(*numbers, strict=True))
    yield f"{label}: median of {requests:g} requests, {explored:g} of them explored, and {jobs:g} jobs"
    seconds = [one for ran in all_ran for one in ran.seconds]
    if seconds:
        figures = f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s"
        yield f"{label}: {len(seconds)} runs of {sum(seconds):.0f} s, {figures}"
    for ran in all_ran:
        each = [Ran(ran.subject, (one,), ()) for one in ran.seen]
        found = ["; ".join(differences(each[0], one)) for one in each[1:]]
        if any(found):
            yield f"{label}: unstable {ran.subject.kind} `{ran.subject.name}`: {' / '.join(found)}"


def main() -> int:
    """Run both, and print how they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("old", type=Path, metavar="OLD_SRC")
    parser.add_argument("new", type=Path, metavar="NEW_SRC")
    parser.add_argument("--faults", type=int, default=40, metavar="N", help="how many faults (40)")
    parser.add_argument("--only", nargs="+", default=(), metavar="NAME", help="these faults and variants alone")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of each, to see what is unstable (1)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="runs at the same time (2)")
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="keeps results, each revision by what it holds")
    chosen = parser.parse_args()
    old, new = Revision(chosen.old, chosen.cache), Revision(chosen.new, chosen.cache)
    faults, variants = old.tables()
    subjects = [
        *(Subject("fault", name) for name in (faults if chosen.only else some_of(faults, chosen.faults))),
        *(Subject("variant", name) for name in variants),
    ]
    if chosen.only:
        subjects = [one for one in subjects if one.name in chosen.only]
        if unknown := set(chosen.only) - {one.name for one in subjects}:
            parser.error(f"the old revision has no fault or variant {', '.join(sorted(unknown))}")
    with ThreadPoolExecutor(chosen.workers) as pool:
        before = list(pool.map(old.run, subjects, itertools.repeat(chosen.runs)))
        after = list(pool.map(new.run, subjects, itertools.repeat(chosen.runs)))
    print("\n".join(table(before, after)))
    return 1 if any(map(differences, before, after)) else 0


if __name__ == "__main__":
    sys.exit(main())
