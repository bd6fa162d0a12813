"""Tests of the user's own, filed under requirements: what they showed, put into the results of a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_id import job_id_text
from export_contract.acceptance.engine.client import PHASE
from export_contract.acceptance.engine.recorder import Record
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Kind, Outcome
from export_contract.acceptance.model.phase_report import Stop
from export_contract.acceptance.model.records import exchange_record
from export_contract.acceptance.model.results import Cause, ExchangeRecord, Finding, Job, RequirementResult, Results
from export_contract.acceptance.verdict.findings import findings_of
from export_contract.acceptance.verdict.summary import RunFacts, summarize
from export_contract.acceptance.verdict.verdicts import count_verdicts, counts_against
from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case

_NO_RUN = "The bundled suite was not run, so this is what tests of the project's own showed."


class TestRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What one test did, and what it says of the requirement that it is filed under, if it is."""

    __test__ = False

    name: str
    requirement: str | None = None
    finding: Finding | None = None
    jobs: tuple[Job, ...] = ()
    """Jobs that it created with the client."""
    exchanges: tuple[ExchangeRecord, ...] = ()
    """What it sent with the client."""


def record_of(
    name: str,
    sent: Sequence[Exchange],
    context: CheckContext,
    url: str,
    *,
    requirement: str | None = None,
    finding: Finding | None = None,
) -> TestRecord:
    """The record of a test that sent these requests with the client."""
    jobs = tuple(
        Job(
            name,
            requirement or exchange.case.requirement,
            exchange.response.status,
            job_id_text(exchange.response),
            exchange.number,
        )
        for exchange in sent
        if exchange.created_job
    )
    exchanges = tuple(exchange_record(exchange, url, context.redaction) for exchange in sent)
    record = TestRecord(name=name, requirement=requirement, finding=finding, jobs=jobs, exchanges=exchanges)
    return context.redaction.record(record)


def finding_of(
    name: str, requirement: str, problem: str, sent: Sequence[Exchange], context: CheckContext, url: str
) -> Finding:
    """The finding that a failed test stands for; it shows the last request that the test sent with the client."""
    no_request = Case(id=name, title=name, expectation=Expectation.ACCEPT, requirement=requirement, headers=())
    exchange = sent[-1] if sent else Exchange(0, PHASE, no_request, Response())
    outcome = Outcome(
        requirement,
        exchange.number,
        f"test {name}",
        Kind.FAILED,
        summary=f"{name}: {problem}",
        expected=context.contract.by_id[requirement].statement,
        observed=problem,
    )
    (finding,) = findings_of([outcome], {exchange.number: exchange}, context, url)
    finding = finding if sent else msgspec.structs.replace(finding, curl=f"pytest {name!r}")
    return context.redaction.record(finding)


def without_a_run(context: CheckContext, base_url: str, seed: int, *, embedded: bool) -> Results:
    """Results in which nothing was exercised, for tests to be filed in."""
    facts = RunFacts(
        base_url=base_url,
        phases=(),
        seed=seed,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        embedded=embedded,
    )
    return summarize(Record(stop=Stop(Cause.NOT_RUN, _NO_RUN)), context, facts)


def filed(results: Results, records: Iterable[TestRecord], contract: Contract) -> Results:
    """The results with what tests of the user's own showed; a requirement that one of them fails is failed."""
    records = list(records)
    if not records:
        return results
    findings = (*results.findings, *(record.finding for record in records if record.finding))
    requirements = tuple(_with_tests(one, records) for one in results.requirements)
    exchanges, jobs = _numbered(records, max((one.number for one in results.exchanges), default=0) + 1)
    counts = {
        **results.counts,
        "requests": results.counts["requests"] + len(exchanges),
        "jobs_created": results.counts["jobs_created"] + len(jobs),
        "findings": len(findings),
        **count_verdicts(requirements),
    }
    verdict, cause, reason = results.verdict, results.cause, results.reason
    if any(map(counts_against, findings)) and (verdict == "conforms" or cause is Cause.NOT_RUN):
        verdict, cause, reason = "violates", None, None
    return msgspec.structs.replace(
        results,
        verdict=verdict,
        cause=cause,
        reason=reason,
        counts=counts,
        requirements=requirements,
        findings=tuple(sorted(findings, key=lambda one: contract.rank[one.requirement])),
        ledger=(*results.ledger, *jobs),
        exchanges=(*results.exchanges, *exchanges),
    )


def _numbered(records: Iterable[TestRecord], first: int) -> tuple[list[ExchangeRecord], list[Job]]:
    """The exchanges and jobs of all tests, numbered after those of the run."""
    exchanges: list[ExchangeRecord] = []
    jobs: list[Job] = []
    for record in records:
        numbers = {one.number: first + len(exchanges) + at for at, one in enumerate(record.exchanges)}
        exchanges += [msgspec.structs.replace(one, number=numbers[one.number]) for one in record.exchanges]
        jobs += [msgspec.structs.replace(job, exchange=numbers.get(job.exchange or 0)) for job in record.jobs]
    return exchanges, jobs


def _with_tests(one: RequirementResult, records: Sequence[TestRecord]) -> RequirementResult:
    mine = [record for record in records if record.requirement == one.id]
    if not mine:
        return one
    verdict = one.verdict if one.verdict in ("failed", "waived") else "passed"
    return msgspec.structs.replace(
        one,
        exchanges=one.exchanges + len(mine),
        verdict="failed" if any(record.finding for record in mine) else verdict,
        cause=None,
        reason=None,
    )
