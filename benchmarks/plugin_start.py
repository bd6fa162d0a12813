"""What the plugin adds to a start of pytest that does not use it: CPU of `pytest` on one test, with it and without."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

BOUND: Final = 0.020
"""Seconds."""
ROUNDS: Final = 21
OTHERS: Final = ("hypothesispytest", "schemathesis", "xdist", "timeout", "anyio", "cacheprovider")


def seconds(folder: Path, *arguments: str) -> float:
    """The CPU time of one start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    quiet = [word for name in OTHERS for word in ("-p", f"no:{name}")]
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-q", *quiet, *arguments]
    subprocess.run(command, cwd=folder, env=kept, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure in turns, compare the quickest of each, which is disturbed least, and say so in one line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "test_it.py").write_text("def test_it(): pass\n")
        seconds(folder)  # the first start compiles
        with_it, without = [], []
        for _ in range(ROUNDS):
            with_it.append(seconds(folder))
            without.append(seconds(folder, "-p", "no:export-contract"))
    added = min(with_it) - min(without)
    print(
        f"plugin start: {added * 1000:.1f} ms of CPU added to {min(without) * 1000:.0f} ms, "
        f"at most {BOUND * 1000:.0f} ms"
    )
    return 0 if added <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
