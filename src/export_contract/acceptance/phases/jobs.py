"""Following jobs: from the request that creates one, by its status, to its file."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Final

from export_contract.acceptance.checks.job_status import move_problem, state_of
from export_contract.acceptance.engine.followed_job import FIRST_WAIT, Followed
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.date_range import is_to_come, past_seconds, request_of
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Deviation, Outcome
from export_contract.acceptance.model.results import Poll
from export_contract.acceptance.phases.downloads import fetch_files
from export_contract.acceptance.phases.isolate import is_left_to_explaining
from export_contract.acceptance.transport.retry_after import asked_wait
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import COMPLETED, FAILED, FINAL_STATES, STATES, known_file, status_call
from export_contract.strategies import Case, suite
from export_contract.strategies.http.status_calls import status_case, status_intrusions, status_refusals

_LONGEST_WAIT: Final = 5.0
_SLOWER: Final = 1.6
_LONGEST_ID: Final = 4_000
"""Characters; servers take addresses of 8,000 bytes (RFC 9110 section 4.1), and encoding may double an id."""
_SHARE: Final = 10
"""Following may take one in so many of the jobs of a budget."""


def run_jobs(session: Session, *, most: int, seconds: float, explained_later: bool) -> None:
    """Create a few jobs and follow each to its file: at most `most` of them, for at most `seconds` each.

    The cases are those of the suite, which leaves out what was sent here. `explained_later` says that the suite comes
    after, and finds out which feature of a refused case is at fault.
    """
    contract = session.context.contract
    if status_call(contract) is None or contract.by_rule("status/found") is None:
        session.memory.barred["jobs"] = "the contract declares no call that reads a status"
        return
    cases = followed_cases(contract, min(most, max(1, session.budget.limits.jobs // _SHARE)))
    with session.phase("jobs", len(cases)):
        created = session.send_all(
            "jobs", cases, keep=lambda *pair: not (explained_later and is_left_to_explaining(*pair))
        )
        jobs = [_followed(exchange, contract) for exchange in created if _job_id(exchange)]
        session.memory.followed = jobs
        _follow(session, jobs, seconds)
        if jobs:
            session.send_all("jobs", status_refusals(contract, jobs[0].job_id))
            if session.context.redaction.secrets:
                session.send_all("jobs", status_intrusions(contract, jobs[0].job_id))
        # Behind an id that several jobs share may be any of them.
        owners = Counter(exchange.response.job_id for exchange in session.memory.exchanges if exchange.created_job)
        fetch_files(session, [job for job in jobs if job.completed and owners[job.job_id] == 1], seconds)


def followed_cases(contract: Contract, most: int) -> tuple[Case, ...]:
    """The accepted cases of the suite whose jobs are followed: one for each combination of listed values.

    Of each combination it is the one with the longest range in the past, so that there is something in its file; but
    for one whose files are dated it is one that is still to come, for which there can be no record.
    """
    by_base: dict[str, list[Case]] = {}
    for case in suite(contract=contract):
        if case.expectation is Expectation.ACCEPT and case.features:
            by_base.setdefault(case.base, []).append(case)
    chosen = {base: max(by_base[base], key=lambda case: past_seconds(case, contract)) for base in list(by_base)[:most]}
    for base in reversed(chosen):
        to_come = [case for case in by_base[base] if _is_dated(case, contract) and is_to_come(case, contract)]
        if to_come and len(chosen) > 1:
            chosen[base] = to_come[0]
            break
    return tuple(chosen.values())


def _is_dated(case: Case, contract: Contract) -> bool:
    known = known_file(contract, request_of(case))
    return bool(known and known.dates)


def _job_id(exchange: Exchange) -> str:
    """The id of a job that was created; empty where it is none that an address could carry, which is told elsewhere."""
    job_id = exchange.response.job_id
    is_usable = isinstance(job_id, str) and job_id.isascii() and len(job_id) <= _LONGEST_ID
    return str(job_id) if exchange.response.accepted and is_usable else ""


def _followed(exchange: Exchange, contract: Contract) -> Followed:
    now = time.monotonic()
    title = f"the status of the job for {exchange.case.base}"
    question = status_case(contract, _job_id(exchange), title)
    return Followed(created=exchange, job_id=_job_id(exchange), question=question, born=now, due=now)


def _follow(session: Session, jobs: Sequence[Followed], seconds: float) -> None:
    """Look at all jobs again and again, each when it is due, until they are finished or the time is up."""
    while left := [job for job in jobs if not job.is_over]:
        pause = min(job.due for job in left) - time.monotonic()
        if pause > 0 and not session.rest(pause):
            return
        due = [job for job in left if job.due <= time.monotonic()]
        asked = session.send_all("jobs", [job.question for job in due])
        for job, exchange in zip(due, asked, strict=False):
            _look(session, job, exchange, seconds)
        if session.spent:
            return


def _look(session: Session, job: Followed, exchange: Exchange, seconds: float) -> None:
    """Keep what one look at a job showed, and when to look again."""
    age = time.monotonic() - job.born
    answer = exchange.response
    told = state_of(answer)
    shown = told if told is not None else f"status {answer.status}" if answer.status else "no answer"
    job.polls.append(Poll(round(age, 3), shown[:80]))
    if told in STATES:
        _see(session, job, told, exchange)
    else:
        job.without_state += 1
    is_final = job.state in FINAL_STATES
    if job.state and not is_final and age >= seconds:
        job.is_given_up = True
        observed = f"still {job.state} after {seconds:g} seconds and {len(job.polls)} looks"
        _note_end(session, job, exchange, "unfinished", f"COMPLETED within {seconds:g} seconds", observed)
    pause = max(asked_wait(answer) or 0.0, FIRST_WAIT if is_final else job.wait)
    job.due = job.born + age + (pause if is_final else min(pause, max(seconds - age, 0.0)))
    job.wait = min(job.wait * _SLOWER, _LONGEST_WAIT)


def _see(session: Session, job: Followed, state: str, exchange: Exchange) -> None:
    was_final = job.state in FINAL_STATES
    job.without_state = 0
    job.states.append(state)
    if was_final:
        job.looks_left -= 1
    if len(job.states) > 1:
        _note_moves(session, job, exchange)
    if was_final:
        return
    if state == COMPLETED:
        job.completed = exchange
        _note(session, "status/completes", exchange, None)
    elif state == FAILED:
        _note_end(session, job, exchange, "failed", "COMPLETED", "FAILED")


def _note_moves(session: Session, job: Followed, exchange: Exchange) -> None:
    problem = move_problem(job.states[-2:])
    job.is_given_up = job.is_given_up or bool(problem)
    deviation = Deviation(
        check="moves",
        kind="back",
        summary=f"{job.question.title}: {problem}",
        expected="a move from PENDING to COMPLETED or FAILED, and no other",
        observed=problem,
    )
    _note(session, "status/moves", exchange, deviation if problem else None)


def _note_end(session: Session, job: Followed, exchange: Exchange, kind: str, expected: str, observed: str) -> None:
    summary = f"{job.question.title}: {observed}"
    deviation = Deviation(check="completes", kind=kind, summary=summary, expected=expected, observed=observed)
    _note(session, "status/completes", exchange, deviation)


def _note(session: Session, rule: str, exchange: Exchange, deviation: Deviation | None) -> None:
    requirement = session.context.requirement(rule)
    if requirement:
        session.memory.note(exchange, Outcome(requirement, deviation))
