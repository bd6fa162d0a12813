"""Secrets: a target that repeats the credentials that were sent, in each place and in each spelling."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote

from tests.hostile.behaviour import (
    ACCEPT,
    FILE,
    LEGAL,
    REFUSE,
    STATUS,
    UNKNOWN,
    Behaviour,
    Change,
    Expected,
    not_green,
    on,
    raw,
    status,
)
from tests.hostile.server import Reply, Wire

from export_contract.acceptance.model.outcome import CheckName as Check

_TOLD = not_green(*Check)
"""Wherever it is looked for, it is a finding; others may come of what it replaced."""
_SPELLINGS: dict[str, Callable[[str], str]] = {
    "plainly": str,
    "in capitals": str.upper,
    "in Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in Base64 with something before it": lambda text: base64.b64encode(b"ab" + text.encode()).decode(),
    "percent-encoded": lambda text: quote(text, safe=""),
    "as JSON escapes": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "as HTML": html.escape,
    "in hexadecimal": lambda text: text.encode().hex(),
    "cut in half": lambda text: text[: len(text) // 2],
    "with blanks between its letters": " ".join,
}


def secrets() -> Iterator[Behaviour]:
    """In bodies in each spelling, and plainly wherever a text of the target's can stand."""
    for name, spell in _SPELLINGS.items():
        for kind in (ACCEPT, REFUSE, STATUS):
            is_seen = name not in ("cut in half", "with blanks between its letters", "in capitals")
            yield _one(f"{kind}: in the body, {name}", kind, _in_body(spell), _TOLD if is_seen else _ANY)
        yield _one(f"file: {name}", FILE, _in_file(spell), _ANY)
    for kind in (ACCEPT, REFUSE, STATUS, UNKNOWN, FILE):
        for name, change in _PLACES.items():
            yield _one(f"{kind}: in {name}", kind, change, _ANY)
    for name, path in {
        "the state": ("job", "status"),
        "the id": ("job", "id"),
        "the address of the file": ("job", "exportData", "downloadUrl"),
        "the query of the address": ("job", "exportData", "downloadUrl", "?"),
        "the expiry": ("job", "exportData", "downloadExpiresAt"),
        "a member's name": ("job", ""),
    }.items():
        yield _one(f"status: in {name}", STATUS, _in_member(path), _ANY)
    yield _one("accept: in the id, in Base64", ACCEPT, _in_id, _TOLD)
    yield _one(
        "accept: as the whole body", ACCEPT, lambda reply, wire: replace(reply, body=_told(wire).encode()), _TOLD
    )
    kept = raw(lambda reply: b"HTTP/1.1 100 Continue\r\n\r\n" + reply.written())
    yield _one("accept: nothing, as a comparison", ACCEPT, kept, LEGAL)


_ANY = Expected(("conforms", "violates", "inconclusive"), frozenset(Check), not_green().causes)


def _one(name: str, kind: str, change: Change, expected: Expected) -> Behaviour:
    return Behaviour(
        name, "secrets", on(kind, change=change), expected, loses_jobs=True, loses_requests=True, hides_jobs=True
    )


def _told(wire: Wire) -> str:
    return wire.request.header("authorization") or wire.server.authorization or ""


def _secret(wire: Wire) -> str:
    return _told(wire).rpartition("token=")[2].partition(",")[0] or _told(wire)


def _in_body(spell: Callable[[str], str]) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        document = {**json.loads(reply.body), "more": "HERE"}
        text = json.dumps(document).replace("HERE", spell(_secret(wire)))
        return replace(reply, body=text.encode())

    return change


def _in_file(spell: Callable[[str], str]) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        # A file is fetched without credentials where it is signed or elsewhere, and a target knows them all the same.
        return replace(reply, body=reply.body + (spell(_secret(wire)) + "\n").encode())

    return change


def _in_member(path: tuple[str, ...]) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        document = json.loads(reply.body)
        parent = document
        *above, last = path
        is_query = last == "?"
        if is_query:
            *above, last = above
        for name in above:
            parent = parent[name]
        if not last:
            parent[_secret(wire)] = 1
        elif is_query:
            parent[last] += f"?token={_secret(wire)}&x={_secret(wire)}"
        else:
            parent[last] = f"/{_secret(wire)}" if last == "downloadUrl" else _told(wire)
        return replace(reply, body=json.dumps(document).encode())

    return change


def _in_id(reply: Reply, wire: Wire) -> Reply:
    job_id = base64.b64encode(f"{wire.server.turn()}|{_secret(wire)}".encode()).decode()
    return replace(reply, body=json.dumps({"job": {"id": job_id}}).encode())


def _header(name: str) -> Change:
    return lambda reply, wire: reply.with_header(name, _told(wire))


def _broken(reply: Reply, wire: Wire) -> None:
    wire.send(f"HTTP/1.1 {_told(wire)}\r\n\r\n".encode())
    wire.close()


def _in_chunk_extension(reply: Reply, wire: Wire) -> None:
    told = _told(wire).encode()
    wire.send(reply.head("Transfer-Encoding: chunked"))
    wire.send(b'%x;a="%s"\r\n%s\r\n0\r\nX-Told: %s\r\n\r\n' % (len(reply.body), told, reply.body, told))


_PLACES: dict[str, Change] = {
    "a header": _header("X-Told"),
    "the media type": _header("Content-Type"),
    "the encoding": _header("Content-Encoding"),
    "Retry-After": _header("Retry-After"),
    "a cookie": _header("Set-Cookie"),
    "the name of a header": lambda reply, wire: reply.with_header(f"X-{_secret(wire)}", "1"),
    "the reason phrase": lambda reply, wire: replace(reply, reason=_told(wire)),
    "the status line": _broken,
    "a chunk extension and a trailer": _in_chunk_extension,
    "a redirect": lambda reply, wire: status(302, b"", ("Location", f"/{_told(wire)}"))(reply, wire),
    "an error": lambda reply, wire: Reply(500, json.dumps({"errors": [{"message": _told(wire)}]}).encode()),
    "a trace": lambda reply, wire: Reply(400, f'File "/srv/{_secret(wire)}.py", line 7'.encode()),
}
