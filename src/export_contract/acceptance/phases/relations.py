"""Relations: what the files of several requests say of each other. At most six jobs, and one link asked for again.

The file of the range [a, c] was read when jobs were followed. Its two parts, its other format and the moment of one of
its records come next, and [a, c] once more at the end: only where that has the same records did the data stand still.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from export_contract.acceptance.checks.check import Observation, outcomes_of
from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.outcomes import FetchedFile
from export_contract.acceptance.checks.file.relations import (
    Dated,
    Range,
    dated_records,
    is_comparable,
    is_the_same,
    is_used_up,
    most_exact,
    observe_boundary,
    observe_formats,
    observe_link,
    observe_parts,
    plain_text,
    range_at,
    range_of_precision,
    split_between,
)
from export_contract.acceptance.checks.job_status import expiry_of
from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.polled_job import KeptFile
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.date_range import ordered_names, range_texts, request_of
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Outcome
from export_contract.acceptance.model.phase_report import Gap, PhaseReport
from export_contract.acceptance.model.results import NotExercised
from export_contract.acceptance.phases.downloads import fetch_files
from export_contract.acceptance.phases.jobs import poll_jobs, polled_job, usable_job_id
from export_contract.contract import Contract, Expectation, classify
from export_contract.strategies import Case
from export_contract.strategies.data.case import case_id

MOST_JOBS: Final = 6
_BOUNDARY: Final = "relation/boundary"
_DAY: Final = "relation/boundary-day"
_COMPLETE: Final = "relation/complete"
_FORMATS: Final = "relation/formats"
_LINK: Final = "relation/link"
_OF_RECORDS: Final = (_BOUNDARY, _DAY, _COMPLETE, _FORMATS)
_SOON: Final = timedelta(seconds=10)
"""A link that expires so soon may be gone when its file comes."""

_AT: Final = "the records created at one moment, written with two offsets"
_WITHIN: Final = "the records created within one second, written with two offsets"
_FIRST: Final = "the first part of a range"
_SECOND: Final = "the second part of a range"
_OTHER: Final = "a range in the other format"
_AGAIN: Final = "a range that was asked for before"
_CHANGED: Final = Gap(
    NotExercised.DATA_CHANGED, "the data changed meanwhile; run again when it does not, or with --range"
)


_NO_JOBS: Final = Gap(NotExercised.BUDGET, "the budget of jobs was used up; --max-jobs allows more", applies=True)


class _Asked(msgspec.Struct, frozen=True):
    """What came of a request: its exchange, and the file if there is one whose records were all counted."""

    exchange: Exchange
    file: FetchedFile


def run_relations(plan: RunPlan, session: Session) -> PhaseReport:
    """Compare the records of the file that has most of them with those of its parts, its other format and a moment."""
    source = next((one for one in session.files if is_comparable(one.file)), None)
    found = _range_of(source)
    if source is None or found is None or not _has_records(source.file) or source.file.facts.census is None:
        gap = _why_there_is_nothing(plan, session)
        rules = _OF_RECORDS if link_to_fetch(plan, session) else (*_OF_RECORDS, _LINK)
        return PhaseReport(gaps=dict.fromkeys(rules, gap) if gap else {})
    census = source.file.facts.census
    records = dated_records(census, *found)
    record, split = most_exact(records), split_between(records)
    cases = _cases(source, plan.contract, record, split)
    affordable = _affordable(cases, session.budget.jobs_left - 1)
    left_out = {title for title, case in cases.items() if case and title not in affordable}
    asked = _ask(plan, session, affordable)
    is_lost = record and record.has_zone and not record.is_exact and _is_lost(record, asked.get(_AT))
    if record and is_lost and session.budget.jobs_left > 1:
        # Its second may have had a fraction that the file does not show.
        asked |= _ask(
            plan, session, {_WITHIN: _case(source, plan.contract, _WITHIN, _BOUNDARY, range_of_precision(record))}
        )
    if affordable:
        asked |= _ask(plan, session, {_AGAIN: _case(source, plan.contract, _AGAIN, _COMPLETE, None)})
    compared = _Compared(session, source.file, census, asked)
    outcomes = [
        *compared.boundary(record),
        *compared.parts([one for one in records if split and one.moment > split[0]]),
        *compared.formats(),
    ]
    return PhaseReport(
        outcomes=tuple(outcomes),
        gaps=compared.gaps(record, left_out, is_split=split is not None),
    )


def run_link(plan: RunPlan, session: Session) -> PhaseReport:
    """Fetch one file again, by the link that worked before."""
    source = link_to_fetch(plan, session)
    requirement = session.context.requirement(_LINK)
    if source is None or requirement is None:
        return PhaseReport()
    expires = expiry_of(source.job.data.get("downloadExpiresAt"))
    if expires is None or expires - datetime.now(UTC) < _SOON:
        return PhaseReport(
            gaps={_LINK: Gap(NotExercised.NOT_OFFERED, "the link had expired before the end of the run")}
        )
    second = fetch_files(session, [source.job], plan.job_seconds).fetched.get(source.job.job_id)
    if second is None or not second.is_judged:
        return PhaseReport()
    if is_used_up(second):
        status = second.exchange.response.status
        reason = f"the link answers {status} the second time, before it expires: it seems to be meant for one use"
        return PhaseReport(gaps={_LINK: Gap(NotExercised.ONE_USE, reason)})
    seen = observe_link(source.file, second)
    return PhaseReport(outcomes=tuple(outcomes_of(seen, requirement, second.exchange, CheckName.LINK, "")))


def link_to_fetch(plan: RunPlan, session: Session) -> KeptFile | None:
    """The file to be fetched again: the first that came whole, with records."""
    if "relations" not in plan.phases:
        return None
    return next(
        (one for one in session.files if one.file.is_judged and one.file.is_whole and _has_records(one.file)), None
    )


def _has_records(file: FetchedFile) -> bool:
    return bool(file.facts.records) and not file.facts.format_problem


def _range_of(source: KeptFile | None) -> tuple[datetime, datetime] | None:
    wanted = source.file.wanted if source else None
    return (wanted.first, wanted.last) if wanted and wanted.first and wanted.last else None


def _why_there_is_nothing(plan: RunPlan, session: Session) -> Gap | None:
    if "jobs" not in plan.phases:
        return Gap(NotExercised.PHASE_NOT_RUN, "the phase jobs was not run", applies=True)
    if not session.files:
        return None
    censuses = [one.file.facts.census for one in session.files if one.file.facts.census]
    if any(census.is_too_large for census in censuses):
        return Gap(NotExercised.NOT_OFFERED, "there are too many records to compare; --range START/END asks for fewer")
    if any(_has_records(one.file) for one in session.files):
        return Gap(NotExercised.NOT_OFFERED, "no file has records with a documented date of creation")
    reason = "there are no records in the range; --range START/END says where the target has data"
    return Gap(NotExercised.NO_RECORD, reason, applies=True)


def _cases(
    source: KeptFile, contract: Contract, record: Dated | None, split: tuple[datetime, datetime] | None
) -> dict[str, Case | None]:
    cases: dict[str, Case | None] = {}
    if record:
        cases[_AT] = _case(source, contract, _AT, _BOUNDARY if record.is_exact else _DAY, range_at(record))
    texts = range_texts(source.job.created.case, contract)
    if split:
        cases[_FIRST] = _case(source, contract, _FIRST, _COMPLETE, (texts[0], plain_text(split[0])))
        cases[_SECOND] = _case(source, contract, _SECOND, _COMPLETE, (plain_text(split[1]), texts[1]))
    other = "JSONL" if source.file.wanted.is_csv else "CSV"
    cases[_OTHER] = _case(source, contract, _OTHER, _FORMATS, None, file_format=other)
    return cases


def _affordable(cases: Mapping[str, Case | None], jobs: int) -> dict[str, Case]:
    """The requests of the comparisons that so many jobs are enough for, what has to be exercised first."""
    affordable: dict[str, Case] = {}
    for titles in ((_AT,), (_OTHER,), (_FIRST, _SECOND)):
        needed = {title: case for title in titles if (case := cases.get(title))}
        if len(needed) == len(titles) and len(affordable) + len(needed) <= jobs:
            affordable |= needed
    return affordable


def _case(
    source: KeptFile, contract: Contract, title: str, rule: str, date_range: Range | None, *, file_format: str = ""
) -> Case | None:
    """The request of a file with another range or format, written plainly; None where the contract has none."""
    plain = request_of(source.job.created.case)
    names = ordered_names(contract)
    changes = {**(dict(zip(names, date_range, strict=True)) if date_range else {})}
    payload = json.dumps({**plain, **changes, **({"format": file_format} if file_format else {})}).encode()
    requirement = contract.by_rule(rule)
    if requirement is None or classify(payload, contract=contract).expectation is not Expectation.ACCEPT:
        return None
    return Case(
        id=case_id(requirement.id, title),
        title=title,
        expectation=Expectation.ACCEPT,
        requirement=requirement.id,
        payload=payload,
        base=source.job.created.case.base,
    )


def _ask(plan: RunPlan, session: Session, cases: Mapping[str, Case | None]) -> dict[str, _Asked]:
    """The files of some requests, by their titles; those are left out of which no whole file came."""
    created = session.send([case for case in cases.values() if case])
    jobs = [polled_job(one, session, looks_left=0) for one in created if usable_job_id(one)]
    for _ in poll_jobs(session, jobs, plan.job_seconds):
        pass  # what a status shows is judged where jobs are followed
    fetched = fetch_files(session, [job for job in jobs if job.completed], plan.job_seconds).fetched
    return {
        job.created.case.title: _Asked(job.created, fetched[job.job_id])
        for job in jobs
        if is_comparable(fetched.get(job.job_id))
    }


def _is_lost(record: Dated, asked: _Asked | None) -> bool:
    census = asked.file.facts.census if asked else None
    return census is not None and not census.counts[record.key]


class _Compared:
    """The files of one range beside each other."""

    def __init__(self, session: Session, source: FetchedFile, census: Census, asked: Mapping[str, _Asked]) -> None:
        self._session = session
        self._source = source
        self._whole = census
        self._asked = asked
        self._after = self._census(_AGAIN)
        self._stood_still = self._after is not None and is_the_same(census, self._after)

    def boundary(self, record: Dated | None) -> Iterator[Outcome]:
        """Whether a record that was there before and after is in the file of its moment."""
        at, within = self._census(_AT), self._census(_WITHIN)
        if record is None or at is None or self._after is None or not self._after.counts[record.key]:
            return
        seen, title = observe_boundary(record, at), _AT
        is_lost_within = within is not None and not within.counts[record.key]
        if is_lost_within:
            title = _WITHIN
        is_certain = record.is_exact or seen.kind is None or is_lost_within
        yield from self._outcomes(
            _BOUNDARY if record.has_zone and is_certain else _DAY, title, CheckName.BOUNDARY, seen
        )

    def parts(self, later: list[Dated]) -> Iterator[Outcome]:
        """Whether the parts of the range have the records of the whole."""
        first, second = self._census(_FIRST), self._census(_SECOND)
        if first is not None and second is not None and self._stood_still:
            seen = observe_parts(self._whole, first, second, later)
            yield from self._outcomes(_COMPLETE, _FIRST, CheckName.COMPLETE, seen)

    def formats(self) -> Iterator[Outcome]:
        """Whether both formats have the same records."""
        if _OTHER in self._asked and self._stood_still:
            seen = observe_formats(self._source, self._asked[_OTHER].file)
            yield from self._outcomes(_FORMATS, _OTHER, CheckName.SAME_DATA, seen)

    def gaps(self, record: Dated | None, left_out: Set[str], *, is_split: bool) -> dict[str, Gap]:
        """Why nothing is known of a relation, for those of which nothing is; no jobs were left for what is left out."""
        if self._session.exhausted:
            return {}
        missing = Gap(
            NotExercised.NO_COMPLETED_JOB, "one of its files did not come, or could not be read", applies=True
        )
        changed = missing if self._after is None else None if self._stood_still else _CHANGED
        inexact = Gap(NotExercised.NOT_OFFERED, "no date of creation has a time, a zone and a fraction of a second")
        undated = Gap(NotExercised.NOT_OFFERED, "no record has a date of creation in the range")
        exact = Gap(NotExercised.NOT_OFFERED, "the dates of creation name instants")
        whole = Gap(NotExercised.NOT_OFFERED, "the records cannot be divided by their dates of creation")
        at = _NO_JOBS if _AT in left_out else missing
        return {
            _BOUNDARY: undated if record is None else at if record.is_exact or _AT not in self._asked else inexact,
            _DAY: undated if record is None else exact if record.has_zone else at,
            _COMPLETE: _NO_JOBS if _FIRST in left_out else changed or (missing if is_split else whole),
            _FORMATS: _NO_JOBS if _OTHER in left_out else changed or missing,
        }

    def _census(self, title: str) -> Census | None:
        return self._asked[title].file.facts.census if title in self._asked else None

    def _outcomes(self, rule: str, title: str, check: CheckName, seen: Observation) -> list[Outcome]:
        requirement = self._session.context.requirement(rule)
        exchange = self._asked[title].exchange
        return outcomes_of(seen, requirement, exchange, check, "") if requirement else []
