"""The baseline: known findings leave the verdict, for as long as somebody says why; what was fixed is told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from export_contract.acceptance import Results
from export_contract.acceptance.model.results import PhaseResult, RequirementResult, Waiver
from export_contract.acceptance.verdict.baseline import Baseline, read_baseline, updated, with_baseline, write_baseline
from export_contract.exceptions import ResultsError

replace = msgspec.structs.replace
GONE = Waiver(requirement="EXP-START-REQUIRED", fingerprint="0123456789ab", reason="x")
NOT_LOOKED_AT = Waiver(requirement="EXP-LOAD-ANSWERS", fingerprint="0123456789ab", reason="x")


def day_of(results: Results) -> date:
    return date.fromisoformat(results.started_at[:10])


def waivers(results: Results, **parts: Any) -> tuple[Waiver, ...]:
    """An entry for each finding."""
    return tuple(
        Waiver(**{"requirement": one.requirement, "fingerprint": one.fingerprint, "reason": "EX-12", **parts})
        for one in results.findings
    )


@pytest.fixture(scope="module")
def whole(results: Results) -> Results:
    """Results in which every requirement that applies was exercised, and one does not apply."""
    unexercised = {"exchanges": 0, "applies": False, "verdict": "not_exercised"}
    requirements = tuple(
        replace(one, **unexercised)
        if one.id == NOT_LOOKED_AT.requirement
        else replace(one, applies=bool(one.exchanges))
        for one in results.requirements
    )
    return replace(results, requirements=requirements)


def test_known_findings_do_not_fail(whole: Results) -> None:
    """Where all findings are known the target conforms, their requirements are waived, and the counts say so."""
    found = with_baseline(whole, Baseline(known=waivers(whole)))
    assert found.verdict == "conforms"
    assert {finding.status for finding in found.findings} == {"known"}
    failed = {one.requirement for one in whole.findings}
    assert {one.id for one in found.requirements if one.verdict == "waived"} == failed
    assert found.counts["waived"] == len(failed)
    assert found.counts["failed"] == 0
    assert found.findings[0].waiver
    assert found.findings[0].waiver.reason == "EX-12"


def test_new_findings_fail(whole: Results) -> None:
    """One finding that nobody knows fails the run, and its requirement with it."""
    found = with_baseline(whole, Baseline(known=waivers(whole)[1:]))
    assert found.verdict == "violates"
    assert [finding.status for finding in found.findings].count("new") == 1
    assert found.counts["failed"] == 1


@pytest.mark.parametrize("change", [{"requirement": "EXP-START-REQUIRED"}, {"fingerprint": "0" * 12}])
def test_both_must_agree(whole: Results, change: dict[str, str]) -> None:
    """An entry stands for a finding by its requirement and its fingerprint, not by one of them."""
    assert with_baseline(whole, Baseline(known=waivers(whole, **change))).verdict == "violates"


@pytest.mark.parametrize(("days", "verdict"), [(-1, "violates"), (0, "conforms"), (1, "conforms")])
def test_expiry(whole: Results, days: int, verdict: str) -> None:
    """An entry counts on the day on which it expires, and not any more on the next; the finding says so."""
    day = day_of(whole) + timedelta(days=days)
    found = with_baseline(whole, Baseline(known=waivers(whole, expires=day)))
    assert found.verdict == verdict
    expected = f"its waiver expired on {day}" if verdict == "violates" else ""
    assert {finding.waiver_problem for finding in found.findings} == {expected}


@pytest.mark.parametrize("reason", ["", "  "])
def test_no_reason_no_waiver(whole: Results, reason: str) -> None:
    """An entry without a reason waives nothing, and the finding says so."""
    found = with_baseline(whole, Baseline(known=waivers(whole, reason=reason)))
    assert found.verdict == "violates"
    assert {finding.waiver_problem for finding in found.findings} == {"the baseline knows it, without a reason"}


def test_fixed(whole: Results) -> None:
    """An entry that did not occur is fixed, unless its requirement was not exercised; strictness fails for it."""
    baseline = Baseline(known=(*waivers(whole), GONE, NOT_LOOKED_AT))
    found = with_baseline(whole, baseline)
    assert found.baseline
    assert found.baseline.fixed == (GONE,)
    assert found.verdict == "conforms"
    strict = with_baseline(whole, baseline, strict=True)
    assert strict.verdict == "violates"
    assert "EXP-START-REQUIRED 0123456789ab" in (strict.reason or "")
    assert with_baseline(whole, Baseline(known=waivers(whole)), strict=True).verdict == "conforms"


def test_who_did_not_look_finds_nothing_fixed(whole: Results) -> None:
    """A run that ended early, or that is inconclusive, calls nothing fixed, and a strict one does not fail for it."""
    early = replace(whole, phases=(PhaseResult("suite", 9, 3, 0.1, "the budget of jobs was used up"),))
    vague = replace(whole, verdict="inconclusive", reason="It cannot be reached.", findings=())
    for results in (early, vague):
        found = with_baseline(results, Baseline(known=(GONE,)), strict=True)
        assert found.baseline
        assert found.baseline.fixed == ()
        assert (found.verdict, found.reason) == (results.verdict, results.reason)
        assert updated(Baseline(known=(GONE,)), results).known[:1] == (GONE,)


def test_too_little_is_still_too_little(results: Results) -> None:
    """Waiving every finding makes no run conclusive that exercised too little."""
    unexercised: list[RequirementResult] = [
        replace(one, exchanges=0, verdict="not_exercised") if one.id == "EXP-BODY-OBJECT" else one
        for one in results.requirements
    ]
    little = replace(results, requirements=tuple(unexercised))
    found = with_baseline(little, Baseline(known=waivers(little)))
    assert found.verdict == "inconclusive"
    assert "EXP-BODY-OBJECT" in (found.reason or "")


@pytest.mark.parametrize(
    ("before", "is_told"), [("accepted", True), ("refused", False), ("mixed", False), ("something", True)]
)
def test_drift(whole: Results, before: str, is_told: bool) -> None:
    """Another choice on what the document leaves open is told, and fails nothing; one of two seen before is none."""
    open_one = next(one for one in whole.requirements if one.choice == "refused")
    found = with_baseline(whole, Baseline(known=waivers(whole), choices={open_one.id: before}))
    assert found.baseline
    told = [(one.requirement, one.before, one.now) for one in found.baseline.drift]
    assert told == ([(open_one.id, before, "refused")] if is_told else [])
    assert found.verdict == "conforms"


def test_updating(whole: Results) -> None:
    """Entries that stay keep their words, new ones come without a reason, fixed ones go, choices are kept."""
    (first, *_) = waivers(whole, reason="mine", owner="me", expires=date(2020, 1, 1))
    before = Baseline(known=(first, GONE, NOT_LOOKED_AT), choices={"EXP-X": "accepted"})
    after = updated(before, with_baseline(whole, before))
    assert after.known[:2] == (first, NOT_LOOKED_AT)
    new = after.known[2:]
    assert [one.fingerprint for one in new] == [one.fingerprint for one in whole.findings[1:]]
    assert {(one.reason, one.expires) for one in new} == {("", day_of(whole) + timedelta(days=90))}
    assert after.choices == {"EXP-X": "accepted", **{one.id: one.choice for one in whole.requirements if one.choice}}
    assert updated(after, with_baseline(whole, after)) == after


@pytest.mark.parametrize("name", ["baseline.toml", "baseline.json", "deep/er/baseline"])
def test_round_trip(whole: Results, tmp_path: Path, name: str) -> None:
    """What is written is read again, in TOML and in JSON, with empty places for what a person fills in."""
    path = tmp_path / name
    baseline = Baseline(known=(*waivers(whole), GONE), choices={'EXP-"]\n#': "mixed"})
    after = updated(baseline, whole)
    write_baseline(path, after)
    assert read_baseline(path) == after
    for word in ("reason", "owner", "summary"):
        assert path.read_text().count(f"{word} = " if name != "baseline.json" else f'"{word}": ') >= len(after.known)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("[[known]]\nrequirement = 'a'", "fingerprint"),
        ("[[known]]\nrequirement = 'a'\nfingerprint = 'b'\nreson = 'c'", "reson"),
        ("[[known]]\nrequirement = 'a'\nfingerprint = 'b'\nexpires = 'soon'", "expires"),
        ("[[waived]]", "waived"),
        ("known = 1", "known"),
        ("[[known]", "TOML|Expected|expected"),
        ("\x00", "."),
        ("known = " + "[" * 100_000, "nested too deeply"),
        ("known = " + "9" * 6_000, "digits"),
    ],
)
def test_what_is_no_baseline(tmp_path: Path, content: str, problem: str) -> None:
    """What cannot be used is refused in one sentence with the file and the key."""
    path = tmp_path / "baseline.toml"
    path.write_text(content)
    with pytest.raises(ValueError, match=problem) as caught:
        read_baseline(path)
    assert str(caught.value).startswith(f"{path}: the baseline cannot be used: ")
    with pytest.raises(ValueError, match="cannot be read"):
        read_baseline(tmp_path / "nothing.toml")


@pytest.mark.parametrize("content", ["[" * 100_000, '{"known":' + "[" * 100_000, "9" * 6_000, '{"known":[1e999]}'])
def test_what_is_no_baseline_in_json(tmp_path: Path, content: str) -> None:
    """Nor is JSON that is nested deeper than anybody reads, or holds absurd numbers."""
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(ResultsError, match="the baseline cannot be used: "):
        read_baseline(path)
