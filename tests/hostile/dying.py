"""Connections that break, and servers that die and come again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from tests.hostile.behaviour import (
    ACCEPT,
    HARMLESS,
    LEGAL,
    REFUSE,
    STATUS,
    UNKNOWN,
    Behaviour,
    Change,
    Expected,
    fault,
    not_green,
    on,
    raw,
    status,
    stopped,
    turns,
)
from tests.hostile.server import Handler, Hostile, Reply, Wire

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check
from export_contract.acceptance.model.results import Cause

_PATIENCE: dict[str, Any] = {"give_up": 1.0, "limits": Limits(requests=90, jobs=20, seconds=4.0)}
_TWICE_AS_MANY = Limits(requests=240, jobs=40, seconds=60.0)
"""Where each request may have to be sent again on a new connection, and the run has to see everything."""
_GONE = stopped(Cause.UNREACHABLE)
_ENDINGS = (Cause.UNREACHABLE, Cause.TOO_LITTLE, Cause.GATE)
_LOST = Expected(
    ("violates", "inconclusive", "conforms"),
    frozenset({Check.STATUS, Check.FETCHED, Check.LOAD, Check.COMPLETES}),
    _ENDINGS,
)
"""What was on its way when the server died may be said to have been lost, and no more."""
_STOPPED = Expected(
    ("violates", "inconclusive"),
    _LOST.checks | {Check.MEDIA_TYPE, Check.SCHEMA, Check.STATUS_SCHEMA, Check.FILE_FORMAT, Check.FILE_COLUMNS},
    _ENDINGS,
)


def connections() -> Iterator[Behaviour]:
    """Closed and reset at each point, once and always."""
    lost_always = not_green(Check.STATUS, Check.LOAD)
    for kind in (ACCEPT, REFUSE, STATUS):
        for name, change in _ENDS.items():
            is_enough = (kind, name) == (REFUSE, "reset within the body")  # its status was there
            yield _one(f"{kind}: {name}, once", on(kind, change=turns(1, change)), _LOST)
            yield _one(f"{kind}: {name}, always", on(kind, change=change), _LOST if is_enough else lost_always)
        closed = raw(lambda reply: reply.written(), "close")
        reset = raw(lambda reply: reply.written(), "reset")
        whole = _one(f"{kind}: closed without a word after a whole response", on(kind, change=closed), LEGAL)
        yield replace(whole, plan={"limits": _TWICE_AS_MANY})
        yield _one(f"{kind}: reset after a whole response", on(kind, change=reset), _LOST)
        yield _one(f"{kind}: closed a little after a whole response", on(kind, change=_closed_later), HARMLESS)
    failing = raw(Reply(500, b'{"errors":[]}').written(), "close")
    for kind in (REFUSE, UNKNOWN):
        yield _one(f"{kind}: 500, and closed without a word", on(kind, change=failing), fault(Check.STATUS))
    for kind in (ACCEPT, REFUSE):
        early = raw(lambda reply: replace(reply, status=413, body=b"").written(), "reset")
        yield _one(f"{kind}: 413, and reset", on(kind, change=early), lost_always if kind == ACCEPT else _LOST)
    yield from _servers()


def _servers() -> Iterator[Behaviour]:
    for count in (1, 2, 5, 20, 40, 60, 85):
        yield _one(
            f"server: gone after {count} requests", _after(count, Hostile.stop), _GONE if count > 1 else not_green()
        )
        yield _one(f"server: away for a moment after {count} requests", _after(count, _restart(0.15)), _LOST)
        yield _one(f"server: hangs from request {count} on", _from(count, _hang), _STOPPED, seconds=0.3, give_up=0.3)
        yield _one(f"server: 502 from request {count} on", _from(count, status(502, b"")), _STOPPED)
    for count in (5, 40):
        yield _one(f"server: away for 2 seconds after {count} requests", _after(count, _restart(2.0)), _GONE)
        yield _one(f"server: refuses connections from request {count} on", _after(count, _refuse), _STOPPED)
        yield _one(f"server: forgets its jobs after {count} requests", _after(count, _forget), _LOST)
        yield _one(f"server: other credentials from request {count} on", _after(count, _lock_out), _STOPPED)
        yield _one(f"server: a web page for everything from request {count} on", _from(count, _page), _STOPPED)
    yield _one("server: refuses connections from the first", lambda: Wire.reset, stopped(Cause.GATE))


def _one(name: str, make: Callable[[], Handler], expected: Expected, **plan: Any) -> Behaviour:
    return Behaviour(
        name, "connections", make, expected, _PATIENCE | plan, loses_jobs=True, loses_requests=True, hides_jobs=True
    )


def _closed_later(reply: Reply, wire: Wire) -> None:
    wire.reply(reply)
    wire.wait(0.03)
    wire.close()


_ENDS: dict[str, Change] = {
    "closed before the response": raw(b"", "close"),
    "reset before the response": raw(b"", "reset"),
    "closed within the status line": raw(b"HTTP/1.1 20", "close"),
    "reset within the headers": raw(lambda reply: reply.head()[:-8], "reset"),
    "closed after the headers": raw(lambda reply: reply.head("Content-Length: 9"), "close"),
    "reset within the body": raw(lambda reply: reply.written()[:-1], "reset"),
}


def _after(count: int, do: Callable[[Hostile], None]) -> Callable[[], Handler]:
    """Conform, and do something to the server when so many requests have arrived."""

    def handler(wire: Wire) -> None:
        if wire.server.turn() == count + 1:
            do(wire.server)
        wire.conform()

    return lambda: handler


def _from(count: int, change: Change) -> Callable[[], Handler]:
    def handler(wire: Wire) -> None:
        reply = wire.conforming()
        changed = reply if wire.server.turn() < count else change(reply, wire)
        if changed is not None:
            wire.reply(changed)

    return lambda: handler


def _restart(seconds: float) -> Callable[[Hostile], None]:
    def restart(server: Hostile) -> None:
        server.stop()

        def start() -> None:
            time.sleep(seconds)
            if not server.stopped.is_set():
                server.start()

        threading.Thread(target=start, daemon=True).start()

    return restart


def _refuse(server: Hostile) -> None:
    server.refuses = True


def _forget(server: Hostile) -> None:
    server.forgotten = True


def _lock_out(server: Hostile) -> None:
    server.authorization = "Bearer another"


def _hang(reply: Reply, wire: Wire) -> None:
    wire.wait(30)


def _page(reply: Reply, wire: Wire) -> Reply:
    return Reply(200, b"<html><body>Maintenance</body></html>", (("Content-Type", "text/html"),))
