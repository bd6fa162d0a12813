"""How long a target asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from export_contract.acceptance.model.exchange import Response

_USUAL_WAIT: Final = 1.0
"""Seconds, where a 429 does not say for how long."""


def retry_after(answer: Response) -> float | None:
    """For how many seconds a 429 or 503 asks to be left alone; None where the answer does not ask for that.

    `Retry-After` is in seconds or a date (RFC 9110 section 10.2.3).
    """
    wait = asked_wait(answer)
    if answer.status == 429:
        return _USUAL_WAIT if answer.header("retry-after") is None else wait
    return wait if answer.status == 503 else None


def asked_wait(answer: Response) -> float | None:
    """The seconds in `Retry-After`, whatever the status; None where there is none that can be read."""
    value = answer.header("retry-after")
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdecimal():
        return float(value.strip())
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def is_capacity(response):
    return response.status == 429 or (response.status == 503 and response.header("retry-after") is not None)


def wait_before(attempt, response):
    return retry_after(response) if attempt <= 10 else None
