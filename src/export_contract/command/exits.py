"""Exit statuses, and how the command ends."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, NoReturn

from export_contract.exceptions import Terminated

CONFORMS, VIOLATES, USAGE, INCONCLUSIVE, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 130, 143
"""USAGE: an option, the configuration or a file cannot be used. INCONCLUSIVE: also a defect of export-contract."""

OF_VERDICTS: Final = {"conforms": CONFORMS, "violates": VIOLATES, "inconclusive": INCONCLUSIVE}
_HANDLED: Final = (signal.SIGINT, signal.SIGTERM)
_TO_WRITE: Final = 2.0
"""Seconds in which an interrupted run writes what it found, and further signals do not matter."""


class Signals:
    """SIGINT and SIGTERM: the first one ends what goes on; more of them cannot keep it from being written.

    An exception is raised for the first one alone, and so there is no second one while the first is handled.
    """

    def __init__(self) -> None:
        self._first: int | None = None
        self._at = 0.0
        self._raises = True
        self._waits = False
        """Whether an exception is still to be raised."""

    @property
    def were_received(self) -> bool:
        """Whether there was any."""
        return self._first is not None

    @property
    def status(self) -> int:
        """The exit status of what was ended by a signal."""
        return TERMINATED if self._first == signal.SIGTERM else INTERRUPTED

    def hold(self) -> None:
        """From now on only remember a signal, but within blocks of `let_in`: nothing else is to be left half done."""
        self._raises = False

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """Raise what was held, and what comes within the block; for whoever catches it around the block."""
        self._raises = True
        try:
            if self._waits:
                self._raise()
            yield
        finally:
            self._raises = False

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Handle a signal; raises KeyboardInterrupt, or Terminated."""
        if self._first is None:
            self._first, self._at = number, time.monotonic()
            if self._raises:
                self._raise()
            self._waits = True
        elif time.monotonic() - self._at > _TO_WRITE:
            leave_at_once(self.status)

    def _raise(self) -> NoReturn:
        self._waits = False
        raise Terminated if self._first == signal.SIGTERM else KeyboardInterrupt


@contextmanager
def handled_signals() -> Iterator[Signals]:
    """Handle SIGINT and SIGTERM within the block."""
    signals = Signals()
    if threading.current_thread() is not threading.main_thread():
        yield signals
        return
    earlier = {number: signal.signal(number, signals.handle) for number in _HANDLED}
    atexit.register(_ignore_signals)
    try:
        yield signals
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """What comes while the interpreter ends would change the exit status of a run of which everything is written."""
    for number in _HANDLED:
        signal.signal(number, signal.SIG_IGN)


def leave_at_once(status: int) -> NoReturn:
    """End the process: a request may still wait for a response that nobody wants now."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, RuntimeError):
            stream.flush()
    os._exit(status)
