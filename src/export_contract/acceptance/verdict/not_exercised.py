"""Why a requirement was not exercised, in terms of what the user can do about it."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.plan import phase_of_rule
from export_contract.acceptance.engine.recorder import Record
from export_contract.acceptance.model.phase_report import Gap
from export_contract.acceptance.model.results import NotExercised
from export_contract.contract import Requirement

UNDECLARED: Final = Gap(
    NotExercised.UNDECLARED_ID,
    "the target does not have the id of the document's example; declare an id that exists: --activity-id",
    applies=True,
)
MASKED: Final = Gap(
    NotExercised.MASKED,
    "the target refuses the requests that its cases were made from, with nothing wrong in them; see the findings",
    applies=True,
)
_NEED_CREDENTIALS: Final = ("answer/no-credentials", "status/auth")
_NEED_DOCUMENTED_IDS: Final = ("job-id/form", "job-id/match")
_NEED_COMPLETED_JOBS: Final = ("status/download", "file/", "relation/")


def gap_of(requirement: Requirement, record: Record, context: CheckContext, phases: tuple[str, ...]) -> Gap:
    """Why a requirement was not exercised, if it was not; what was left out on purpose applies all the same."""
    rule = requirement.rule
    phase = phase_of_rule(rule)
    if (phase == "auth" or rule in _NEED_CREDENTIALS) and not context.redaction.forms:
        return Gap(NotExercised.NO_CREDENTIALS, "no credentials are configured")
    if gap := record.gaps.get(rule) or record.gaps.get(f"{rule.partition('/')[0]}/") or record.gaps.get(phase):
        return gap
    if rule in _NEED_DOCUMENTED_IDS and _has_job_ids(record):
        return Gap(NotExercised.OPAQUE_IDS, "the job ids are opaque")
    return _what_was_missing(requirement, phase, record, phases)


def _what_was_missing(requirement: Requirement, phase: str, record: Record, phases: tuple[str, ...]) -> Gap:
    """Why a requirement that applies was not exercised."""
    if phase not in phases:
        return Gap(NotExercised.PHASE_NOT_RUN, f"the phase {phase} was not run", applies=True)
    if any(one.is_rate_limited and one.case.requirement == requirement.id for one in record.not_sent):
        return Gap(
            NotExercised.RATE_LIMITED,
            "rate-limited on every attempt; try again with --rate or --max-time",
            applies=True,
        )
    if requirement.rule.startswith(_NEED_COMPLETED_JOBS) and record.jobs and not _has_completed_job(record):
        states = ", ".join(sorted({job.state or "no state" for job in record.jobs}))
        return Gap(NotExercised.NO_COMPLETED_JOB, f"no job was completed ({states})", applies=True)
    if record.stop is not None:
        return Gap(NotExercised.RUN_ENDED, "the run ended before it was exercised", applies=True)
    exhausted = next((one.exhausted for one in reversed(record.phases) if one.exhausted), None)
    if exhausted:
        return Gap(
            NotExercised.BUDGET,
            f"the budget of {exhausted} was used up; --max-{'time' if exhausted == 'time' else exhausted} allows more",
            applies=True,
        )
    return Gap(NotExercised.UNEXPLORED, "no response exercised it", applies=True)


def _has_completed_job(record: Record) -> bool:
    return any(job.file or job.state == "COMPLETED" for job in record.jobs)


def _has_job_ids(record: Record) -> bool:
    return any(isinstance(exchange.response.job_id, str) for exchange in record.exchanges.values())
