"""The budget: the most requests, jobs and seconds that a run may spend, asked before anything is sent."""

from __future__ import annotations

import threading
import time
from enum import StrEnum

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a run may spend at most."""

    requests: int = 600
    jobs: int = 100
    seconds: float | None = None


class Spent(StrEnum):
    """Which part of a budget is used up."""

    REQUESTS = "requests"
    JOBS = "jobs"
    SECONDS = "time"


class Budget:
    """Counts what is spent; safe for any number of threads.

    A request that may create a job holds one job back until its answer is known, so that the budget is never exceeded.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.requests = 0
        self.jobs = 0
        self._held = 0
        self._changed = threading.Condition()
        self._started = time.monotonic()

    @property
    def seconds_left(self) -> float | None:
        """None where there is no limit."""
        if self.limits.seconds is None:
            return None
        return self.limits.seconds - (time.monotonic() - self._started)

    @property
    def jobs_left(self) -> int:
        """Jobs that may still be created."""
        return self.limits.jobs - self.jobs

    def reserve(self, *, may_create: bool = True) -> Spent | None:
        """May one more request be sent, and create one more job? None where it may; then `settle` must follow.

        Waits for the answers of others where all that is left of the jobs is held back by them. A request that cannot
        create a job, such as a GET, asks with `may_create=False`, and is sent for as long as there are requests left.
        """
        with self._changed:
            while True:
                left = self.seconds_left
                if left is not None and left <= 0:
                    return Spent.SECONDS
                if self.requests >= self.limits.requests:
                    return Spent.REQUESTS
                if may_create and self.jobs >= self.limits.jobs:
                    return Spent.JOBS
                if not may_create or self.jobs + self._held < self.limits.jobs:
                    self.requests += 1
                    self._held += may_create
                    return None
                self._changed.wait(left)

    def settle(self, *, created_job: bool, may_create: bool = True) -> None:
        """Tell the budget what became of a request that it allowed; `may_create` is what was asked with."""
        with self._changed:
            self._held -= may_create
            self.jobs += created_job
            self._changed.notify_all()
