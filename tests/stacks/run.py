"""Run the kit against each service of this folder, and print what it found.

    python tests/stacks/run.py [NAME ...] [--keep FOLDER] [--table FILE] [-- OPTION ...]

`make stacks` installs what the Python and Node services need first. Each service runs alone, once with no more than a
URL and credentials, and once with `--activity-id`; the options behind `--` are added to both. A service that this
machine cannot start is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

sys.path.insert(0, str(Path(__file__).parent))

from stacks import ACTIVITY, AUTHORIZATION, STACKS, Stack, serving

COMMAND: Final = "import sys; from export_contract.cli import main; sys.exit(main())"
RUNS: Final[dict[str, tuple[str, ...]]] = {"default": (), "activity": ("--activity-id", str(ACTIVITY))}
"""The options of each run, by its name."""


class Ran(NamedTuple):
    """What one run of the kit came to."""

    stack: str
    name: str
    status: int
    seconds: float
    results: dict[str, Any]

    @property
    def findings(self) -> list[str]:
        """Requirement and kind of each finding."""
        return [f"{one['requirement']} {one['kind']}" for one in self.results["findings"]]


def run_kit(stack: Stack, name: str, url: str, folder: Path, more: Sequence[str] = ()) -> Ran:
    """Run the kit against a service; `name` says with which options."""
    results = folder / f"{stack.name}.{name}.json"
    results.unlink(missing_ok=True)
    started = time.perf_counter()
    done = subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, "run", "--base-url", url, *RUNS[name], *more),
            *("--report", f"json={results}", "--no-color"),
        ],
        env={**os.environ, "EXPORT_CONTRACT_AUTHORIZATION": AUTHORIZATION},
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = time.perf_counter() - started
    (folder / f"{stack.name}.{name}.txt").write_bytes(done.stdout)
    return Ran(stack.name, name, done.returncode, seconds, json.loads(results.read_bytes()))


def main() -> int:
    """Run the services that are named, or all; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(STACKS))
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep results, output and the services' logs")
    parser.add_argument("--table", type=Path, metavar="FILE", help="write the table as Markdown")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options = parser.parse_args(sys.argv[1:end])
    chosen = [STACKS[name] for name in options.names] or list(STACKS.values())
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for stack in chosen:
            if not stack.is_available:
                print(f"{stack.name}: not on this machine", flush=True)
                continue
            for name in RUNS:
                with serving(stack, folder / f"{stack.name}.{name}.log") as url:
                    ran = run_kit(stack, name, url, folder, sys.argv[end + 1 :])
                counts, verdict = ran.results["counts"], ran.results["verdict"]
                print(
                    f"{stack.name} ({name}): {verdict}, {counts['requests']} requests, {counts['jobs_created']} jobs, "
                    f"{ran.seconds:.0f} s: {', '.join(ran.findings) or 'no finding'}",
                    flush=True,
                )
                rows.append((stack, ran))
    if options.table:
        options.table.write_text(table(rows))
    return 0


def table(rows: Sequence[tuple[Stack, Ran]]) -> str:
    """What the runs came to, as Markdown: a line for each service, an asterisk where one of its two runs found it."""
    lines = ["| service | verdict | found | requests | jobs |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(stack.name for stack, _ in rows):
        made_of = next(stack.made_of for stack, _ in rows if stack.name == name)
        runs = [ran for stack, ran in rows if stack.name == name]
        found = dict.fromkeys(one for ran in reversed(runs) for one in ran.findings)
        kinds: dict[str, list[str]] = {}
        for one in found:
            requirement, _, kind = one.removeprefix("EXP-").partition(" ")
            mark = "" if all(one in ran.findings for ran in runs) else "\\*"
            kinds.setdefault(kind, []).append(requirement + mark)
        cell = "<br>".join(f"{kind}: {', '.join(names)}" for kind, names in kinds.items()) or "nothing"
        verdict, requests, jobs = (
            " / ".join(dict.fromkeys(values))
            for values in (
                [ran.results["verdict"] for ran in runs],
                [str(ran.results["counts"]["requests"]) for ran in runs],
                [str(ran.results["counts"]["jobs_created"]) for ran in runs],
            )
        )
        lines.append(f"| {made_of} (`{name}`) | {verdict} | {cell} | {requests} | {jobs} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
