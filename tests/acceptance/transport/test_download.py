"""Files: one hop at a time, with credentials for nobody else, and a content that ends somewhere."""

from __future__ import annotations

import gzip
import socket
import time
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.decoding import Undecodable, decoded
from export_contract.acceptance.transport.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.acceptance.conftest import Serve, Wire

SECRET = "Bearer s3cret"
TENANT = (("X-Tenant", "7"),)
MEMBER = gzip.compress(bytes(10_000_000), 1)


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (302, "/b?c", "{url}/b?c"),
        (301, "b", "{url}/files/b"),
        (307, "https://files.example/b", "https://files.example/b"),
        (308, "//files.example/b", "http://files.example/b"),
        (303, "http://[::1", "http://[::1"),
        (302, "", "{url}/files/a"),
        (302, None, None),
        (300, "/b", None),
        (201, "/b", None),
    ],
)
def test_redirects_are_not_followed(serve: Serve, status: int, location: str | None, expected: str | None) -> None:
    """A redirect is a response, which says where the file is as an absolute URL."""
    server = serve(lambda wire: wire.answer(status, **({} if location is None else {"location": location})))
    with Target(server.url, "/exports") as target:
        with target.open("/files/a", authorized=True, seconds=5) as download:
            assert download.response.status == status
            assert download.location == (expected.format(url=server.url) if expected else None)
            assert list(download.chunks()) == []
        assert not download.problem
    assert [request.path for request in server.requests] == ["/files/a"]


@pytest.mark.parametrize(
    ("path", "is_authorized", "goes_along"),
    [("/a", True, True), ("/a", False, False), ("/a?X-Amz-Signature=b", True, False), ("/a?sig=b", True, False)],
)
def test_credentials(serve: Serve, path: str, is_authorized: bool, goes_along: bool) -> None:
    """Credentials and headers of the run go to the API's own origin, where they are wanted, and to no signed URL."""
    server = serve(lambda wire: wire.answer())
    with (
        Target(server.url, "/exports", authorization=SECRET, headers=TENANT) as target,
        target.open(path, authorized=is_authorized, seconds=5) as download,
    ):
        assert download.response.accepted
    (request,) = server.requests
    assert (request.header("authorization") == SECRET, request.header("x-tenant") == "7") == (goes_along, goes_along)
    assert (request.header("authorization") is None) != goes_along


def test_credentials_stay_at_home(serve: Serve) -> None:
    """Nothing of the run goes to another origin, be it another port or another name of the same machine."""
    server, other = (serve(lambda wire: wire.answer()) for _ in range(2))
    with Target(server.url, "/exports", authorization=SECRET, headers=TENANT) as target:
        for url in (f"{other.url}/a", f"http://localhost:{server.port}/a", f"//127.0.0.1:{other.port}/a"):
            assert not target.may_authorize(url)
            with target.open(url, authorized=True, seconds=5) as download:
                assert download.response.accepted
    for request in (*server.requests, *other.requests):
        assert request.header("authorization") is None
        assert request.header("x-tenant") is None


def test_an_unreachable_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that refuses, or has no address, is unreachable, and named."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Target("http://127.0.0.1", "/exports") as target:
        for place in (f"127.0.0.1:{port}", "no-such-host.invalid"):
            with target.open(f"http://{place}/a?sig=s3cret", authorized=False, seconds=5) as download:
                assert download.response.failure is Failure.UNREACHABLE
                assert f"to {place} (" in download.response.problem
                assert "s3cret" not in download.response.problem
                assert list(download.chunks()) == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/y",
        "file:///etc/passwd",
        "http://[::1",
        "http://a..b/",
        "data:,x",
        "http://a:99999/",
        "/a\0b",
    ],
)
def test_what_is_not_a_url(serve: Serve, url: str) -> None:
    """An address that no request can be sent to is a failure, which does not repeat it."""
    with (
        Target(serve(lambda wire: wire.answer()).url, "/exports") as target,
        target.open(url, authorized=True, seconds=5) as download,
    ):
        assert download.response.failure is Failure.ADDRESS
        assert download.response.problem.startswith("the URL of the file is not valid: ")
        assert download.response.problem.isprintable()


def test_the_content(serve: Serve) -> None:
    """The content comes unpacked, members of a gzip file one after the other, and is read once."""
    content = b"".join(gzip.compress(bytes([65 + number]) * 100_000) for number in range(3))
    server = serve(lambda wire: wire.answer(200, content, content_encoding="gzip"))
    with (
        Target(server.url, "/exports") as target,
        target.open("/a", authorized=True, seconds=5) as download,
    ):
        assert b"".join(download.chunks()) == b"A" * 100_000 + b"B" * 100_000 + b"C" * 100_000
        assert not download.problem


def _broken_off(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    wire.close()


def _garbled(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzzz\r\n")


def _stalled(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
    wire.wait(10)


def _dripping(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
    wire.drip(b"abc" * 1_000, 0.05)


def _endless(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while not wire.server.stopped.is_set():
        wire.send(b"x" * 65_536)


def _half_a_gzip(wire: Wire) -> None:
    wire.answer(200, gzip.compress(b"abc" * 10_000)[:40], content_encoding="gzip")


def _bomb(wire: Wire) -> None:
    wire.send(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
    while not wire.server.stopped.is_set():
        wire.send(MEMBER)


@pytest.mark.parametrize(
    ("handler", "problem"),
    [
        (_broken_off, "the connection was closed before its end"),
        (_garbled, "it is not valid HTTP"),
        (_stalled, "it was not complete in time"),
        (_dripping, "it was not complete in time"),
        (_endless, "it was not complete in time"),
        (_half_a_gzip, "the compressed content ends before its end"),
        (_bomb, "it was not complete in time"),
    ],
)
def test_contents_that_do_not_end(serve: Serve, handler: Callable[[Wire], None], problem: str) -> None:
    """A content that is not whole says why; its time is over when it is over, whatever has been received already."""
    with Target(serve(handler).url, "/exports", seconds=5) as target:
        started = time.monotonic()
        with target.open("/a", authorized=True, seconds=0.7) as download:
            assert download.response.accepted
            largest = max((len(piece) for piece in download.chunks()), default=0)
        assert download.problem == problem
        assert largest <= 2**20
        assert time.monotonic() - started < 3


def test_a_reader_that_fails(serve: Serve) -> None:
    """What is raised where a file is read comes out as it is, and the connection is not kept."""
    server = serve(_stalled)
    with Target(server.url, "/exports") as target:

        def read() -> None:
            with target.open("/a", authorized=True, seconds=5) as download:
                assert next(download.chunks()) == b"abc"
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            read()
        assert target._connections._idle == []
        assert not target._connections._active


@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_decoding_in_pieces(step: int) -> None:
    """However the content is cut, it unpacks to the same; what follows a gzip file's end is overlooked."""
    packed = gzip.compress(b"a" * 5_000) + gzip.compress(b"b" * 5_000) + b"\0" * 20
    pieces = [packed[start : start + step] for start in range(0, len(packed), step)]
    assert b"".join(decoded(pieces, " GZIP ")) == b"a" * 5_000 + b"b" * 5_000
    assert b"".join(decoded([], "gzip")) == b""
    with pytest.raises(Undecodable):
        list(decoded([b"xx"], "gzip"))
    with pytest.raises(Undecodable, match="'zstd'"):
        decoded(pieces, "zstd")
