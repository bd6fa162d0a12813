"""Responses that are about capacity, and how long to wait before the request is sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from export_contract.acceptance.model.exchange import Response, is_capacity

_MOST_SECONDS: Final = 366 * 24 * 60 * 60.0
"""In `Retry-After`; whatever says more does not mean it."""
_LONGEST_TEXT: Final = 100
_FIRST_BACKOFF: Final = 0.5
_LONGEST_BACKOFF: Final = 30.0
_MOST_DOUBLINGS: Final = 16
PLAIN_503_ATTEMPTS: Final = 2
"""How often a request is sent again for a 503 that says nothing of capacity: after that, it is an error like others."""


def wait_before(response: Response, attempt: int) -> float | None:
    """Seconds to wait before a request is sent again for the `attempt`-th time, counted from 1.

    What a usable `Retry-After` says, else exponential backoff. None where the response is the answer to the request;
    a 503 without `Retry-After` becomes one after a few attempts.
    """
    if not is_capacity(response) and (response.status != 503 or attempt > PLAIN_503_ATTEMPTS):
        return None
    asked = retry_after(response)
    return backoff(attempt) if asked is None else asked


def backoff(attempt: int) -> float:
    """Seconds: twice as many at each attempt, up to a limit.

    >>> [backoff(attempt) for attempt in (1, 2, 3, 7, 1000)]
    [0.5, 1.0, 2.0, 30.0, 30.0]
    """
    return float(min(_FIRST_BACKOFF * 2 ** min(attempt - 1, _MOST_DOUBLINGS), _LONGEST_BACKOFF))


def retry_after(response: Response) -> float | None:
    """The seconds in `Retry-After` (RFC 9110 section 10.2.3), whatever the status; None where none are usable.

    They are whole seconds, or a date, which is compared with the response's own `Date`, if it has one.
    """
    value = (response.header("retry-after") or "").strip()
    if value.isascii() and value.isdecimal():
        seconds = float(value) if len(value) <= _LONGEST_TEXT else _MOST_SECONDS + 1
    else:
        then, now = _moment(value), _moment(response.header("date") or "")
        if then is None:
            return None
        seconds = max(0.0, (then - (now or datetime.now(UTC))).total_seconds())
    return seconds if seconds <= _MOST_SECONDS else None


def _moment(text: str) -> datetime | None:
    if len(text) > _LONGEST_TEXT:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
