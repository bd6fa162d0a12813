"""Fetching the files of finished jobs, and what they say of the requirements."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from export_contract.acceptance.checks.files import FileFacts, Wanted, read_file
from export_contract.acceptance.engine.followed_job import Followed
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.date_range import is_to_come, range_of, range_texts, request_of
from export_contract.acceptance.model.events import Downloading, Sending
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.acceptance.model.outcome import Deviation, Outcome
from export_contract.acceptance.model.results import FileRecord
from export_contract.acceptance.transport.download import Download
from export_contract.acceptance.transport.retry_after import wait_before
from export_contract.acceptance.transport.target import Target
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import known_file
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED, case_id

_LEAST_SECONDS: Final = 60.0
"""For a file, however short the time for a job is."""
_MOST_TRIES: Final = 5
"""For a file whose host asks for patience."""
_TELL_EVERY: Final = 4 * 1024 * 1024
_MOST_REDIRECTS: Final = 5
_COUNT: Final = re.compile(r"(?:.*[-_])?(?:count|records?|rows?|total)|.*(?:Count|Records|Rows|Total)")
"""Names under which a target may say how many records a file has."""


class Fetched(msgspec.Struct, frozen=True):
    """A file that was asked for, and what was seen of it."""

    exchange: Exchange
    facts: FileFacts
    problem: str
    """Why it is not whole, if it is not."""


def fetch_files(session: Session, jobs: Sequence[Followed], seconds: float) -> None:
    """Fetch the files of completed jobs, several at a time, and note what they show."""
    progress = _Progress(session)
    there = [job for job in jobs if isinstance(job.data.get("downloadUrl"), str) and job.data["downloadUrl"]]
    fetched: dict[int, Fetched] = {}

    def fetch_for(job: Followed) -> Callable[[int], Exchange]:
        def fetch(number: int) -> Exchange:
            for tries in range(_MOST_TRIES):
                fetched[number] = _fetch(session, job, number, max(seconds, _LEAST_SECONDS), progress)
                wait = wait_before(fetched[number].exchange.response, tries + 1)
                if wait is None or not session.may_ask_again(wait):
                    break
            return fetched[number].exchange

        return fetch

    exchanges = session.fetch_all(fetch_for(job) for job in there)
    for job, exchange in zip(there, exchanges, strict=False):
        if exchange is None:
            continue
        file = fetched[exchange.number]
        job.file = _record(file)
        session.keep(exchange, list(_outcomes(session, job, file)))
    dated = sum(file.facts.dated for file in fetched.values())
    if fetched and not dated:
        session.memory.barred["file/dates"] = "no file has a record with a documented date"
    if fetched and all(file.facts.columns is None for file in fetched.values()):
        session.memory.barred["file/columns"] = "no file has a header row"


class _Progress:
    """Tells how much was read, of all files together."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._bytes: dict[int, int] = {}
        self._told = 0

    def of(self, number: int) -> Callable[[int], None]:
        """The function to tell that a file has come so far."""

        def tell(count: int) -> None:
            with self._lock:
                self._bytes[number] = count
                total = sum(self._bytes.values())
                if total - self._told < _TELL_EVERY:
                    return
                self._told = total
            self._session.tell(Downloading(total))

        return tell


def _fetch(session: Session, job: Followed, number: int, seconds: float, progress: _Progress) -> Fetched:
    url = job.data["downloadUrl"]
    case = _case(session, job, authorized=session.target.may_authorize(url))
    session.tell(Sending(case))
    started = time.perf_counter()
    with _behind_redirects(session.target, url, seconds) as download:
        answer = download.response
        facts = FileFacts()
        if answer.accepted:
            facts = read_file(download.chunks(), _wanted(job, session.context.contract), progress.of(number))
        # The content is somebody's records: it is judged, and not kept.
        whole = msgspec.structs.replace(answer, truncated=facts.bytes > 0, seconds=time.perf_counter() - started)
    return Fetched(Exchange(number, "jobs", case, whole, url), facts, download.problem)


@contextmanager
def _behind_redirects(target: Target, url: str, seconds: float) -> Iterator[Download]:
    """The file, wherever redirects lead to; at each it is decided again whether credentials may go along."""
    deadline = time.monotonic() + seconds
    fresh = False
    for hops_left in range(_MOST_REDIRECTS, -1, -1):
        left = deadline - time.monotonic()
        with target.open(url, authorized=target.may_authorize(url), seconds=left, fresh=fresh) as download:
            fresh = download.response.failure is Failure.STALE
            if not hops_left or (not fresh and download.location is None):
                yield download
                return
        url = download.location or url


def _wanted(job: Followed, contract: Contract) -> Wanted:
    case = job.created.case
    request = request_of(case)
    asked = range_of(case, contract)
    return Wanted(
        format=str(request.get("format", "")),
        known=known_file(contract, request),
        last=asked[1] if asked else None,
        is_to_come=is_to_come(case, contract),
    )


def _case(session: Session, job: Followed, *, authorized: bool) -> Case:
    requirement = session.context.requirement("file/fetched") or job.question.requirement
    title = f"the file of the job for {job.created.case.base}"
    return Case(
        id=case_id(requirement, title),
        title=title,
        expectation=Expectation.ACCEPT,
        requirement=requirement,
        method="GET",
        headers=(),
        credentials=CONFIGURED if authorized else "none",
        query=job.question.query,
        base=job.created.case.base,
    )


def _outcomes(session: Session, job: Followed, file: Fetched) -> list[Outcome]:
    answer, facts = file.exchange.response, file.facts
    title = file.exchange.case.title
    wanted = _wanted(job, session.context.contract)
    outcomes: list[Outcome] = []

    def note(rule: str, check: str, kind: str, expected: str, observed: str) -> None:
        requirement = session.context.requirement(rule)
        if requirement:
            summary = f"{title}: {observed}"
            deviation = Deviation(check=check, kind=kind, summary=summary, expected=expected, observed=observed)
            outcomes.append(Outcome(requirement, deviation if observed else None))

    not_fetched = answer.problem or ("" if answer.accepted else f"status {answer.status}") or file.problem
    kind = answer.failure or (f"{(answer.status or 0) // 100}xx" if not answer.accepted else "broken off")
    note("file/fetched", "fetched", kind, "2xx, and the whole file", not_fetched)
    if not_fetched:
        return outcomes
    problem, kind = facts.format_problem, "malformed"
    if not facts.bytes and not _may_be_empty(file, job, wanted):
        problem, kind = "it is empty, and nothing says that no record matches", "empty"
    note("file/format", "file format", kind, f"{wanted.format}, whole and not empty", problem)
    if facts.dated:
        asked = " to ".join(range_texts(job.created.case, session.context.contract))
        note("file/dates", "file dates", "out of range", f"no record outside {asked}", facts.date_problem)
    if facts.columns is not None and wanted.known and not facts.format_problem:
        columns = ", ".join(wanted.known.columns)
        note("file/columns", "file columns", "other columns", f"the columns {columns}", facts.column_problem)
    return outcomes


def _may_be_empty(file: Fetched, job: Followed, wanted: Wanted) -> bool:
    """Whether no record can match, or the target says that none does; a CSV file has a header all the same."""
    if file.exchange.response.status == 204:
        return True
    if wanted.format.upper() == "CSV":
        return False
    told: list[tuple[str, Any]] = [*file.exchange.response.headers, *job.data.items()]
    return wanted.is_to_come or any(str(value).strip() == "0" for name, value in told if _COUNT.fullmatch(name))


def _record(file: Fetched) -> FileRecord:
    answer, facts = file.exchange.response, file.facts
    return FileRecord(
        bytes=facts.bytes,
        records=facts.records if answer.accepted else None,
        seconds=round(answer.seconds, 3),
        media_type=answer.media_type[:80],
        problem=answer.problem or file.problem or facts.format_problem,
    )
