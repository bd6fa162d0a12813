"""The whole command against its own sandbox, by the clock: a run is nothing to wait for."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Final

BOUND: Final = 4.0
ROUNDS: Final = 3


def main() -> int:
    """Measure, say so in one line, and tell whether the bound is kept by the quickest of a few runs."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        subprocess.run(
            [Path(sys.executable).with_name("export-contract"), "run", "--sandbox", "-q"],
            capture_output=True,
            check=True,
        )
        found.append(time.perf_counter() - started)
    print(f"wall: a run against the embedded sandbox {min(found):.2f} s, under {BOUND} s")
    return 0 if min(found) < BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
