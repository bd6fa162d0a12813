"""The target: where requests are sent. The only module that knows httpx."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import TracebackType
from typing import Final, Self

import httpx

from export_contract.acceptance.exchange import Answer, Failure
from export_contract.strategies import Case
from export_contract.strategies.credentials import damage

MOST_BYTES: Final = 1024 * 1024
"""Of an answer's body; the rest is not read."""
_CONNECT_SECONDS: Final = 4.0
_CHUNKED: Final = ("Transfer-Encoding", "chunked")
# Servers close idle connections after 5 seconds and more; a request on one that is just closing would be lost.
_KEEP_ALIVE_SECONDS: Final = 2.0


class Target:
    """A connection to one target, for any number of threads.

    `seconds` is how long an answer may take before it is given up. Redirects are never followed.
    Raises ValueError for a base URL that is none.
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
        self.base_url = checked_url(base_url)
        self.url = self.base_url + path
        self._authorization = authorization
        self._headers = headers
        self._seconds = seconds
        self._client = httpx.Client(
            headers={"Accept": "application/json", "User-Agent": "export-contract"},
            timeout=httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds)),
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=_KEEP_ALIVE_SECONDS,
            ),
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def __repr__(self) -> str:
        return f"Target({self.url!r})"

    def send(self, case: Case) -> Answer:
        """Send one case and read its answer; whatever the target does, an answer comes back."""
        started = time.perf_counter()
        deadline = started + self._seconds
        try:
            request = self._client.build_request(
                case.method, self.url, headers=self._headers_of(case), content=_content(case)
            )
            response = self._client.send(request, stream=True)
            try:
                body, truncated, late = _read(response, deadline)
            finally:
                response.close()
        except httpx.HTTPError as error:
            return _failed(error, time.perf_counter() - started, self._seconds)
        seconds = time.perf_counter() - started
        if late:
            return _timed_out(seconds, self._seconds)
        return Answer(
            status=response.status_code,
            headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw),
            body=body,
            truncated=truncated,
            seconds=seconds,
        )

    def _headers_of(self, case: Case) -> list[tuple[bytes, bytes]]:
        headers = [*self._headers, *(one for one in case.headers if one != _CHUNKED)]
        authorization = damage(case.credentials, self._authorization)
        if authorization is not None:
            headers.append(("Authorization", authorization))
        if not case.payload and case.method in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", "0"))
        return [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]


def _content(case: Case) -> bytes | Iterator[bytes] | None:
    # httpx sends in chunks what it is given in pieces.
    return iter((case.payload,)) if _CHUNKED in case.headers else case.payload or None


def checked_url(text: str) -> str:
    """`text` as a base URL without its last slash; raises ValueError, with a sentence to show, where it is none."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise ValueError(f"{text!r} is no URL: {error}") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{text!r} is no URL of a target; it begins with http:// or https:// and names a host")
    if url.userinfo:
        raise ValueError("credentials do not belong in the URL; put them into EXPORT_CONTRACT_AUTHORIZATION")
    if url.query or url.fragment:
        raise ValueError(f"{text!r} has a query or a fragment; a base URL ends with its path")
    return text.rstrip("/")


def _read(response: httpx.Response, deadline: float) -> tuple[bytes, bool, bool]:
    """(body, whether it was cut, whether the time ran out): a body may come without end, or a byte at a time."""
    chunks: list[bytes] = []
    size = 0
    for chunk in response.iter_bytes():
        chunks.append(chunk[: MOST_BYTES - size])
        size += len(chunk)
        if size > MOST_BYTES:
            return b"".join(chunks), True, False
        if time.perf_counter() > deadline:
            return b"".join(chunks), True, True
    return b"".join(chunks), False, False


def _failed(error: httpx.HTTPError, seconds: float, most: float) -> Answer:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.UnsupportedProtocol() | httpx.ProxyError():
            return Answer(
                failure=Failure.UNREACHABLE, problem=f"no connection could be made ({error})", seconds=seconds
            )
        case httpx.TimeoutException():
            return _timed_out(seconds, most)
        case httpx.DecodingError():
            return Answer(
                failure=Failure.GARBLED, problem="the body is not encoded as its header says", seconds=seconds
            )
        case httpx.RemoteProtocolError() if "disconnected" not in str(error) and "closed" not in str(error):
            return Answer(failure=Failure.GARBLED, problem=f"the answer is no HTTP ({error})", seconds=seconds)
    return Answer(failure=Failure.CLOSED, problem="the connection was closed without a whole answer", seconds=seconds)


def _timed_out(seconds: float, most: float) -> Answer:
    return Answer(failure=Failure.TIMEOUT, problem=f"no whole answer came within {most:g} seconds", seconds=seconds)
