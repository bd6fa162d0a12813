"""CTRF: the Common Test Report Format, a test for each requirement."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from export_contract.acceptance.model.results import Finding, RequirementResult, Results
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import finding_text, findings_by_requirement, remarks

VERSION: Final = "0.0.0"
_STATUSES: Final = {"passed": "passed", "failed": "failed", "waived": "other", "not_exercised": "skipped"}


def render(results: Results) -> Iterator[bytes]:
    """Results as CTRF; an inconclusive run has a test of its own that fails."""
    by_requirement = findings_by_requirement(results)
    tests = [_test(one, by_requirement.get(one.id, [])) for one in results.requirements]
    if results.reason:
        tests.append(
            {"name": "the run as a whole", "status": "failed", "duration": 0, "message": brief(results.reason, 1_000)}
        )
    start = _milliseconds(results.started_at)
    statuses = [test["status"] for test in tests]
    document = {
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": "export-contract",
        "results": {
            "tool": {"name": printable(results.tool.name), "version": printable(results.tool.version)},
            "summary": {
                "tests": len(tests),
                **{name: statuses.count(name) for name in ("passed", "failed", "skipped", "pending", "other")},
                "start": start,
                "stop": start + round(results.seconds * 1000),
                "extra": {"verdict": results.verdict},
            },
            "tests": tests,
            "environment": {
                "appName": printable(results.contract.title),
                "appVersion": printable(results.contract.version),
                "testEnvironment": printable(f"{results.target.base_url}{results.target.path}"),
            },
        },
    }
    yield json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def _test(one: RequirementResult, findings: list[Finding]) -> dict[str, Any]:
    status = _STATUSES[one.verdict]
    if one.verdict == "failed" and not any(map(counts_against, findings)):
        status = "other"  # warnings alone
    test: dict[str, Any] = {
        "name": printable(f"{one.id} {one.statement}"),
        "status": status,
        "rawStatus": one.verdict,
        "duration": 0,
        "suite": [printable(one.area) or "requirements"],
        "tags": [one.level, str(one.expectation)],
        "extra": {"source": printable(one.source), "exchanges": one.exchanges},
    }
    if findings:
        test["message"] = "; ".join(brief(finding.summary) for finding in findings)
        test["trace"] = "\n\n".join(finding_text(finding, one) for finding in findings)
        test["flaky"] = any(finding.flaky for finding in findings)
        if waived := [remark for finding in findings for remark in remarks(finding)]:
            test["extra"]["remarks"] = waived
    elif one.reason:
        test["message"] = printable(one.reason)
    return test


def _milliseconds(moment: str) -> int:
    try:
        return max(0, round(datetime.fromisoformat(moment).timestamp() * 1000))
    except (ValueError, OverflowError):
        return 0
