"""Status lines and framing: what comes is more or less than HTTP, or is HTTP as hardly anybody writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

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
    body,
    fault,
    not_green,
    on,
    raw,
    status,
)
from tests.hostile.server import Reply

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check

# After an informational response another one is waited for.
_WITHOUT_END: dict[str, Any] = {"give_up": 0.5, "limits": Limits(requests=90, jobs=20, seconds=2.5)}

_GARBLED = {
    "a status line of another protocol": lambda reply: b"ICY 200 OK\r\n\r\n" + reply.body,
    "no status line": lambda reply: reply.body,
    "a status of two digits": lambda reply: b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "a status of four digits": lambda reply: b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "a status in words": lambda reply: b"HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n",
    "a negative status": lambda reply: b"HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n",
    "a NUL in the status line": lambda reply: replace(reply, reason="O\0K").written(),
    "a header without a colon": lambda reply: reply.head("nonsense", f"Content-Length: {len(reply.body)}") + reply.body,
    "a header without a name": lambda reply: reply.head(": value", f"Content-Length: {len(reply.body)}") + reply.body,
    "a NUL in a header": lambda reply: reply.head("X-A: a\0b", f"Content-Length: {len(reply.body)}") + reply.body,
    "a blank before the colon": lambda reply: reply.head(f"Content-Length : {len(reply.body)}") + reply.body,
    "a length in words": lambda reply: reply.head("Content-Length: all") + reply.body,
    "a negative length": lambda reply: reply.head("Content-Length: -1") + reply.body,
    "two different lengths": lambda reply: reply.head("Content-Length: 3", "Content-Length: 4") + reply.body,
    "a length of 400 digits": lambda reply: reply.head("Content-Length: " + "9" * 400) + reply.body,
    "more than was announced": lambda reply: reply.head("Content-Length: 2") + reply.body,
    "less than was announced": lambda reply: reply.head("Content-Length: 999") + reply.body,
    "a transfer coding that nobody knows": lambda reply: reply.head("Transfer-Encoding: magic") + reply.body,
    "chunks without a size": lambda reply: _chunked(reply, b"xyz\r\n{}\r\n0\r\n\r\n"),
    "chunks of a negative size": lambda reply: _chunked(reply, b"-1\r\n{}\r\n0\r\n\r\n"),
    "a chunk of an enormous size": lambda reply: _chunked(reply, b"ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
    "a chunk that is longer than it says": lambda reply: _chunked(reply, b"1\r\n" + reply.body + b"\r\n0\r\n\r\n"),
    "chunks without an end": lambda reply: _chunked(reply, b"%x\r\n%s\r\n" % (len(reply.body), reply.body)),
    "a chunk extension without an end": lambda reply: _chunked(reply, b"1;" + b"x" * 300_000),
    "a header section of 300 KB": lambda reply: reply.head(*(f"X-{n}: {'y' * 90}" for n in range(3_000))) + reply.body,
    "a header of 300 KB": lambda reply: reply.head("X-Long: " + "y" * 300_000) + reply.body,
    "trailers without an end": lambda reply: _chunked(reply, b"1\r\n{\r\n0\r\n" + b"X-A: b\r\n" * 40_000),
    "1,000 informational responses and no other": lambda reply: b"HTTP/1.1 103 Hints\r\n\r\n" * 1_000,
    "an upgrade to another protocol": lambda reply: b"HTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\0\0",
    "nothing": lambda reply: b"",
    "a line break": lambda reply: b"\r\n",
    "half a status line": lambda reply: b"HTTP/1.1 2",
    "half a header section": lambda reply: reply.head()[:-6],
    "a TLS handshake": lambda reply: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "random bytes": lambda reply: bytes(range(256)) * 4,
}
_LEGAL: dict[str, Callable[[Reply], bytes]] = {
    "no reason phrase": lambda reply: replace(reply, reason="").written(),
    "a reason phrase in Latin-1": lambda reply: replace(reply, reason="Tr\xe8s bien").written(),
    "a reason phrase of 8 KB": lambda reply: replace(reply, reason="very " * 1_600).written(),
    "HTTP/2.0": lambda reply: replace(reply, version="HTTP/2.0").written(),
    "HTTP/1.0": lambda reply: replace(reply, version="HTTP/1.0").written(),
    "informational responses before it": lambda reply: (
        b"HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n" * 3 + reply.written()
    ),
    "500 informational responses before it": lambda reply: b"HTTP/1.1 102 Processing\r\n\r\n" * 500 + reply.written(),
    "informational responses of each kind before it": lambda reply: (
        b"".join(b"HTTP/1.1 %d x\r\nX-Any: %d\r\n\r\n" % (code, code) for code in (100, 102, 103, 104, 199))
        + reply.written()
    ),
    "an informational response with the headers of another one": lambda reply: (
        b"HTTP/1.1 103 x\r\nContent-Type: text/html\r\nLocation: /x\r\nRetry-After: 9\r\n\r\n" + reply.written()
    ),
    "100 Continue, which nobody wanted": lambda reply: b"HTTP/1.1 100 Continue\r\n\r\n" + reply.written(),
    "chunks of one byte": lambda reply: _chunked(reply, _chunks(reply.body, 1) + b"0\r\n\r\n"),
    "chunks with extensions": lambda reply: _chunked(
        reply, b'%x;a="b"\r\n%s\r\n0;c\r\n\r\n' % (len(reply.body), reply.body)
    ),
    "chunks with trailers": lambda reply: _chunked(reply, _chunks(reply.body, 7) + b"0\r\nX-Checksum: 1\r\n\r\n"),
    "the same length twice": lambda reply: reply.head(*[f"Content-Length: {len(reply.body)}"] * 2) + reply.body,
    "line feeds alone": lambda reply: (
        reply.head(f"Content-Length: {len(reply.body)}").replace(b"\r\n", b"\n") + reply.body
    ),
    "a folded header": lambda reply: reply.head("X-A: a\r\n b", f"Content-Length: {len(reply.body)}") + reply.body,
    "1,000 headers": lambda reply: (
        reply.head(*(f"X-{n}: y" for n in range(1_000)), f"Content-Length: {len(reply.body)}") + reply.body
    ),
}
_STATUSES = (
    *(100, 199, 204, 205, 206, 208, 226, 299, 300, 304, 305, 399),
    *(402, 404, 405, 406, 407, 408, 409, 410, 411, 413, 415, 417, 418, 421, 422, 423, 425, 426, 428, 431, 451, 499),
    *(500, 501, 502, 504, 505, 507, 511, 520, 599, 600, 700, 999),
)


def framing() -> Iterator[Behaviour]:
    """Of responses with which a job is created, and of those that refuse one."""
    for name, garbled in _GARBLED.items():
        yield Behaviour(
            f"accept: {name}",
            "framing",
            on(ACCEPT, change=raw(garbled, "close")),
            not_green(Check.STATUS, Check.MEDIA_TYPE, Check.SCHEMA),
            loses_jobs=True,
            loses_requests=True,
            hides_jobs=name == "nothing",
            plan={"give_up": 1.0, "seconds": 1.0},
        )
    for name, legal in _LEGAL.items():
        for kind in (ACCEPT, REFUSE, STATUS, FILE) if "nformational" in name else (ACCEPT, REFUSE):
            yield Behaviour(f"{kind}: {name}", "framing", on(kind, change=raw(legal)), LEGAL)
    until_close = raw(lambda reply: reply.head("Connection: close") + reply.body, "close")
    yield Behaviour("accept: a body that ends with the connection", "framing", on(ACCEPT, change=until_close), LEGAL)
    yield from _statuses()
    yield from _more_than_one()


def _statuses() -> Iterator[Behaviour]:
    for code in _STATUSES:
        yield Behaviour(
            f"accept: status {code}",
            "framing",
            on(ACCEPT, change=status(code)),
            _of_a_job(code),
            _WITHOUT_END if code < 200 else {},
            loses_jobs=True,
            hides_jobs=code < 200 or code == 304,
        )
        yield Behaviour(
            f"refuse: status {code}",
            "framing",
            on(REFUSE, change=status(code, b"" if code in (204, 205, 304) else b"{}")),
            _of_a_refusal(code),
            _WITHOUT_END if code < 200 else {},
            loses_jobs=True,
        )


def _of_a_job(code: int) -> Expected:
    """2xx with a body is right, whatever it is exactly; nothing else is."""
    if code in (205, 206, 208, 226, 299):
        return LEGAL
    return not_green(Check.STATUS, Check.SCHEMA, Check.NO_JOB, Check.MEDIA_TYPE)


def _of_a_refusal(code: int) -> Expected:
    return LEGAL if 400 <= code < 500 and code != 407 else not_green(Check.STATUS, Check.NO_JOB, Check.SCHEMA)


def _more_than_one() -> Iterator[Behaviour]:
    """What is left on a connection must not be taken for the response to the next request."""
    second = raw(lambda reply: reply.written() + Reply(500, b"not yours").written())
    for kind in (ACCEPT, REFUSE, STATUS):
        yield Behaviour(
            f"{kind}: a second response behind it",
            "framing",
            on(kind, change=second),
            HARMLESS,
            loses_requests=True,
            loses_jobs=True,
            hides_jobs=True,
        )
    for name, content in {"a body of a 204": b"{}", "1 MB": b"x" * 1_000_000}.items():
        changed = raw(lambda reply, content=content: Reply(204, b"").head() + content, "close")
        yield Behaviour(
            f"refuse: 204 with {name}",
            "framing",
            on(REFUSE, change=changed),
            fault(Check.STATUS, Check.SCHEMA),
            loses_jobs=True,
            loses_requests=True,
        )
    empty: Change = body(b"")
    yield Behaviour("accept: no body", "framing", on(ACCEPT, change=empty), fault(Check.SCHEMA), loses_jobs=True)
    yield Behaviour("refuse: no body", "framing", on(REFUSE, change=empty), LEGAL)
    yield Behaviour("status: no body", "framing", on(STATUS, change=empty), fault(Check.STATUS_SCHEMA))


def _chunked(reply: Reply, content: bytes) -> bytes:
    return reply.head("Transfer-Encoding: chunked") + content


def _chunks(content: bytes, size: int) -> bytes:
    pieces = [content[start : start + size] for start in range(0, len(content), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
