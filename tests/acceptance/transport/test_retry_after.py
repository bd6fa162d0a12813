"""What is about capacity, and how long it is waited for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.model.exchange import Failure, Response, is_capacity
from export_contract.acceptance.transport.retry_after import backoff, retry_after, wait_before

NOON = "Wed, 21 Oct 2026 12:00:00 GMT"


def response(status: int, retry_after: str | None = None, date: str | None = None) -> Response:
    headers = [("retry-after", retry_after), ("Date", date)]
    return Response(status=status, headers=tuple((name, value) for name, value in headers if value is not None))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("5000", 5000.0),
        ("31622400", 31_622_400.0),
        ("31622401", None),
        ("9" * 400, None),
        ("9" * 5_000, None),
        ("0.5", None),
        ("1.5", None),
        ("-5", None),
        ("+5", None),
        ("", None),
        ("soon", None),
        ("²", None),
        ("٣", None),
        ("1e3", None),
        ("5, 7", None),
        ("5 seconds", None),
        ("\x1b[31m", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 9999 23:59:59 GMT", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Wed, 21 Oct 2015 07:28:00 +999999999999", None),
        ("Wed, 99 Oct 2015 99:99:99 GMT", None),
        ("Wed, 21 Oct " + "2" * 5_000, None),
    ],
)
def test_values(value: str, seconds: float | None) -> None:
    """Whole seconds, or a date, within a year; anything else says nothing, and breaks nothing."""
    assert retry_after(response(429, value)) == seconds
    assert retry_after(response(200, value)) == seconds


def test_dates() -> None:
    """A date is compared with the response's own clock, or with ours where it shows none."""
    in_a_minute = "Wed, 21 Oct 2026 12:01:00 GMT"
    assert retry_after(response(429, in_a_minute, NOON)) == 60
    assert retry_after(response(429, NOON, in_a_minute)) == 0
    assert retry_after(response(429, in_a_minute, "Thu, 01 Jan 1970 00:00:00 GMT")) is None
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    for date in (None, "nonsense", "9" * 200):
        found = retry_after(response(503, soon, date))
        assert found is not None
        assert 57 < found <= 60


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text(value: str, date: str) -> None:
    """Whatever a header says, there is a number of seconds to be waited, or none."""
    found = retry_after(response(429, value, date))
    assert found is None or 0 <= found < 32e6


@pytest.mark.parametrize(
    ("status", "value", "waits"),
    [
        (429, None, [0.5, 1.0, 2.0, 4.0]),
        (429, "0.5", [0.5, 1.0, 2.0, 4.0]),
        (429, "-1", [0.5, 1.0, 2.0, 4.0]),
        (429, "", [0.5, 1.0, 2.0, 4.0]),
        (429, "9" * 400, [0.5, 1.0, 2.0, 4.0]),
        (429, "7", [7.0] * 4),
        (429, "0", [0.0] * 4),
        (503, "7", [7.0] * 4),
        (503, "soon", [0.5, 1.0, 2.0, 4.0]),
        (503, None, [0.5, 1.0, None, None]),
        (500, "7", [None] * 4),
        (200, "7", [None] * 4),
        (None, None, [None] * 4),
    ],
)
def test_waits(status: int | None, value: str | None, waits: list[float | None]) -> None:
    """429, and 503 with any `Retry-After`, are always waited for; a plain 503 only twice, since it may be an error."""
    answer = response(status or 0, value) if status else Response(failure=Failure.CLOSED)
    assert [wait_before(answer, attempt) for attempt in (1, 2, 3, 4)] == waits
    assert is_capacity(answer) is (waits[3] is not None)


def test_backoff_is_bounded() -> None:
    """However often a request is sent again, the wait is no longer than half a minute."""
    assert [backoff(attempt) for attempt in (5, 6, 7, 8, 10**9)] == [8.0, 16.0, 30.0, 30.0, 30.0]
