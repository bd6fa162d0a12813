"""A target that answers whatever a test wants it to, over real sockets, and short ways to test one."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO
from urllib.parse import parse_qs

import pytest

from export_contract.acceptance import Results, RunPlan, run
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract, Expectation, load_contract, oracle
from export_contract.contract.json_text import read_json
from export_contract.contract.status import known_file
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies import Case

EXAMPLE = (
    b'{"startDate":"2012-09-05T11:12:47.000Z","endDate":"2015-05-28T17:39:23.000Z",'
    b'"exportType":"ELEARNING_ENROLLMENTS","format":"CSV"}'
)
ALL_PHASES = ("probe", "load", "auth", "protocol", "jobs", "suite")


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


class Wire:
    """A connection on which a request arrived, and what can be done with it."""

    def __init__(self, connection: socket.socket, request: Request, server: Hostile) -> None:
        self._connection = connection
        self.request = request
        self.server = server
        self.is_open = True

    def send(self, content: bytes) -> None:
        """Send raw bytes; raises OSError where nobody listens any more."""
        self._connection.sendall(content)

    def answer(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """Send a whole answer; headers are named with underscores for hyphens."""
        given = {"content-type": "application/json", **{key.replace("_", "-"): value for key, value in headers.items()}}
        lines = [f"HTTP/1.1 {status} Reason", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in given.items()]
        is_without_body = self.request.method == "HEAD"
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if is_without_body else body))

    def drip(self, content: bytes, every: float) -> None:
        """Send one byte at a time."""
        for byte in content:
            if self.server.stopped.wait(every):
                return
            self.send(bytes([byte]))

    def wait(self, seconds: float) -> None:
        """Do nothing for a while, or until the test is over."""
        self.server.stopped.wait(seconds)

    def close(self) -> None:
        """Close the connection."""
        self.is_open = False
        self._connection.close()

    def reset(self) -> None:
        """Break the connection off."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def conform(self) -> None:
        """Response as a service that keeps the contract; files have a record, but for ranges that are to come."""
        path, _, query = self.request.path.partition("?")
        if path.startswith("/files/"):
            return self.answer(200, self.server.files.get(path.removeprefix("/files/"), b""))
        if self.request.method not in ("GET", "POST"):
            return self.answer(405)
        if self.server.authorization not in (None, self.request.header("authorization")):
            return self.answer(401)
        if self.request.method == "GET":
            return self._tell_status(parse_qs(query).get("id", [""])[0])
        classified = oracle(self.server.contract).classify(self.request.body, self.request.header("content-type"))
        if classified.expectation is Expectation.REJECT:
            return self.answer(400, b"{}")
        job_id = base64.b64encode(uuid.uuid4().bytes).decode()
        self.server.jobs[job_id] = str(len(self.server.jobs))
        self.server.files[self.server.jobs[job_id]] = self._file()
        return self.answer(200, b'{"job":{"id":"%s"}}' % job_id.encode())

    def _file(self) -> bytes:
        values = read_json(self.request.body).values
        body = values[0] if values and isinstance(values[0], dict) else {}
        known = known_file(self.server.contract, body)
        columns = known.columns if known else ("User ID",)
        has_records = str(body.get("startDate")) < datetime.now(UTC).isoformat()
        record = {name: body.get("startDate") if known and name in known.dates else "1" for name in columns}
        if body.get("format") == "CSV":
            row = ",".join(map(str, record.values())) + "\r\n" if has_records else ""
            return (",".join(columns) + "\r\n" + row).encode()
        return json.dumps(record).encode() + b"\n" if has_records else b""

    def _tell_status(self, job_id: str) -> None:
        if job_id not in self.server.jobs:
            return self.answer(404, b"{}")
        data = {
            "downloadUrl": f"{self.server.url}/files/{self.server.jobs[job_id]}",
            "downloadExpiresAt": "2199-12-31T00:00:00Z",
        }
        status = {"job": {"id": job_id, "status": "COMPLETED", "exportData": data}}
        return self.answer(200, json.dumps(status).encode())


Handler = Callable[[Wire], None]


@dataclass
class Hostile:
    """A server on this machine that answers each request with a handler."""

    handler: Handler
    contract: Contract
    authorization: str | None = None
    requests: list[Request] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    """The names of the files of the jobs that were created, by their ids."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The contents of files, by their names."""
    stopped: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; on the port that it had before, if it had one."""
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._connections: list[socket.socket] = []
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def stop(self) -> None:
        """Be gone: connections are closed, and new ones refused."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError), closing(connection), connection.makefile("rb") as stream:
            while request := _read_request(stream):
                self.requests.append(request)
                wire = Wire(connection, request, self)
                self.handler(wire)
                if not wire.is_open:
                    return


def _read_request(stream: BinaryIO) -> Request | None:
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers = []
    while line := stream.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers.append((name, value.strip()))
    if ("transfer-encoding", "chunked") in {(name.lower(), value) for name, value in headers}:
        return Request(first[0], first[1], tuple(headers), _read_chunks(stream))
    size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
    return Request(first[0], first[1], tuple(headers), stream.read(size))


def _read_chunks(stream: BinaryIO) -> bytes:
    body = b""
    while size := int(stream.readline(), 16):
        body += stream.read(size)
        stream.readline()
    stream.readline()
    return body


Serve = Callable[..., Hostile]


@pytest.fixture
def serve(contract: Contract) -> Iterator[Serve]:
    """Start a hostile server with a handler; it ends with the test."""
    servers: list[Hostile] = []

    def start(handler: Handler, **parts: Any) -> Hostile:
        server = Hostile(handler, contract, **parts)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stopped.set()
        server.stop()


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that comes with the package."""
    return load_contract()


@pytest.fixture(scope="session")
def context(contract: Contract) -> CheckContext:
    """What checks judge by, where the demo credentials are sent."""
    return CheckContext(contract=contract, seconds=4.0, redaction=Redaction(DEMO_AUTHORIZATION))


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox that keeps the contract."""
    with running() as url:
        yield url


MakeCase = Callable[..., Case]


@pytest.fixture(scope="session")
def make_case() -> MakeCase:
    """Make a case, of which only what matters has to be said."""

    def make(**parts: Any) -> Case:
        plain = {
            "id": "test/case",
            "title": "a case",
            "expectation": Expectation.ACCEPT,
            "requirement": "EXP-ACCEPT-PAIRS",
            "payload": EXAMPLE,
        }
        return Case(**{**plain, **parts})

    return make


RunAt = Callable[..., Results]


@pytest.fixture(scope="session")
def run_at(contract: Contract) -> RunAt:
    """Run against a base URL; other parts of the plan, and a listener, are named."""

    def run_at(base_url: str, **parts: Any) -> Results:
        listener = parts.pop("listener", lambda event: None)
        return run(RunPlan(**{"base_url": base_url, "contract": contract, "phases": ALL_PHASES, **parts}), listener)

    return run_at


@pytest.fixture
def stopwatch() -> Callable[[], float]:
    """Tells the seconds since it was made."""
    started = time.monotonic()
    return lambda: time.monotonic() - started
