"""The target: where requests are sent. The only module that knows httpx."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx
import msgspec

from export_contract.acceptance.model.exchange import Failure, Response
from export_contract.strategies import Case
from export_contract.strategies.http.credentials import with_credentials

MOST_BYTES: Final = 1024 * 1024
"""Of an answer's body; the rest is not read."""
_CONNECT_SECONDS: Final = 4.0
_CHUNKED: Final = ("Transfer-Encoding", "chunked")
# Servers close idle connections after 5 seconds and more; a request on one that is just closing would be lost.
_KEEP_ALIVE_SECONDS: Final = 2.0
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_MOST_REDIRECTS: Final = 5
_GZIP_OR_ZLIB: Final = 47
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Target:
    """A connection to one target, for any number of threads.

    `seconds` is how long a whole answer may take before it is given up. Redirects are not followed, cookies not kept,
    and nothing is sent twice. Raises ValueError for a base URL that is none.
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
        self._transport = _Transport(self.base_url, connections)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def __repr__(self) -> str:
        return f"Target({self.url!r})"

    def send(self, case: Case) -> Response:
        """Send one case and read its answer; whatever the target does, an answer comes back."""
        sent_at, started = time.time(), time.perf_counter()
        try:
            with self._transport.deadline(self._seconds):
                answer = self._exchange(case)
        except (httpx.HTTPError, httpx.StreamError, zlib.error, _Undecodable) as error:
            failed = _failed(error, time.perf_counter() - started, self._seconds)
            return msgspec.structs.replace(failed, sent_at=sent_at)
        return Response(
            status=answer.status_code,
            headers=_header_pairs(answer),
            body=answer.extensions["body"],
            truncated=answer.extensions["truncated"],
            sent_at=sent_at,
            seconds=time.perf_counter() - started,
        )

    @contextmanager
    def download(self, url: str, *, authorized: bool, seconds: float) -> Iterator[Download]:
        """Ask for a file, and follow redirects to where it is; its content is read from what this yields.

        `url` may be relative to the address of the API. The credentials and headers of the run go with it where
        `authorized`, and then to the API's own origin only. Whatever the target does, a download comes back.
        """
        started, sent_at = time.perf_counter(), time.time()
        with self._transport.deadline(seconds):
            try:
                response, place = self._located(urljoin(self.url, url), authorized=authorized)
            except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ValueError) as error:
                failed = _failed_download(error, time.perf_counter() - started, seconds)
                yield Download(msgspec.structs.replace(failed, sent_at=sent_at), iter(()))
                return
            try:
                head = Response(
                    status=response.status_code,
                    headers=_header_pairs(response),
                    sent_at=sent_at,
                    seconds=time.perf_counter() - started,
                )
                encoding = response.headers.get("content-encoding", "")
                yield Download(head, _pieces(response, encoding), place)
            finally:
                response.close()

    def _located(self, url: str, *, authorized: bool) -> tuple[httpx.Response, str]:
        for _ in range(_MOST_REDIRECTS + 1):
            place = httpx.URL(url)
            if place.scheme not in ("http", "https") or not place.host:
                raise ValueError("it is no http or https address")
            is_own = _origin(place) == _origin(httpx.URL(self.url))
            request = httpx.Request(
                "GET",
                place,
                headers=self._headers_for_file(authorized=authorized and is_own),
                extensions={"timeout": httpx.Timeout(self._seconds, connect=_CONNECT_SECONDS).as_dict()},
            )
            response = self._transport.handle_request(request)
            to = response.headers.get("location")
            if response.status_code not in _REDIRECTS or to is None:
                return response, url
            response.close()
            url = urljoin(url, to)
        raise ValueError(f"it was sent on more than {_MOST_REDIRECTS} times")

    def _headers_for_file(self, *, authorized: bool) -> list[tuple[bytes, bytes]]:
        headers = [("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"), ("User-Agent", "export-contract")]
        if authorized:
            headers += self._headers
            if self._authorization is not None:
                headers.append(("Authorization", self._authorization))
        return [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]

    def is_own_origin(self, url: str) -> bool:
        """Whether an address, which may be relative, is at the API's own scheme, host and port."""
        try:
            return _origin(httpx.URL(urljoin(self.url, url))) == _origin(httpx.URL(self.url))
        except (httpx.InvalidURL, ValueError):
            return False

    def _exchange(self, case: Case) -> httpx.Response:
        request = httpx.Request(
            case.method,
            case.address(self.url),
            headers=self._headers_of(case),
            content=_content(case),
            extensions={"timeout": httpx.Timeout(self._seconds, connect=_CONNECT_SECONDS).as_dict()},
        )
        response = self._transport.handle_request(request)
        try:
            body, truncated = _read(_pieces(response, response.headers.get("content-encoding", "")))
        finally:
            response.close()
        response.extensions.update(body=body, truncated=truncated)
        return response

    def _headers_of(self, case: Case) -> list[tuple[bytes, bytes]]:
        headers = [
            ("Accept", "application/json"),
            ("Accept-Encoding", "gzip, deflate"),
            ("User-Agent", "export-contract"),
            *with_credentials(case.credentials, self._authorization, self._headers),
            *(one for one in case.headers if one != _CHUNKED),
        ]
        if not case.payload and case.method in ("POST", "PUT", "PATCH"):
            headers.append(("Content-Length", "0"))
        return [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]


def checked_url(text: str) -> str:
    """`text` as a base URL without its last slash; raises ValueError, with a sentence to show, where it is none."""
    try:
        url = httpx.URL(text)
        parts = urlsplit(text)
        _ = parts.port  # asking for it checks it
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(f"{text!r} is no URL: {error}") from None
    if any(character.isspace() for character in text):
        raise ValueError(f"{text!r} is no URL: it has white space in it")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"{text!r} is no URL of a target; it begins with http:// or https:// and names a host")
    if url.userinfo or "@" in parts.netloc:
        raise ValueError("credentials do not belong in the URL; put them into EXPORT_CONTRACT_AUTHORIZATION")
    if "?" in text or "#" in text:
        kind = "query" if "?" in text else "fragment"
        raise ValueError(f"{text!r} has a {kind}; a base URL ends with its path")
    return text.rstrip("/")


def _content(case: Case) -> bytes | Iterator[bytes] | None:
    # httpx sends in chunks what it is given in pieces.
    return iter((case.payload,)) if _CHUNKED in case.headers else case.payload or None


def _header_pairs(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host.lower(), url.port  # httpx leaves out the usual port of a scheme


def _read(pieces: Iterable[bytes]) -> tuple[bytes, bool]:
    """(body, whether it was cut): a body may come without end, and a few bytes may stand for very many."""
    body = bytearray()
    for piece in pieces:
        body += piece[: MOST_BYTES + 1 - len(body)]
        if len(body) > MOST_BYTES:
            return bytes(body[:MOST_BYTES]), True
    return bytes(body), False


def _pieces(response: httpx.Response, encoding: str) -> Iterator[bytes]:
    """The content as it comes, unpacked."""
    chunks = response.stream if isinstance(response.stream, Iterable) else ()
    match encoding.strip().lower():
        case "" | "identity":
            yield from chunks
        case "gzip" | "x-gzip":
            yield from _unpacked(chunks, zlib.decompressobj(_GZIP_OR_ZLIB))
        case "deflate":
            yield from _unpacked(chunks, zlib.decompressobj(zlib.MAX_WBITS))
        case _:
            raise _Undecodable(encoding)


class Download:
    """A file on its way: how its answer begins, and its content, to be read once."""

    def __init__(self, answer: Response, pieces: Iterator[bytes], url: str = "") -> None:
        self.response = answer
        """The answer without its body."""
        self.url = url
        """Where the file was, behind all redirects."""
        self.problem = ""
        """Why the content ended before its end, if it did."""
        self._pieces = pieces

    def chunks(self) -> Iterator[bytes]:
        """The content, unpacked; it ends early, with a `problem`, where it breaks off."""
        try:
            yield from self._pieces
        except httpx.TimeoutException:
            self.problem = "it did not come to its end in time"
        except (zlib.error, _Undecodable):
            self.problem = "its content is not encoded as the answer says"
        except (httpx.HTTPError, httpx.StreamError):
            self.problem = "the connection was closed before its end"


def _unpacked(chunks: Iterable[bytes], decompressor: Any) -> Iterator[bytes]:
    for chunk in chunks:
        packed = chunk
        while packed and not decompressor.eof:
            yield decompressor.decompress(packed, MOST_BYTES)
            packed = decompressor.unconsumed_tail


class _Undecodable(ValueError):
    """A content coding that was not asked for."""


class _Transport(httpx.HTTPTransport):
    """httpx's transport, with a deadline for the whole exchange: its own time limits are for each read alone."""

    def __init__(self, base_url: str, connections: int) -> None:
        super().__init__(
            proxy=_proxy_for(base_url),
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=_KEEP_ALIVE_SECONDS,
            ),
        )
        self._deadlines = _Deadlines(self._pool._network_backend)
        # httpx has no door for this, and its version is bounded; the tests of slow drips fail where it moves.
        self._pool._network_backend = self._deadlines

    def deadline(self, seconds: float) -> _Deadlines:
        """A context in which this thread's reads and writes end at a deadline."""
        self._deadlines.at(time.monotonic() + seconds)
        return self._deadlines


class _Deadlines(httpcore.NetworkBackend):
    """A network backend whose streams give no operation more time than is left of its thread's deadline."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._backend = backend
        self._of_thread = threading.local()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._of_thread.moment = None

    def at(self, moment: float) -> None:
        """Set this thread's deadline, in monotonic seconds."""
        self._of_thread.moment = moment

    def left(self, timeout: float | None, late: type[Exception]) -> float | None:
        """The time that an operation may take; raises `late` where there is none."""
        moment = getattr(self._of_thread, "moment", None)
        if moment is None:
            return timeout
        left: float = moment - time.monotonic()
        if left <= 0:
            raise late("the deadline has passed")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect within the deadline."""
        left = self.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._backend.connect_tcp(host, port, left, local_address, socket_options), self)


class _Stream(httpcore.NetworkStream):
    """A stream that asks for the time that is left before each read and write."""

    def __init__(self, stream: httpcore.NetworkStream, deadlines: _Deadlines) -> None:
        self._stream = stream
        self._deadlines = deadlines

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadlines.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadlines.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(*arguments, **named), self._deadlines)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _proxy_for(base_url: str) -> str | None:
    """The proxy that the environment names for this URL; a target on this machine is asked directly."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if host in _LOOPBACK or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _failed_download(error: Exception, seconds: float, most: float) -> Response:
    if isinstance(error, httpx.HTTPError | httpx.StreamError):
        return _failed(error, seconds, most)
    return Response(failure=Failure.GARBLED, problem=f"the address cannot be used: {error}", seconds=seconds)


def _failed(error: Exception, seconds: float, most: float) -> Response:
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout() | httpx.UnsupportedProtocol() | httpx.ProxyError():
            return Response(
                failure=Failure.UNREACHABLE, problem=f"no connection could be made ({error})", seconds=seconds
            )
        case httpx.TimeoutException():
            problem = f"no whole answer came within {most:g} seconds"
            return Response(failure=Failure.TIMEOUT, problem=problem, seconds=seconds)
        case zlib.error() | _Undecodable():
            return Response(
                failure=Failure.GARBLED, problem="the body is not encoded as it was asked for", seconds=seconds
            )
        case httpx.RemoteProtocolError() if "disconnected" not in str(error) and "closed" not in str(error):
            return Response(failure=Failure.GARBLED, problem=f"the answer is no HTTP ({error})", seconds=seconds)
    return Response(failure=Failure.CLOSED, problem="the connection was closed without a whole answer", seconds=seconds)
