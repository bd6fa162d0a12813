"""Findings: deviations put together, the same in every run."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.results import Finding
from export_contract.acceptance.transport.budget import Limits
from export_contract.acceptance.verdict.findings import findings_of, fingerprint
from export_contract.contract import Contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase, RunAt, Serve, Wire

FindingsOf = Callable[..., tuple[Finding, ...]]


@pytest.fixture
def found(make_case: MakeCase, context: CheckContext) -> FindingsOf:
    """The findings of deviations: each is given by its requirement, its kind and parts of its case."""

    def found(*deviations: tuple[str, str, dict[str, Any]]) -> tuple[Finding, ...]:
        outcomes, exchanges = [], {}
        for number, (requirement, kind, parts) in enumerate(deviations, start=1):
            case = make_case(**{"requirement": requirement, "title": f"case {number}", **parts})
            exchanges[number] = Exchange(number, "suite", case, Response(status=200))
            outcomes.append(
                Outcome(requirement, number, "status", kind, summary=case.title, expected="4xx", observed="200")
            )
        return findings_of(outcomes, exchanges, context, "http://x")

    return found


def test_one_finding_for_many_bodies(found: FindingsOf) -> None:
    """However many cases show it, a deviation of one kind is one finding, with the smallest case and all others."""
    sizes = (500, 20, 300, *range(600, 700))
    (finding,) = found(*(("EXP-FORMAT-ENUM", "2xx", {"payload": b"x" * size}) for size in sizes))
    assert (finding.case.title, finding.occurrences) == ("case 2", 103)
    assert [one.title for one in finding.other_cases[:2]] == ["case 3", "case 1"]
    assert len(finding.other_cases) == 102
    assert finding.other_cases[0].exchange == 3


def test_findings_in_the_order_of_the_contract(found: FindingsOf) -> None:
    """Findings are sorted by weight, then by the contract's requirements, whatever the order of the outcomes."""
    names = ["EXP-JOBID-BASE64", "EXP-FORMAT-ENUM", "EXP-ACCEPT-PAIRS"]
    deviations: list[tuple[str, str, dict[str, Any]]] = [(name, kind, {}) for name in names for kind in ("5xx", "2xx")]
    for order in (deviations, deviations[::-1]):
        findings = found(*order)
        assert [one.requirement for one in findings] == [*reversed(names), *reversed(names)]
        assert [one.fingerprint for one in findings] == [
            fingerprint(name, "status", kind) for kind in ("2xx", "5xx") for name in reversed(names)
        ]


def test_fingerprints() -> None:
    """A fingerprint depends on requirement, check and kind, and stays what it is over releases."""
    assert fingerprint("EXP-FORMAT-ENUM", "status", "2xx") == "90b62b60b65d"
    parts = [("A", "b", "c"), ("A", "b", "d"), ("A", "e", "c"), ("F", "b", "c")]
    assert len({fingerprint(*part) for part in parts}) == 4


def test_a_should_is_a_warning(found: FindingsOf) -> None:
    """What a SHOULD asks for is a warning, and leaves the verdict as it is."""
    (finding,) = found(("EXP-FILE-COLUMNS", "2xx", {}))
    assert finding.severity == "warning"
    (finding,) = found(("EXP-FILE-FORMAT", "2xx", {}))
    assert finding.severity == "failure"


def test_a_should_leaves_the_verdict(contract: Contract, run_at: RunAt, serve: Serve) -> None:
    """A target that only breaks what it should do conforms, with a finding that says so."""
    areas = tuple(
        msgspec.structs.replace(
            area,
            requirements=tuple(
                msgspec.structs.replace(one, level="SHOULD" if one.id == "EXP-FORMAT-ENUM" else one.level)
                for one in area.requirements
            ),
        )
        for area in contract.areas
    )
    softer = dataclasses.replace(contract, areas=areas)
    job = b'{"job":{"id":"am9i"}}'
    server = serve(lambda wire: wire.answer(200, job) if b'"SOMETHING_ELSE"' in wire.request.body else wire.conform())
    results = run_at(server.url, contract=softer)
    assert "EXP-FORMAT-ENUM" in {one.requirement for one in results.findings if one.severity == "warning"}
    hard = [one for one in results.findings if one.severity == "failure"]
    assert {one.requirement for one in hard} == {"EXP-EXPORTTYPE-ENUM"}


FAULTS = ("exporttype-any-case", "offset-refused", "trace-sql", "job-id-unpadded", "nul-500")


def test_the_same_findings_at_any_concurrency(run_at: RunAt) -> None:
    """Findings, fingerprints, smallest cases, counts and order are the same in two runs, alone or eight at once."""
    seen = []
    with running(FAULTS) as url:
        for concurrency in (1, 8):
            phases = ("probe", "suite", "explore")
            results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=phases, concurrency=concurrency, seed=7)
            seen.append(
                [
                    (
                        one.fingerprint,
                        one.requirement,
                        one.check,
                        one.summary.partition(":")[0],
                        one.case,
                        one.occurrences,
                    )
                    for one in results.findings
                ]
            )
    assert len(seen[0]) >= len(FAULTS)
    assert seen[0] == seen[1]


def test_intermittent_failures(serve: Serve, run_at: RunAt) -> None:
    """A failure that does not show again is marked, and still a failure."""
    failed: list[bytes] = []

    def now_and_then(wire: Wire) -> None:
        if b'"exportType"' not in wire.request.body and b"startDate" in wire.request.body and not failed:
            failed.append(wire.request.body)
            wire.answer(500)
        else:
            wire.conform()

    results = run_at(serve(now_and_then).url, limits=Limits(jobs=120))
    assert results.verdict == "violates"
    (finding,) = results.findings
    assert (finding.flaky, finding.occurrences) == (True, 1)
    assert (finding.case.body or "").encode() == failed[0]


def test_steady_failures(serve: Serve, run_at: RunAt) -> None:
    """A failure that shows again is not called intermittent."""
    server = serve(lambda wire: wire.answer(500) if wire.request.method == "PUT" else wire.conform())
    (finding,) = run_at(server.url).findings
    assert (finding.flaky, finding.requirement) == (False, "EXP-METHOD-UNDECLARED")


def test_a_target_that_fails_at_everything(serve: Serve, run_at: RunAt) -> None:
    """A target that answers 500 to everything gets few findings, not one for each requirement and body."""
    results = run_at(serve(lambda wire: wire.answer(500, b"{}")).url)
    assert results.verdict == "violates"
    assert 1 <= len(results.findings) <= len(results.requirements)
    assert len(json.dumps(msgspec.to_builtins(results))) < 2_000_000


def test_a_target_that_accepts_everything(serve: Serve, run_at: RunAt) -> None:
    """A target that accepts everything is told so by requirement: one finding for each, not one for each body."""
    job = b'{"job":{"id":"am9i"}}'
    results = run_at(serve(lambda wire: wire.answer(200, job)).url)
    assert results.verdict == "violates"
    keys = [(one.requirement, one.check) for one in results.findings]
    assert len(keys) == len(set(keys))
    assert "EXP-JOBID-UNIQUE" in {one.requirement for one in results.findings}
