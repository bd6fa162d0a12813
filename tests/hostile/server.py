"""A target that answers whatever a test wants it to, over raw sockets, and keeps the contract in everything else."""

from __future__ import annotations

import base64
import json
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO
from urllib.parse import parse_qs

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.json_text import read_json
from export_contract.contract.status import known_file
from export_contract.contract.timestamps import instant

JSON = "application/json"


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

    @property
    def call(self) -> str:
        """Which call of the API it makes: create, status or file; nothing where its method is another."""
        if self.path.startswith("/files/"):
            return "file"
        return {"POST": "create", "GET": "status"}.get(self.method, "")


@dataclass(frozen=True)
class Reply:
    """A response before it is written as HTTP."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", JSON),)
    reason: str = "Reason"
    version: str = "HTTP/1.1"

    def with_header(self, name: str, value: str) -> Reply:
        """The same with one more header, in place of one of that name."""
        kept = tuple(one for one in self.headers if one[0].lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def head(self, *more: str) -> bytes:
        """The status line and the headers, with further lines, but without a length."""
        lines = [f"{self.version} {self.status} {self.reason}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, *more, "", ""]).encode("latin-1")

    def written(self) -> bytes:
        """All of it, with its length."""
        return self.head(f"Content-Length: {len(self.body)}") + self.body


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
        given = {"content-type": JSON, **{key.replace("_", "-"): value for key, value in headers.items()}}
        self.reply(Reply(status, body, tuple(given.items())))

    def reply(self, reply: Reply) -> None:
        """Send a whole response, of a HEAD request only its head."""
        written = reply.written()
        self.send(written[: len(written) - len(reply.body)] if self.request.method == "HEAD" else written)

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
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def reset(self) -> None:
        """Break the connection off."""
        self.is_open = False
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def conform(self) -> None:
        """Answer as a service that keeps the contract."""
        self.reply(self.conforming())

    def conforming(self) -> Reply:
        """The response of a service that keeps the contract; files have a record, but for ranges that are to come."""
        path, _, query = self.request.path.partition("?")
        if path.startswith("/files/"):
            return Reply(200, self.server.files.get(path.removeprefix("/files/"), b""))
        if self.request.method not in ("GET", "POST"):
            return Reply(405, b"")
        if self.server.authorization not in (None, self.request.header("authorization")):
            return Reply(401, b"")
        if self.request.method == "GET":
            return self._status(parse_qs(query).get("id", [""])[0])
        classified = oracle(self.server.contract).classify(self.request.body, self.request.header("content-type"))
        if classified.expectation is Expectation.REJECT:
            return Reply(400)
        job_id = base64.b64encode(uuid.uuid4().bytes).decode()
        wanted = self._wanted()
        self.server.add_job(job_id, str(wanted.get("format")), self._file(wanted))
        return Reply(200, b'{"job":{"id":"%s"}}' % job_id.encode())

    def _wanted(self) -> Mapping[str, Any]:
        values = read_json(self.request.body).values
        return values[0] if values and isinstance(values[0], dict) else {}

    def _file(self, body: Mapping[str, Any]) -> bytes:
        known = known_file(self.server.contract, body)
        columns = known.columns if known else ("User ID",)
        has_records = _holds(body, CREATED)
        plain = self.server.record_text
        record = {name: CREATED if known and name in known.dates else plain for name in columns}
        if body.get("format") == "CSV":
            row = ",".join(map(str, record.values())) + "\r\n" if has_records else ""
            return (",".join(columns) + "\r\n" + row).encode()
        return json.dumps(record).encode() + b"\n" if has_records else b""

    def _status(self, job_id: str) -> Reply:
        if job_id not in self.server.jobs or self.server.forgotten:
            return Reply(404)
        data = {
            "downloadUrl": f"{self.server.url}/files/{self.server.jobs[job_id]}",
            "downloadExpiresAt": "2199-12-31T00:00:00Z",
        }
        return Reply(200, json.dumps({"job": {"id": job_id, "status": "COMPLETED", "exportData": data}}).encode())


CREATED = "2012-12-01T12:00:00.000Z"
"""When the record of every file was created."""


def _holds(body: Mapping[str, Any], moment: str) -> bool:
    """Whether a moment lies in the range that a body asks for."""
    first, last = (instant(str(body.get(name))) for name in ("startDate", "endDate"))
    created = instant(moment)
    return bool(first and last and created and first <= created <= last)


Handler = Callable[[Wire], None]


@dataclass
class Hostile:
    """A server on this machine that answers each request with a handler."""

    handler: Handler
    contract: Contract
    authorization: str | None = None
    record_text: str = "1"
    """What stands in the fields of records."""
    requests: list[Request] = field(default_factory=list)
    jobs: dict[str, str] = field(default_factory=dict)
    """The names of the files of the jobs that were created, by their ids."""
    files: dict[str, bytes] = field(default_factory=dict)
    """The contents of files, by their names."""
    formats: dict[str, str] = field(default_factory=dict)
    """The formats that were requested of them."""
    stopped: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    refuses: bool = False
    """Whether connections are broken off before anything is read of them."""
    forgotten: bool = False
    """Whether it knows of no job any more."""
    elsewhere: Hostile | None = None
    """A server of somebody else."""
    turns: int = 0
    """How often a handler had its turn."""
    changed: int = 0
    """How often a response was changed that is not always changed."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def add_job(self, job_id: str, file_format: str, file: bytes) -> None:
        """Note a job, and its file."""
        with self.lock:
            name = self.jobs[job_id] = str(len(self.files))
            self.files[name], self.formats[name] = file, file_format

    def turn(self) -> int:
        """The number of this turn of the handler, counted from 1."""
        with self.lock:
            self.turns += 1
            return self.turns

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
            while not self.refuses and (request := _read_request(stream)):
                self.requests.append(request)
                wire = Wire(connection, request, self)
                self.handler(wire)
                if not wire.is_open:
                    return


def _read_request(stream: BinaryIO) -> Request | None:
    first = stream.readline().decode("latin-1").split()
    if len(first) != 3 or not first[2].startswith("HTTP/"):
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
