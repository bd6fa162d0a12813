"""What findings come to in plain text, for the formats that have no layout of their own."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.model.results import CaseRecord, Finding, RequirementResult, ResponseRecord, Results
from export_contract.reports.escaping import brief, printable

_MOST_BODY: Final = 1_000
_MOST_CURL: Final = 12_000
"""Characters; a longer line is of no use to a person, and `replay` sends the request all the same."""


def body_text(case: CaseRecord) -> str:
    """The body of a case as text, raw; where it is no UTF-8, its Base64."""
    return f"Base64 {case.body_base64}" if case.body_base64 is not None else case.body or ""


def status_text(response: ResponseRecord) -> str:
    """What came back in a few words."""
    return f"status {response.status}" if response.status is not None else brief(response.problem) or "no answer"


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
        said.append("a warning, which leaves the verdict")
    if finding.flaky:
        said.append("flaky: it did not show when it was sent again")
    return said


def finding_text(finding: Finding) -> str:
    """A finding with all that it takes to see it again; a line for each part, none of them raw."""
    request = finding.request
    lines = [
        ("Sent", brief(finding.case.title)),
        ("", f"{printable(request.method)} {printable(request.url)}"),
        *(("", printable(f"{name}: {value}")) for name, value in request.headers),
        ("", brief(body_text(finding.case), _MOST_BODY)),
        ("Expected", printable(finding.expected)),
        ("Observed", brief(finding.observed, _MOST_BODY)),
        ("Response", " ".join(part for part in (status_text(finding.response), brief(finding.response.body)) if part)),
        ("Seen", f"{finding.occurrences} times" if finding.occurrences > 1 else ""),
        ("Note", "; ".join(remarks(finding))),
        ("Again", curl_text(finding)),
        ("Known as", printable(finding.fingerprint)),
    ]
    return "\n".join(f"{label:<10}{text}" for label, text in lines if text)


def findings_of(results: Results) -> dict[str, list[Finding]]:
    """The findings by their requirements."""
    found: dict[str, list[Finding]] = {}
    for finding in results.findings:
        found.setdefault(finding.requirement, []).append(finding)
    return found


def choice_text(choice: str | None) -> str:
    """What the target does where the document leaves it open: `accepts it`; empty where that is not known."""
    known = {
        "mixed": "does either",
        "accepted": "accepts it",
        "refused": "refuses it",
        "opaque": "gives opaque ids",
        "documented": "gives documented ids",
    }
    return known.get(choice, f"chose {brief(choice)}") if choice else ""


def why_not_exercised(results: Results) -> list[tuple[str, list[RequirementResult]]]:
    """The requirements that were not exercised, by their reasons, the most frequent first."""
    reasons: dict[str, list[RequirementResult]] = {}
    for one in results.requirements:
        if one.verdict == "not_exercised":
            reasons.setdefault(one.reason or "no reason is known", []).append(one)
    return sorted(reasons.items(), key=lambda pair: -len(pair[1]))
