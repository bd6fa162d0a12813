"""Comparing: what got worse between two runs, and nothing that is only noise."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from export_contract.acceptance import Results
from export_contract.acceptance.model.results import Latency, Load
from export_contract.reports.comparison import compare, comparison_lines

replace = msgspec.structs.replace


def with_requirement(results: Results, name: str, **changes: Any) -> Results:
    requirements = tuple(replace(one, **changes) if one.id == name else one for one in results.requirements)
    return replace(results, requirements=requirements)


def said(results: Results, other: Results, factor: float = 2.0) -> list[str]:
    return list(comparison_lines(compare(results, other, factor)))


def test_the_same(results: Results) -> None:
    """A run compared with itself is no worse, and tells what is still there."""
    comparison = compare(results, results)
    assert not comparison.is_worse
    assert comparison.still == results.findings
    assert [comparison.new, comparison.fixed, comparison.choices, comparison.slower, comparison.notes] == [()] * 5
    assert said(results, results)[-1] == f"no worse: 0 new, 0 fixed, {len(results.findings)} still there"


def test_new_and_fixed(results: Results) -> None:
    """A finding that only the newer run has is new, one that only the older has is fixed; new is worse."""
    less = replace(results, findings=results.findings[1:])
    worse, better = compare(less, results), compare(results, less)
    assert worse.new == better.fixed == results.findings[:1]
    assert worse.is_worse
    assert not better.is_worse
    assert said(less, results)[0].startswith(f"new           {results.findings[0].requirement}")
    assert any(line.startswith("fixed") for line in said(results, less))


@pytest.mark.parametrize("changes", [{"status": "known"}, {"severity": "warning"}])
def test_what_leaves_the_verdict_is_not_worse(results: Results, changes: dict[str, Any]) -> None:
    """A new finding that is waived, or a warning, is told and is not worse."""
    new = replace(results, findings=(replace(results.findings[0], **changes),))
    comparison = compare(replace(results, findings=()), new)
    assert len(comparison.new) == 1
    assert not comparison.is_worse


def test_nobody_looked(results: Results) -> None:
    """A finding whose requirement was not exercised again is not fixed, and that it was not is worse."""
    gone = results.findings[0].requirement
    new = with_requirement(replace(results, findings=()), gone, exchanges=0, verdict="not_exercised", reason="no time")
    comparison = compare(results, new)
    assert [one.requirement for one in comparison.unseen] == [gone]
    assert gone not in [one.requirement for one in comparison.fixed]
    assert [one.id for one in comparison.unexercised] == [gone]
    assert comparison.is_worse
    assert any("no time" in line for line in said(results, new))


def test_what_is_no_must_may_be_left_out(results: Results) -> None:
    """That what the document leaves open was not exercised again is told, and is not worse."""
    open_one = next(one.id for one in results.requirements if one.level == "MAY" and one.verdict == "passed")
    comparison = compare(results, with_requirement(results, open_one, exchanges=0, choice=None))
    assert [one.id for one in comparison.unexercised] == [open_one]
    assert not comparison.is_worse


def test_choices(results: Results) -> None:
    """Another choice is told with both, and is not worse."""
    open_one = next(one.id for one in results.requirements if one.choice == "refused")
    new = with_requirement(results, open_one, choice="accepted")
    assert not compare(results, new).is_worse
    assert f"choice        {open_one}: refused before, accepted now" in said(results, new)


@pytest.mark.parametrize(
    ("before", "now", "factor", "slower"),
    [
        (0.2, 0.5, 2.0, True),
        (0.2, 0.5, 3.0, False),
        (0.2, 0.39, 2.0, False),
        (0.001, 0.05, 2.0, False),  # fifty times as long, and nobody would notice
        (0.001, 0.2, 2.0, True),
        (0.5, 0.2, 2.0, False),
    ],
)
def test_slower(results: Results, before: float, now: float, factor: float, slower: bool) -> None:
    """Answers are slower beyond the factor and a tenth of a second, with load and without."""

    def took(seconds: float) -> Results:
        latency = Latency(10, seconds, seconds, seconds, seconds)
        load = Load(requests=10, concurrency=2, accepted=10, seconds=1.0, latency=latency)
        return replace(results, latency=latency, load=load)

    comparison = compare(took(before), took(now), factor)
    assert comparison.is_worse == slower
    assert len(comparison.slower) == (4 if slower else 0)
    assert not compare(replace(results, latency=None, load=None), took(now)).slower


def test_other_contracts(results: Results) -> None:
    """Runs of two contracts are compared as far as both promise something, with a note that names the rest."""
    contract = replace(results.contract, version="2027-01", sha256="other")
    promised = replace(results.requirements[0], id="EXP-NEW")
    finding = replace(results.findings[0], requirement="EXP-NEW")
    new = replace(
        results,
        contract=contract,
        requirements=(*results.requirements[1:], promised),
        findings=(*results.findings, finding),
    )
    comparison = compare(results, new)
    assert not comparison.is_worse
    assert comparison.new == ()
    note = comparison.notes[0]
    assert "2026-11 before" in note
    assert "2027-01 now" in note
    assert f"only one of them has {results.requirements[0].id}, EXP-NEW" in note


def test_inconclusive_runs_are_named(variations: dict[str, Results], results: Results) -> None:
    """That one of the runs could not tell is said before anything else."""
    assert said(results, variations["inconclusive"])[0] == "The newer run is inconclusive: It cannot be reached."


def test_hostile_texts(hostile_results: Results, results: Results) -> None:
    """Nothing of it is printed raw, whatever the texts are."""
    for line in [*said(results, hostile_results), *said(hostile_results, replace(hostile_results, findings=()))]:
        assert line.isprintable()
