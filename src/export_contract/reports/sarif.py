"""SARIF 2.1.0: a rule for each requirement, a result for each finding, for GitHub's code scanning and the like.

What code scanning accepts is described in "SARIF support for code scanning" of GitHub's documentation: it refuses a
file with a URI that has a scheme, or with a location that has no line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from export_contract.acceptance.model.results import Finding, RequirementResult, Results
from export_contract.reports.escaping import brief
from export_contract.reports.rows import body_text, finding_text

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_DESCRIPTION: Final = 1_000
"""Characters that GitHub takes of a description."""
_MOST_RESULTS: Final = 5_000
"""GitHub shows no more, and refuses a file with more than 25,000."""
_NO_FILE: Final = "requirements.yaml"
"""Where the results do not say which file holds the requirements."""
_LINKS: Final = re.compile(r"[\[\]\\]")


def render(results: Results) -> Iterator[bytes]:
    """Results as SARIF; waived findings are suppressed, with their reasons."""
    by_id = {one.id: (number, one) for number, one in enumerate(results.requirements)}
    left_out = len(results.findings) - _MOST_RESULTS
    run = {
        "tool": {
            "driver": {
                "name": brief(results.tool.name),
                "version": brief(results.tool.version),
                "rules": [_rule(one) for one in results.requirements],
            }
        },
        "automationDetails": {"id": brief(f"{results.contract.title}/{results.contract.version}")},
        "invocations": [
            {
                "executionSuccessful": results.verdict != "inconclusive",
                **({"exitCodeDescription": brief(results.reason, 1_000)} if results.reason else {}),
            }
        ],
        "results": [_result(finding, results, by_id) for finding in results.findings[:_MOST_RESULTS]],
        "properties": {
            "verdict": results.verdict,
            "target": brief(f"{results.target.base_url}{results.target.path}"),
            "contractSha256": brief(results.contract.sha256),
            **({"leftOut": left_out} if left_out > 0 else {}),
        },
    }
    yield json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1).encode() + b"\n"


def _rule(one: RequirementResult) -> dict[str, Any]:
    level = "warning" if one.level == "SHOULD" else "error"
    return {
        "id": brief(one.id),
        "shortDescription": {"text": _text(one.statement, _MOST_DESCRIPTION)},
        "fullDescription": {"text": _text(one.statement, _MOST_DESCRIPTION)},
        "help": {"text": _text(f"{one.statement} Source: {one.source}")},
        "defaultConfiguration": {"level": level},
        "properties": {
            "area": brief(one.area),
            "level": one.level,
            "expectation": one.expectation,
            "verdict": one.verdict,
            "exchanges": one.exchanges,
            "problem.severity": level,
        },
    }


def _result(finding: Finding, results: Results, by_id: dict[str, tuple[int, RequirementResult]]) -> dict[str, Any]:
    request, response = finding.request, finding.response
    index, requirement = by_id.get(finding.requirement, (-1, None))
    result: dict[str, Any] = {
        "ruleId": brief(finding.requirement),
        "level": "warning" if finding.severity == "warning" else "error",
        "message": {"text": _text(f"{finding.summary}. Expected: {finding.expected}. Actual: {finding.observed}")},
        "locations": [
            {
                "physicalLocation": _place(results.contract.file, requirement.line if requirement else None),
                "logicalLocations": [{"fullyQualifiedName": brief(f"{request.method} {request.url}")}],
            }
        ],
        # GitHub looks at the first alone, which names what is the same from one run to the next.
        "partialFingerprints": {
            "primaryLocationLineHash": brief(finding.fingerprint),
            "exportContract/v1": brief(finding.fingerprint),
        },
        "occurrenceCount": max(1, finding.occurrences),
        "webRequest": {
            "protocol": "HTTP",
            "version": "1.1",
            "target": brief(request.url),
            "method": brief(request.method),
            "headers": _headers(request.headers),
            "body": {"text": brief(body_text(finding.case), 4_000)},
        },
        "webResponse": {
            "protocol": "HTTP",
            "version": "1.1",
            **({"statusCode": response.status} if response.status is not None else {"noResponseReceived": True}),
            "headers": _headers(response.headers),
            "body": {"text": brief(response.body, 4_000)},
        },
        "properties": {"reproduction": finding_text(finding, requirement), "flaky": finding.flaky},
    }
    if requirement:
        result["ruleIndex"] = index
    if finding.status == "known":
        reason = finding.waiver.reason if finding.waiver else ""
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": brief(reason)}]
    return result


def _place(file: str, line: int | None) -> dict[str, Any]:
    """The requirement in its file, as a path in the repository; the first line where it is not known."""
    line = max(line or 1, 1)
    return {
        "artifactLocation": {"uri": quote(file.lstrip("/")[:1_000].encode("utf-8", "replace"), safe="/") or _NO_FILE},
        "region": {"startLine": line, "startColumn": 1, "endLine": line, "endColumn": 2},
    }


def _headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {brief(name): brief(value) for name, value in headers}


def _text(text: str, most: int = 2_000) -> str:
    """Text of a message, in which brackets would make a link."""
    return _LINKS.sub(r"\\\g<0>", brief(text, most))
