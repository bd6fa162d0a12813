"""Downloads: the files of finished jobs, fetched hop by hop and read as they come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.facts import FileFacts, Wanted, wanted_of
from export_contract.acceptance.checks.file.outcomes import FetchedFile, file_outcomes, missing_records
from export_contract.acceptance.checks.file.reader import read_file
from export_contract.acceptance.engine.polled_job import PolledJob
from export_contract.acceptance.engine.session import Perform, Session
from export_contract.acceptance.model.events import Downloading
from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.phase_report import Gap
from export_contract.acceptance.model.results import FileRecord, NotExercised
from export_contract.acceptance.transport.addresses import joined
from export_contract.contract import Expectation
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED, Call, case_id
from export_contract.strategies.http.credentials import NONE

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
    fetched: Mapping[str, FetchedFile] = {}
    """The same, with what no report may hold."""


def fetch_files(session: Session, jobs: Sequence[PolledJob], seconds: float) -> Downloads:
    """Fetch the files of completed jobs, several at a time."""
    progress = _Progress(session)
    downloads = [_Download(session, job, max(seconds, _LEAST_SECONDS), progress) for job in jobs if job.download_url]
    by_query = {download.case.query: download for download in downloads}
    session.each([download.case for download in downloads], lambda number, case: by_query[case.query].fetch(number))
    files = {one.job_id: one.file for one in downloads if one.file}
    fetched = list(files.values())
    outcomes = [outcome for file in fetched for outcome in file_outcomes(file, session.context)]
    return Downloads(
        outcomes=(*outcomes, *missing_records(fetched, session.context)),
        gaps=_gaps(fetched),
        files={job_id: _record(file) for job_id, file in files.items()},
        fetched=files,
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
        self._seconds = seconds
        self._progress = progress
        self._wanted = wanted_of(job.created.case, session.context.contract)
        self._facts = FileFacts()
        self._problem = ""
        self._location: str | None = None
        self.job_id = job.job_id
        self.case = self._case_for(job.download_url)
        self.file: FetchedFile | None = None

    def fetch(self, number: int) -> Exchange | None:
        """Make the exchange of that number, and those of the hops behind it."""
        ends = time.monotonic() + self._seconds
        url = joined(self._session.target.url, self._job.download_url)
        granted: int | None = number
        for hop in range(_MOST_HOPS + 1):
            if granted is None:
                return None
            case = self._case_for(url)
            exchange = self._session.exchange(granted, case, self._performing(url, granted, ends), url=url)
            if exchange is None:
                return None
            if self._location is None or hop == _MOST_HOPS:
                problem = f"it was redirected more than {_MOST_HOPS} times" if self._location else self._problem
                self.file = FetchedFile(exchange=exchange, wanted=self._wanted, facts=self._facts, problem=problem)
                return exchange
            url = self._location
            granted = self._session.grant(case)
        return None

    def _performing(self, url: str, number: int, ends: float) -> Perform:
        def perform(*, fresh: bool, seconds: float | None) -> Response:
            started = time.monotonic()
            left = ends - started if seconds is None else min(ends - started, seconds)
            target = self._session.target
            with target.open(url, authorized=target.may_authorize(url), seconds=left, fresh=fresh) as download:
                response = download.response
                self._facts, self._location = FileFacts(), download.location
                if response.accepted:
                    deadline = started + left
                    report = self._progress.of(number)
                    census = _census_for(self._wanted)
                    self._facts = read_file(download.chunks(), self._wanted, report, deadline=deadline, census=census)
                self._problem = download.problem
                # The content is somebody's records: it is judged, and not kept.
                return msgspec.structs.replace(
                    response, truncated=self._facts.bytes > 0, seconds=time.monotonic() - started
                )

        return perform

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
            credentials=CONFIGURED if self._session.target.may_authorize(url) else NONE,
            query=job.status_call.query,
            base=job.created.case.base,
        )


def _census_for(wanted: Wanted) -> Census | None:
    """What counts the records of a file, where the contract says which column dates them."""
    return Census(wanted.known.created) if wanted.known and wanted.known.created else None


def _gaps(files: Sequence[FetchedFile]) -> dict[str, Gap]:
    """Why nothing is known of some rules about files, where files came and do not show it."""
    gaps: dict[str, Gap] = {}
    away = [one for one in files if one.exchange.response.failure is Failure.UNREACHABLE]
    if away and len(away) == len(files):
        reason = f"the host of the file could not be reached: {away[0].exchange.response.problem}"
        return {"file/": Gap(NotExercised.FILE_UNREACHABLE, reason, applies=True)}
    if files and all(one.proves_nothing for one in files):
        reason = "no file has a record; --range START/END says where the target has data"
        return dict.fromkeys(("file/format", "file/dates"), Gap(NotExercised.NO_RECORD, reason, applies=True))
    if files and not any(one.facts.dated for one in files):
        gaps["file/dates"] = Gap(NotExercised.NO_RECORD, "no file has a record with a documented date")
    if files and all(one.facts.columns is None for one in files):
        gaps["file/columns"] = Gap(NotExercised.NO_RECORD, "no file has a header row")
    return gaps


def _record(file: FetchedFile) -> FileRecord:
    response, facts = file.exchange.response, file.facts
    return FileRecord(
        bytes=facts.bytes,
        records=facts.records if response.accepted else None,
        seconds=round(response.seconds, 3),
        media_type=response.media_type[:80],
        problem=response.problem or file.problem or facts.format_problem,
    )
