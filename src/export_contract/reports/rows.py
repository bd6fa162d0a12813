"""Rows: what each format shows of a finding, as labels and texts; none of the texts is raw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from export_contract.acceptance.model.outcome import Choice
from export_contract.acceptance.model.results import CaseRecord, Finding, RequirementResult, ResponseRecord, Results
from export_contract.contract import Requirement
from export_contract.reports.escaping import brief, printable

LABEL_WIDTH: Final = 12
_MOST_CURL: Final = 12_000
"""Characters; a longer line is of no use to a person, and `replay` sends the request in any case."""
_MOST_CASES: Final = 3
"""Other cases that are named."""
_CHOICES: Final = {
    Choice.ACCEPTED: "accepts it",
    Choice.REFUSED: "refuses it",
    Choice.MIXED: "does either",
    Choice.OPAQUE: "issues opaque ids",
    Choice.DOCUMENTED: "issues documented ids",
}


class Row(msgspec.Struct, frozen=True):
    """A line about a finding, safe to print."""

    label: str
    """Empty where it continues the row before it."""
    text: str
    is_code: bool = False
    """Whether it shows what was sent or received, rather than says something about it."""

    def __str__(self) -> str:
        return f"{self.label:<{LABEL_WIDTH}}{self.text}"


def finding_rows(
    finding: Finding, requirement: RequirementResult | Requirement | None = None, most: int = 1_000
) -> list[Row]:
    """All that a reader needs to understand a finding and to reproduce it, where `most` cuts long texts."""
    request, response = finding.request, finding.response
    headers = [f"{name}: {value}" for name, value in request.headers]
    if finding.case.credentials != "configured":
        headers.append(f"credentials: {finding.case.credentials}")
    rows = [
        Row("Source", brief(requirement.source, most) if requirement else ""),
        Row("Request", brief(finding.case.title), is_code=True),
        Row("", f"{printable(request.method)} {brief(request.url, most)}", is_code=True),
        *(Row("", brief(header, most), is_code=True) for header in headers),
        Row("", brief(body_text(finding.case), most), is_code=True),
        Row("Expected", brief(finding.expected, most)),
        Row("Actual", brief(finding.observed, most), is_code=True),
        Row("Response", response_text(response, most), is_code=True),
        Row("Seen", _seen(finding)),
        Row("Note", "; ".join(remarks(finding))),
        Row("Reproduce", curl_text(finding), is_code=True),
        Row("Fingerprint", brief(finding.fingerprint), is_code=True),
    ]
    return [row for row in rows if row.text]


def finding_text(finding: Finding, requirement: RequirementResult | Requirement | None = None) -> str:
    """A finding in plain text, a line a row; with its requirement it begins with what that promises."""
    rows = finding_rows(finding, requirement)
    if not requirement:
        return "\n".join(map(str, rows))
    return "\n".join([printable(f"{requirement.id}  {requirement.statement}"), *(f"  {row}" for row in rows)])


def body_text(case: CaseRecord) -> str:
    """The body of a case as text, raw; where it is not valid UTF-8, its Base64."""
    return f"Base64 {case.body_base64}" if case.body_base64 is not None else case.body or ""


def status_text(response: ResponseRecord) -> str:
    """What came back in a few words."""
    return f"status {response.status}" if response.status is not None else brief(response.problem) or "no response"


def response_text(response: ResponseRecord, most: int = 300) -> str:
    """What came back, with its body."""
    return " ".join(part for part in (status_text(response), brief(response.body, most)) if part)


def curl_text(finding: Finding) -> str:
    """The curl line, or how to send the request where that is too long to show."""
    if len(finding.curl) <= _MOST_CURL:
        return printable(finding.curl)
    return f"export-contract replay RESULTS {brief(finding.fingerprint)}"


def remarks(finding: Finding) -> list[str]:
    """What is to be known of a finding beside what was found."""
    said = []
    if finding.status == "known" and finding.waiver:
        waiver = finding.waiver
        said.append(f"known: {brief(waiver.reason)}" + (f" ({brief(waiver.owner)})" if waiver.owner else ""))
        if waiver.expires:
            said.append(f"until {waiver.expires}")
    if finding.waiver_problem:
        said.append(brief(finding.waiver_problem))
    if finding.severity == "warning":
        said.append("a warning, which does not change the verdict")
    if finding.same_cause_as:
        said.append(f"looks like the same fault as {brief(finding.same_cause_as)}")
    if finding.flaky:
        said.append("flaky: it did not occur when the request was sent again")
    return said


def choice_text(choice: Choice | None) -> str:
    """What the target does where the document leaves it open: `accepts it`; empty where that is not known."""
    return _CHOICES[choice] if choice else ""


def counted(number: int, word: str) -> str:
    """A number with its word: `1 request`, `2 requests`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def findings_by_requirement(results: Results) -> dict[str, list[Finding]]:
    """The findings by the ids of their requirements."""
    found: dict[str, list[Finding]] = {}
    for finding in results.findings:
        found.setdefault(finding.requirement, []).append(finding)
    return found


def reasons_not_exercised(requirements: Iterable[RequirementResult]) -> list[tuple[str, list[RequirementResult]]]:
    """The requirements that were not exercised, by their reasons, the most frequent first."""
    reasons: dict[str, list[RequirementResult]] = {}
    for one in requirements:
        if one.verdict == "not_exercised":
            reasons.setdefault(one.reason or "no reason is known", []).append(one)
    return sorted(reasons.items(), key=lambda pair: -len(pair[1]))


def _seen(finding: Finding) -> str:
    """How often it occurred, with the titles of other cases, the plainest first."""
    if finding.occurrences < 2:
        return ""
    named = [brief(one.title, 80) for one in finding.other_cases[:_MOST_CASES]]
    more = finding.occurrences - 1 - len(named)
    also = f", also with {'; '.join(named)}" if named else ""
    return f"{finding.occurrences:,} times{also}" + (f" and {more:,} more" if named and more > 0 else "")
