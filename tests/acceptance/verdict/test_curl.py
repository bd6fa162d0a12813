"""Curl lines: run by bash, they send the very request again, and hold no secret."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_contract.acceptance.transport.target import Target
from export_contract.acceptance.verdict.curl import curl_line
from export_contract.strategies.http.credentials import damage

if TYPE_CHECKING:
    from tests.acceptance.conftest import Hostile, MakeCase, Request, Serve

AUTHORIZATION = "bln type=api,version=1,entity=user,key=the-Key-1,token=the-Token-2,secret=the-Secret-3"
JSON = (("Content-Type", "application/json"),)
WAYS = [
    "configured",
    "none",
    "empty",
    "other-scheme",
    "scheme-only",
    "longer",
    "other-case",
    *(f"{verb}:{name}" for verb in ("wrong", "emptied", "missing") for name in ("key", "token", "secret")),
]

BODIES: dict[str, bytes] = {
    "JSON": b'{"a":"b"}',
    "apostrophes": b"{'a':'b'}",
    "quotes and dollars": b'"$HOME `id` $(id) \\ ! !! #"',
    "backslashes": b'"\\n\\\\\\x41\\"',
    "line breaks": b'{\r\n\t"a": 1\r\n}\n',
    "line break at the end": b"{}\n\n\n",
    "at sign": b"@/etc/passwd",
    "at sign after space": b" @/etc/passwd",
    "NUL": b'{"a":"\x00b"}\x00',
    "invalid UTF-8": b'{"a":"\xff\xfe"}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "escape": b"\x1b[31m\x07\x08",
    "wide": '{"a":"é漢😀\u202e\u2028"}'.encode(),
    "percent": b"%41%zz%s",
    "minus": b"-d x --data y",
    "white space": b" \t\r\n",
    "one byte": b"0",
    "nothing": b"",
    "large text": b'{"a":"' + b"x'" * 3_000 + b'"}',
    "larger than an argument": b'{"a":"' + b"0123456789" * 30_000 + b'"}',
    "larger than a pipe, and random": bytes(range(256)) * 5_000,
}


def again(line: str, authorization: str | None = AUTHORIZATION) -> subprocess.CompletedProcess[bytes]:
    """Run a line in bash, as somebody would who copied it."""
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    if authorization:
        environment["EXPORT_CONTRACT_AUTHORIZATION"] = authorization
    return subprocess.run(["bash", "-c", line], env=environment, capture_output=True, timeout=20)


def sent_by(server: Hostile, line: str) -> Request:
    before = len(server.requests)
    process = again(line)
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith(b"HTTP/1.1 200"), process.stdout
    (request,) = server.requests[before:]
    return request


@pytest.mark.parametrize("name", BODIES)
def test_bodies(serve: Serve, name: str) -> None:
    """Every body arrives byte for byte, in a line that holds no control character."""
    server = serve(lambda wire: wire.answer())
    line = curl_line("POST", f"{server.url}/exports", JSON, BODIES[name], authorized=True, credentials="configured")
    assert line.isprintable()
    request = sent_by(server, line)
    assert request.body == BODIES[name]
    assert request.header("content-type") == "application/json"
    assert request.header("authorization") == AUTHORIZATION


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payload=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_body(serve: Serve, payload: bytes) -> None:
    """Whatever bytes a body has, they arrive."""
    server = serve(lambda wire: wire.answer())
    line = curl_line("POST", f"{server.url}/exports", JSON, payload, authorized=False, credentials="none")
    assert sent_by(server, line).body == payload


@pytest.mark.parametrize("way", WAYS)
def test_credentials(serve: Serve, make_case: MakeCase, way: str) -> None:
    """Credentials come from the environment, damaged as those of the case: the answer to both is the same."""
    server = serve(lambda wire: wire.answer())
    with Target(server.url, "/exports", authorization=AUTHORIZATION) as target:
        target.send(make_case(credentials=way))
    url = f"{server.url}/exports"
    line = curl_line("POST", url, JSON, b"{}", authorized=way != "none", credentials=way)
    assert "the-" not in line
    found = sent_by(server, line).header("authorization")
    by_kit = server.requests[0].header("authorization")
    assert by_kit == damage(way, AUTHORIZATION)
    if way.startswith("wrong") or way == "other-case":
        # Another wrong value will do as well.
        assert found != AUTHORIZATION
        assert (found or "").count("=") == AUTHORIZATION.count("=")
        assert (found or "").partition(" ")[0] == "bln"
    else:
        assert found == by_kit


@pytest.mark.parametrize(
    ("method", "payload"),
    [
        *((method, b"") for method in ("PUT", "PATCH", "DELETE", "HEAD", "TRACE", "GET")),
        *((method, b"{}") for method in ("PUT", "PATCH", "DELETE")),
    ],
)
def test_methods(serve: Serve, method: str, payload: bytes) -> None:
    """Each method is sent with its body or without, and does not leave bash waiting for one that does not come."""
    server = serve(lambda wire: wire.answer(200, b"0123456789"))
    line = curl_line(method, f"{server.url}/exports", (), payload, authorized=False, credentials="none")
    request = sent_by(server, line)
    assert (request.method, request.body) == (method, payload)
    assert request.header("content-type") is None


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("Content-Type", ""),),
        (("Content-Type", "application/json; charset='utf-8'"),),
        (("Content-Type", 'a"b$c`d'), ("X-A", "!")),
        (("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")),
    ],
)
def test_headers(serve: Serve, make_case: MakeCase, headers: tuple[tuple[str, str], ...]) -> None:
    """The headers that arrive are the case's: none is added, none is left out."""
    server = serve(lambda wire: wire.answer())
    with Target(server.url, "/exports") as target:
        target.send(make_case(headers=headers, payload=b"{}"))
    line = curl_line("POST", f"{server.url}/exports", headers, b"{}", authorized=False, credentials="none")
    requests = (server.requests[0], sent_by(server, line))
    names = ("content-type", "x-a", "transfer-encoding", "content-length", "accept")
    by_kit, by_curl = ({name: request.header(name) for name in names} for request in requests)
    assert by_curl == by_kit
    assert requests[0].body == requests[1].body == b"{}"


@pytest.mark.parametrize("path", ["/a[1-3]", "/a{b,c}", "/a b", "/$HOME", "/'", "/a;id", "/%41"])
def test_addresses(serve: Serve, path: str) -> None:
    """An address with characters that bash or curl would take for something else is asked as it stands."""
    server = serve(lambda wire: wire.answer())
    url = f"{server.url}{path.replace(' ', '%20')}/exports"
    request = sent_by(server, curl_line("POST", url, JSON, b"{}", authorized=False, credentials="none"))
    assert request.path == f"{path.replace(' ', '%20')}/exports"
