"""A target whose jobs do what a test wants."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

JSON_LINES = b'{"Registration Date":"2013-01-01T00:00:00Z"}\n'


@dataclass
class Jobs:
    """Creates jobs, tells their status, and serves their files, each as it was told."""

    status: Callable[[int, int], Any] = lambda job, look: "COMPLETED"
    """The state of a job at its n-th look, or (HTTP status, body)."""
    url: Callable[[Any, int], str] = lambda wire, job: f"{wire.server.url}/files/{job}?signature=abcdef"
    file: Callable[[Any, bool], None] = lambda wire, is_csv: wire.answer(200, CSV if is_csv else JSON_LINES)
    headers: dict[str, str] = field(default_factory=dict)
    """Of a status."""
    bodies: list[bytes] = field(default_factory=list)
    looks: dict[int, list[float]] = field(default_factory=dict)
    files: list[Any] = field(default_factory=list)
    """Requests for files."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, wire: Any) -> None:
        """Response one request."""
        path, _, query = wire.request.path.partition("?")
        if path.startswith("/files/"):
            self.files.append(wire.request)
            return self.file(wire, b'"CSV"' in self.bodies[int(path.rpartition("/")[2])])
        if wire.request.method == "POST":
            return self._create(wire)
        if wire.request.method != "GET":
            return wire.answer(405)
        return self._tell(wire, parse_qs(query).get("id", [""])[0])

    def _create(self, wire: Any) -> None:
        with self.lock:
            self.bodies.append(wire.request.body.decode("unicode_escape").encode("latin-1", "replace"))
            number = len(self.bodies) - 1
        job_id = base64.b64encode(b"job %06d" % number).decode()
        wire.answer(200, b'{"job":{"id":"%s"}}' % job_id.encode())

    def _tell(self, wire: Any, job_id: str) -> None:
        try:
            number = int(base64.b64decode(job_id, validate=True).removeprefix(b"job "))
            if base64.b64encode(b"job %06d" % number).decode() != job_id or number >= len(self.bodies):
                raise ValueError
        except ValueError:
            return wire.answer(404, b"{}")
        with self.lock:
            looks = self.looks.setdefault(number, [])
            looks.append(time.monotonic())
        told = self.status(number, len(looks))
        if isinstance(told, tuple):
            return wire.answer(told[0], told[1])
        job = {"id": job_id, "status": told}
        if told == "COMPLETED":
            job["exportData"] = {
                "downloadUrl": self.url(wire, number),
                "downloadExpiresAt": "2199-01-01T00:00:00Z",
            }
        return wire.answer(200, json.dumps({"job": job}).encode(), **self.headers)


CSV = b"User ID,Registration Date,Program Completion Date,Product ID,Program Name\r\n1,2013-01-01,,2,x\r\n"


@pytest.fixture
def jobs() -> type[Jobs]:
    """Makes a target's jobs."""
    return Jobs
