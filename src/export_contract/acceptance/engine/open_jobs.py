"""How many jobs a target lets run at once: declared beforehand, or learned from what it refuses.

A request that must be accepted and is refused may only have come too soon: earlier jobs still ran. So the earlier jobs
are waited for, and the request is sent once more, with no other beside it. Where it is accepted then, the target has a
limit, and the run respects it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from export_contract.acceptance.checks.job_status import state_of
from export_contract.acceptance.model.exchange import Exchange
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import FINAL_STATES, status_call
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED, Call
from export_contract.strategies.http.status_calls import status_case

_REFUSALS: Final = (400, 403, 409, 429)
"""Statuses with which a target may say that too many jobs are running."""
_MOST_WATCHED: Final = 8
"""Of the latest jobs: those before them have had more time."""
_MOST_DISPROOFS: Final = 2
"""Refusals that were not about open jobs; then no more are taken for it."""
_FIRST_PAUSE: Final = 0.1
"""Seconds before the second look at a job that still runs; each next pause is twice as long."""
_LONGEST_PAUSE: Final = 3.0
_EARLY: Final = 0.9
"""Of the time that jobs usually run, before the first look."""

Look = Callable[[Case], Exchange | None]
"""Makes the exchange of a status call."""
Pause = Callable[[float], bool]
"""Waits; whether the run goes on then."""


class OpenJobs:
    """Keeps the jobs that may still run; safe for any number of threads."""

    def __init__(self, contract: Contract, limit: int | None, seconds: float) -> None:
        self.limit = limit
        """The most jobs that may run at once; None where no limit is known."""
        self.learned_from: int | None = None
        """The status with which the target refused a request for that, where the limit was learned."""
        self._contract = contract
        self._can_look = status_call(contract) is not None and contract.by_rule("status/found") is not None
        self._seconds = seconds
        self._open: dict[str, float] = {}
        """Job ids in the order of their creation, and when that was, in monotonic seconds."""
        self._unreadable: set[str] = set()
        """Ids of jobs whose status could not be read once."""
        self._usual = 0.0
        """Seconds that a job ran, as far as was seen: there is no use in looking much earlier."""
        self._disproofs = 0
        self._lock = threading.RLock()
        self._turn = threading.RLock()
        self._exclusive = 0
        """Senders that have the turn, or wait for it."""

    @property
    def count(self) -> int:
        """How many jobs may be running."""
        return len(self._open)

    @property
    def is_exclusive(self) -> bool:
        """Whether a request is to be sent without another one beside it."""
        return self._exclusive > 0

    @property
    def learned(self) -> str:
        """The limit that the target showed, as part of a sentence; empty where it showed none."""
        if self.learned_from is None:
            return ""
        return (
            f"it answered {self.learned_from} while earlier jobs were running, so that no more than "
            f"{self.limit} ran at once (--max-open-jobs {self.limit})"
        )

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Take the turn to send a request without another one beside it; the others wait."""
        with self._lock:
            self._exclusive += 1
        try:
            with self._turn:
                yield
        finally:
            with self._lock:
                self._exclusive -= 1

    def created(self, exchange: Exchange) -> None:
        """Note the job that an exchange created."""
        job_id = exchange.response.job_id
        if exchange.created_job and isinstance(job_id, str) and job_id.isascii():
            with self._lock:
                self._open[job_id] = time.monotonic()
                if self.limit is None:
                    self._open = dict(list(self._open.items())[-_MOST_WATCHED:])

    def saw(self, exchange: Exchange, job_id: str) -> None:
        """Note what a status says of a job: one that is finished, or gone, does not run any more."""
        if exchange.response.refused or state_of(exchange.response) in FINAL_STATES:
            with self._lock:
                born = self._open.pop(job_id, None)
                if born is not None:
                    self._usual = min(time.monotonic() - born, _LONGEST_PAUSE)

    def has_room(self, on_their_way: int) -> bool:
        """Whether one more job may be created beside those that run and those that are being created."""
        if self.is_exclusive:
            return False
        return self.limit is None or len(self._open) + on_their_way < self.limit

    def may_explain(self, exchange: Exchange) -> bool:
        """Whether a refusal may be about jobs that still run."""
        case = exchange.case
        return (
            self._can_look
            and bool(self._open)
            and self._disproofs < _MOST_DISPROOFS
            and case.call is Call.CREATE
            and case.credentials == CONFIGURED
            and case.expectation is Expectation.ACCEPT
            and exchange.response.status in _REFUSALS
        )

    def wait_for_room(self, look: Look, pause: Pause, *, until_empty: bool = False) -> bool:
        """Wait until one more job may be created, or until none runs any more, looking at the status of the oldest.

        Returns whether it came to that: the time for a job may not be enough, or the run ends.
        """
        ends = time.monotonic() + self._seconds
        pause_seconds = _FIRST_PAUSE
        while (until_empty or not self.has_room(0)) and (oldest := self._oldest()):
            job_id, born = oldest
            early = born + self._usual * _EARLY - time.monotonic()
            if early > 0 and not pause(early):
                return False
            exchange = look(status_case(self._contract, job_id, "whether an earlier job still runs"))
            if exchange is not None:
                self.saw(exchange, job_id)
            if exchange is None or state_of(exchange.response) is None:
                self._forget(job_id)
            if job_id in self._open:
                if time.monotonic() > ends or not pause(pause_seconds):
                    return False
                pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE)
        return True

    def _forget(self, job_id: str) -> None:
        """Take a job for finished whose status cannot be read, at the second such look."""
        with self._lock:
            if job_id in self._unreadable:
                self._open.pop(job_id, None)
            self._unreadable.add(job_id)

    def _oldest(self) -> tuple[str, float] | None:
        with self._lock:
            return next(iter(self._open.items()), None)

    def learn(self, *, was_accepted: bool, ran: int, status: int | None) -> None:
        """Learn from a request that was sent again when no other job ran."""
        with self._lock:
            if not was_accepted:
                self._disproofs += 1
            elif self.limit is None or ran < self.limit:
                self.limit, self.learned_from = max(1, ran), status
