"""Targets that Hypothesis draws: for each kind of request a few responses, one after the other, made of pieces."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st
from tests.hostile.behaviour import ACCEPT, FILE, REFUSE, STATUS, UNKNOWN, Behaviour, kind_of
from tests.hostile.catalogue import ANYTHING
from tests.hostile.server import Handler, Reply, Wire
from tests.hostile.values import PLAIN

from export_contract.acceptance import Limits

_LIMITS = Limits(requests=60, jobs=15, seconds=2.5)
_KINDS = (ACCEPT, REFUSE, STATUS, UNKNOWN, FILE)


@dataclass(frozen=True)
class Answer:
    """How one response is other than the conforming one."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    members: Mapping[str, Any] | None = None
    """Members of the decoded body that are others, by their dotted names."""
    framing: str = "length"
    delay: float = 0.0
    ending: str = ""


def targets() -> st.SearchStrategy[Behaviour]:
    """Behaviours whose responses are drawn; where none is, the target conforms."""
    scripts = st.fixed_dictionaries({}, optional=dict.fromkeys(_KINDS, st.lists(_answers(), min_size=1, max_size=3)))
    return scripts.map(
        lambda script: Behaviour(
            name=repr(script),
            family="drawn",
            make=lambda: _handler(script),
            expected=ANYTHING,
            plan={"limits": _LIMITS, "give_up": 0.5},
            loses_jobs=True,
            loses_requests=True,
            hides_jobs=True,
        )
    )


def _answers() -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        status=st.none()
        | st.sampled_from([*range(100, 600, 25), 201, 204, 302, 304, 307, 401, 403, 404, 422, 429, 503, 999]),
        headers=st.lists(st.tuples(_NAMES, _TEXTS), max_size=3).map(tuple),
        body=st.none() | _BODIES,
        members=st.none() | st.dictionaries(_MEMBERS, _VALUES, max_size=3),
        framing=st.sampled_from(
            ["length", "length", "chunked", "close", "too short", "too long", "gzip", "not gzip", "twice"]
        ),
        delay=st.sampled_from([0.0, 0.0, 0.0, 0.02, 0.6]),
        ending=st.sampled_from(["", "", "", "close", "reset", "reset at once"]),
    )


_NAMES = st.sampled_from(
    ["Content-Type", "Retry-After", "Location", "Date", "Connection", "Content-Encoding", "Set-Cookie", "X-Any"]
)
_TEXTS = st.sampled_from(
    [
        "",
        "0",
        "1",
        "close",
        "gzip",
        "application/json",
        "text/html",
        "/files/0",
        "http://[::1",
        "9" * 400,
        "\xff",
        "\x1b[2J",
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "{elsewhere}/files/0",
    ]
) | st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=10)
_BODIES = st.sampled_from([value.text for value in PLAIN if len(value.text) < 20_000]) | st.binary(max_size=30)
_MEMBERS = st.sampled_from(
    [
        "job",
        "job.id",
        "job.status",
        "job.exportData",
        "job.exportData.downloadUrl",
        "job.exportData.downloadExpiresAt",
        "errors",
        "exportData",
        "more",
    ]
)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(
        ["PENDING", "COMPLETED", "FAILED", "am9i", "/files/0", "\ud800", "9999-12-31T23:59:59", "a" * 20_000]
    )
)
_VALUES = st.recursive(
    _LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3),
    max_leaves=6,
)


def _handler(script: Mapping[str, list[Answer]]) -> Handler:
    seen: Counter[str] = Counter()

    def handler(wire: Wire) -> None:
        reply = wire.conforming()
        kind = kind_of(reply, wire)
        with wire.server.lock:
            seen[kind] += 1
            turn = seen[kind]
        # The first job is let through most of the time: a run that ends with its first request shows little.
        if kind not in script or (kind == ACCEPT and turn == 1):
            return wire.reply(reply)
        answer = script[kind][turn % len(script[kind])]
        wire.wait(answer.delay)
        return _send(answer, _changed(answer, reply, wire), wire)

    return handler


def _changed(answer: Answer, reply: Reply, wire: Wire) -> Reply:
    elsewhere = wire.server.elsewhere
    changed = reply if answer.status is None else replace(reply, status=answer.status)
    for name, value in answer.headers:
        changed = changed.with_header(name, value.replace("{elsewhere}", elsewhere.url if elsewhere else ""))
    if answer.body is not None:
        return replace(changed, body=answer.body)
    if answer.members and wire.request.call != "file":
        document: Any = json.loads(reply.body)
        for name, value in answer.members.items():
            *above, last = name.split(".")
            parent = document
            for member in above:
                below = parent.get(member)
                parent[member] = parent = below if isinstance(below, dict) else {}
            parent[last] = value
        changed = replace(changed, body=json.dumps(document).encode())
    return changed


def _send(answer: Answer, reply: Reply, wire: Wire) -> None:
    if answer.ending == "reset at once":
        return wire.reset()
    body = reply.body
    match answer.framing:
        case "chunked":
            pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (body[:9], body[9:]) if piece)
            wire.send(reply.head("Transfer-Encoding: chunked") + pieces + b"0\r\n\r\n")
        case "close":
            wire.send(reply.head() + body)
            wire.close()
        case "too short" | "too long":
            wire.send(reply.head(f"Content-Length: {len(body) + (5 if answer.framing == 'too short' else -1)}") + body)
        case "gzip" | "not gzip":
            packed = gzip.compress(body) if answer.framing == "gzip" else body
            wire.reply(replace(reply.with_header("Content-Encoding", "gzip"), body=packed))
        case "twice":
            wire.send(reply.written() * 2)
        case _:
            wire.send(reply.written())
    if answer.ending and wire.is_open:
        wire.wait(0.01)
        getattr(wire, answer.ending)()
    return None
