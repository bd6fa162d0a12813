"""A behaviour: one thing in which a target is not like others, and what a run must say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.hostile.server import Handler, Reply, Wire

from export_contract.acceptance.model.outcome import CheckName
from export_contract.acceptance.model.results import Cause

Change = Callable[[Reply, Wire], Reply | None]
"""Makes the conforming response another one; None where it has answered by itself."""

ACCEPT, REFUSE, STATUS, UNKNOWN, FILE = "accept", "refuse", "status", "unknown", "file"
"""Kinds of conforming responses: a job, the refusal of one, a status, that of a job that is not there, a file."""
_FIRST_JOB_IS_KEPT = 1
"""The first request of a run finds out whether there is an API at all: most behaviours begin with the second."""


@dataclass(frozen=True)
class Expected:
    """What a run must say of a behaviour."""

    verdicts: tuple[str, ...]
    checks: frozenset[str] = frozenset()
    """The checks of which findings may come; one must, where the target is to violate the contract."""
    causes: tuple[Cause, ...] = ()
    """Where the run is inconclusive, for which of these."""


LEGAL = Expected(("conforms",))
"""The contract allows it, and the run sees everything all the same."""
UNJUDGED = Expected(("inconclusive",), causes=(Cause.TOO_LITTLE,))
"""Nothing can be said of it, and so the run is not green; but nobody is accused either."""
HARMLESS = Expected(("conforms", "inconclusive"), causes=(Cause.TOO_LITTLE,))
"""Nobody is accused; how much the run sees beside it depends on what comes first."""
LATENCY = frozenset({CheckName.RESPONSE_TIME})


def fault(*checks: CheckName) -> Expected:
    """A fault that the contract names, found by one of these checks and by no others."""
    return Expected(("violates",), frozenset(checks))


def warning(*checks: CheckName) -> Expected:
    """Something that a target should not do, and may; found by one of these checks."""
    return Expected(("conforms",), frozenset(checks))


def stopped(*causes: Cause) -> Expected:
    """The run ends early, for one of these causes, and nobody is accused."""
    return Expected(("inconclusive",), causes=causes)


def not_green(*checks: CheckName) -> Expected:
    """A fault that may end the run before it is found, or keep it from being read."""
    return Expected(("violates", "inconclusive"), frozenset(checks), tuple(Cause))


@dataclass(frozen=True)
class Behaviour:
    """One thing that a target does, and all that a run of it must show."""

    name: str
    family: str
    make: Callable[[], Handler]
    """A new handler for each run: it may count."""
    expected: Expected
    plan: Mapping[str, Any] = field(default_factory=dict)
    """Parts of the plan that are not those of all."""
    loses_requests: bool = False
    """Whether requests are lost before the server has read them, so that it knows of fewer than were sent."""
    hides_jobs: bool = False
    """Whether a job is created, and its response says that none was, or nothing comes at all."""
    loses_jobs: bool = False
    """Whether a job's response is lost, damaged or taken back, so that the run must count jobs that are not there."""
    is_secret_told: bool = False
    """Whether it repeats the credentials."""


def on(*kinds: str, change: Change, after: int | None = None, creates: bool = True) -> Callable[[], Handler]:
    """A handler that changes responses of some kinds, past the first few of them.

    Without `creates`, no job is created where the response is another one.
    """
    skipped = after if after is not None else _FIRST_JOB_IS_KEPT if ACCEPT in kinds else 0

    def handler(wire: Wire) -> None:
        reply = wire.conforming()
        if kind_of(reply, wire) not in kinds:
            return wire.reply(reply)
        turn = wire.server.turn() - skipped
        if turn <= 0:
            return wire.reply(reply)
        changed = change(reply, wire)
        if not creates and changed is not reply:
            wire.server.jobs.pop(str(json.loads(reply.body).get("job", {}).get("id")), None)
        return None if changed is None else wire.reply(changed)

    return lambda: handler


def kind_of(reply: Reply, wire: Wire) -> str:
    """Of which kind a conforming response is; nothing for those that are never changed."""
    call = wire.request.call
    kinds = {("create", 200): ACCEPT, ("create", 400): REFUSE, ("status", 200): STATUS, ("status", 404): UNKNOWN}
    return FILE if call == "file" else kinds.get((call, reply.status), "")


def body(content: bytes) -> Change:
    """Another body."""
    return lambda reply, wire: replace(reply, body=content)


def header(name: str, value: str) -> Change:
    """Another header, or one more."""
    return lambda reply, wire: reply.with_header(name, value)


def status(code: int, content: bytes | None = None, *headers: tuple[str, str]) -> Change:
    """Another status, with headers and a body that go with it."""

    def change(reply: Reply, wire: Wire) -> Reply:
        changed = replace(reply, status=code, body=reply.body if content is None else content)
        for name, value in headers:
            changed = changed.with_header(name, value)
        return changed

    return change


def raw(content: Callable[[Reply], bytes] | bytes, then: str = "") -> Change:
    """These bytes in place of the whole response; then `close` or `reset`."""

    def change(reply: Reply, wire: Wire) -> None:
        wire.send(content if isinstance(content, bytes) else content(reply))
        if then:
            wire.wait(0.01)
            getattr(wire, then)()

    return change


def turns(count: int, change: Change) -> Change:
    """A change that comes so many times, and then no more."""

    def some(reply: Reply, wire: Wire) -> Reply | None:
        with wire.server.lock:
            wire.server.changed += 1
            is_over = wire.server.changed > count
        return reply if is_over else change(reply, wire)

    return some
