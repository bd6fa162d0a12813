"""Curl lines: run by bash, they send the very request again, and hold no secret."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.transport.target import Target
from export_contract.acceptance.verdict.curl import curl_for_file, curl_line
from export_contract.contract import Contract
from export_contract.strategies import suite
from export_contract.strategies.http.credentials import Form, carriers, form_of
from export_contract.strategies.http.status_calls import status_case, status_intrusions, status_refusals

if TYPE_CHECKING:
    from tests.acceptance.conftest import Hostile, MakeCase, Request, Serve

AUTHORIZATION = "bln type=api,version=1,entity=user,key=the-Key-1,token=the-Token-2,secret=the-Secret-3"
FORMS = {"Authorization": form_of(AUTHORIZATION)}
JSON = (("Content-Type", "application/json"),)
API_KEY = ("X-Api-Key", "3f2504e0-4F89-41d3-9a0c")
KINDS: dict[str, tuple[str | None, tuple[tuple[str, str], ...]]] = {
    "bln": (AUTHORIZATION, ()),
    "bln with blanks, and digits": ("bln type=api, key=12345678, secret=90", ()),
    "another scheme with parameters": ("AWS4-HMAC-SHA256 Credential=AKID/2026/s3,Signature=0f1e2d3c4b5a", ()),
    "Bearer": ("Bearer eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", ()),
    "Bearer, padded": ("bearer c2VjcmV0LXRva2VuMQ==", ()),
    "Basic": ("Basic dXNlcjpwYXNzd29yZDE=", ()),
    "Authorization without a scheme": ("c2VjcmV0LXRva2VuMQ==", ()),
    "API key": (None, (("X-Tenant", "seven"), API_KEY)),
    "API key beside Bearer": ("Bearer c2VjcmV0LXRva2VuMQ", (API_KEY,)),
}
"""Authorization and the user's headers."""
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


_VARIABLES = {"authorization": "EXPORT_CONTRACT_AUTHORIZATION", "x-api-key": "X_API_KEY"}


def environment(variables: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of somebody who copied a line: the credentials of bln, where no others are given."""
    given = {"EXPORT_CONTRACT_AUTHORIZATION": AUTHORIZATION} if variables is None else variables
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **given}


def again(line: str, variables: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a line in bash."""
    return subprocess.run(["bash", "-c", line], env=environment(variables), capture_output=True, timeout=20)


def sent_by(server: Hostile, line: str | None, variables: Mapping[str, str] | None = None) -> Request:
    assert line
    before = len(server.requests)
    process = again(line, variables)
    assert process.returncode == 0, process.stderr
    assert process.stdout.startswith(b"HTTP/1.1 200"), process.stdout
    (request,) = server.requests[before:]
    return request


@pytest.mark.parametrize("name", BODIES)
def test_bodies(serve: Serve, name: str) -> None:
    """Every body arrives byte for byte, in a line that holds no control character."""
    server = serve(lambda wire: wire.answer())
    line = curl_line("POST", f"{server.url}/exports", JSON, BODIES[name], credentials="configured", forms=FORMS)
    assert line
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
    line = curl_line("POST", f"{server.url}/exports", JSON, payload, credentials="none", forms=FORMS)
    assert sent_by(server, line).body == payload


@pytest.mark.parametrize("kind", KINDS)
def test_credentials(serve: Serve, make_case: MakeCase, kind: str) -> None:
    """What arrives is what the kit sent, in every way of damaging; never the right credentials, unless configured.

    Only the other case of parameters is beyond a line.
    """
    server = serve(lambda wire: wire.answer())
    authorization, headers = KINDS[kind]
    redaction = Redaction(authorization, headers)
    configured = {name.lower(): value for name, value in carriers(authorization, headers)}
    variables = {_VARIABLES.get(name, name): value for name, value in configured.items()}
    variables |= {_VARIABLES[name.lower()]: value for name, value in headers if name == "X-Api-Key"}
    url = f"{server.url}/exports"
    shown = (*redaction.headers, *JSON)
    lines = {way: curl_line("POST", url, shown, b"{}", credentials=way, forms=redaction.forms) for way in WAYS}
    without_line = [way for way, line in lines.items() if not line]
    assert without_line == (["other-case"] if redaction.forms.get("Authorization", Form()).secrets else [])
    with Target(server.url, "/exports", authorization=authorization, headers=headers) as target:
        for way in lines.keys() - set(without_line):
            target.send(make_case(credentials=way))
            by_kit = server.requests[-1]
            by_line = sent_by(server, lines[way], variables)
            assert telling(by_line) == {**telling(by_kit), "content-length": "2"}, (way, lines[way])
            arrived = {name: by_line.header(name) for name in configured}
            assert (arrived == configured) == (way == "configured"), lines[way]
            assert redaction.text(lines[way] or "") == lines[way]


@pytest.mark.parametrize("other", ["Bearer abc.def.ghi", "bln other=abcdefgh", "abcdefgh"])
def test_variable_of_another_form(serve: Serve, other: str) -> None:
    """A line that damages credentials does not send whole ones, whatever is in the variable where it is pasted."""
    server = serve(lambda wire: wire.answer())
    for way in WAYS[1:]:
        line = curl_line("POST", f"{server.url}/exports", JSON, b"{}", credentials=way, forms=FORMS)
        if line:
            variables = {"EXPORT_CONTRACT_AUTHORIZATION": other}
            assert sent_by(server, line, variables).header("authorization") != other, line


def test_every_case_of_the_suite(serve: Serve, contract: Contract) -> None:
    """The line of each case, a status call's too, sends what the kit sends: method, address, headers, and body."""
    server = serve(lambda wire: wire.answer())
    calls = [call(contract, "MS+/YWI=") for call in (status_refusals, status_intrusions)]
    cases = [
        *suite(contract=contract),
        status_case(contract, "MS+/YWI="),
        *(case for several in calls for case in several),
    ]
    lines = [
        curl_line(
            case.method,
            case.address(f"{server.url}/exports"),
            case.headers,
            case.payload,
            credentials=case.credentials,
            forms=FORMS,
        )
        for case in cases
    ]
    assert [case.credentials for case, line in zip(cases, lines, strict=True) if not line] == ["other-case"]
    expressed = [(case, line) for case, line in zip(cases, lines, strict=True) if line]
    with Target(server.url, "/exports", authorization=AUTHORIZATION) as target:
        for case, _ in expressed:
            target.send(case)
    by_kit, server.requests[:] = list(server.requests), []
    script = "".join(f"{line} >/dev/null\n" for _, line in expressed)
    process = subprocess.run(["bash"], input=script.encode(), env=environment(), capture_output=True, timeout=100)
    assert (process.returncode, process.stderr) == (0, b"")
    assert len(server.requests) == len(by_kit) == len(expressed) > 300
    for sent, by_line, (case, line) in zip(by_kit, server.requests, expressed, strict=True):
        assert (by_line.method, by_line.path, by_line.body) == (sent.method, sent.path, sent.body), (case, line)
        assert telling(by_line) == telling(sent), (case, line)


def telling(request: Request) -> dict[str, str]:
    """The headers by which a target might decide."""
    of_the_client = ("host", "user-agent", "accept-encoding", "connection")
    return {name.lower(): value for name, value in request.headers if name.lower() not in of_the_client}


FILES = {
    "Authorization": (AUTHORIZATION, (), True),
    "a signed address": (AUTHORIZATION, (), False),
    "API key": (None, (API_KEY,), True),
    "nothing": (None, (("X-Tenant", "seven"),), False),
}


@pytest.mark.parametrize("name", FILES)
def test_files(serve: Serve, make_case: MakeCase, name: str) -> None:
    """The line of a file reads the status and fetches what it names, each with the credentials that the kit sends."""
    server = serve(lambda wire: wire.conform())
    authorization, headers, with_credentials = FILES[name]
    redaction = Redaction(authorization, headers)
    with Target(server.url, "/exports", authorization=authorization, headers=headers) as target:
        job_id = target.send(make_case()).job_id
        status_url = f"{server.url}/exports?id={quote(str(job_id), safe='')}"
        with target.open("/files/0", authorized=with_credentials, seconds=5) as download:
            assert download.response.status == 200
    by_kit = server.requests[-1]
    line = curl_for_file(status_url, redaction.headers, forms=redaction.forms, with_credentials=with_credentials)
    assert redaction.text(line) == line
    process = again(line, {"EXPORT_CONTRACT_AUTHORIZATION": authorization or "", "X_API_KEY": API_KEY[1]})
    assert process.stdout.startswith(b"HTTP/1.1 200"), process.stderr
    status, file = server.requests[-2:]
    assert (status.path, file.path) == (status_url.removeprefix(server.url), "/files/0")
    assert status.header("authorization") == authorization
    assert status.header("x-api-key") == dict(headers).get("X-Api-Key")
    assert telling(file) == telling(by_kit)


def test_no_secret_goes_to_another_host() -> None:
    """curl strips Authorization when it is redirected to another host, and nothing else: so it does not follow then."""
    forms = [{"Authorization": form_of("Bearer abc")}, {"X-Api-Key": form_of("abc")}, {}]
    lines = [curl_for_file("http://host/", (), forms=one, with_credentials=True) for one in forms]
    assert [" -L " in line for line in lines] == [True, False, True]


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
    line = curl_line(method, f"{server.url}/exports", (), payload, credentials="none", forms=FORMS)
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
    line = curl_line("POST", f"{server.url}/exports", headers, b"{}", credentials="none", forms=FORMS)
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
    request = sent_by(server, curl_line("POST", url, JSON, b"{}", credentials="none", forms=FORMS))
    assert request.path == f"{path.replace(' ', '%20')}/exports"
