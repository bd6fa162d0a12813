"""The summary: from what a run saw to its results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from typing import Final

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_id import job_id_text
from export_contract.acceptance.checks.uniqueness import unique_job_ids
from export_contract.acceptance.engine.recorder import Record
from export_contract.acceptance.model.exchange import may_create_job
from export_contract.acceptance.model.latency import latency_of
from export_contract.acceptance.model.outcome import Choice, Outcome
from export_contract.acceptance.model.phase_report import Gap
from export_contract.acceptance.model.records import exchange_record
from export_contract.acceptance.model.requirement_places import requirement_places
from export_contract.acceptance.model.results import (
    Cause,
    ContractName,
    Job,
    RequirementResult,
    Results,
    TargetName,
    Tool,
)
from export_contract.acceptance.verdict.causes import with_causes
from export_contract.acceptance.verdict.findings import findings_of
from export_contract.acceptance.verdict.not_exercised import MASKED, UNDECLARED, gap_of
from export_contract.acceptance.verdict.triage import Triage, triage
from export_contract.acceptance.verdict.verdicts import count_verdicts, verdict_of
from export_contract.contract import Requirement

_MOST_EXAMPLES: Final = 3


class RunFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a run beside what it saw."""

    base_url: str
    phases: tuple[str, ...]
    """Those that were asked for."""
    seed: int
    started_at: str
    embedded: bool = False
    seconds: float = 0.0


def summarize(record: Record, context: CheckContext, facts: RunFacts, limits: str | None = None) -> Results:
    """The results of what a run saw; `limits` says how the target limits requests and jobs."""
    contract, redaction = context.contract, context.redaction
    url = facts.base_url + contract.operation.path
    stop = record.stop
    outcomes = [*record.outcomes, *unique_job_ids(record.exchanges.values(), context)]
    left = triage(
        outcomes,
        record.exchanges,
        contract,
        record.explained,
        is_lost=record.is_lost,
        has_declared_values=contract.has_declared_values or facts.embedded,
    )
    findings = with_causes(findings_of(left.outcomes, record.exchanges, context, url, left.flaky))
    places = requirement_places(contract)
    requirements = tuple(
        msgspec.structs.replace(
            _requirement_result(requirement, area.title, left, record, context, facts),
            line=places.lines.get(requirement.id),
        )
        for area in contract.areas
        for requirement in area.requirements
    )
    verdict, cause, reason = verdict_of(findings, requirements, stop)
    ledger = _ledger(record)
    return Results(
        tool=Tool("export-contract", version("export-contract")),
        contract=ContractName(contract.title, contract.version, contract.sha256, places.file),
        target=TargetName(facts.base_url, contract.operation.path, facts.embedded),
        seed=facts.seed,
        started_at=facts.started_at,
        seconds=round(facts.seconds, 3),
        verdict=verdict,
        cause=cause,
        reason=reason,
        interrupted=cause in (Cause.INTERRUPTED, Cause.TERMINATED, Cause.JOURNAL),
        counts={
            "requests": sum(exchange.has_left for exchange in record.exchanges.values()) + len(record.in_flight),
            "jobs_created": len(ledger),
            "cases": len({exchange.case.id for exchange in record.exchanges.values()}),
            "findings": len(findings),
            **count_verdicts(requirements),
        },
        phases=tuple(record.phases),
        requirements=requirements,
        findings=findings,
        latency=latency_of(record.exchanges.values()),
        ledger=ledger,
        exchanges=tuple(exchange_record(exchange, url, redaction) for exchange in record.exchanges.values()),
        jobs=tuple(record.jobs),
        load=record.load,
        limits=limits,
    )


def _ledger(record: Record) -> tuple[Job, ...]:
    """The jobs that the run created, or may have created: what had no answer yet may be one too."""
    known = (
        Job(
            exchange.case.id,
            exchange.case.requirement,
            exchange.response.status,
            job_id_text(exchange.response),
            exchange.number,
        )
        for exchange in record.exchanges.values()
        if exchange.created_job
    )
    unknown = (
        Job(case.id, case.requirement, None, None, number)
        for number, case in record.in_flight.items()
        if may_create_job(case)
    )
    return (*known, *unknown)


def _requirement_result(
    requirement: Requirement,
    area: str,
    left: Triage,
    record: Record,
    context: CheckContext,
    facts: RunFacts,
) -> RequirementResult:
    mine = [one for one in left.outcomes if one.requirement == requirement.id]
    gap = _gap(requirement, left, record, context, facts)
    return RequirementResult(
        id=requirement.id,
        level=requirement.level,
        expectation=requirement.expectation,
        statement=requirement.statement,
        source=requirement.source,
        area=area,
        exchanges=len(mine),
        verdict="failed" if any(one.deviates for one in mine) else "passed" if mine else "not_exercised",
        choice=_choice(mine),
        cause=None if mine else gap.cause,
        reason=None if mine else gap.reason,
        applies=gap.applies,
        examples=tuple(dict.fromkeys(one.exchange for one in mine))[:_MOST_EXAMPLES],
    )


def _gap(requirement: Requirement, left: Triage, record: Record, context: CheckContext, facts: RunFacts) -> Gap:
    if requirement.id in left.undeclared:
        return UNDECLARED
    return MASKED if requirement.id in left.masked else gap_of(requirement, record, context, facts.phases)


def _choice(outcomes: Iterable[Outcome]) -> Choice | None:
    choices = Counter(one.choice for one in outcomes if one.choice)
    return None if not choices else next(iter(choices)) if len(choices) == 1 else Choice.MIXED
