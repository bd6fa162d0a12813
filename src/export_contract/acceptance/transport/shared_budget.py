"""A budget that several processes spend together, with its counts in a file that all of them know."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from export_contract.acceptance.transport.budget import Budget, Exhausted, Limits

_TABLE: Final = "CREATE TABLE IF NOT EXISTS spent (started REAL, requests INTEGER, jobs INTEGER, reserved INTEGER)"
_FIRST_ROW: Final = "INSERT INTO spent SELECT ?, 0, 0, 0 WHERE NOT EXISTS (SELECT * FROM spent)"
_LOCK_SECONDS: Final = 30.0
_LOOKS_EVERY: Final = 0.02
"""Seconds between two looks at a job that another process has reserved."""


class SharedBudget(Budget):
    """A budget of which each process and thread takes its part; `requests` and `jobs` count what this one took.

    After `reservation_seconds`, a job that is reserved counts as created: its process may have died.
    """

    def __init__(self, limits: Limits, file: Path, *, reservation_seconds: float = 30.0) -> None:
        super().__init__(limits)
        self._file = file
        self._reservation_seconds = reservation_seconds
        with self._counts() as connection:
            self._begun = connection.execute("SELECT started FROM spent").fetchone()[0]

    @property
    def seconds_left(self) -> float | None:
        """Of all processes together; None where there is no limit."""
        return None if self.limits.seconds is None else self.limits.seconds - (time.time() - self._begun)

    @property
    def jobs_left(self) -> int:
        """Jobs that all processes together may still create."""
        with self._counts() as connection:
            taken: int = connection.execute("SELECT jobs + reserved FROM spent").fetchone()[0]
        return max(0, self.limits.jobs - taken)

    def reserve(self, *, may_create: bool = True, keep: int = 0, keep_requests: int = 0) -> Exhausted | None:
        """As Budget.reserve, of what all processes have spent."""
        most = self.limits.jobs - keep
        waits_until = time.monotonic() + self._reservation_seconds
        while True:
            left = self.seconds_left
            if left is not None and left <= 0:
                return Exhausted.SECONDS
            with self._counts() as connection:
                requests, jobs, reserved = connection.execute("SELECT requests, jobs, reserved FROM spent").fetchone()
                if requests >= self.limits.requests - keep_requests:
                    return Exhausted.REQUESTS
                is_gone = jobs >= most or (jobs + reserved >= most and time.monotonic() > waits_until)
                if may_create and is_gone:
                    return Exhausted.JOBS
                if not may_create or jobs + reserved < most:
                    connection.execute(
                        "UPDATE spent SET requests = requests + 1, reserved = reserved + ?", (may_create,)
                    )
                    self._count(requests=1)
                    return None
            time.sleep(_LOOKS_EVERY)

    def settle(self, *, created_job: bool, may_create: bool = True) -> None:
        """As Budget.settle."""
        with self._counts() as connection:
            connection.execute("UPDATE spent SET reserved = reserved - ?, jobs = jobs + ?", (may_create, created_job))
        self._count(jobs=int(created_job))

    def _count(self, *, requests: int = 0, jobs: int = 0) -> None:
        with self._changed:
            self.requests += requests
            self.jobs += jobs

    @contextmanager
    def _counts(self) -> Iterator[sqlite3.Connection]:
        """The counts, for this process and thread alone until the end of the block."""
        with closing(sqlite3.connect(self._file, timeout=_LOCK_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")  # they need not outlive the machine
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            connection.execute(_FIRST_ROW, (time.time(),))
            yield connection
            connection.execute("COMMIT")
