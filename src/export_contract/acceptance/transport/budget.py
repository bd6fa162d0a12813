"""The budget: the most requests, jobs and seconds that a run may spend; what a request needs is reserved beforehand."""

from __future__ import annotations

import threading
import time
from enum import StrEnum

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a run may spend at most."""

    requests: int = 700
    jobs: int = 60
    seconds: float | None = None


class Exhausted(StrEnum):
    """What a budget has no more of."""

    REQUESTS = "requests"
    JOBS = "jobs"
    SECONDS = "time"


class Budget:
    """Counts what is spent; safe for any number of threads.

    A request that may create a job reserves one until its response is known, so that the budget is never exceeded.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.requests = 0
        self.jobs = 0
        self._reserved = 0
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

    def reserve(self, *, may_create: bool = True, keep: int = 0, keep_requests: int = 0) -> Exhausted | None:
        """Reserve one request, and one job where it may create one; then `settle` must follow.

        Returns what is exhausted where it may not be sent, else None. Where others have reserved all jobs that are
        left, it waits for their responses. A request that cannot create a job, such as a GET, is reserved with
        `may_create=False`, and is sent for as long as there are requests left. The last `keep` jobs and the
        last `keep_requests` requests are not touched.
        """
        jobs = self.limits.jobs - keep
        with self._changed:
            while True:
                left = self.seconds_left
                if left is not None and left <= 0:
                    return Exhausted.SECONDS
                if self.requests >= self.limits.requests - keep_requests:
                    return Exhausted.REQUESTS
                if may_create and self.jobs >= jobs:
                    return Exhausted.JOBS
                if not may_create or self.jobs + self._reserved < jobs:
                    self.requests += 1
                    self._reserved += may_create
                    return None
                self._changed.wait(left)

    def settle(self, *, created_job: bool, may_create: bool = True) -> None:
        """Say what became of a request; `may_create` is what it was reserved with."""
        with self._changed:
            self._reserved -= may_create
            self.jobs += created_job
            self._changed.notify_all()
