"""Headers: media types, encodings, and what else may stand there."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from tests.hostile.behaviour import (
    ACCEPT,
    FILE,
    HARMLESS,
    LEGAL,
    REFUSE,
    STATUS,
    Behaviour,
    Change,
    Expected,
    fault,
    header,
    not_green,
    on,
    raw,
)
from tests.hostile.server import Reply

from export_contract.acceptance.model.outcome import CheckName as Check

_JSON_TYPES = (
    "application/json; charset=utf-8",
    "Application/JSON",
    "application/hal+json",
    "application/vnd.example.v1+json;profile=a",
    'application/json; charset="utf-8"; a="b;c"',
    "application/json;",
    " application/json ",
)
_OTHER_TYPES = (
    "",
    "json",
    "text/plain",
    "text/html",
    "application/jsonp",
    "application/octet-stream",
    "*/*",
    ";charset=utf-8",
    "a" * 10_000,
    "\xff\xfe",
    "application/json,text/html",
)
_ANY = {
    "a date of the year 9999": ("Date", "Fri, 31 Dec 9999 23:59:59 -1400"),
    "a date of the year 1": ("Date", "Mon, 01 Jan 0001 00:00:00 +1400"),
    "a date of 400 digits": ("Date", "9" * 400),
    "a date in words": ("Date", "yesterday"),
    "an address": ("Location", "http://[::1"),
    "a link": ("Link", "<javascript:alert(1)>; rel=next"),
    "a cookie": ("Set-Cookie", "id=1; Domain=.example; Path=/"),
    "a challenge": ("WWW-Authenticate", "Negotiate"),
    "keep-alive for no time": ("Keep-Alive", "timeout=0, max=0"),
    "control codes of a terminal": ("X-Powered-By", "\x1b[31mred\x1b[2J"),
    "markup": ("Server", "</script><script>alert(1)</script>"),
    "a command for a log": ("X-Log", "::error::gotcha"),
    "bytes beyond ASCII": ("X-Name", "\xe9\xff\x80"),
    "a name of JavaScript": ("__proto__", "1"),
    "100 KB of text": ("X-Long", "y" * 100_000),
    "an empty value": ("X-Empty", ""),
    "quotation marks": ("X-Quoted", "\"'`$(id)"),
    "a wait of 400 digits": ("Retry-After", "9" * 400),
    "an upgrade": ("Upgrade", "h2c, websocket"),
}
_ENCODED: dict[str, tuple[str, Callable[[bytes], bytes], bool]] = {
    "gzip": ("gzip", gzip.compress, True),
    "x-gzip in capitals": ("X-GZIP", gzip.compress, True),
    "deflate": ("deflate", zlib.compress, True),
    "identity": ("identity", bytes, True),
    "gzip in two members": ("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:]), True),
    "gzip that is none": ("gzip", bytes, False),
    "gzip that is cut": ("gzip", lambda body: gzip.compress(body)[:-9], False),
    "gzip with a wrong checksum": ("gzip", lambda body: gzip.compress(body)[:-8] + bytes(8), False),
    "gzip twice": ("gzip, gzip", lambda body: gzip.compress(gzip.compress(body)), False),
    "brotli, which nobody asked for": ("br", bytes, False),
    "an encoding of 10 KB": ("x" * 10_000, bytes, False),
    "100 MB of zeros": ("gzip", lambda body: _zeros(), False),
}


def headers() -> Iterator[Behaviour]:
    """Each in responses with which a job is created, and more of them where they matter more."""
    for value in _JSON_TYPES:
        yield _one(ACCEPT, f"the media type {value!r}", header("Content-Type", value), LEGAL)
        yield _one(STATUS, f"the media type {value!r}", header("Content-Type", value), LEGAL)
    for value in _OTHER_TYPES:
        name = f"the media type {value[:40]!r}"
        yield _one(ACCEPT, name, header("Content-Type", value), fault(Check.MEDIA_TYPE))
        yield _one(REFUSE, name, header("Content-Type", value), LEGAL)
        yield _one(STATUS, name, header("Content-Type", value), fault(Check.STATUS_SCHEMA))
        yield _one(FILE, name, header("Content-Type", value), LEGAL)
    yield _one(ACCEPT, "no header at all", lambda reply, wire: replace(reply, headers=()), fault(Check.MEDIA_TYPE))
    for name, (field, value) in _ANY.items():
        for kind in (ACCEPT, STATUS):
            yield _one(kind, name, header(field, value), LEGAL)
    for kind in (ACCEPT, REFUSE, STATUS, FILE):
        yield _one(kind, "1,000 cookies", raw(lambda reply: _many(reply, 1_000)), LEGAL)
        # 100 KiB are as much as is read of a header section; so it is with most clients, and proxies take less.
        too_many = raw(lambda reply: _many(reply, 3_000))
        yield _one(kind, "3,000 cookies", too_many, not_green(Check.STATUS, Check.FETCHED))
    for name, (encoding, encode, is_legal) in _ENCODED.items():
        changed = _encoded(encoding, encode)
        yield _one(
            ACCEPT, name, changed, LEGAL if is_legal else not_green(Check.STATUS, Check.MEDIA_TYPE, Check.SCHEMA)
        )
        yield _one(STATUS, name, changed, LEGAL if is_legal else not_green(Check.STATUS, Check.STATUS_SCHEMA))
        yield _one(FILE, name, changed, LEGAL if is_legal else not_green(Check.FETCHED, Check.FILE_FORMAT))
    two = raw(lambda reply: reply.head(f"Content-Length: {len(reply.body)}", "Content-Type: text/html") + reply.body)
    yield _one(ACCEPT, "two media types", two, HARMLESS)
    closing = header("Connection", "close")
    yield _one(ACCEPT, "close, and the connection stays open", closing, LEGAL)


def _one(kind: str, name: str, change: Change, expected: Expected) -> Behaviour:
    return Behaviour(
        f"{kind}: {name}", "headers", on(kind, change=change), expected, loses_jobs=True, loses_requests=True
    )


def _many(reply: Reply, count: int) -> bytes:
    lines = [f"Set-Cookie: c{number}={'z' * 40}" for number in range(count)]
    return reply.head(*lines, f"Content-Length: {len(reply.body)}") + reply.body


def _encoded(encoding: str, encode: Callable[[bytes], bytes]) -> Change:
    return lambda reply, wire: replace(reply.with_header("Content-Encoding", encoding), body=encode(reply.body))


@cache
def _zeros() -> bytes:
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([*(packer.compress(bytes(1_000_000)) for _ in range(100)), packer.flush()])
