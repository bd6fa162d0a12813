"""Exploration: it finds what the suite does not, makes it small, and is no burden where a target is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Limits
from export_contract.acceptance.model.events import Exchanged
from export_contract.acceptance.phases import explore as exploring
from export_contract.contract import Contract, oracle
from export_contract.contract.json_text import read_json

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

    from export_contract.acceptance import Event

ALL = ("probe", "suite", "explore")
ENOUGH = Limits(jobs=300)


def test_what_the_suite_does_not_find(serve: Serve, run_at: RunAt, contract: Contract) -> None:
    """A fault that only a drawn body meets is found, under its own requirement, and its case is made small."""

    def odd(wire: Wire) -> None:
        classified = oracle(contract).classify(wire.request.body)
        is_hit = len(classified.broken) > 1 and classified.broken[0] == "EXP-START-TYPE"
        wire.answer(500) if is_hit else wire.conform()

    results = run_at(serve(odd).url, phases=ALL, limits=ENOUGH, seed=2)  # with which such a body is drawn
    (finding,) = results.findings
    assert (finding.requirement, finding.check) == ("EXP-START-TYPE", "status")
    assert oracle(contract).classify((finding.case.body or "").encode()).broken[0] == "EXP-START-TYPE"
    assert len(finding.case.body or "") < 130


def pairs_of(payload: bytes) -> set[tuple[str, str]]:
    """The names and texts of a body."""
    values = read_json(payload).values
    found = values[0] if values and isinstance(values[0], dict) else {}
    return {(name, text) for name, text in found.items() if isinstance(text, str)}


def test_a_combination_without_an_answer_in_time(serve: Serve, run_at: RunAt) -> None:
    """What was slow in the suite, each time, is not drawn again; the rest is explored, and is found slow once."""
    explored: list[set[tuple[str, str]]] = []

    def slow_for_networks(wire: Wire) -> None:
        if {("exportType", "NETWORKS"), ("format", "CSV")} <= pairs_of(wire.request.body):
            wire.wait(0.25)
        wire.conform()

    def listen(event: Event) -> None:
        if isinstance(event, Exchanged) and event.exchange.phase == "explore":
            explored.append(pairs_of(event.exchange.case.payload))

    results = run_at(serve(slow_for_networks).url, phases=ALL, seconds=0.2, limits=ENOUGH, listener=listen)
    assert [one.requirement for one in results.findings] == ["EXP-ANSWER-TIME"]
    assert [one for one in explored if {("exportType", "NETWORKS"), ("format", "CSV")} <= one] == []
    assert len(explored) > 20


def test_a_slow_target(serve: Serve, run_at: RunAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exploration ends after a time of its own, and says so."""
    monkeypatch.setattr(exploring, "_MOST_SECONDS", 0.6)

    def slow(wire: Wire) -> None:
        wire.wait(0.1)
        wire.conform()

    results = run_at(serve(slow).url, phases=("explore",), limits=ENOUGH)
    (phase,) = results.phases
    assert phase.ended == "it ended after 0.6 seconds, since the target answers slowly"
    assert phase.sent <= 8
