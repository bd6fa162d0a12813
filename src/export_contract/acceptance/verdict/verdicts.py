"""Verdicts: what findings and requirements come to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from export_contract.acceptance.model.results import Cause, Finding, RequirementResult, Verdict

TOO_LITTLE: Final = "Too little was exercised"
"""How the reason begins where requirements were left out; it goes on with their ids."""


def counts_against(finding: Finding) -> bool:
    """Whether a finding fails the run: it is no warning, and nothing waives it."""
    return finding.severity == "failure" and finding.status == "new"


def is_missing(one: RequirementResult) -> bool:
    """Whether a requirement was to be exercised, and was not."""
    return one.level == "MUST" and not one.exchanges and one.applies


def verdict_of(
    findings: Iterable[Finding],
    requirements: Iterable[RequirementResult],
    problem: str | None = None,
    ran_short: str = "",
    cause: Cause | None = None,
) -> tuple[Verdict, Cause | None, str | None]:
    """The verdict of a run, and cause and reason where it is inconclusive.

    `problem` and `cause` say why the run ended early, if it did; `ran_short` of what its budget had no more,
    if it had not.
    """
    if problem:
        return "inconclusive", cause, problem
    if any(map(counts_against, findings)):
        return "violates", None, None
    missing = [one.id for one in requirements if is_missing(one)]
    if missing:
        spent = f", since the budget of {ran_short} was used up" if ran_short else ""
        return "inconclusive", Cause.TOO_LITTLE, f"{TOO_LITTLE}{spent}: {', '.join(missing)}."
    return "conforms", None, None


def count_verdicts(requirements: Iterable[RequirementResult]) -> dict[str, int]:
    """How many requirements have each verdict, as the counts of the results tell it."""
    verdicts = [one.verdict for one in requirements]
    return {name: verdicts.count(name) for name in ("passed", "failed", "waived", "not_exercised")}
