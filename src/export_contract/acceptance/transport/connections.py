"""Connections to any number of hosts, built from httpcore's, and kept for the next exchange for a short while."""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import httpcore
import httpx
import msgspec

from export_contract.acceptance.transport.proxies import proxy_for
from export_contract.acceptance.transport.wire import Attempt, Wire
from export_contract.exceptions import ConfigurationError

# Servers close idle connections after 5 seconds and more; a request on one that is just closing would be lost.
_KEEP_ALIVE_SECONDS: Final = 2.0
_CERTIFICATES: Final = "SSL_CERT_FILE"
_LARGE: Final = 16 * 1024
"""Bytes of a request. A server may refuse more than it likes to read, and reset the connection after that."""


class _Connection(msgspec.Struct, frozen=True, eq=False):
    http: httpcore.ConnectionInterface
    wire: Wire


class Connections:
    """Makes, keeps and drops connections; each is used by one thread at a time.

    At most `most_idle` are kept. After a 5xx none is: servers close without a word after an unhandled exception, and
    the request that came next would be lost with the connection. After HEAD neither: some servers send a body all the
    same, which would be taken for the next response. Raises ConfigurationError for certificates that cannot be used.
    """

    def __init__(self, most_idle: int) -> None:
        self._most_idle = most_idle
        self._lock = threading.Lock()
        self._idle: list[_Connection] = []
        """The one that was used last is the last."""
        self._active: set[_Connection] = set()
        self._proxies: dict[tuple[bytes, bytes, int], httpcore.Proxy | None] = {}
        self._closed = False
        self._tls: ssl.SSLContext | None = None
        if os.environ.get(_CERTIFICATES):
            self.tls()

    def tls(self) -> ssl.SSLContext:
        """What certificates are checked by; made when it is needed first, since that takes a while."""
        with self._lock:
            if self._tls is None:
                self._tls = _tls()
            return self._tls

    def check(self, url: httpx.URL) -> None:
        """Raise ConfigurationError where no request could be sent to a URL, whatever is there."""
        proxy = self._proxy_for(_core_url(url).origin)
        if url.scheme == "https" or (proxy is not None and proxy.url.scheme == b"https"):
            self.tls()

    @contextmanager
    def exchange(
        self, request: httpx.Request, attempt: Attempt, timeouts: dict[str, float], *, fresh: bool = False
    ) -> Iterator[httpcore.Response]:
        """Send a request, and yield how its response begins; the content is to be read within the block.

        Raises what httpcore raises, and ConfigurationError for a proxy or certificates that cannot be used.
        """
        url = _core_url(request.url)
        connection = self._take(url.origin, attempt, fresh=fresh)
        response = None
        try:
            response = _answered(
                attempt,
                connection.http.handle_request(
                    httpcore.Request(
                        request.method,
                        url,
                        headers=request.headers.raw,
                        content=request.stream,
                        extensions={"timeout": timeouts},
                    )
                ),
            )
            attempt.in_head = False
            yield response
        finally:
            if response is not None:
                with suppress(Exception):  # one that cannot be ended in good order is not kept
                    response.close()
            self._give_back(connection, is_sound=response is not None and _is_sound(request, response, attempt))

    def close(self) -> None:
        """Close all connections; exchanges that are on their way end at once, without a response."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            active = list(self._active)
        for connection in active:
            connection.wire.abort()
        for connection in idle:
            connection.http.close()

    def _take(self, origin: httpcore.Origin, attempt: Attempt, *, fresh: bool) -> _Connection:
        """A connection for one attempt. Where a fresh one is wanted, no idle one stays beside it: a server that
        serves one connection at a time would not answer."""
        with self._lock:
            self._refuse_when_closed()
            kept: list[_Connection] = []
            dropped: list[_Connection] = []
            for one in self._idle:
                is_over = one.http.has_expired() or (fresh and one.http.can_handle_request(origin))
                (dropped if is_over else kept).append(one)
            self._idle = kept
            found = next((one for one in reversed(kept) if one.http.can_handle_request(origin)), None)
            if found is not None:
                kept.remove(found)
                self._active.add(found)
        for one in dropped:
            one.http.close()
        if found is not None:
            attempt.reused = True
            found.wire.attempt = attempt
            return found
        made = self._made(origin, attempt)
        with self._lock:
            self._refuse_when_closed()
            self._active.add(made)
        return made

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise httpcore.ConnectError("the run has ended")

    def _made(self, origin: httpcore.Origin, attempt: Attempt) -> _Connection:
        wire = Wire(attempt)
        proxy = self._proxy_for(origin)
        is_secure = origin.scheme == b"https" or (proxy is not None and proxy.url.scheme == b"https")
        tls = self.tls() if is_secure else None
        if proxy is not None and proxy.url.scheme == b"https":
            proxy.ssl_context = tls
        maker = httpcore.ConnectionPool(
            ssl_context=tls, proxy=proxy, keepalive_expiry=_KEEP_ALIVE_SECONDS, network_backend=wire
        )
        return _Connection(maker.create_connection(origin), wire)

    def _proxy_for(self, origin: httpcore.Origin) -> httpcore.Proxy | None:
        key = (origin.scheme, origin.host, origin.port)
        if key not in self._proxies:
            self._proxies[key] = proxy_for(origin)
        return self._proxies[key]

    def _give_back(self, connection: _Connection, *, is_sound: bool) -> None:
        with self._lock:
            self._active.discard(connection)
            if is_sound and connection.http.is_idle() and not self._closed and len(self._idle) < self._most_idle:
                self._idle.append(connection)
                return
        connection.http.close()


def _core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def _answered(attempt: Attempt, response: httpcore.Response) -> httpcore.Response:
    """A response that came after its request; raises RemoteProtocolError for what an earlier response left over."""
    if attempt.reused and not attempt.received:
        raise httpcore.RemoteProtocolError("there was more than a response to the request before")
    return response


def _is_sound(request: httpx.Request, response: httpcore.Response, attempt: Attempt) -> bool:
    """Whether the next request may go over the same connection."""
    return request.method != "HEAD" and response.status < 500 and not (response.status >= 400 and attempt.sent > _LARGE)


def _tls() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except OSError as error:  # ssl.SSLError is one too
        problem = f"{os.environ.get(_CERTIFICATES)!r} is not a file of PEM certificates ({error})"
        raise ConfigurationError(_CERTIFICATES, problem) from None
