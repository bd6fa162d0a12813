"""How fast requests leave: the rate that the user set, and what the target can take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import msgspec

from export_contract.acceptance.model.exchange import Response, is_capacity
from export_contract.acceptance.transport.retry_after import PLAIN_503_ATTEMPTS, wait_before

LONGEST_HOLD: Final = 120.0
"""Seconds for which other requests are held back; nobody waits for longer than that."""
_RECOVERS_AFTER: Final = 10
"""Responses in a row that are not about capacity; then one more request may be on its way at once."""
_LONGEST_SLEEP: Final = 3600.0
_LOOKS_EVERY: Final = 0.1
"""Seconds, while all that may be on their way are: the run may have ended meanwhile."""


class Throttling(msgspec.Struct, frozen=True):
    """How a target limited requests."""

    responses: int = 0
    """How many responses were about capacity."""
    statuses: tuple[int, ...] = ()
    """Their statuses, each once, sorted."""
    lowest_concurrency: int = 0
    """How few requests were on their way at once for that."""
    longest_wait: float = 0.0
    """Seconds: the longest that it asked for, or that was waited where it did not say."""

    @property
    def sentence(self) -> str:
        """What it says, as part of a sentence; empty where requests were not limited."""
        if not self.responses:
            return ""
        statuses = " and ".join(map(str, self.statuses))
        return (
            f"it answered {statuses} {self.responses} time{'' if self.responses == 1 else 's'}, so that at most "
            f"{self.lowest_concurrency} requests were sent at once and {self.longest_wait:g} s waited"
        )


class Pacer:
    """Gives requests their turn; safe for any number of threads.

    `concurrency` is how many may be on their way at once. It is halved where the target limits requests, and recovers
    slowly. `rate` is how many may leave in a second.
    """

    def __init__(
        self, concurrency: int, rate: float | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = self._allowed = max(1, concurrency)
        self._interval = 1 / rate if rate else 0.0
        self._clock = clock
        self._changed = threading.Condition()
        self._active = 0
        self._next_turn = 0.0
        self._not_before = 0.0
        self._successes = 0
        self._slowed_at = 0.0
        """Unix seconds. What was sent before that says nothing about the concurrency since."""
        self._believes_plain_503 = True
        self._throttling = Throttling(lowest_concurrency=self._most)

    @property
    def concurrency(self) -> int:
        """How many requests may be on their way at once, now."""
        with self._changed:
            return self._allowed

    @property
    def has_rate(self) -> bool:
        """Whether requests leave one after the other, so that no two leave at the same moment."""
        return self._interval > 0

    @property
    def summary(self) -> Throttling:
        """How the target limited requests so far."""
        with self._changed:
            return self._throttling

    def limit(self, concurrency: int) -> None:
        """From now on, let no more requests be on their way at once."""
        with self._changed:
            self._most = max(1, min(self._most, concurrency))
            self._allowed = min(self._allowed, self._most)

    def turn(self, stopped: threading.Event, has_time: Callable[[float], bool]) -> bool:
        """Wait for a request's turn. Where it comes, `done` must follow; False where the run ends before.

        `has_time` is called with the seconds that are still to be waited.
        """
        if not self._enter(stopped, has_time):
            return False
        while not stopped.is_set():
            left = self._time_to_turn()
            if left <= 0:
                return True
            if not has_time(left) or stopped.wait(min(left, _LONGEST_SLEEP)):
                break
        self._leave()
        return False

    def done(self, response: Response, attempt: int = 1) -> float | None:
        """Learn from a response how fast to go on; returns the seconds after which the request is to be sent again.

        `attempt` says how often it was sent, this time included. None where the response is the answer to the request.
        Where the wait is not over LONGEST_HOLD, all other requests are held back for it too.
        """
        with self._changed:
            self._active -= 1
            wait = wait_before(response, attempt) if self._believes_plain_503 or is_capacity(response) else None
            if wait is not None:
                self._slow_down(response, wait)
            elif response.status == 503 and attempt > PLAIN_503_ATTEMPTS:
                self._believes_plain_503 = False  # waiting did not help, so that it is not about capacity
            elif response.status is not None:
                self._recover()
            self._changed.notify_all()
        return wait

    def _enter(self, stopped: threading.Event, has_time: Callable[[float], bool]) -> bool:
        with self._changed:
            while not stopped.is_set() and has_time(0.0):
                if self._active < self._allowed:
                    self._active += 1
                    return True
                self._changed.wait(_LOOKS_EVERY)
        return False

    def _leave(self) -> None:
        with self._changed:
            self._active -= 1
            self._changed.notify_all()

    def _time_to_turn(self) -> float:
        """Seconds until the next request may leave; where there are none, this one takes the turn."""
        with self._changed:
            now = self._clock()
            left = max(self._not_before, self._next_turn) - now
            if left <= 0:
                # Waking up late by less than an interval moves no later turn.
                is_on_time = now - self._next_turn < self._interval
                self._next_turn = (self._next_turn if is_on_time else now) + self._interval
            return left

    def _slow_down(self, response: Response, wait: float) -> None:
        self._successes = 0
        if wait <= LONGEST_HOLD:
            self._not_before = max(self._not_before, self._clock() + wait)
        if response.sent_at >= self._slowed_at:
            self._allowed = max(1, self._allowed // 2)
            self._slowed_at = response.sent_at + response.seconds
        seen = self._throttling
        self._throttling = Throttling(
            responses=seen.responses + 1,
            statuses=tuple(sorted({*seen.statuses, response.status or 0})),
            lowest_concurrency=min(seen.lowest_concurrency, self._allowed),
            longest_wait=max(seen.longest_wait, wait),
        )

    def _recover(self) -> None:
        self._successes += 1
        if self._successes >= _RECOVERS_AFTER and self._allowed < self._most:
            self._successes = 0
            self._allowed += 1
