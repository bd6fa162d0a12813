"""The target: where requests are sent."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final, Self

import httpcore
import httpx

from export_contract.acceptance.model.exchange import Failure, Response
from export_contract.acceptance.transport.addresses import checked_url, is_signed, joined, same_origin, usable_url
from export_contract.acceptance.transport.connections import Connections
from export_contract.acceptance.transport.decoding import Undecodable, decoded
from export_contract.acceptance.transport.download import Download
from export_contract.acceptance.transport.failures import failure_of
from export_contract.acceptance.transport.headers import (
    ACCEPTS_FILES,
    ACCEPTS_JSON,
    CHUNKED,
    check_headers,
    encoded,
    pairs,
)
from export_contract.acceptance.transport.wire import Attempt
from export_contract.strategies import Case
from export_contract.strategies.http.credentials import with_credentials

MOST_BYTES: Final = 1024 * 1024
"""Of a response's body; the rest is not read."""
_CONNECT_SECONDS: Final = 4.0


class Target:
    """A connection to one target, for any number of threads.

    `seconds` is how long a whole response may take before it is given up. Redirects are not followed, cookies not kept,
    and nothing is sent twice. Raises ValueError, with a sentence to show, for a base URL, a header, a proxy or
    certificates that cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        path: str,
        *,
        authorization: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        seconds: float = 10.0,
        connections: int = 4,
    ) -> None:
        check_headers(headers if authorization is None else (*headers, ("Authorization", authorization)))
        self.base_url = checked_url(base_url)
        self.url = self.base_url + path
        self._authorization = authorization
        self._headers = headers
        self._seconds = seconds
        self._timeouts = {"connect": min(_CONNECT_SECONDS, seconds), "read": seconds, "write": seconds}
        self._url = usable_url(self.url)
        self._connections = Connections(connections)
        self._connections.check(self._url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Target({self.url!r})"

    def close(self) -> None:
        """Close all connections. Requests that are on their way end at once, with a failure; so do later ones."""
        self._connections.close()

    def send(self, case: Case, *, fresh: bool = False, seconds: float | None = None) -> Response:
        """Send one case, once, and read its response; whatever the target does, a response comes back.

        `fresh` sends it over a new connection. `seconds` lowers the time that the whole exchange may take.
        """
        sent_at, started = time.time(), time.monotonic()
        allowed = self._seconds if seconds is None else min(self._seconds, seconds)
        attempt = Attempt(started + allowed)
        try:
            request = httpx.Request(
                case.method,
                usable_url(case.address(self.url)) if case.query or case.path else self._url,
                headers=self._headers_of(case),
                content=_content(case),
            )
            with self._connections.exchange(request, attempt, self._timeouts, fresh=fresh) as head:
                body, truncated = _read(head, attempt)
        except Exception as error:  # the target's doing: all that it does is to be reported, and none of it raised
            failure, problem = failure_of(error, attempt, _place(self._url), allowed)
            if failure is Failure.TIMEOUT and allowed < self._seconds:
                failure, problem = Failure.INTERRUPTED, f"the run had no more than {allowed:.3g} seconds left for it"
            return Response(failure=failure, problem=problem, sent_at=sent_at, seconds=time.monotonic() - started)
        return Response(
            status=head.status,
            headers=pairs(head.headers),
            body=body,
            truncated=truncated,
            sent_whole=attempt.sent_whole,
            sent_at=sent_at,
            seconds=time.monotonic() - started,
        )

    @contextmanager
    def open(self, url: str, *, authorized: bool, seconds: float, fresh: bool = False) -> Iterator[Download]:
        """Ask for a file; its content is read from what this yields, within `seconds` in all.

        `url` may be relative to the address of the API. No redirect is followed. The credentials and headers of the
        run go with it where `authorized`, and even then only to the API's own origin, and never to a signed URL.
        Whatever the target does, a download comes back.
        """
        sent_at, started = time.time(), time.monotonic()
        attempt = Attempt(started + seconds)
        absolute = joined(self.url, url)
        try:
            address = usable_url(absolute)
        except ValueError as error:
            response = Response(failure=Failure.ADDRESS, problem=f"the URL of the file is not valid: {error}")
            yield Download(response, iter(()), attempt)
            return
        headers = self._headers_for_file(authorized=authorized and self.may_authorize(absolute))
        request = httpx.Request("GET", address, headers=headers)
        download = None
        try:
            with self._connections.exchange(request, attempt, self._timeouts, fresh=fresh) as head:
                response = Response(
                    status=head.status,
                    headers=pairs(head.headers),
                    sent_at=sent_at,
                    seconds=time.monotonic() - started,
                )
                download = Download(response, _pieces(head), attempt, absolute)
                yield download
        except Exception as error:
            if download is not None:  # it was raised where the file is read
                raise
            failure, problem = failure_of(error, attempt, _place(address), min(seconds, self._seconds))
        if download is None:
            response = Response(failure=failure, problem=problem, sent_at=sent_at, seconds=time.monotonic() - started)
            yield Download(response, iter(()), attempt)

    def is_own_origin(self, url: str) -> bool:
        """Whether an address, which may be relative, is at the API's own scheme, host and port."""
        return same_origin(joined(self.url, url), self.url)

    def may_authorize(self, url: str) -> bool:
        """Whether credentials may go to an address: one of the API's own origin, and not a signed one."""
        return self.is_own_origin(url) and not is_signed(url)

    def _headers_of(self, case: Case) -> list[tuple[bytes, bytes]]:
        own = [one for one in case.headers if one != CHUNKED]
        if not case.payload and case.method in ("POST", "PUT", "PATCH"):
            own.append(("Content-Length", "0"))
        credentials = with_credentials(case.credentials, self._authorization, self._headers)
        return encoded([*ACCEPTS_JSON, *credentials, *own])

    def _headers_for_file(self, *, authorized: bool) -> list[tuple[bytes, bytes]]:
        return encoded([*ACCEPTS_FILES, *self._headers], self._authorization) if authorized else encoded(ACCEPTS_FILES)


def _content(case: Case) -> bytes | Iterator[bytes] | None:
    # httpx sends in chunks what it is given in pieces.
    return iter((case.payload,)) if CHUNKED in case.headers else case.payload or None


def _place(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _pieces(head: httpcore.Response) -> Iterator[bytes]:
    """The content as it comes, unpacked."""
    encodings = [value for name, value in head.headers if name.lower() == b"content-encoding"]
    chunks = head.stream if isinstance(head.stream, Iterable) else ()
    yield from decoded(chunks, b",".join(encodings).decode("latin-1"))


def _read(head: httpcore.Response, attempt: Attempt) -> tuple[bytes, bool]:
    """(body, whether it was cut): a body may come without end, and a few bytes may stand for very many."""
    body = bytearray()
    try:
        for piece in _pieces(head):
            body += piece[: MOST_BYTES + 1 - len(body)]
            if len(body) > MOST_BYTES:
                return bytes(body[:MOST_BYTES]), True
    except (httpcore.NetworkError, httpcore.RemoteProtocolError, Undecodable):
        # A server that refuses before it has read all closes the connection, and the reset overtakes its own words.
        if head.status >= 400 and attempt.was_reset:
            attempt.sent_whole = False
        if attempt.sent_whole:
            raise
        return bytes(body), True
    return bytes(body), False
