"""SARIF 2.1.0: a rule for each requirement, a result for each finding."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import quote

from export_contract.acceptance.model.results import Finding, RequirementResult, Results
from export_contract.reports.escaping import brief, printable
from export_contract.reports.text import body_text, finding_text

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LINKS: Final = re.compile(r"[\[\]\\]")


def render(results: Results) -> bytes:
    """Results as SARIF; waived findings are suppressed, with their reasons."""
    rules = {one.id: number for number, one in enumerate(results.requirements)}
    run = {
        "tool": {
            "driver": {
                "name": printable(results.tool.name),
                "version": printable(results.tool.version),
                "rules": [_rule(one) for one in results.requirements],
            }
        },
        "automationDetails": {"id": printable(f"{results.contract.title}/{results.contract.version}")},
        "invocations": [
            {
                "executionSuccessful": results.verdict != "inconclusive",
                **({"exitCodeDescription": brief(results.reason, 1_000)} if results.reason else {}),
            }
        ],
        "results": [_result(finding, rules) for finding in results.findings],
        "properties": {
            "verdict": results.verdict,
            "target": printable(f"{results.target.base_url}{results.target.path}"),
            "contractSha256": printable(results.contract.sha256),
        },
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1).encode() + b"\n"


def _rule(one: RequirementResult) -> dict[str, Any]:
    return {
        "id": printable(one.id),
        "shortDescription": {"text": _text(one.statement)},
        "help": {"text": _text(f"{one.statement} Written: {one.source}")},
        "defaultConfiguration": {"level": "warning" if one.level == "SHOULD" else "error"},
        "properties": {
            "area": printable(one.area),
            "level": one.level,
            "expectation": one.expectation,
            "verdict": one.verdict,
            "exchanges": one.exchanges,
        },
    }


def _result(finding: Finding, rules: dict[str, int]) -> dict[str, Any]:
    request, response = finding.request, finding.response
    result: dict[str, Any] = {
        "ruleId": printable(finding.requirement),
        "level": "warning" if finding.severity == "warning" else "error",
        "message": {"text": _text(f"{finding.summary}. Expected: {finding.expected}. Observed: {finding.observed}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": quote(request.url, safe=":/?#[]@!$&'()*+,;=%~")}},
                "logicalLocations": [{"fullyQualifiedName": printable(f"{request.method} {request.url}")}],
            }
        ],
        "partialFingerprints": {"exportContract/v1": printable(finding.fingerprint)},
        "occurrenceCount": max(1, finding.occurrences),
        "webRequest": {
            "protocol": "HTTP",
            "version": "1.1",
            "target": printable(request.url),
            "method": printable(request.method),
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
        "properties": {"reproduction": finding_text(finding), "flaky": finding.flaky},
    }
    if finding.requirement in rules:
        result["ruleIndex"] = rules[finding.requirement]
    if finding.status == "known":
        reason = finding.waiver.reason if finding.waiver else ""
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": printable(reason)}]
    return result


def _headers(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {printable(name): printable(value) for name, value in headers}


def _text(text: str) -> str:
    """Text of a message, in which brackets would make a link."""
    return _LINKS.sub(r"\\\g<0>", brief(text, 2_000))
