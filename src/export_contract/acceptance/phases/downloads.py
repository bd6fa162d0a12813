"""Downloads: the files of finished jobs, fetched hop by hop and read as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.file_facts import FileFacts, Wanted, read_file
from export_contract.acceptance.checks.file_outcomes import file_outcomes
from export_contract.acceptance.engine.polled_job import PolledJob
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.date_range import is_to_come, range_of, request_of
from export_contract.acceptance.model.events import Downloading
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.phase_report import Gap
from export_contract.acceptance.model.results import FileRecord, NotExercised
from export_contract.acceptance.transport.target import is_signed
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import known_file
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED, Call, case_id

_LEAST_SECONDS: Final = 60.0
"""For a file, however short the time for a job is."""
_MOST_HOPS: Final = 5
_REPORT_EVERY: Final = 4 * 1024 * 1024


class Downloads(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen of the files of a run."""

    outcomes: tuple[Outcome, ...] = ()
    gaps: Mapping[str, Gap] = {}
    files: Mapping[str, FileRecord] = {}
    """By job id."""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was asked for, and what was seen of it."""

    job: PolledJob
    exchange: Exchange
    facts: FileFacts
    problem: str
    """Why it is not whole, if it is not."""


def fetch_files(session: Session, jobs: Sequence[PolledJob], seconds: float) -> Downloads:
    """Fetch the files of completed jobs, several at a time."""
    progress = _Progress(session)
    downloads = [_Download(session, job, max(seconds, _LEAST_SECONDS), progress) for job in jobs if job.download_url]
    by_case = {download.case.id: download for download in downloads}
    session.each([download.case for download in downloads], lambda number, case: by_case[case.id].fetch(number))
    fetched = [one for download in downloads if (one := download.fetched)]
    outcomes = [outcome for one in fetched for outcome in _judged(session, one)]
    return Downloads(
        outcomes=tuple(outcomes),
        gaps=_gaps(fetched),
        files={one.job.job_id: _record(one) for one in fetched},
    )


class _Progress:
    """Reports how much was read, of all files together."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._lock = threading.Lock()
        self._bytes: dict[int, int] = {}
        self._reported = 0

    def of(self, number: int) -> Callable[[int], None]:
        """The function to report that a file has come so far."""

        def report(count: int) -> None:
            with self._lock:
                self._bytes[number] = count
                total = sum(self._bytes.values())
                if total - self._reported < _REPORT_EVERY:
                    return
                self._reported = total
            self._session.emit(Downloading(total))

        return report


class _Download:
    """Fetches one file, over as many hops as it takes."""

    def __init__(self, session: Session, job: PolledJob, seconds: float, progress: _Progress) -> None:
        self._session = session
        self._job = job
        self._ends = seconds
        self._progress = progress
        self._facts = FileFacts()
        self._problem = ""
        self._location: str | None = None
        self.case = self._case_for(job.download_url)
        self.fetched: Fetched | None = None

    def fetch(self, number: int) -> Exchange | None:
        """Make the exchange of that number, and those of the hops behind it."""
        ends = time.monotonic() + self._ends
        url = self._session.target.absolute(self._job.download_url)
        for hop in range(_MOST_HOPS + 1):
            case = self._case_for(url)
            exchange = self._session.exchange(number, case, self._performing(url, number, ends), url=url)
            if exchange is None:
                return None
            if self._location is None or hop == _MOST_HOPS:
                problem = f"it was redirected more than {_MOST_HOPS} times" if self._location else self._problem
                self.fetched = Fetched(job=self._job, exchange=exchange, facts=self._facts, problem=problem)
                return exchange
            url = self._location
            granted = self._session.grant(case)
            if granted is None:
                return None
            number = granted
        return None

    def _performing(self, url: str, number: int, ends: float) -> Callable[..., Response]:
        def perform(*, fresh: bool, seconds: float | None) -> Response:
            started = time.perf_counter()
            left = min(ends - time.monotonic(), *([seconds] if seconds is not None else []))
            with self._session.target.open(url, authorized=self._may_carry_credentials(url), seconds=left) as download:
                response = download.response
                self._facts, self._location = FileFacts(), download.location
                if response.accepted:
                    wanted = _wanted(self._job, self._session.context.contract)
                    self._facts = read_file(download.chunks(), wanted, self._progress.of(number))
                self._problem = download.problem
                # The content is somebody's records: it is judged, and not kept.
                return msgspec.structs.replace(
                    response, truncated=self._facts.bytes > 0, seconds=time.perf_counter() - started
                )

        return perform

    def _may_carry_credentials(self, url: str) -> bool:
        """Whether the credentials go along: never to another origin, and never to an address that lets its bearer in."""
        return self._session.target.is_own_origin(url) and not is_signed(url)

    def _case_for(self, url: str) -> Case:
        job = self._job
        requirement = self._session.context.requirement("file/fetched") or job.status_call.requirement
        title = f"the file of the job for {job.created.case.base}"
        return Case(
            id=case_id(requirement, title),
            title=title,
            expectation=Expectation.ACCEPT,
            requirement=requirement,
            call=Call.FILE,
            method="GET",
            headers=(),
            credentials=CONFIGURED if self._may_carry_credentials(url) else "none",
            query=job.status_call.query,
            base=job.created.case.base,
        )


def _wanted(job: PolledJob, contract: Contract) -> Wanted:
    case = job.created.case
    request = request_of(case)
    date_range = range_of(case, contract)
    return Wanted(
        format=str(request.get("format", "")),
        known=known_file(contract, request),
        last=date_range[1] if date_range else None,
        is_to_come=is_to_come(case, contract),
    )


def _judged(session: Session, one: Fetched) -> list[Outcome]:
    return file_outcomes(one.exchange, one.job.created.case, one.facts, one.problem, one.job.data, session.context)


def _gaps(fetched: Sequence[Fetched]) -> dict[str, Gap]:
    """Why nothing is known of some rules about files, where files came and do not show it."""
    gaps: dict[str, Gap] = {}
    if fetched and not any(one.facts.dated for one in fetched):
        gaps["file/dates"] = Gap(NotExercised.NO_RECORD, "no file has a record with a documented date")
    if fetched and all(one.facts.columns is None for one in fetched):
        gaps["file/columns"] = Gap(NotExercised.NO_RECORD, "no file has a header row")
    return gaps


def _record(one: Fetched) -> FileRecord:
    response, facts = one.exchange.response, one.facts
    return FileRecord(
        bytes=facts.bytes,
        records=facts.records if response.accepted else None,
        seconds=round(response.seconds, 3),
        media_type=response.media_type[:80],
        problem=response.problem or one.problem or facts.format_problem,
    )


