"""Rows: every format shows the same of a finding, under the same labels."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import msgspec
import pytest
from lxml import html

from export_contract.acceptance import Finding, Results
from export_contract.acceptance.model.results import CaseSummary
from export_contract.reports import rendered
from export_contract.reports.console import lines
from export_contract.reports.rows import finding_rows, finding_text

LABELS = ("Source", "Request", "Expected", "Actual", "Response", "Reproduce", "Fingerprint")
FORMATS = ("console", "html", "markdown", "junit", "sarif", "ctrf")


def shown(name: str, results: Results) -> str:
    """What a reader of a format sees, as text."""
    if name == "console":
        return "\n".join(line.plain for line in lines(results, quiet=False, verbose=False))
    content = rendered(name, results)
    match name:
        case "html":
            return str(html.fromstring(content).text_content())
        case "junit":
            return "\n".join(ET.fromstring(content).itertext())
        case "sarif":
            return "\n".join(one["properties"]["reproduction"] for one in json.loads(content)["runs"][0]["results"])
        case "ctrf":
            return "\n".join(one.get("trace", "") for one in json.loads(content)["results"]["tests"])
    return content.decode()


@pytest.fixture
def one_finding(results: Results) -> Results:
    """Results with one finding, which many cases show."""
    others = tuple(CaseSummary(title=f"another case {number}", exchange=number, body="{}") for number in range(1, 21))
    finding = msgspec.structs.replace(results.findings[0], other_cases=others, occurrences=21)
    return msgspec.structs.replace(results, findings=(finding,))


@pytest.mark.parametrize("name", FORMATS)
def test_labels(one_finding: Results, name: str) -> None:
    """Each label is in each format, with what the finding says."""
    text = shown(name, one_finding)
    assert [label for label in LABELS if label not in text] == []
    assert one_finding.findings[0].fingerprint in text
    assert one_finding.findings[0].case.title in text


@pytest.mark.parametrize("name", FORMATS)
def test_other_cases(one_finding: Results, name: str) -> None:
    """The plainest of the other cases are named, and how many more there are; none is left out in silence."""
    text = " ".join(shown(name, one_finding).split())
    named = 12 if name == "html" else 3
    assert all(f"another case {number}" in text for number in range(1, named + 1))
    assert f"another case {named + 1}" not in text
    assert f"and {20 - named} more" in text


@pytest.mark.parametrize("name", ["console", "html", "markdown"])
def test_limits(results: Results, name: str) -> None:
    """That the target limits requests is said where a person reads it, with nothing raw in it."""
    note = "The target limits requests: 3 responses with status 429."
    assert note not in shown(name, results)
    assert note in shown(name, msgspec.structs.replace(results, limits=note))
    assert "\x1b" not in shown(name, msgspec.structs.replace(results, limits="\x1b[2J"))


def test_all_other_cases_are_in_the_json(one_finding: Results) -> None:
    """The results file has every case, with its exchange and its body."""
    (finding,) = json.loads(rendered("json", one_finding))["findings"]
    assert [(one["title"], one["exchange"], one["body"]) for one in finding["other_cases"]] == [
        (f"another case {number}", number, "{}") for number in range(1, 21)
    ]


def test_rows(results: Results) -> None:
    """Rows come in the order in which a reader needs them, those without a text are left out, and none is raw."""
    finding = results.findings[0]
    requirement = next(one for one in results.requirements if one.id == finding.requirement)
    labels = [row.label for row in finding_rows(finding, requirement) if row.label]
    assert [label for label in labels if label in LABELS] == list(LABELS)
    assert "Source" not in [row.label for row in finding_rows(finding)]
    hostile = msgspec.structs.replace(finding, expected="\x1b[2J\n::error::", observed="\u202e")
    text = finding_text(hostile, requirement)
    assert text.splitlines()[0] == f"{requirement.id}  {requirement.statement}"
    assert all(line.isprintable() for line in text.splitlines())
    assert "  Expected    \\x1b[2J\\n::error::" in text.splitlines()


@pytest.mark.parametrize(
    ("occurrences", "others", "seen"),
    [
        (1, 0, None),
        (3, 2, "3 times, also with case 0; case 1"),
        (4, 3, "4 times, also with case 0; case 1; case 2"),
        (13, 12, "13 times, also with case 0; case 1; case 2 and 9 more"),
        (1_000, 0, "1,000 times"),
    ],
)
def test_how_often(results: Results, occurrences: int, others: int, seen: str | None) -> None:
    """How often it occurred is said where that was more than once."""
    cases = tuple(CaseSummary(title=f"case {number}", exchange=number) for number in range(others))
    finding: Finding = msgspec.structs.replace(results.findings[0], occurrences=occurrences, other_cases=cases)
    assert next((row.text for row in finding_rows(finding) if row.label == "Seen"), None) == seen
