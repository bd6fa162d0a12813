"""One connection to a sandbox, by its bytes: what a client's library would hide shows here."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from export_contract.sandbox import DEMO_AUTHORIZATION

from .client import body_with

SECONDS = 20.0  # for anything to arrive, on a busy machine


@dataclass(frozen=True)
class Reply:
    """One response as it was sent."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def job_id(self) -> str:
        """The id of a new job."""
        job_id: str = json.loads(self.body)["job"]["id"]
        return job_id


class Wire(AbstractContextManager["Wire"]):
    """A connection that is kept open until the server closes it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=SECONDS)
        self._stream = self._socket.makefile("rb")
        self._host = parts.netloc

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, content: bytes) -> None:
        """Send these bytes."""
        self._socket.sendall(content)

    def request(
        self, method: str, target: str, body: bytes = b"", *, length: int | None = None, authorized: bool = True
    ) -> bytes:
        """The bytes of a request; its body may be announced as longer than it is."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"Authorization: {DEMO_AUTHORIZATION}"] * authorized
        if method == "POST":
            lines += ["Content-Type: application/json", f"Content-Length: {len(body) if length is None else length}"]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def post(self, **fields: Any) -> Reply:
        """POST the document's example with some fields changed."""
        self.send(self.request("POST", "/exports", body_with(**fields)))
        return self.read()

    def posts(self, count: int, **fields: Any) -> list[Reply]:
        """The same several times, in one go, so that no pause comes between them."""
        self.send(self.request("POST", "/exports", body_with(**fields)) * count)
        return [self.read() for _ in range(count)]

    def get(self, target: str, *, authorized: bool = True) -> Reply:
        """GET a path with a query."""
        self.send(self.request("GET", target, authorized=authorized))
        return self.read()

    def job(self, job_id: str) -> dict[str, Any]:
        """The job in its status."""
        job: dict[str, Any] = json.loads(self.get(f"/exports?id={quote(job_id, safe='')}").body)["job"]
        return job

    def read(self) -> Reply:
        """The next response."""
        status = int(self._stream.readline().split()[1])
        headers = {}
        while line := self._stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            return Reply(status, headers, self._chunks())
        return Reply(status, headers, self._stream.read(int(headers.get("content-length", "0"))))

    def rest(self) -> bytes:
        """All that comes until the server closes the connection; raises ConnectionResetError where it is reset."""
        return self._stream.read()

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self._stream.readline(), 16):
            body += self._stream.read(size)
            self._stream.readline()
        self._stream.readline()
        return body


def path_of(url: str) -> str:
    """The path and the query of an address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
