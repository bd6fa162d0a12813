"""Targets that take an API key in a header of the user's, and no Authorization header."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

KEY = "a-key-of-ours"


def test_wrong_keys_are_sent(serve: Serve, run_at: RunAt) -> None:
    """Status calls with wrong credentials go with a wrong key or none: a target that refuses them is not accused."""

    def handle(wire: Wire) -> None:
        if not wire.request.path.startswith("/files/") and wire.request.header("x-api-key") != KEY:
            return wire.answer(401)
        return wire.conform()

    server = serve(handle)
    results = run_at(server.url, headers=(("X-Api-Key", KEY),), phases=("probe", "jobs"))
    assert [finding.summary for finding in results.findings] == []
    assert next(one for one in results.requirements if one.id == "EXP-STATUS-AUTH").verdict == "passed"
    sent = [request.header("x-api-key") for request in server.requests if request.method == "GET"]
    assert {None, "xxxxxxxx", KEY} == set(sent)


def test_keys_that_nobody_looks_at(serve: Serve, run_at: RunAt) -> None:
    """A target that takes a wrong key is found, and the line shows it again without the right one."""
    server = serve(lambda wire: wire.conform())
    results = run_at(server.url, headers=(("X-Api-Key", KEY),), phases=("probe", "jobs"))
    (finding,) = results.findings
    assert finding.requirement == "EXP-STATUS-AUTH"
    assert "-H 'X-Api-Key: xxxxxxxx'" in finding.curl or "X-Api-Key" not in finding.curl
    assert KEY not in finding.curl
