"""How long a process waited for a core: time that a busy machine took, and not what is measured on it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_LOOKS_EVERY: Final = 0.05
"""Seconds; a thread that ends in between is counted up to the last look."""


@contextmanager
def waited_for_cores(pid: int | None = None) -> Iterator[Callable[[], float]]:
    """Tells for how many seconds a thread of a process has waited for a core since the block began.

    Of several threads it is the one that waited most, so that it is never more than the time that went by, and on an
    idle machine it is next to nothing. None stands for this process; where the system does not tell, it is 0.
    """
    tasks = Path(f"/proc/{os.getpid() if pid is None else pid}/task")
    before = _delays(tasks)
    latest = dict(before)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOKS_EVERY):
            latest.update(_delays(tasks))

    def waited() -> float:
        latest.update(_delays(tasks))
        return max((delay - before.get(name, 0) for name, delay in latest.copy().items()), default=0) / 1e9

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield waited
    finally:
        ended.set()
        watching.join()


def _delays(tasks: Path) -> dict[str, int]:
    """The nanoseconds that each thread has waited while it could have run."""
    found = {}
    with suppress(OSError):  # a thread, or the process, may end meanwhile
        for task in tasks.iterdir():
            with suppress(OSError):
                found[task.name] = int((task / "schedstat").read_text(encoding="ascii").split()[1])
    return found
