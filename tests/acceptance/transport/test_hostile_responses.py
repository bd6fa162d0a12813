"""Responses that are meant to hurt: each becomes a response or a failure, soon, and in little memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_contract.acceptance.model.exchange import Failure, Response
from export_contract.acceptance.transport.target import MOST_BYTES, Target

if TYPE_CHECKING:
    from tests.acceptance.conftest import Handler, Hostile, MakeCase, Serve, Wire

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"


def send(server: Hostile, make_case: MakeCase, seconds: float = 10.0) -> Response:
    with Target(server.url, "/exports", seconds=seconds) as target:
        return target.send(make_case())


def raw(content: bytes, *, then: str = "close") -> Handler:
    """Send these bytes, and close or break off."""

    def handler(wire: Wire) -> None:
        wire.send(content)
        time.sleep(0.02)
        getattr(wire, then)()

    return handler


def endless(head: bytes, piece: bytes) -> Handler:
    def handler(wire: Wire) -> None:
        wire.send(head)
        while not wire.server.stopped.is_set():
            wire.send(piece)

    return handler


def dripping(head: bytes, piece: bytes = b"a" * 1_000, every: float = 0.1) -> Handler:
    def handler(wire: Wire) -> None:
        wire.send(head)
        wire.drip(piece, every)

    return handler


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (JSON + b"\r\n", b"x" * 65536),
        (JSON + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65536),
        (CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"),
    ],
    ids=["until closed", "huge length", "chunked"],
)
def test_endless_bodies(serve: Serve, make_case: MakeCase, head: bytes, piece: bytes) -> None:
    """A body without end is cut at 1 MiB, and judged by what came until then."""
    answer = send(serve(endless(head, piece)), make_case)
    assert (answer.status, len(answer.body), answer.truncated) == (200, MOST_BYTES, True)
    assert MOST_BYTES == 2**20
    assert answer.seconds < 3


def test_a_body_of_the_longest_length(serve: Serve, make_case: MakeCase) -> None:
    """A body of 1 MiB is whole; one byte more is cut."""
    server = serve(lambda wire: wire.answer(200, b"x" * (MOST_BYTES + len(wire.server.requests) - 1)))
    assert not send(server, make_case).truncated
    cut = send(server, make_case)
    assert (cut.truncated, len(cut.body)) == (True, MOST_BYTES)


GZIP = JSON + b"Content-Encoding: gzip\r\n"

DRIPS: dict[str, Callable[[], Handler]] = {
    "nothing": lambda: dripping(b"", b""),
    "body": lambda: dripping(JSON + b"Content-Length: 1000\r\n\r\n"),
    "header": lambda: dripping(b"HTTP/1.1 200 OK\r\nX-Header: "),
    "status line": lambda: dripping(b"HTTP/1.1 200 "),
    "chunk extension": lambda: dripping(CHUNKED + b"1;a="),
    "trailer": lambda: dripping(CHUNKED + b"1\r\nx\r\n0\r\nX-Trailer: "),
    "compressed": lambda: dripping(
        GZIP + b"Content-Length: 1000\r\n\r\n", b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + b"n" * 900
    ),
    "provisional answers": lambda: dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 40, every=0.01),
}


@pytest.mark.parametrize("name", DRIPS)
def test_slow_drips(serve: Serve, make_case: MakeCase, name: str) -> None:
    """An answer that comes a byte at a time, or never, is given up when its time is over: no later."""

    def handler(wire: Wire) -> None:
        DRIPS[name]()(wire)
        wire.wait(20)

    server = serve(handler)
    answers: list[Response] = []
    sender = threading.Thread(target=lambda: answers.append(send(server, make_case, seconds=0.3)), daemon=True)
    sender.start()
    sender.join(2.0)
    server.stopped.set()
    server.stop()
    sender.join(2.0)
    assert answers
    assert answers[0].failure is Failure.TIMEOUT
    assert answers[0].seconds < 1.5
    assert "0.3 seconds" in answers[0].problem


INTERIM = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "102": b"HTTP/1.1 102 Processing\r\n\r\n" * 20,
    "103": b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
    "all of them": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 199 x\r\n\r\n",
}


@pytest.mark.parametrize("every", [0.0, 0.005], ids=["at once", "a piece at a time"])
@pytest.mark.parametrize("name", INTERIM)
def test_informational_responses(serve: Serve, make_case: MakeCase, name: str, every: float) -> None:
    """Before the final response any number of others may come (RFC 9110, 15.2), and nothing of them counts."""

    def handler(wire: Wire) -> None:
        for start in range(0, len(INTERIM[name]), 7):
            wire.send(INTERIM[name][start : start + 7])
            wire.wait(every)
        wire.answer(201, b"{}", x_final="yes")

    server = serve(handler)
    with Target(server.url, "/exports", seconds=5) as target:
        for _ in range(3):
            answer = target.send(make_case())
            assert (answer.status, answer.body, answer.header("x-final")) == (201, b"{}", "yes")
            assert answer.header("link") is None


def test_informational_responses_without_a_final_one(serve: Serve, make_case: MakeCase) -> None:
    """Nobody calls them invalid, for they are not: what is missing is the final response."""
    server = serve(endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000))
    assert send(server, make_case).problem.startswith("no final response")


BROKEN: dict[str, tuple[Handler, Failure]] = {
    "closed": (lambda wire: wire.close(), Failure.CLOSED),
    "reset": (lambda wire: wire.reset(), Failure.CLOSED),
    "closed in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-"), Failure.CLOSED),
    "closed in the body": (raw(JSON + b"Content-Length: 100\r\n\r\n{"), Failure.CLOSED),
    "reset in the body": (raw(JSON + b"Content-Length: 100\r\n\r\n{", then="reset"), Failure.CLOSED),
    "closed in a chunk": (raw(CHUNKED + b"64\r\n{"), Failure.CLOSED),
    "no chunk size": (raw(CHUNKED + b"xyz\r\n{}\r\n0\r\n\r\n"), Failure.GARBLED),
    "negative chunk size": (raw(CHUNKED + b"-5\r\n{}\r\n0\r\n\r\n"), Failure.GARBLED),
    "chunk longer than said": (raw(CHUNKED + b"2\r\n{}{}{}\r\n0\r\n\r\n"), Failure.GARBLED),
    "no length": (raw(JSON + b"Content-Length: many\r\n\r\n{}"), Failure.GARBLED),
    "negative length": (raw(JSON + b"Content-Length: -1\r\n\r\n{}"), Failure.GARBLED),
    "two lengths": (raw(JSON + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), Failure.GARBLED),
    "no HTTP": (raw(b"220 mail.example.com ESMTP ready\r\n\r\n"), Failure.GARBLED),
    "TLS": (raw(b"\x15\x03\x01\x00\x02\x02\x46"), Failure.GARBLED),
    "NULs": (raw(b"\0" * 100), Failure.GARBLED),
    "no status": (raw(b"HTTP/1.1 OK\r\n\r\n"), Failure.GARBLED),
    "status out of range": (raw(b"HTTP/1.1 99999 OK\r\n\r\n"), Failure.GARBLED),
    "no end of headers": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000), Failure.GARBLED),
    "informational without end": (endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1_000), Failure.GARBLED),
    "early hints without end": (endless(b"", b"HTTP/1.1 103 x\r\nLink: <a>\r\n\r\n" * 1_000), Failure.GARBLED),
    "negative status": (raw(b"HTTP/1.1 -20 OK\r\n\r\n"), Failure.GARBLED),
    "status of two digits": (raw(b"HTTP/1.1 20 OK\r\n\r\n"), Failure.GARBLED),
    "status of four digits": (raw(b"HTTP/1.1 1000 OK\r\n\r\n"), Failure.GARBLED),
    "status 99": (raw(b"HTTP/1.1 099 OK\r\n\r\n"), Failure.GARBLED),
    "status in letters": (raw(b"HTTP/1.1 abc OK\r\n\r\n"), Failure.GARBLED),
    "HTTP 0.9": (raw(b"{}\r\n\r\n"), Failure.GARBLED),
    "HTTP 9": (raw(b"HTTP/9 200 OK\r\n\r\n"), Failure.GARBLED),
    "ICY": (raw(b"ICY 200 OK\r\n\r\n"), Failure.GARBLED),
    "length of 30 digits": (raw(JSON + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}"), Failure.GARBLED),
    "length of 5000 digits": (raw(JSON + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}"), Failure.GARBLED),
    "length with a plus": (raw(JSON + b"Content-Length: +2\r\n\r\n{}"), Failure.GARBLED),
    "length in hex": (raw(JSON + b"Content-Length: 0x2\r\n\r\n{}"), Failure.GARBLED),
    "unknown transfer coding": (raw(JSON + b"Transfer-Encoding: gzip\r\n\r\n{}"), Failure.GARBLED),
    "chunked twice": (raw(JSON + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), Failure.GARBLED),
    "no transfer coding": (raw(JSON + b"Transfer-Encoding: \r\n\r\n{}"), Failure.GARBLED),
    "chunk size of 40 digits": (raw(CHUNKED + b"f" * 40 + b"\r\n{}"), Failure.GARBLED),
    "chunk of a zettabyte": (raw(CHUNKED + b"f" * 20 + b"\r\n{}"), Failure.CLOSED),
    "header without a colon": (raw(JSON + b"X-A\r\n\r\n{}"), Failure.GARBLED),
    "header without a name": (raw(JSON + b": x\r\n\r\n{}"), Failure.GARBLED),
    "header name beyond ASCII": (raw(JSON + b"X-\xe9: x\r\n\r\n{}"), Failure.GARBLED),
    "space before the colon": (raw(JSON + b"X-A : x\r\n\r\n{}"), Failure.GARBLED),
    "fold before all headers": (raw(b"HTTP/1.1 200 OK\r\n X: a\r\n\r\n"), Failure.GARBLED),
    "15 MB of headers": (raw(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 1_900_000 + b"\r\n"), Failure.GARBLED),
    "a header of 15 MB": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 15_000_000 + b"\r\n\r\n"), Failure.GARBLED),
    "15 MB of trailers": (raw(CHUNKED + b"0\r\n" + b"X-A: b\r\n" * 1_900_000 + b"\r\n"), Failure.GARBLED),
    "15 MB of chunk extension": (raw(CHUNKED + b"1;" + b"a" * 15_000_000), Failure.GARBLED),
    "switching protocols": (raw(b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\n\r\n"), Failure.GARBLED),
    "brotli": (raw(JSON + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\n{}"), Failure.GARBLED),
    "half a gzip": (lambda wire: wire.answer(200, _gzip_of(b"{}" * 99)[:20], content_encoding="gzip"), Failure.GARBLED),
    "no gzip": (raw(GZIP + b"Content-Length: 2\r\n\r\n{}"), Failure.GARBLED),
    "control characters in a header": (raw(JSON + b"X-A: a\x00b\r\n\r\n{}"), Failure.GARBLED),
}


def _gzip_of(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_answers(serve: Serve, make_case: MakeCase, name: str) -> None:
    """An answer that is none becomes a failure of its kind, with a problem in one printable line."""
    handler, failure = BROKEN[name]
    answer = send(serve(handler), make_case)
    assert (answer.failure, answer.status) == (failure, None)
    assert answer.problem.isprintable()
    assert len(answer.problem) < 300
    assert answer.seconds < 2


@pytest.mark.parametrize(
    ("line", "value"),
    [
        (b"X-A: caf\xe9 \xff\x80", "caf\xe9 \xff\x80"),
        (b"X-A: \x1b[31mred", "\x1b[31mred"),
        (b"X-A: ::error file=x::oops", "::error file=x::oops"),
        (b"X-A: <script>alert(1)</script>", "<script>alert(1)</script>"),
    ],
)
def test_odd_headers(serve: Serve, make_case: MakeCase, line: bytes, value: str) -> None:
    """A header of whatever bytes is an answer's header; nothing is dropped before it is escaped."""
    answer = send(serve(raw(JSON + line + b"\r\nContent-Length: 2\r\n\r\n{}")), make_case)
    assert answer.status is None or (answer.header("x-a"), answer.body) == (value, b"{}")


@pytest.mark.parametrize("status", [b"100", b"199", b"000", b"600", b"999", b"204", b"304"])
def test_odd_statuses(serve: Serve, make_case: MakeCase, status: bytes) -> None:
    """A status out of the ordinary, with a body that it cannot have, ends neither in a hang nor in a crash."""
    answer = send(serve(raw(b"HTTP/1.1 " + status + b" x\r\nContent-Length: 2\r\n\r\n{}")), make_case, seconds=1)
    assert answer.failure or answer.status == int(status)
    assert not answer.accepted or status == b"204"


def test_an_answer_before_the_request_is_read(serve: Serve, make_case: MakeCase) -> None:
    """An answer that comes while a large body is still being sent is read, or is a failure, and no crash."""
    server = serve(lambda wire: wire.reset())
    with Target(server.url, "/exports", seconds=5) as target:
        assert target.send(make_case(payload=b"x" * 8_000_000)).failure is Failure.CLOSED


def test_what_a_failed_answer_leaves(serve: Serve, make_case: MakeCase) -> None:
    """After each kind of failure, the next request gets its own answer."""
    handlers = [handler for handler, _ in BROKEN.values()]

    def handler(wire: Wire) -> None:
        if wire.request.header("x-broken"):
            handlers[int(wire.request.header("x-broken") or 0)](wire)
        else:
            wire.answer(200, b"whole")

    server = serve(handler)
    with Target(server.url, "/exports", connections=1, seconds=2) as target:
        for number in range(len(handlers)):
            target.send(make_case(headers=(("X-Broken", str(number)),)))
            assert target.send(make_case(headers=())).body == b"whole"


MEMORY = """
import json, re, sys
from pathlib import Path
from concurrent.futures import ThreadPoolExecutor
from export_contract.acceptance.transport.target import Target
from export_contract.contract import Expectation
from export_contract.strategies import Case
case = Case(id="x", title="x", expectation=Expectation.ACCEPT, requirement="EXP-ACCEPT-PAIRS", payload=b"{}")
with Target(sys.argv[1], "/exports", seconds=5) as target, ThreadPoolExecutor(4) as pool:
    answers = list(pool.map(target.send, [case] * 8))
print(json.dumps({
    # Not ru_maxrss: that begins with what the process had that started this one.
    "megabytes": int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024,
    "longest": max(len(answer.body) for answer in answers),
    "seconds": max(answer.seconds for answer in answers),
}))
"""


BOMBS: dict[str, Callable[[], tuple[bytes, bytes]]] = {
    "gzip": lambda: (b"gzip", _gzip_of(bytes(80_000_000))),
    "deflate": lambda: (b"deflate", zlib.compress(bytes(80_000_000), 1)),
    "twice": lambda: (b"gzip, gzip", _gzip_of(_gzip_of(bytes(200_000_000)))),
    "many times": lambda: (b", ".join([b"gzip"] * 200), _gzip_of(bytes(80_000_000))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_compression_bombs(serve: Serve, name: str) -> None:
    """A small body that unpacks to hundreds of megabytes costs less than 300 of them, at four requests at once."""
    encoding, content = BOMBS[name]()
    assert len(content) < 1_000_000

    def handler(wire: Wire) -> None:
        wire.send(JSON + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (encoding, len(content)) + content)
        wire.close()

    process = subprocess.run(
        [sys.executable, "-c", MEMORY, serve(handler).url], capture_output=True, text=True, timeout=60
    )
    assert process.returncode == 0, process.stderr
    used = json.loads(process.stdout)
    assert used["megabytes"] < 300
    assert used["longest"] <= MOST_BYTES
    assert used["seconds"] < 6


PIECES = [
    *(b"HTTP/1.1 ", b"HTTP/1.0 ", b"200", b"503", b"101", b"103", b" OK"),
    *(b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b";", b"\0", b"\xff\xfe"),
    *(b"Content-Length: 2", b"Content-Length: 99999999999999999999", b"Transfer-Encoding: chunked"),
    *(b"Connection: close", b"Upgrade: x", b"Retry-After: ", b"Location: http://[::1"),
    *(b"Content-Encoding: gzip", b"Content-Encoding: deflate"),
    *(b"{}", b"0\r\n\r\n", b"2\r\n{}\r\n", b"ffffffff\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x16\x03"),
]
CONTENTS = st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=20).map(b"".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENTS, begins=st.booleans())
def test_anything(serve: Serve, make_case: MakeCase, content: bytes, begins: bool) -> None:
    """Whatever bytes come, a response or a failure comes of them, and soon."""
    server = serve(raw(JSON + content if begins else content))
    with Target(server.url, "/exports", seconds=2) as target:
        response = target.send(make_case())
        assert (response.status is None) == (response.failure is not None)
        assert response.problem.isprintable()
        assert response.seconds < 3
        with target.open("/file", authorized=True, seconds=2) as download:
            assert all(isinstance(piece, bytes) for piece in download.chunks())
    server.stop()
