"""The probe: what stands in the way of the service is told in one sentence, and is no finding."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Results

if TYPE_CHECKING:
    from tests.acceptance.conftest import Handler, RunAt, Serve, Wire

AUTHORIZATION = "bln type=api,version=1,entity=user,key=a-long-key,token=a-long-token,secret=a-long-secret"
PAGE = b"<!doctype html><html><body>Sign in</body></html>"

# Who answers in the place of the service, and what the sentence says: what came, and what to correct.
GATES: dict[str, tuple[Handler, list[str]]] = {
    "401": (lambda wire: wire.answer(401), ["401", "wants credentials", "EXPORT_CONTRACT_AUTHORIZATION"]),
    "403": (lambda wire: wire.answer(403), ["403", "EXPORT_CONTRACT_AUTHORIZATION"]),
    "407": (lambda wire: wire.answer(407), ["407"]),
    "404": (lambda wire: wire.answer(404), ["404", "path of --base-url"]),
    "404 page": (lambda wire: wire.answer(404, PAGE, content_type="text/html"), ["404", "path of --base-url"]),
    "405": (lambda wire: wire.answer(405), ["405", "no POST", "path of --base-url"]),
    "301": (lambda wire: wire.answer(301, location="https://x.example/"), ["301", "https://x.example/", "--base-url"]),
    "302 to nowhere": (lambda wire: wire.answer(302), ["302", "a redirect", "--base-url"]),
    "HTML": (lambda wire: wire.answer(200, PAGE, content_type="text/html; charset=x"), ["web page", "--base-url"]),
    "XHTML": (lambda wire: wire.answer(200, PAGE, content_type="Application/XHTML+xml"), ["web page"]),
    "502": (lambda wire: wire.answer(502, PAGE, content_type="text/html"), ["502", "not available"]),
    "503": (lambda wire: wire.answer(503), ["503", "not available"]),
    "504": (lambda wire: wire.answer(504), ["504", "not available"]),
    "closed": (lambda wire: wire.close(), ["connection was closed", "--base-url"]),
    "no HTTP": (lambda wire: wire.send(b"SSH-2.0-x\r\n\r\n"), ["not valid HTTP", "--base-url"]),
}


def assert_gate(results: Results, url: str, parts: list[str]) -> None:
    assert (results.verdict, results.findings, results.interrupted) == ("inconclusive", (), False)
    reason = results.reason or ""
    assert reason.startswith(f"{url}/exports ")
    assert [part for part in parts if part not in reason] == []
    assert reason.isprintable()
    assert reason.endswith(".")
    assert len(reason) < 300
    assert {one.verdict for one in results.requirements} == {"not_exercised"}


@pytest.mark.parametrize("name", GATES)
def test_gates(serve: Serve, run_at: RunAt, name: str) -> None:
    """Each gate makes the run inconclusive after one request, with a sentence that says what to correct.

    A plain 503 may be about capacity, and is given another two chances.
    """
    handler, parts = GATES[name]
    server = serve(handler)
    assert_gate(run_at(server.url), server.url, parts)
    assert len(server.requests) == (3 if name == "503" else 1)


def test_nobody_listens(run_at: RunAt) -> None:
    """A target that is not there is told as such."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert_gate(run_at(url), url, ["cannot be reached", "--base-url", "running"])


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials(serve: Serve, run_at: RunAt, status: int) -> None:
    """Credentials that the target refuses are told as refused, and not shown."""
    server = serve(lambda wire: wire.answer(status))
    results = run_at(server.url, authorization=AUTHORIZATION)
    assert_gate(results, server.url, [str(status), "credentials were refused", "EXPORT_CONTRACT_AUTHORIZATION"])
    assert "a-long" not in (results.reason or "")


def test_a_hostile_gate(serve: Serve, run_at: RunAt) -> None:
    """What a gate says in its headers is not believed to be printable, or short."""
    server = serve(lambda wire: wire.answer(302, location="https://x/\x1b[31m\x9b" + "a" * 60_000))
    results = run_at(server.url)
    assert results.verdict == "inconclusive"
    assert len(results.reason or "") < 1_000


def test_a_gate_that_repeats_credentials(serve: Serve, run_at: RunAt) -> None:
    """A redirect that carries the credentials does not bring them into the sentence."""
    server = serve(lambda wire: wire.answer(302, location=f"https://x/?auth={wire.request.header('authorization')}"))
    assert "a-long-secret" not in (run_at(server.url, authorization=AUTHORIZATION).reason or "")


@pytest.mark.parametrize("status", [400, 422, 409, 500])
def test_a_documented_example_that_is_refused(serve: Serve, run_at: RunAt, status: int) -> None:
    """A service that refuses the document's own example, or fails on it, is there, and violates the contract."""
    server = serve(lambda wire: wire.answer(status, b"{}"))
    results = run_at(server.url, phases=("probe",))
    assert results.verdict == "violates"
    assert results.findings[0].observed == f"status {status}"
    assert results.findings[0].case.title.startswith("the documented example")


def test_a_json_answer_that_calls_itself_html(serve: Serve, run_at: RunAt) -> None:
    """A job in an answer of type text/html is the service's own mistake, and a finding."""
    server = serve(lambda wire: wire.answer(200, b'{"job":{"id":"am9i"}}', content_type="text/html"))
    results = run_at(server.url, phases=("probe",))
    assert "EXP-ANSWER-MEDIA-TYPE" in {finding.requirement for finding in results.findings}


def test_a_gate_that_lets_the_probe_through(serve: Serve, run_at: RunAt) -> None:
    """401 and 403 to configured credentials are no findings, later in the run either: too little was exercised."""
    server = serve(lambda wire: wire.conform() if len(wire.server.requests) < 3 else wire.answer(401))
    results = run_at(server.url)
    assert results.verdict == "inconclusive"
    assert [finding.requirement for finding in results.findings] == []


def test_the_examples_are_the_documents(serve: Serve, run_at: RunAt) -> None:
    """Both documented examples are sent, the first one alone and before anything else."""

    def answer(wire: Wire) -> None:
        wire.conform()

    server = serve(answer)
    results = run_at(server.url, phases=("probe",))
    bodies = [json.loads(request.body) for request in server.requests]
    assert [body["exportType"] for body in bodies] == ["ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITY_INTERACTIONS"]
    assert results.phases[0].name == "probe"
