"""Children that test one mutant each, two at a time."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from tests.mutation.groups import ROOT

CHILDREN: Final = 2
OUTPUT: Final = ROOT / ".mutation" / "output.txt"
"""What pytest prints, of all children; empty it before a run."""
_ERROR_OF_OURS: Final = 70
"""As an exit code: no mutant was tested."""
_PER_SECOND: Final = 2
"""Of the clock, for each second that a processor is granted: others use the machine too, and sockets wait."""


class Task(NamedTuple):
    """What one child does."""

    name: str
    work: Callable[[], int]
    """Returns the child's exit code."""
    seconds: int
    """Of a processor; then it is stopped."""


def run_all(tasks: Iterable[Task], children: int = CHILDREN) -> Iterator[tuple[str, int]]:
    """Name and exit code of each child as it ends; a negative code is the signal that ended it."""
    running: dict[int, tuple[str, float]] = {}
    for task in tasks:
        while len(running) >= children:
            yield from _ended(running)
        running[_fork(task)] = (task.name, time.monotonic() + task.seconds * _PER_SECOND)
    while running:
        yield from _ended(running)


def _fork(task: Task) -> int:
    if child := os.fork():
        return child
    code = _ERROR_OF_OURS
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (task.seconds, task.seconds + 1))
        output = os.open(OUTPUT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(output, 2)
        code = task.work()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ended(running: dict[int, tuple[str, float]]) -> Iterator[tuple[str, int]]:
    for child, (name, deadline) in list(running.items()):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            if os.waitstatus_to_exitcode(status) == _ERROR_OF_OURS:
                raise ChildProcessError(f"{name}: see {OUTPUT}")
            del running[child]
            yield name, os.waitstatus_to_exitcode(status)
    time.sleep(0.01)
