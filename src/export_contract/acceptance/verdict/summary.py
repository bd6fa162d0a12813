"""Summing up: from what a run saw to a verdict, and what it rests on."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from export_contract.acceptance.engine.recorder import Memory, Tally
from export_contract.acceptance.model.latency import latency_of
from export_contract.acceptance.model.outcome import Choice
from export_contract.acceptance.model.records import exchange_record
from export_contract.acceptance.model.requirement_places import requirement_places
from export_contract.acceptance.model.results import (
    Cause,
    ContractName,
    Job,
    NotExercised,
    RequirementResult,
    Results,
    TargetName,
    Tool,
)
from export_contract.acceptance.verdict.by_products import without_by_products
from export_contract.acceptance.verdict.findings import put_together
from export_contract.acceptance.verdict.verdicts import count_verdicts, verdict_of
from export_contract.contract import Requirement

_PHASES_OF_RULES: Final = {
    "status/": "jobs",
    "file/": "jobs",
    "load/": "load",
    "auth/": "auth",
    "method/": "protocol",
    "content-type": "protocol",
    "transfer": "protocol",
}


def phase_of_rule(rule: str) -> str:
    """The phase that exercises requirements with this rule."""
    return next((phase for start, phase in _PHASES_OF_RULES.items() if rule.startswith(start)), "suite")


def sum_up(
    memory: Memory,
    *,
    phases: tuple[str, ...],
    problem: str | None,
    started_at: str,
    seconds: float,
    seed: int,
    embedded: bool,
    interrupted: bool,
    cause: Cause | None = None,
    flaky: frozenset[tuple[str, str, str]] = frozenset(),
) -> Results:
    """The results of what a run saw; `problem` says why it ended early, if it did."""
    contract, redaction = memory.context.contract, memory.context.redaction
    sightings = without_by_products(memory.sightings, memory.exchanges, contract)
    findings = put_together(sightings, contract, memory.url, redaction, flaky)
    failed = {sighting.requirement for sighting in sightings}
    places = requirement_places(contract)
    requirements = tuple(
        _requirement_result(memory, area.title, requirement, phases, failed, places.lines.get(requirement.id))
        for area in contract.areas
        for requirement in area.requirements
    )
    verdict, cause, reason = verdict_of(findings, requirements, problem, str(memory.ran_short or ""), cause)
    return Results(
        tool=Tool("export-contract", version("export-contract")),
        contract=ContractName(contract.title, contract.version, contract.sha256, places.file),
        target=TargetName(memory.base_url, contract.operation.path, embedded),
        seed=seed,
        started_at=started_at,
        seconds=round(seconds, 3),
        verdict=verdict,
        cause=cause,
        reason=reason,
        interrupted=interrupted,
        counts={
            "requests": memory.requests,
            "jobs_created": memory.jobs,
            "cases": len({exchange.case.id for exchange in memory.exchanges}),
            "findings": len(findings),
            **count_verdicts(requirements),
        },
        phases=tuple(memory.phases),
        requirements=requirements,
        findings=findings,
        latency=latency_of(memory.exchanges),
        ledger=tuple(
            Job(
                exchange.case.id,
                exchange.case.requirement,
                exchange.response.status,
                _text(exchange.response.job_id),
                exchange.number,
            )
            for exchange in memory.exchanges
            if exchange.created_job
        ),
        exchanges=tuple(exchange_record(exchange, memory.url, redaction) for exchange in memory.exchanges),
        jobs=tuple(job.record() for job in memory.followed),
        load=memory.load,
    )


def _requirement_result(
    memory: Memory, area: str, requirement: Requirement, phases: tuple[str, ...], failed: set[str], line: int | None
) -> RequirementResult:
    tally = memory.tallies.get(requirement.id, Tally())
    choices = tally.choices
    cause, reason = (None, None) if tally.exercised else _why_not(memory, requirement, phases)
    return RequirementResult(
        id=requirement.id,
        level=requirement.level,
        expectation=requirement.expectation,
        statement=requirement.statement,
        source=requirement.source,
        area=area,
        exchanges=tally.exercised,
        verdict="failed" if requirement.id in failed else "passed" if tally.exercised else "not_exercised",
        choice=None if not choices else next(iter(choices)) if len(choices) == 1 else Choice.MIXED,
        cause=cause,
        reason=reason,
        applies=_does_not_apply(memory, requirement) is None,
        examples=tally.examples,
        line=line,
    )


def _why_not(memory: Memory, requirement: Requirement, phases: tuple[str, ...]) -> tuple[NotExercised, str]:
    if found := _does_not_apply(memory, requirement):
        return found
    phase = phase_of_rule(requirement.rule)
    if phase not in phases:
        return NotExercised.PHASE_NOT_RUN, f"the phase {phase} was not run"
    if memory.ran_short:
        return NotExercised.BUDGET, f"the budget of {memory.ran_short} was used up"
    return NotExercised.UNEXPLORED, "no answer exercised it"


def _does_not_apply(memory: Memory, requirement: Requirement) -> tuple[NotExercised, str] | None:
    """Why a requirement says nothing about this target; None where it does. What was left out is no such reason."""
    rule = requirement.rule
    phase = phase_of_rule(rule)
    needs_credentials = phase == "auth" or rule in ("answer/no-credentials", "status/auth")
    if needs_credentials and not memory.context.redaction.secrets:
        return NotExercised.NO_CREDENTIALS, "no credentials are configured"
    if reason := memory.barred.get(phase) or memory.barred.get(rule):
        return NotExercised.NOT_OFFERED, reason
    if rule in ("job-id/form", "job-id/match") and _has_job_ids(memory):
        return NotExercised.OPAQUE_IDS, "the job ids are opaque"
    return None


def _has_job_ids(memory: Memory) -> bool:
    return any(isinstance(exchange.response.job_id, str) for exchange in memory.exchanges)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
