"""Jobs: from the request that creates one, by its status, to its file."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.facts import wanted_of
from export_contract.acceptance.checks.job_lifecycle import completion_outcome, moves_outcome
from export_contract.acceptance.checks.job_status import state_of
from export_contract.acceptance.engine.plan import RunPlan, phase_of_rule
from export_contract.acceptance.engine.polled_job import FIRST_WAIT, LOOKS_AT_THE_END, KeptFile, PolledJob
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.date_range import is_to_come, ordered_names, recent_seconds, request_of
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Kind, Outcome
from export_contract.acceptance.model.phase_report import Gap, PhaseReport
from export_contract.acceptance.model.results import NotExercised, Poll
from export_contract.acceptance.phases import shares
from export_contract.acceptance.phases.downloads import fetch_files
from export_contract.acceptance.transport.retry_after import retry_after
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import COMPLETED, FAILED, FINAL_STATES, STATES, known_file, status_call
from export_contract.strategies import Case, case_with, suite
from export_contract.strategies.data.case import JSON, case_id
from export_contract.strategies.http.status_calls import (
    status_ambiguities,
    status_case,
    status_intrusions,
    status_refusals,
)

_LONGEST_WAIT: Final = 5.0
_SLOWER: Final = 1.6
_LONGEST_ID: Final = 4_000
"""Characters; servers take addresses of 8,000 bytes (RFC 9110 section 4.1), and encoding may double an id."""


def run_jobs(plan: RunPlan, session: Session) -> PhaseReport:
    """Create a few jobs and follow each to its file.

    The cases are those of the suite, which leaves out what was sent here.
    """
    contract = plan.contract
    if status_call(contract) is None or contract.by_rule("status/found") is None:
        reason = "the contract declares no call that reads a status"
        return PhaseReport(gaps={phase_of_rule("status/found"): Gap(NotExercised.NOT_OFFERED, reason)})
    created = session.send(cases_to_follow(plan))
    created += session.send(_plain_cases(plan, [one.case for one in created if one.response.refused]))
    jobs = [polled_job(exchange, session) for exchange in created if usable_job_id(exchange)]
    if not jobs:
        gap = Gap(NotExercised.NO_COMPLETED_JOB, "no request created a job that could be followed", applies=True)
        return PhaseReport(gaps={} if session.exhausted else {"status/": gap, "file/": gap})
    outcomes = list(poll_jobs(session, jobs, plan.job_seconds))
    session.send(status_refusals(contract, jobs[0].job_id))
    session.send(status_ambiguities(contract, [job.job_id for job in jobs]))
    if session.context.redaction.forms:
        session.send(status_intrusions(contract, jobs[0].job_id))
    # Behind an id that several jobs share may be any of them.
    owners = Counter(one.response.job_id for one in session.record.exchanges.values() if usable_job_id(one))
    downloads = fetch_files(
        session, [job for job in jobs if job.completed and owners[job.job_id] == 1], plan.job_seconds
    )
    session.files += _kept(
        KeptFile(job, downloads.fetched[job.job_id]) for job in jobs if job.job_id in downloads.fetched
    )
    return PhaseReport(
        outcomes=(*outcomes, *downloads.outcomes),
        gaps=downloads.gaps,
        jobs=tuple(job.record(downloads.files.get(job.job_id)) for job in jobs),
    )


def cases_to_follow(plan: RunPlan) -> tuple[Case, ...]:
    """The accepted cases of the suite whose jobs are followed: one for each combination of listed values.

    Of each combination it is the one with most of recent years in its range, so that there is something in its file;
    but for one of each format whose files are dated it is one that is still to come, for which there can be no record.
    """
    contract = plan.contract
    most = min(plan.most_followed, shares.to_follow(plan.limits))
    by_base: dict[str, list[Case]] = {}
    for case in suite(contract=contract):
        if case.expectation is Expectation.ACCEPT and case.features:
            by_base.setdefault(case.base, []).append(case)
    chosen = {
        base: max(by_base[base], key=lambda case: recent_seconds(case, contract)) for base in list(by_base)[:most]
    }
    without_records: set[str] = set()
    for base in reversed(chosen):
        to_come = [case for case in by_base[base] if _is_dated(case, contract) and is_to_come(case, contract)]
        file_format = wanted_of(chosen[base], contract).format
        is_enough = file_format in without_records or len(without_records) >= (len(chosen) + 1) // 3
        if to_come and not is_enough:
            chosen[base] = to_come[0]
            without_records.add(file_format)
    return tuple(case if is_to_come(case, contract) else _where_data_is(case, plan) for case in chosen.values())


def _kept(files: Iterable[KeptFile]) -> list[KeptFile]:
    """The files with the census of the one alone that has the most dated records, or the most where none is dated."""
    kept = list(files)
    censuses = [one.file.facts.census for one in kept if one.file.is_whole and one.file.facts.census]
    largest = max(censuses, key=_worth_comparing, default=None)
    for one in kept:
        if one.file.facts.census is not largest:
            one.file.facts.census = None
    return kept


def _worth_comparing(census: Census) -> tuple[int, int]:
    return len(census.created_at), 0 if census.is_too_large else census.records


def _plain_cases(plan: RunPlan, refused: Iterable[Case]) -> list[Case]:
    """The plainest cases for the exports of those that were refused, since that may be for something that they pack."""
    plain = ((case, _where_data_is(case_with(plan.contract, case.features[:1]), plan)) for case in refused)
    return [one for case, one in plain if one.payload != case.payload]


def _where_data_is(case: Case, plan: RunPlan) -> Case:
    """The case for the range in which the target has data, where the user named one; otherwise as it is.

    It is written plainly, so that it is a case of its own, which shows nothing but its listed values.
    """
    if plan.date_range is None:
        return case
    names = ordered_names(plan.contract)
    body = {**request_of(case), **dict(zip((names[:1] + names[-1:]), plan.date_range, strict=False))}
    title = f"{case.base}; {plan.date_range[0]} to {plan.date_range[1]}"
    return msgspec.structs.replace(
        case,
        id=case_id(case.requirement, title),
        title=title,
        payload=json.dumps(body).encode(),
        headers=(("Content-Type", JSON),),
        features=case.features[:1],
    )


def _is_dated(case: Case, contract: Contract) -> bool:
    known = known_file(contract, request_of(case))
    return bool(known and known.dates)


def usable_job_id(exchange: Exchange) -> str:
    """The id of a job that was created; empty where no address could carry it, which a check reports."""
    job_id = exchange.response.job_id
    is_usable = isinstance(job_id, str) and job_id.isascii() and len(job_id) <= _LONGEST_ID
    return str(job_id) if exchange.response.accepted and exchange.created_job and is_usable else ""


def polled_job(exchange: Exchange, session: Session, *, looks_left: int = LOOKS_AT_THE_END) -> PolledJob:
    """A job that was created, to be polled; `looks_left` is how often once more when it is finished."""
    now = time.monotonic()
    job_id = usable_job_id(exchange)
    call = status_case(session.context.contract, job_id, f"the status of the job for {exchange.case.base}")
    return PolledJob(
        created=exchange, job_id=job_id, status_call=call, born=now, held=session.held, due=now, looks_left=looks_left
    )


def poll_jobs(session: Session, jobs: Sequence[PolledJob], seconds: float) -> Iterator[Outcome]:
    """Poll all jobs, each when it is due, until they are finished or the time is up."""
    while left := [job for job in jobs if not job.is_over]:
        wait = min(job.due for job in left) - time.monotonic()
        if wait > 0 and not session.pause(wait):
            return
        due = {job.status_call.id: job for job in left if job.due <= time.monotonic()}
        for exchange in session.send([job.status_call for job in due.values()]):
            yield from _look(session, due.pop(exchange.case.id), exchange, seconds)
        if session.exhausted or session.is_stopped:
            return
        _give_up(due.values())


def _give_up(jobs: Iterable[PolledJob]) -> None:
    """Poll jobs no more whose status call was never answered."""
    for job in jobs:
        job.is_given_up = True


def _look(session: Session, job: PolledJob, exchange: Exchange, seconds: float) -> Iterator[Outcome]:
    """Keep what one look at a job showed, and when to look again."""
    age = time.monotonic() - job.born
    response = exchange.response
    session.open_jobs.saw(exchange, job.job_id)
    state = state_of(response)
    shown = state if state is not None else f"status {response.status}" if response.status else "no answer"
    job.polls.append(Poll(round(age, 3), shown[:80]))
    if state in STATES:
        yield from _see(session, job, state, exchange)
    else:
        job.without_state += 1
    is_final = job.state in FINAL_STATES
    allowed = seconds + session.held - job.held  # what the target was to be left alone for is not counted against it
    if job.state and not is_final and age >= allowed:
        job.is_given_up = True
        observed = f"still {job.state} after {seconds:g} seconds and {len(job.polls)} looks"
        yield from completion_outcome(
            exchange, session.context, Kind.UNFINISHED, f"COMPLETED within {seconds:g} seconds", observed
        )
    left = max(allowed - age, 0.0)
    wait = max(retry_after(response) or 0.0, FIRST_WAIT if is_final else job.wait)
    job.due = job.born + age + min(wait, _LONGEST_WAIT if is_final else left)
    job.wait = min(job.wait * _SLOWER, _LONGEST_WAIT)


def _see(session: Session, job: PolledJob, state: str, exchange: Exchange) -> Iterator[Outcome]:
    was_final = job.state in FINAL_STATES
    job.without_state = 0
    job.states.append(state)
    if was_final:
        job.looks_left -= 1
    if len(job.states) > 1:
        for outcome in moves_outcome(exchange, session.context, job.states[-2:]):
            job.is_given_up = job.is_given_up or outcome.deviates
            yield outcome
    if was_final:
        return
    if state == COMPLETED:
        job.completed = exchange
        yield from completion_outcome(exchange, session.context)
    elif state == FAILED:
        yield from completion_outcome(exchange, session.context, Kind.FAILED, COMPLETED, FAILED)
