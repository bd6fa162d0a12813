"""Bounds that hold, measured: memory and time, whatever a target sends or fails to read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.transport.conftest import read_head

from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.target import MOST_BYTES, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import MakeCase, Serve, Wire
    from tests.acceptance.transport.conftest import OpenSocket

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
MOST_MEGABYTES = 20

MEMORY = """
import json, re, sys
from pathlib import Path
from export_contract.acceptance.transport.target import Target
from export_contract.contract import Expectation
from export_contract.strategies import Case

def peak():
    # Not ru_maxrss: that begins with what the process had that started this one.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024

case = Case(id="x", title="x", expectation=Expectation.ACCEPT, requirement="EXP-ACCEPT-PAIRS", payload=b"{}")
with Target(sys.argv[1], "/exports", seconds=2) as target:
    target.send(case)
    before = peak()
    responses = [target.send(case) for _ in range(3)]
    with target.open("/file", authorized=True, seconds=2) as download:
        longest = max((len(piece) for piece in download.chunks()), default=0)
print(json.dumps({
    "megabytes": peak() - before,
    "seconds": max(one.seconds for one in responses),
    "longest": max(longest, *(len(one.body) for one in responses)),
}))
"""


def send_forever(wire: Wire, head: bytes, piece: bytes) -> None:
    wire.send(head)
    while not wire.server.stopped.is_set():
        wire.send(piece)


FLOODS: dict[str, tuple[bytes, bytes]] = {
    "headers": (HEAD, b"X-Header: value\r\n" * 1_000),
    "one header": (HEAD + b"X-Header: ", b"x" * 65_536),
    "folded lines": (HEAD + b"X-Header: a\r\n", b" x\r\n" * 10_000),
    "empty headers": (HEAD, b"a:\r\n" * 10_000),
    "reason": (b"HTTP/1.1 200 ", b"x" * 65_536),
    "informational responses": (b"", b"HTTP/1.1 103 x\r\nLink: </a>\r\n\r\n" * 1_000),
    "body": (HEAD + b"\r\n", b"x" * 65_536),
    "chunks": (CHUNKED, b"1\r\nx\r\n" * 10_000),
    "chunk extension": (CHUNKED + b"1;", b"x" * 65_536),
    "trailers": (CHUNKED + b"0\r\n", b"X-Trailer: value\r\n" * 1_000),
}


@pytest.mark.parametrize("name", FLOODS)
def test_memory(serve: Serve, name: str) -> None:
    """However much comes, and of whatever kind, little of it is ever kept."""
    head, piece = FLOODS[name]

    def handler(wire: Wire) -> None:
        if len(wire.server.requests) == 1:
            wire.answer()
        else:
            send_forever(wire, head, piece)

    command = [sys.executable, "-c", MEMORY, serve(handler).url]
    process = subprocess.run(command, capture_output=True, text=True, timeout=90)
    assert process.returncode == 0, process.stderr
    used = json.loads(process.stdout)
    assert used["megabytes"] < MOST_MEGABYTES
    assert used["longest"] <= MOST_BYTES
    assert used["seconds"] < 3


def test_a_header_section_of_the_longest_length(serve: Serve, make_case: MakeCase) -> None:
    """Thousands of headers, as far as they are within 64 KiB, are read, and that fast."""
    headers = b"".join(b"x-%d: y\r\n" % number for number in range(5_000))
    server = serve(lambda wire: wire.send(HEAD + headers + b"Content-Length: 0\r\n\r\n"))
    with Target(server.url, "/exports", seconds=5) as target:
        response = target.send(make_case())
    assert (response.status, len(response.headers)) == (200, 5_001)
    assert response.seconds < 1


def test_small_chunks_cost_no_more_each(serve: Serve, make_case: MakeCase) -> None:
    """A body in chunks of one byte costs time in proportion to its length, and is whole."""

    def handler(wire: Wire) -> None:
        wire.send(CHUNKED + b"1\r\nx\r\n" * int(wire.request.header("x-chunks") or 0) + b"0\r\n\r\n")

    def cpu_seconds(target: Target, count: int) -> float:
        started = time.thread_time()
        response = target.send(make_case(headers=(("X-Chunks", str(count)),)))
        assert len(response.body) == count
        return time.thread_time() - started

    with Target(serve(handler).url, "/exports", seconds=60) as target:
        cpu_seconds(target, 1_000)
        few = min(cpu_seconds(target, 10_000) for _ in range(3))
        many = cpu_seconds(target, 100_000)
    assert many < 30 * few  # it would be a hundred times as much


def _read_slowly(connection: socket.socket) -> None:
    while connection.recv(65_536):
        time.sleep(0.005)


def _read_nothing(connection: socket.socket) -> None:
    time.sleep(5)


@pytest.mark.parametrize("read", [_read_slowly, _read_nothing])
def test_a_target_that_hardly_reads(
    open_socket: OpenSocket, make_case: MakeCase, read: Callable[[socket.socket], None]
) -> None:
    """The deadline holds while a large request is being sent, too."""

    def handler(connection: socket.socket, number: int) -> None:
        read_head(connection)
        read(connection)

    with Target(open_socket(handler).url, "/exports", seconds=0.5) as target:
        response = target.send(make_case(payload=b"x" * 60_000_000))
    assert response.failure is Failure.TIMEOUT
    assert response.seconds < 2.5


def test_a_handshake_that_drips(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """The deadline holds for the handshake of TLS."""

    def handler(connection: socket.socket, number: int) -> None:
        connection.recv(1_024)
        for byte in b"\x16\x03\x03\x40\x00" + b"\x02" * 1_000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    server = open_socket(handler)
    with Target(f"https://localhost:{server.port}", "/exports", seconds=0.5) as target:
        response = target.send(make_case())
    assert response.failure is Failure.UNREACHABLE
    assert response.seconds < 2.5


def test_a_name_that_nobody_resolves(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The deadline holds for looking up a name, which the system may take half a minute for."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    with Target("http://api.invalid", "/exports", seconds=0.3) as target:
        response = target.send(make_case())
    assert (response.failure, response.seconds < 1) == (Failure.UNREACHABLE, True)
    assert "the name was not resolved within 0." in response.problem


def test_many_addresses(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """All addresses of a name are tried, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        real = socket.getaddrinfo

        def several(host: str, *parts: object, **named: object) -> object:
            found = [real(address, port, type=socket.SOCK_STREAM)[0] for address in ("127.0.0.2", "127.0.0.1")]
            return found if host == "many.invalid" else real(host, *parts, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(socket, "getaddrinfo", several)
        with Target(f"http://many.invalid:{port}", "/exports", seconds=0.3) as target:
            assert target.send(make_case()).failure is Failure.TIMEOUT
    with Target(f"http://many.invalid:{port}", "/exports", seconds=0.3) as target:
        assert "refused" in target.send(make_case()).problem
