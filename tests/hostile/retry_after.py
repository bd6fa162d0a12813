"""Capacity: 429 and 503, once and without end, and every way to say when to come again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.hostile.behaviour import (
    ACCEPT,
    FILE,
    HARMLESS,
    LEGAL,
    REFUSE,
    STATUS,
    Behaviour,
    Change,
    fault,
    header,
    on,
    status,
    stopped,
    turns,
)

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check
from export_contract.acceptance.model.results import Cause

_SHORT = Limits(requests=80, jobs=20, seconds=3.0)
_VALUES = {
    "nothing": None,
    "0": "0",
    "1": "1",
    "0.5": "0.5",
    "-1": "-1",
    "an empty value": "",
    "a word": "soon",
    "two values": "1, 2",
    "a duration": "PT1S",
    "digits of another script": "\xb2",
    "a date that has passed": "Wed, 21 Oct 2015 07:28:00 GMT",
    "a date in a second": "in a second",
    "a date of the year 9999": "Fri, 31 Dec 9999 23:59:59 -1400",
    "a date that is none": "Thu, 99 Jan 2026 25:61:61 GMT",
    "a date of ISO 8601": "2026-11-25T12:00:00Z",
    "1e3": "1e3",
    "infinity": "inf",
    "5,000 seconds": "5000",
    "10 years": "315360000",
    "400 digits": "9" * 400,
    "100 KB": "1" * 100_000,
}
_TOO_LONG = {"5,000 seconds", "10 years"}


def capacity() -> Iterator[Behaviour]:
    """Nobody is accused for being busy; and nobody waits for longer than the run may take."""
    for name, value in _VALUES.items():
        for code in (429, 503):
            yield Behaviour(
                f"accept: {code} once, with Retry-After {name}",
                "Retry-After",
                on(ACCEPT, change=turns(1, _busy(code, value)), creates=False),
                HARMLESS if name in _TOO_LONG else LEGAL,
            )
    for name in ("nothing", "0", "an empty value", "5,000 seconds", "a date of the year 9999", "400 digits"):
        value = _VALUES[name]
        for kind in (ACCEPT, REFUSE, STATUS, FILE):
            yield Behaviour(
                f"{kind}: 429 without end, with Retry-After {name}",
                "Retry-After",
                on(kind, change=_busy(429, value), creates=kind != ACCEPT),
                HARMLESS,
                plan={"limits": _SHORT},
            )
        yield Behaviour(
            f"all: 429 from the first request, with Retry-After {name}",
            "Retry-After",
            on(ACCEPT, REFUSE, STATUS, change=_busy(429, value), after=0, creates=False),
            stopped(Cause.RATE_LIMITED, Cause.TOO_LITTLE),
            plan={"limits": _SHORT},
        )
    for name, value in _VALUES.items():
        if value is not None:
            yield Behaviour(
                f"status: completed, with Retry-After {name}",
                "Retry-After",
                on(STATUS, change=header("Retry-After", _now(value))),
                LEGAL,
            )
    for kind in (ACCEPT, STATUS, FILE):
        yield Behaviour(
            f"{kind}: 503 without end, and without Retry-After",
            "Retry-After",
            on(kind, change=status(503, b""), creates=kind != ACCEPT),
            fault(Check.STATUS, Check.FETCHED),
            plan={"limits": Limits(requests=80, jobs=20, seconds=6.0)},
        )


def _busy(code: int, value: str | None) -> Change:
    if value is None:
        return status(code, b"{}")
    return lambda reply, wire: status(code, b"{}", ("Retry-After", _now(value)))(reply, wire)


def _now(value: str) -> str:
    if value != "in a second":
        return value
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
