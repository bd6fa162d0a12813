"""What the service limits, and what counts the requests for it."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True)
class RateLimit:
    """So many requests within so many seconds; any more are turned away, and do not count."""

    requests: int
    seconds: float
    status: int
    retry_after: str | None  # the header as it is sent; None for no header


@dataclass(frozen=True)
class JobLimit:
    """So many unfinished jobs; a request for one more is turned away."""

    jobs: int
    status: int


@dataclass(frozen=True)
class SizeLimit:
    """So many bytes of a body; a longer one is refused before it is read, and the connection is reset."""

    size: int
    status: int


class SlidingWindow:
    """The requests of the last seconds, as a rate limit counts them."""

    def __init__(self, limit: RateLimit) -> None:
        self.limit = limit
        self._admitted: deque[float] = deque()  # when each came, by the monotonic clock

    def admit_one(self) -> bool:
        """Count one more request; returns False, and counts nothing, where the limit is reached."""
        now = time.monotonic()
        while self._admitted and self._admitted[0] <= now - self.limit.seconds:
            self._admitted.popleft()
        if len(self._admitted) >= self.limit.requests:
            return False
        self._admitted.append(now)
        return True
