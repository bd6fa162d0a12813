"""Whether the target still lives, as far as its answers show."""

from __future__ import annotations

import threading
from typing import Final

from export_contract.acceptance.model.exchange import Exchange, Failure

_GONE_AFTER: Final = 3
"""Requests in a row for which no connection could be made."""
_DOUBT_AFTER: Final = 8
"""Requests in a row without an answer; twice as many after each time that the target turned out to live."""


class Liveness:
    """Counts requests without an answer; safe for any number of threads."""

    def __init__(self) -> None:
        self.problem = ""
        """Of the last request without an answer."""
        self._lock = threading.Lock()
        self._unsent = 0
        self._unanswered = 0
        self._doubt_at = _DOUBT_AFTER

    @property
    def is_in_doubt(self) -> bool:
        """Whether it is time to ask the target for a sign of life."""
        return self._unsent >= _GONE_AFTER or self._unanswered >= self._doubt_at

    @property
    def is_unreachable(self) -> bool:
        """Whether no connection can be made any more."""
        return self._unsent >= _GONE_AFTER

    def note(self, exchange: Exchange) -> None:
        """Note whether an exchange had an answer."""
        failure = exchange.response.failure
        with self._lock:
            self._unsent = self._unsent + 1 if failure is Failure.UNREACHABLE else 0
            if failure is None:
                if self._unanswered >= self._doubt_at:
                    self._doubt_at *= 2
                self._unanswered = 0
            else:
                self.problem = exchange.response.problem
                self._unanswered += 1
