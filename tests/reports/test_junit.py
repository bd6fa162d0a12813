"""JUnit: what a dashboard shows of a run is what the run found."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec

from export_contract.acceptance import Results
from export_contract.reports import rendered


def cases(results: Results) -> dict[str, ET.Element]:
    root = ET.fromstring(rendered("junit", results))
    return {case.get("name", "").partition(" ")[0]: case for case in root.iter("testcase")}


def test_a_case_for_each_requirement(told: Results) -> None:
    """Each requirement is one test case, under its area, with its statement."""
    found = cases(told)
    assert list(found) == [one.id for one in told.requirements]
    for one in told.requirements:
        assert found[one.id].get("classname") == one.area
        assert found[one.id].get("name") == f"{one.id} {one.statement}"


def test_outcomes(told: Results) -> None:
    """Failed ones fail, waived ones and those not exercised are skipped with the reason, passed ones have nothing."""
    found = cases(told)
    outcomes = {"failed": ["failure"], "waived": ["skipped", "system-out"], "not_exercised": ["skipped"], "passed": []}
    for one in told.requirements:
        assert sorted({part.tag for part in found[one.id]}) == outcomes[one.verdict], one.id
        skipped = found[one.id].findtext("skipped")
        if one.verdict == "not_exercised":
            assert one.reason
            assert one.reason in (skipped or "")
        elif one.verdict == "waived":
            assert skipped == "waived: known: EX-12, with the team (exports)"


def test_failures_tell_how_to_see_them_again(told: Results) -> None:
    """A failure has the promise, its source, expected, observed, and the whole curl line."""
    found = cases(told)
    for finding in told.findings[1:]:
        requirement = next(one for one in told.requirements if one.id == finding.requirement)
        texts = [failure.text or "" for failure in found[finding.requirement].findall("failure")]
        (text,) = [text for text in texts if finding.fingerprint in text]
        for part in (requirement.statement, requirement.source, finding.expected, finding.observed, finding.curl):
            assert part in text
    assert "its waiver expired on 2020-01-01" in (found[told.findings[1].requirement].findtext("failure") or "")


def test_counts(told: Results) -> None:
    """The counts of each suite, and of all, are those of its cases."""
    root = ET.fromstring(rendered("junit", told))
    assert root.get("tests") == str(len(told.requirements))
    assert root.get("failures") == str(told.counts["failed"])
    assert root.get("errors") == "0"
    skipped = sum(int(suite.get("skipped", "")) for suite in root)
    assert skipped == told.counts["not_exercised"] + told.counts["waived"]


def test_warnings_do_not_fail(variations: dict[str, Results]) -> None:
    """A warning leaves the verdict, and so it fails no test; it is told all the same."""
    root = ET.fromstring(rendered("junit", variations["warning"]))
    assert root.get("failures") == "0"
    assert "a warning, which does not change the verdict" in ET.tostring(root, encoding="unicode")


def test_inconclusive_is_not_green(variations: dict[str, Results]) -> None:
    """A run that cannot tell has an error of its own, even where nothing was exercised."""
    for name, sentence in (("inconclusive", "It cannot be reached."), ("empty", "It was interrupted.")):
        root = ET.fromstring(rendered("junit", variations[name]))
        assert root.get("errors") == "1"
        assert [error.get("message") for error in root.iter("error")] == [sentence]


def test_a_strict_baseline_fails(results: Results) -> None:
    """What fails a run beside its findings is a failure of its own."""
    strict = msgspec.structs.replace(results, findings=(), reason="Remove the entry.")
    root = ET.fromstring(rendered("junit", strict))
    assert [failure.get("message") for failure in root.iter("failure")] == ["Remove the entry."]
