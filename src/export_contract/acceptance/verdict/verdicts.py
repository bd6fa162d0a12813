"""Verdicts: what findings and requirements come to."""

from __future__ import annotations

from collections.abc import Iterable

from export_contract.acceptance.model.phase_report import Stop
from export_contract.acceptance.model.results import Cause, Finding, RequirementResult, Verdict


def counts_against(finding: Finding) -> bool:
    """Whether a finding fails the run: it is no warning, and nothing waives it."""
    return finding.severity == "failure" and finding.status == "new"


def is_missing(one: RequirementResult) -> bool:
    """Whether a requirement was to be exercised, and was not."""
    return one.level == "MUST" and not one.exchanges and one.applies


def verdict_of(
    findings: Iterable[Finding], requirements: Iterable[RequirementResult], stop: Stop | None = None
) -> tuple[Verdict, Cause | None, str | None]:
    """The verdict of a run, with the cause and the reason where it is inconclusive; `stop` says why it ended early."""
    if stop:
        return "inconclusive", stop.cause, stop.reason
    if any(map(counts_against, findings)):
        return "violates", None, None
    missing: dict[str, list[str]] = {}
    for one in filter(is_missing, requirements):
        missing.setdefault(one.reason or "no response exercised it", []).append(one.id)
    if missing:
        parts = "; ".join(f"{reason} ({', '.join(names)})" for reason, names in missing.items())
        return "inconclusive", Cause.TOO_LITTLE, f"Too little was exercised: {parts}."
    return "conforms", None, None


def count_verdicts(requirements: Iterable[RequirementResult]) -> dict[str, int]:
    """How many requirements have each verdict, as the counts of the results have it."""
    verdicts = [one.verdict for one in requirements]
    return {name: verdicts.count(name) for name in ("passed", "failed", "waived", "not_exercised")}
