"""The target: a request goes out as its case says, and whatever comes back becomes an answer."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.model.exchange import Failure, Response
from export_contract.acceptance.transport.target import Target
from export_contract.strategies import Case
from export_contract.strategies.http.credentials import damage

if TYPE_CHECKING:
    from tests.acceptance.conftest import Hostile, MakeCase, Serve, Wire

SECRET = "bln type=api,version=1,entity=user,key=demo-key,token=demo-token,secret=demo-secret"


def send(server: Hostile, case: Case, **settings: object) -> Response:
    with Target(server.url, "/exports", **settings) as target:  # type: ignore[arg-type]
        return target.send(case)


def test_status_headers_and_body(serve: Serve, make_case: MakeCase) -> None:
    """Status, headers in their order and spelling, and body come back as they were sent."""
    server = serve(lambda wire: wire.send(b"HTTP/1.1 299 x\r\nContent-Length: 2\r\nX-Odd: 1\r\nx-ODD: 2\r\n\r\nok"))
    answer = send(server, make_case())
    assert (answer.status, answer.body, answer.truncated, answer.failure) == (299, b"ok", False, None)
    assert answer.headers == (("Content-Length", "2"), ("X-Odd", "1"), ("x-ODD", "2"))
    assert answer.header("x-odd") == "1"


def test_the_request_is_the_case(serve: Serve, make_case: MakeCase) -> None:
    """Method, path, headers, body, credentials and the user's headers arrive, each once."""
    server = serve(lambda wire: wire.answer())
    case = make_case(method="PUT", payload=b"\x00\xff{", headers=(("Content-Type", "text/x"), ("X-Case", "1")))
    send(server, case, authorization=SECRET, headers=(("X-Tenant", "7"),))
    (request,) = server.requests
    assert (request.method, request.path, request.body) == ("PUT", "/exports", b"\x00\xff{")
    names = [name.lower() for name, _ in request.headers]
    assert sorted(names) == sorted(set(names))
    expected = {"content-type": "text/x", "x-case": "1", "x-tenant": "7", "authorization": SECRET}
    assert {name: request.header(name) for name in expected} == expected


def test_no_content_type_of_its_own(serve: Serve, make_case: MakeCase) -> None:
    """A case without a Content-Type is sent without one, and an empty body is announced as empty."""
    server = serve(lambda wire: wire.answer())
    send(server, make_case(headers=(), payload=b"x"))
    send(server, make_case(headers=(), payload=b""))
    assert [request.header("content-type") for request in server.requests] == [None, None]
    assert [request.header("content-length") for request in server.requests] == ["1", "0"]


@pytest.mark.parametrize(
    "way", ["configured", "none", "empty", "other-scheme", "scheme-only", "longer", "wrong:key", "missing:secret"]
)
def test_credentials_are_damaged_as_the_case_says(serve: Serve, make_case: MakeCase, way: str) -> None:
    """The Authorization header that arrives is the one that `damage` makes."""
    server = serve(lambda wire: wire.answer())
    send(server, make_case(credentials=way), authorization=SECRET)
    assert server.requests[0].header("authorization") == damage(way, SECRET)


def test_no_credentials_are_invented(serve: Serve, make_case: MakeCase) -> None:
    """Without credentials, no way of damaging them sends any."""
    server = serve(lambda wire: wire.answer())
    for way in ("configured", "wrong:key", "empty"):
        send(server, make_case(credentials=way))
    assert [request.header("authorization") for request in server.requests] == [None, None, None]


def test_cookies_are_not_kept(serve: Serve, make_case: MakeCase) -> None:
    """A session that the target offers is not taken up: it would let in a request with wrong credentials."""
    server = serve(lambda wire: wire.answer(set_cookie="session=abc; Path=/"))
    with Target(server.url, "/exports", authorization=SECRET) as target:
        target.send(make_case())
        target.send(make_case(credentials="none"))
    assert [request.header("cookie") for request in server.requests] == [None, None]


def test_connections_are_kept(serve: Serve, make_case: MakeCase) -> None:
    """Requests one after the other go over one connection."""
    wires: list[int] = []

    def answer(wire: Wire) -> None:
        wires.append(id(wire._connection))
        wire.answer()

    server = serve(answer)
    with Target(server.url, "/exports") as target:
        for _ in range(3):
            target.send(make_case())
    assert len(wires) == 3
    assert len(set(wires)) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(serve: Serve, make_case: MakeCase, status: int) -> None:
    """A redirect is an answer; nothing, and above all no credentials, goes to where it leads."""
    other = serve(lambda wire: wire.answer())
    server = serve(lambda wire: wire.answer(status, location=f"{other.url}/exports"))
    answer = send(server, make_case(), authorization=SECRET)
    assert (answer.status, answer.header("location")) == (status, f"{other.url}/exports")
    assert other.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("location", ["http://[::1", "http://", "gopher://x/", "\\\\x", "https://a b/", "//", "?\x7f"])
def test_redirects_to_nowhere(serve: Serve, make_case: MakeCase, location: str) -> None:
    """A redirect to what is no URL is an answer all the same."""
    server = serve(lambda wire: wire.answer(302, location=location))
    answer = send(server, make_case())
    assert (answer.status, answer.failure) == (302, None)


def test_nobody_listens(make_case: MakeCase) -> None:
    """A refused connection is told as such, and at once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with Target(f"http://127.0.0.1:{port}", "/exports") as target:
        answer = target.send(make_case())
    assert (answer.failure, answer.status) == (Failure.UNREACHABLE, None)
    assert answer.seconds < 1
    assert f"no connection could be made to 127.0.0.1:{port} " in answer.problem


def test_a_host_that_does_not_exist(make_case: MakeCase) -> None:
    """A name that cannot be resolved is unreachable."""
    with Target("http://no-such-host.invalid", "/exports") as target:
        assert target.send(make_case()).failure is Failure.UNREACHABLE


def test_the_path_of_the_base_url(serve: Serve, make_case: MakeCase) -> None:
    """The contract's path comes after the path of the base URL."""
    server = serve(lambda wire: wire.answer())
    with Target(f"{server.url}/tp-api/", "/exports") as target:
        target.send(make_case())
    assert server.requests[0].path == "/tp-api/exports"


@pytest.mark.parametrize(
    ("name", "value"), [("Ключ", "x"), ("X A", "x"), ("", "x"), ("X-A", "a\nb"), ("X-A", "a\0b"), ("X-A", "\ud800")]
)
def test_headers_that_cannot_be_sent(name: str, value: str) -> None:
    """A header of the user's that HTTP does not allow is refused at once, and its value is not shown."""
    with pytest.raises(ValueError, match="header") as caught:
        Target("http://127.0.0.1", "/exports", headers=((name, value),))
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="the header Authorization contains a control character"):
        Target("http://127.0.0.1", "/exports", authorization="Bearer a\r\nX: b")


def test_header_values_beyond_ascii(serve: Serve, make_case: MakeCase) -> None:
    """A header's value is sent in UTF-8, bytes from the command line as they were there, and blanks around it not."""
    server = serve(lambda wire: wire.answer())
    send(server, make_case(), authorization="Bearer ", headers=(("X-A", "é\udcff"),))
    (request,) = server.requests
    assert request.header("x-a") == b"\xc3\xa9\xff".decode("latin-1")
    assert request.header("authorization") == "Bearer"


@pytest.mark.parametrize(
    "parts",
    [
        {"headers": (("X-A", "a\nb"),)},
        {"headers": (("Ключ", "x"),)},
        {"method": "G E T"},
        {"query": "a=\ud800"},
        {"query": "a" * 100_000},
    ],
)
def test_a_case_that_cannot_be_sent(serve: Serve, make_case: MakeCase, parts: dict[str, object]) -> None:
    """A case that cannot be written as HTTP is not sent, and says so."""
    server = serve(lambda wire: wire.answer())
    response = send(server, make_case(**parts))
    assert response.failure is Failure.POSTPONED
    assert "cannot be written as HTTP" in response.problem
    assert server.requests == []


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_no_time_left(serve: Serve, make_case: MakeCase, seconds: float) -> None:
    """Where no time is left, nothing is sent, and the target is not said to be unreachable."""
    server = serve(lambda wire: wire.answer())
    with Target(server.url, "/exports") as target:
        for _ in range(2):
            response = target.send(make_case(), seconds=seconds)
            assert (response.failure, response.problem) == (
                Failure.POSTPONED,
                "no time was left to send the request",
            )
            assert len(server.requests) == 0
        with target.open("/file", authorized=False, seconds=seconds) as download:
            assert download.response.failure is Failure.POSTPONED


def test_less_time(serve: Serve, make_case: MakeCase) -> None:
    """`seconds` lowers the time of one exchange, and never raises it; absurd times are fine."""
    server = serve(lambda wire: wire.wait(5))
    with Target(server.url, "/exports", seconds=0.3) as target:
        for seconds, failure in ((0.1, Failure.INTERRUPTED), (1e300, Failure.TIMEOUT)):
            response = target.send(make_case(), seconds=seconds)
            assert response.failure is failure
            assert f"{min(seconds, 0.3):g} seconds" in response.problem
            assert response.seconds < 1
    quick = serve(lambda wire: wire.answer())
    assert send(quick, make_case(), seconds=1e300).status == 200
