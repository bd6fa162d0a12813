"""The jobs, in a SQLite database of their own that ends with the process."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from .export_request import ExportRequest, Timestamp
from .timestamps import read_timestamp

_SCHEMA = """
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    export_type TEXT NOT NULL,
    format TEXT NOT NULL,
    starts TEXT NOT NULL,
    ends TEXT NOT NULL,
    activity_id TEXT,
    body_digest TEXT NOT NULL,
    created_at REAL NOT NULL,
    completions_reported INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_id ON jobs (id);
CREATE INDEX jobs_by_body ON jobs (body_digest);
"""
_COLUMNS = "number, id, export_type, format, starts, ends, activity_id, created_at, completions_reported"
_Row = tuple[int, str, str, str, str, str, str | None, float, int]


@dataclass(frozen=True)
class Job:
    """One export job as it is stored."""

    number: int
    id: str
    export: ExportRequest
    created_at: float  # by the monotonic clock
    completions_reported: int  # how often its status was reported as COMPLETED

    @property
    def age(self) -> float:
        """Seconds since the job was created."""
        return time.monotonic() - self.created_at


class JobStore:
    """Every job that was ever created. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._database.executescript(_SCHEMA)

    def create(self, export: ExportRequest, body: bytes, make_id: Callable[[int, str | None], str]) -> Job:
        """Store a new job; make_id gets its number and the id of the job before it."""
        with self._lock:
            latest = self._find("TRUE")
            number = latest.number + 1 if latest else 1
            self._database.execute(
                "INSERT INTO jobs (number, id, export_type, format, starts, ends, activity_id, body_digest, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number,
                    make_id(number, latest.id if latest else None),
                    export.export_type,
                    export.format,
                    export.start.text,
                    export.end.text,
                    # As text, because SQLite's integers end at 2^63 - 1.
                    None if export.activity_id is None else repr(export.activity_id),
                    _digest(body),
                    time.monotonic(),
                ),
            )
            job = self._find("number = ?", number)
            assert job is not None, "it was stored a line ago"
            return job

    def with_id(self, job_id: str) -> Job | None:
        """The job with this id; the latest, should there be several."""
        return self._find("id = ?", job_id)

    def with_number(self, number: int) -> Job | None:
        """The job with this number."""
        return self._find("number = ?", number)

    def with_body(self, body: bytes) -> Job | None:
        """The latest job that these very bytes created."""
        return self._find("body_digest = ?", _digest(body))

    def record_completion(self, job: Job) -> None:
        """Remember that the job was reported as completed."""
        with self._lock:
            self._database.execute(
                "UPDATE jobs SET completions_reported = completions_reported + 1 WHERE number = ?", (job.number,)
            )

    def count(self, *, younger_than: float | None = None) -> int:
        """The number of jobs created so far, or of those created within so many seconds."""
        since = 0.0 if younger_than is None else time.monotonic() - younger_than
        with self._lock:
            (count,) = self._database.execute("SELECT count(*) FROM jobs WHERE created_at >= ?", (since,)).fetchone()
        return int(count)

    def _find(self, condition: str, *values: object) -> Job | None:
        query = f"SELECT {_COLUMNS} FROM jobs WHERE {condition} ORDER BY number DESC LIMIT 1"
        with self._lock:
            row = self._database.execute(query, values).fetchone()
        return None if row is None else _job(row)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _job(row: _Row) -> Job:
    number, job_id, export_type, file_format, starts, ends, activity_id, created_at, completions_reported = row
    export = ExportRequest(
        export_type=export_type,
        format=file_format,
        start=_timestamp(starts),
        end=_timestamp(ends),
        activity_id=None if activity_id is None else _number(activity_id),
    )
    return Job(number, job_id, export, created_at, completions_reported)


def _timestamp(text: str) -> Timestamp:
    reading = read_timestamp(text)
    assert reading is not None, "it could be read when the job was created"
    return Timestamp(text, reading.instant)


def _number(text: str) -> int | float:
    return int(text) if text.lstrip("-").isdigit() else float(text)
