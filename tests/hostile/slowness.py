"""Slowness: responses that come late, a byte at a time, or never."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.hostile.behaviour import (
    ACCEPT,
    FILE,
    LEGAL,
    REFUSE,
    STATUS,
    Behaviour,
    Change,
    Expected,
    fault,
    not_green,
    on,
    stopped,
    turns,
)
from tests.hostile.server import Handler, Reply, Wire

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check
from export_contract.acceptance.model.results import Cause

_PATIENCE: dict[str, Any] = {"give_up": 1.0, "seconds": 0.7}
_SHORT = {"limits": Limits(requests=90, jobs=20, seconds=2.5), **_PATIENCE}
_USUAL: dict[str, Any] = {}
_LATE = 0.8
_NO_CHANCE = 3
"""Late responses; one or two that are in time when they are asked for again may be the fault of a busy machine."""
_SLOW_CHECKS = (Check.STATUS, Check.RESPONSE_TIME, Check.FETCHED, Check.LOAD)
_SLOW = fault(*_SLOW_CHECKS)


def slowness() -> Iterator[Behaviour]:
    """One slow response among others, and then nothing but slow ones."""
    for kind in (ACCEPT, REFUSE, STATUS):
        yield _one(f"{kind}: {_LATE} seconds late", on(kind, change=turns(_NO_CHANCE, _late(_LATE))), _SLOW)
        yield _one(f"{kind}: 0.2 seconds late", on(kind, change=turns(5, _late(0.2))), LEGAL, _USUAL)
        informed = on(kind, change=turns(5, _informing_for(0.2)))
        yield _one(f"{kind}: 0.2 seconds late, with informational responses until then", informed, LEGAL, _USUAL)
        informed = on(kind, change=turns(_NO_CHANCE, _informing_for(_LATE)))
        yield _one(f"{kind}: {_LATE} seconds late, with informational responses until then", informed, _SLOW)
        for name, drip in _DRIPS.items():
            yield _one(f"{kind}: {name}", on(kind, change=turns(1, drip)), _SLOW)
    for name, late in {"": _late, ", with informational responses until then": _informing_for}.items():
        yield _one(f"file: {_LATE} seconds late{name}", on(FILE, change=late(_LATE)), LEGAL, _USUAL)
    of_files = not_green(Check.FETCHED, Check.FILE_FORMAT, Check.FILE_COLUMNS)
    for name, drip in _DRIPS.items():
        yield _one(f"file: {name}", on(FILE, change=drip), of_files, _SHORT)
    yield _one("file: without end", on(FILE, change=_endless), of_files, _SHORT)
    for kind in (ACCEPT, REFUSE, STATUS):
        for name in ("never", "a body a byte at a time", "informational responses without end"):
            yield _one(f"{kind}: all {name}", on(kind, change=_DRIPS[name]), not_green(*_SLOW_CHECKS), _SHORT)
    yield _one("all: never, from the first request", on(ACCEPT, change=_never, after=0), stopped(Cause.GATE), _SHORT)
    without_end = not_green(*_SLOW_CHECKS, Check.SCHEMA, Check.MEDIA_TYPE)
    yield _one("accept: without end", on(ACCEPT, change=turns(3, _endless)), without_end, _SHORT)
    for kind in (ACCEPT, FILE):
        name = f"{kind}: the whole response, and then the connection is kept"
        yield _one(name, on(kind, change=_then_waiting), LEGAL, _USUAL)


def _one(name: str, make: Callable[[], Handler], expected: Expected, plan: dict[str, Any] | None = None) -> Behaviour:
    used = _PATIENCE if plan is None else plan
    return Behaviour(name, "slowness", make, expected, used, loses_jobs=True, loses_requests=True)


def _late(seconds: float) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        wire.wait(seconds)
        return reply

    return change


def _drip(first: Callable[[bytes], int], every: float = 0.2) -> Change:
    """Send the beginning at once, and the rest a byte at a time."""

    def change(reply: Reply, wire: Wire) -> None:
        written = reply.written()
        wire.send(written[: first(written)])
        wire.drip(written[first(written) :] + b"x" * 1_000, every)

    return change


def _never(reply: Reply, wire: Wire) -> None:
    wire.wait(30)


def _no_body(reply: Reply, wire: Wire) -> None:
    wire.send(reply.head("Content-Length: 999"))
    wire.wait(30)


def _endless(reply: Reply, wire: Wire) -> None:
    wire.send(reply.head())
    while not wire.server.stopped.wait(0.001):
        wire.send(b"x,y\r\n" * 10_000)


def _informing(reply: Reply, wire: Wire) -> None:
    while not wire.server.stopped.wait(0.05):
        wire.send(b"HTTP/1.1 102 Processing\r\n\r\n")


def _informing_for(seconds: float) -> Change:
    """One each 50 ms, and then the final response."""

    def change(reply: Reply, wire: Wire) -> Reply:
        for _ in range(round(seconds / 0.05)):
            wire.send(b"HTTP/1.1 102 Processing\r\n\r\n")
            wire.wait(0.05)
        return reply

    return change


def _then_waiting(reply: Reply, wire: Wire) -> None:
    wire.reply(reply)
    wire.wait(0.05)


_DRIPS: dict[str, Change] = {
    "never": _never,
    "a status line a byte at a time": _drip(lambda written: 0),
    "headers a byte at a time": _drip(lambda written: written.index(b"\r\n") + 4),
    "a body a byte at a time": _drip(lambda written: written.index(b"\r\n\r\n") + 4),
    "nothing but the head": _no_body,
    "informational responses without end": _informing,
}
