"""Connections: which are used again, and what their end says about a request."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.transport.conftest import read_head

from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.target import Target

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase, Serve, Wire
    from tests.acceptance.transport.conftest import OpenSocket

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
REFUSED = b"HTTP/1.1 413 Too Large\r\nContent-Length: 13\r\n\r\n"
REASON = b'{"errors":[]}'


def reset(connection: socket.socket) -> None:
    """Close with a reset, whatever was sent or read."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("is_reset", [False, True], ids=["closed", "reset"])
def test_a_kept_connection_that_dies(open_socket: OpenSocket, make_case: MakeCase, is_reset: bool) -> None:
    """A kept connection that dies before the first byte says nothing; a fresh one that does is a finding."""

    def die_at_the_second(connection: socket.socket, number: int) -> None:
        if read_head(connection) and number < 3:
            connection.sendall(OK)
            read_head(connection)
        if is_reset:
            reset(connection)

    with Target(open_socket(die_at_the_second).url, "/exports") as target:
        case = make_case(payload=b"")
        assert target.send(case).status == 200
        stale = target.send(case)
        assert (stale.failure, stale.status) == (Failure.STALE, None)
        assert target.send(case, fresh=True).status == 200
        assert target.send(case, fresh=True).failure is Failure.CLOSED


def test_a_kept_connection_that_dies_in_the_response(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """After the first byte of a response it is about the request, on a kept connection too."""

    def break_off(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(OK)
        read_head(connection)
        connection.sendall(b"H")

    with Target(open_socket(break_off).url, "/exports") as target:
        case = make_case(payload=b"")
        target.send(case)
        assert target.send(case).failure is Failure.CLOSED


def test_the_rest_of_the_response_before(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """What a server sent too much of says nothing about the request that comes next on the connection."""

    def send_too_much(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(OK)
        read_head(connection)
        connection.sendall(REASON + OK)
        read_head(connection)

    with Target(open_socket(send_too_much).url, "/exports") as target:
        case = make_case(payload=b"")
        assert target.send(case).status == 200
        assert target.send(case).failure is Failure.LEFTOVER
        assert target.send(case, fresh=True).status == 200


def test_a_fresh_connection_that_does_not_speak_http(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """On a connection of its own, what comes is the response to the request."""

    def talk(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(REASON + OK)

    with Target(open_socket(talk).url, "/exports") as target:
        assert target.send(make_case(payload=b"")).failure is Failure.GARBLED


def test_after_head(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """A server that sends a body with HEAD, as waitress does, does not have it read as the next response."""

    def respond(connection: socket.socket, number: int) -> None:
        while read_head(connection):
            connection.sendall(REFUSED + REASON)

    server = open_socket(respond)
    with Target(server.url, "/exports") as target:
        assert target.send(make_case(payload=b"", method="HEAD")).status == 413
        assert target.send(make_case(payload=b"")).status == 413
        assert target.send(make_case(payload=b"")).status == 413
    assert len(server.connections) == 2


def test_a_kept_connection_over_tls(open_socket: OpenSocket, make_case: MakeCase, tls: ssl.SSLContext) -> None:
    """The same holds over TLS."""

    def die_at_the_second(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(OK)
        read_head(connection)

    with Target(open_socket(die_at_the_second, context=tls).url, "/exports") as target:
        case = make_case(payload=b"")
        assert target.send(case).status == 200
        assert target.send(case).failure is Failure.STALE
        assert target.send(case, fresh=True).status == 200


def test_one_connection_at_a_time(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """A fresh connection is answered by a server that serves one at a time: no idle one stays beside it."""
    turn = threading.Lock()

    def serve_alone(connection: socket.socket, number: int) -> None:
        with turn:
            while read_head(connection):
                connection.sendall(OK)

    with Target(open_socket(serve_alone).url, "/exports", seconds=2) as target:
        for _ in range(3):
            assert target.send(make_case(payload=b""), fresh=True).status == 200


@pytest.mark.parametrize(("status", "connections"), [(200, 1), (404, 1), (429, 1), (500, 3), (503, 3), (599, 3)])
def test_after_a_5xx(open_socket: OpenSocket, make_case: MakeCase, status: int, connections: int) -> None:
    """No request goes over a connection after a 5xx: the server may be about to close it."""

    def respond(connection: socket.socket, number: int) -> None:
        while read_head(connection):
            connection.sendall(b"HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n" % status)

    server = open_socket(respond)
    with Target(server.url, "/exports") as target:
        assert [target.send(make_case(payload=b"")).status for _ in range(3)] == [status] * 3
    assert len(server.connections) == connections


@pytest.mark.parametrize(("size", "connections"), [(100, 1), (100_000, 3)])
def test_after_the_refusal_of_a_large_request(serve: Serve, make_case: MakeCase, size: int, connections: int) -> None:
    """No request goes over a connection after a large one was refused: the server may not have read it, and reset."""
    wires: set[int] = set()

    def refuse(wire: Wire) -> None:
        wires.add(wire._connection.getpeername()[1])
        wire.answer(400)

    with Target(serve(refuse).url, "/exports") as target:
        for _ in range(3):
            assert target.send(make_case(payload=b"x" * size)).status == 400
    assert len(wires) == connections


def test_idle_connections_are_few_and_short_lived(serve: Serve, make_case: MakeCase) -> None:
    """No more connections are kept than were asked for, and none for longer than servers keep theirs."""
    wires: list[int] = []

    def respond(wire: Wire) -> None:
        wires.append(id(wire._connection))
        wire.wait(0.05)
        wire.answer()

    with Target(serve(respond).url, "/exports", connections=2) as target, ThreadPoolExecutor(6) as pool:
        list(pool.map(target.send, [make_case()] * 6))
        assert len(target._connections._idle) == 2
        kept = set(wires[-6:])
        time.sleep(2.1)
        target.send(make_case())
        assert len(target._connections._idle) == 1
    assert wires[-1] not in kept


@pytest.mark.parametrize("size", [70_000, 3_000_000])
@pytest.mark.parametrize("together", [True, False], ids=["in one piece", "in two pieces"])
def test_an_early_refusal(open_socket: OpenSocket, make_case: MakeCase, size: int, together: bool) -> None:
    """A response that a server sends before it has read a large request, and resets, is that request's response."""

    def refuse(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(REFUSED + REASON if together else REFUSED)
        if not together:
            connection.sendall(REASON)
        # Closing with a request unread resets the connection, and the reset may overtake the second piece.

    server = open_socket(refuse)
    with Target(server.url, "/exports", seconds=5) as target:
        responses = [target.send(make_case(payload=b"x" * size)) for _ in range(20)]
    assert {response.status for response in responses} == {413}
    assert all(response.failure is None for response in responses)
    assert all(REASON.startswith(response.body) for response in responses)
    assert all(response.body == REASON or response.truncated for response in responses)
    assert len(server.connections) == 20
    if size > 1_000_000:  # more than the system takes in advance
        assert not any(response.sent_whole for response in responses)


def test_a_refusal_cut_by_a_reset(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """What came of a refusal before the reset is read, and said not to be whole; of an acceptance it is a failure."""

    def cut(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall((REFUSED if number == 1 else OK[:-2]) + b"{")
        time.sleep(0.1)
        reset(connection)

    with Target(open_socket(cut).url, "/exports", seconds=5) as target:
        refusal = target.send(make_case())
        assert (refusal.status, refusal.body, refusal.truncated) == (413, b"{", True)
        assert (refusal.sent_whole, refusal.failure) == (False, None)
        assert target.send(make_case()).failure is Failure.CLOSED


def test_a_refusal_by_a_server_that_stops_reading(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """A server that has responded and reads no more does not close: its response counts, when time is over."""
    ended = threading.Event()

    def refuse(connection: socket.socket, number: int) -> None:
        read_head(connection)
        connection.sendall(REFUSED + REASON)
        ended.wait(10)

    with Target(open_socket(refuse).url, "/exports", seconds=0.5) as target:
        response = target.send(make_case(payload=b"x" * 20_000_000))
    ended.set()
    assert (response.status, response.body, response.sent_whole) == (413, REASON, False)
    assert response.seconds < 2


def test_a_response_before_the_request(open_socket: OpenSocket, make_case: MakeCase) -> None:
    """A server that responds before anything was sent is read."""

    def hasty(connection: socket.socket, number: int) -> None:
        connection.sendall(REFUSED + REASON)
        time.sleep(0.05)

    with Target(open_socket(hasty).url, "/exports", seconds=2) as target:
        for _ in range(5):
            response = target.send(make_case(payload=b""), fresh=True)
            assert (response.status, response.body) == (413, REASON)


@pytest.mark.parametrize("is_secure", [False, True], ids=["plain", "TLS"])
def test_closing_ends_what_is_on_its_way(
    open_socket: OpenSocket, make_case: MakeCase, tls: ssl.SSLContext, is_secure: bool
) -> None:
    """Whoever waits for a response when the target is closed gets a failure at once, and so does whoever comes late."""
    arrived = threading.Event()

    def silent(connection: socket.socket, number: int) -> None:
        read_head(connection)
        arrived.set()
        connection.recv(1)

    server = open_socket(silent, **({"context": tls} if is_secure else {}))
    target = Target(server.url, "/exports", seconds=20)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(target.send, make_case(payload=b""))
        assert arrived.wait(5)
        time.sleep(0.05)
        started = time.monotonic()
        target.close()
        assert waiting.result(5).failure is Failure.CLOSED
        assert time.monotonic() - started < 1
    assert target.send(make_case()).failure is Failure.UNREACHABLE
    assert len(server.connections) == 1


def test_a_response_too_many(serve: Serve, make_case: MakeCase) -> None:
    """What an earlier response left on its connection is not taken for the response to the next request."""

    def handler(wire: Wire) -> None:
        second = b"HTTP/1.1 500 Not yours\r\nContent-Length: 0\r\n\r\n"
        wire.send(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + (second if len(wire.server.requests) == 1 else b"")
        )

    with Target(serve(handler).url, "/exports") as target:
        responses = [target.send(make_case()) for _ in range(3)]
    assert [one.failure for one in responses] == [None, Failure.LEFTOVER, None]
    assert [one.status for one in responses] == [200, None, 200]


@pytest.mark.parametrize("left", [b"{}", b"\r\n\r\n", b"HTTP/1.1 2"])
def test_bytes_too_many(serve: Serve, make_case: MakeCase, left: bytes) -> None:
    """Nor do bytes that were left there make the next response invalid, unless it is so on a new connection, too."""

    def handler(wire: Wire) -> None:
        wire.send(b"HTTP/1.1 204 No Content\r\n\r\n" + (left if len(wire.server.requests) == 1 else b""))

    with Target(serve(handler).url, "/exports") as target:
        responses = [target.send(make_case()) for _ in range(3)]
    assert responses[0].status == responses[2].status == 204
    assert responses[1].failure in (None, Failure.LEFTOVER)
