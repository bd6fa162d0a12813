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
    findings: Iterable[Finding],
    requirements: Iterable[RequirementResult],
    stop: Stop | None = None,
    exhausted: str = "",
) -> tuple[Verdict, Cause | None, str | None]:
    """The verdict of a run, and the cause and reason where it is inconclusive.

    `stop` says why the run ended early, if it did; `exhausted` what its budget had no more of, if that ended a phase.
    """
    if stop:
        return "inconclusive", stop.cause, stop.reason
    if any(map(counts_against, findings)):
        return "violates", None, None
    missing = [one.id for one in requirements if is_missing(one)]
    if missing:
        spent = f", since the budget of {exhausted} was used up" if exhausted else ""
        return "inconclusive", Cause.TOO_LITTLE, f"Too little was exercised{spent}: {', '.join(missing)}."
    return "conforms", None, None


def count_verdicts(requirements: Iterable[RequirementResult]) -> dict[str, int]:
    """How many requirements have each verdict, as the counts of the results have it."""
    verdicts = [one.verdict for one in requirements]
    return {name: verdicts.count(name) for name in ("passed", "failed", "waived", "not_exercised")}
