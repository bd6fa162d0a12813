"""Proxies and certificates: the environment decides for each host, and is refused where it cannot be used."""

from __future__ import annotations

import base64
import os
import socket
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.acceptance.transport.conftest import read_head

from export_contract.acceptance.model.exchange import Failure
from export_contract.acceptance.transport.target import Target
from export_contract.exceptions import ConfigurationError

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase, Serve
    from tests.acceptance.transport.conftest import OpenSocket

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without any proxy, and with the system's certificates."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "127.1"])
def test_this_machine_is_reached_directly(
    serve: Serve, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """All of 127.0.0.0/8 is reached directly, whatever proxies the environment names, usable or not."""
    server = serve(lambda wire: wire.answer())
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "nonsense://127.0.0.1:9")
    if host == "127.8.9.10":
        server.stop()
        listener = socket.create_server(("127.8.9.10", server.port))
        with Target(f"http://{host}:{server.port}", "/exports", seconds=0.3) as target, listener:
            assert target.send(make_case()).failure is Failure.TIMEOUT
        return
    with Target(f"http://{host}:{server.port}", "/exports") as target:
        assert target.send(make_case()).status == 200


def test_ipv6_loopback_is_reached_directly(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are ::1 and its spellings."""
    monkeypatch.setenv("all_proxy", "nonsense://127.0.0.1:9")
    for host in ("::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"):
        with Target(f"http://[{host}]:9", "/exports") as target:
            assert f"to [{host}]:9 (" in target.send(make_case()).problem


@pytest.mark.parametrize(
    ("proxy", "problem"),
    [
        ("socks5://user:s3cret@127.0.0.1:9", "needs the package socksio"),
        ("socks4://127.0.0.1:9", "is not the URL of an http, https or socks5 proxy"),
        ("ftp://127.0.0.1:9", "is not the URL of an http, https or socks5 proxy"),
        ("http://", "is not the URL of an http, https or socks5 proxy"),
        ("http://[::1", "is not a valid URL of a proxy"),
        ("http://user:s3cret@host:port", "is not a valid URL of a proxy"),
        ("://", "is not the URL of an http, https or socks5 proxy"),
        ("no proxy at all", "is not the URL of an http, https or socks5 proxy"),
    ],
)
@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
def test_proxies_that_cannot_be_used(monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str, problem: str) -> None:
    """A proxy that cannot be used is refused at once, in one sentence, without the credentials in it."""
    monkeypatch.setenv(variable, proxy)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        Target("http://api.example", "/exports")
    assert caught.value.place.lower() == variable.lower()
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    Target("http://127.0.0.1", "/exports").close()
    monkeypatch.setenv("no_proxy", ".example")
    Target("http://api.example", "/exports").close()


def test_a_proxy(open_socket: OpenSocket, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests to other machines go through it, with its credentials; a URL without a scheme will do."""
    heads: list[bytes] = []

    def forward(connection: socket.socket, number: int) -> None:
        while head := read_head(connection):
            heads.append(head)
            connection.sendall(OK)

    proxy = open_socket(forward)
    monkeypatch.setenv("http_proxy", f"us%40er:pass@127.0.0.1:{proxy.port}")
    with Target("http://api.example:8080", "/exports") as target:
        for _ in range(2):
            assert target.send(make_case(payload=b"")).status == 200
    assert len(proxy.connections) == 1
    assert heads[0].startswith(b"POST http://api.example:8080/exports HTTP/1.1\r\n")
    assert base64.b64encode(b"us@er:pass") in heads[0]
    assert b"\r\nHost: api.example:8080\r\n" in heads[0]


def test_a_tunnel(
    open_socket: OpenSocket, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext
) -> None:
    """https goes through the proxy in a tunnel; one that refuses it is unreachable."""
    heads: list[bytes] = []

    def tunnel(connection: socket.socket, number: int) -> None:
        heads.append(read_head(connection))
        if number > 1:
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
            return
        connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
        with tls.wrap_socket(connection, server_side=True) as inner:
            heads.append(read_head(inner))
            inner.sendall(OK)

    proxy = open_socket(tunnel)
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setattr("export_contract.acceptance.transport.proxies.is_this_machine", lambda host: False)
    with Target("https://localhost:4433", "/exports") as target:
        assert target.send(make_case(payload=b"")).status == 200
        refused = target.send(make_case(payload=b""), fresh=True)
    assert [head.split(b"\r\n")[0] for head in heads[:2]] == [
        b"CONNECT localhost:4433 HTTP/1.1",
        b"POST /exports HTTP/1.1",
    ]
    assert (refused.failure, "403 Forbidden" in refused.problem) == (Failure.UNREACHABLE, True)


def test_files_decide_for_themselves(serve: Serve, open_socket: OpenSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a file's host goes through a proxy is for its own URL to decide, and `no_proxy` for it too."""
    heads: list[bytes] = []

    def forward(connection: socket.socket, number: int) -> None:
        heads.append(read_head(connection))
        connection.sendall(OK)

    proxy = open_socket(forward)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("https_proxy", "socks9://x")
    monkeypatch.setenv("no_proxy", "direct.invalid,ported.invalid:81")
    with Target(serve(lambda wire: wire.answer()).url, "/exports") as target:

        def failure_at(url: str) -> str:
            with target.open(url, authorized=False, seconds=5) as download:
                assert download.response.failure in (None, Failure.UNREACHABLE)
                return download.response.problem

        assert failure_at("http://files.invalid/a") == ""
        assert "to direct.invalid (" in failure_at("http://direct.invalid/a")
        assert "to ported.invalid:81 (" in failure_at("http://ported.invalid:81/a")
        assert failure_at("http://ported.invalid:82/a") == ""
        assert "https_proxy: 'socks9://x' is not the URL of" in failure_at("https://files.invalid/a")
    assert [head.split()[1] for head in heads] == [b"http://files.invalid/a", b"http://ported.invalid:82/a"]


@pytest.mark.parametrize("content", [None, b"", b"no PEM", b"-----BEGIN CERTIFICATE-----\nAAAA\n", "folder"])
def test_certificates_that_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | str | None
) -> None:
    """SSL_CERT_FILE that is missing, or not PEM, is refused at once, in one sentence."""
    file = tmp_path / "certificates.pem"
    if content == "folder":
        file.mkdir()
    elif isinstance(content, bytes):
        file.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    for url in ("http://127.0.0.1", "https://api.example"):
        with pytest.raises(ConfigurationError, match="is not a file of PEM certificates") as caught:
            Target(url, "/exports")
        assert caught.value.place == "SSL_CERT_FILE"


def test_tls(
    serve: Serve, open_socket: OpenSocket, make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, tls: ssl.SSLContext
) -> None:
    """A trusted certificate is accepted; another name, another authority and no TLS at all are unreachable."""
    server = open_socket(lambda connection, number: (read_head(connection), connection.sendall(OK)), context=tls)
    plain = serve(lambda wire: wire.answer())
    with Target(server.url, "/exports") as target:
        assert target.send(make_case(payload=b"")).status == 200
    problems = {f"https://127.0.0.1:{server.port}": "certificate", f"https://localhost:{plain.port}": "SSL"}
    for url, problem in problems.items():
        with Target(url, "/exports", seconds=2) as target:
            response = target.send(make_case())
            assert response.failure is Failure.UNREACHABLE
            assert problem in response.problem
    with Target(server.url.replace("https", "http"), "/exports", seconds=2) as target:
        assert target.send(make_case()).failure in (Failure.CLOSED, Failure.GARBLED)
    monkeypatch.delenv("SSL_CERT_FILE")
    with Target(server.url, "/exports") as target:
        assert "certificate" in target.send(make_case()).problem
