"""The network under a connection: it holds an exchange to its deadline and bounds, and notes how far it came."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import Any, Final

import httpcore

MOST_HEAD_BYTES: Final = 256 * 1024
"""Before the end of a response's header section, with all informational responses before it."""
_SLICE: Final = 8 * 1024
"""Bytes written at once: the time that is left is looked at before each."""
_LONGEST_WAIT: Final = 1_000_000.0
"""Seconds: the system takes no longer ones."""
_SECOND_TO_READ: Final = 1.0
"""For a response that came while the target had stopped reading the request."""


class EndlessHead(httpcore.RemoteProtocolError):
    """More came before a response's content than is read."""

    def __str__(self) -> str:
        return f"no final response and the end of its headers within {MOST_HEAD_BYTES // 1024} KiB"


class Attempt:
    """One exchange on a connection: until when it may take, and what happened on the network."""

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        """Monotonic seconds."""
        self.reused = False
        """Whether the connection carried an exchange before."""
        self.sent = 0
        """Bytes of the request that were handed to the system."""
        self.sent_whole = True
        """False where the target refused to take the whole request."""
        self.received = 0
        """Bytes of the response."""
        self.in_head = True
        """Whether the response's header section has not ended yet."""
        self.was_reset = False
        """Whether the connection broke, rather than ended, while the response was read."""
        self.at_end = False
        """Whether the target closed its side."""

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self.deadline

    def left(self, timeout: float | None, late: type[Exception]) -> float:
        """The seconds that an operation may take; raises `late` where there are none."""
        left = min(self.deadline - time.monotonic(), _LONGEST_WAIT)
        if left <= 0:
            raise late("the deadline has passed")
        return left if timeout is None else min(timeout, left)


class Wire(httpcore.NetworkBackend):
    """The network of one connection, which serves one attempt after the other."""

    def __init__(self, attempt: Attempt) -> None:
        self.attempt = attempt
        self._backend = httpcore.SyncBackend()
        self.stream: httpcore.NetworkStream | None = None
        """What carries the bytes now."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect within the deadline, whatever number of addresses the host has."""
        problem: Exception = httpcore.ConnectError("the host has no address")
        for address in _addresses(host, port, self.attempt.left(timeout, httpcore.ConnectTimeout)):
            left = self.attempt.left(timeout, httpcore.ConnectTimeout)
            try:
                self.stream = self._backend.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
            else:
                return _Stream(self.stream, self)
        raise problem

    def abort(self) -> None:
        """Wake up whoever waits for this connection: for them, it ends here, or as soon as it is connected."""
        self.attempt.deadline = 0.0
        raw = self.stream.get_extra_info("socket") if self.stream else None
        if raw is not None:
            with suppress(OSError):
                # Not the method of a TLS socket, which would touch what the other thread is using.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)


class _Stream(httpcore.NetworkStream):
    """A stream that looks at the time that is left before each read and write, and counts."""

    def __init__(self, stream: httpcore.NetworkStream, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        attempt = self._wire.attempt
        try:
            data = self._stream.read(max_bytes, attempt.left(timeout, httpcore.ReadTimeout))
        except httpcore.ReadError:
            attempt.was_reset = True
            raise
        attempt.received += len(data)
        attempt.at_end = not data
        if attempt.in_head and attempt.received > MOST_HEAD_BYTES:
            raise EndlessHead
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        attempt = self._wire.attempt
        try:
            for start in range(0, len(buffer), _SLICE):
                part = buffer[start : start + _SLICE]
                self._stream.write(part, attempt.left(timeout, httpcore.WriteTimeout))
                attempt.sent += len(part)
        except httpcore.WriteError:
            # httpcore goes on to read: the target may have refused, and said so, before it had read all.
            attempt.sent_whole = False
            raise
        except httpcore.WriteTimeout:
            attempt.sent_whole = False
            if not self._stream.get_extra_info("is_readable"):
                raise
            attempt.deadline = time.monotonic() + _SECOND_TO_READ
            raise httpcore.WriteError("the response came first") from None

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        self._wire.stream = self._stream.start_tls(*arguments, **named)
        return _Stream(self._wire.stream, self._wire)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _addresses(host: str, port: int, seconds: float) -> Iterator[str]:
    """The addresses of a host. The system's resolver knows no deadline, so that it is left to a thread."""
    with suppress(ValueError):
        ip_address(host)
        yield host
        return
    resolved: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def resolve() -> None:
        try:
            found = [str(place[0]) for *_, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except Exception as error:  # nobody else would hear of it
            resolved.put(error)
        else:
            resolved.put(found)

    threading.Thread(target=resolve, name="resolver", daemon=True).start()
    try:
        outcome = resolved.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout(f"the name was not resolved within {seconds:.3g} seconds") from None
    if isinstance(outcome, Exception):
        raise httpcore.ConnectError(str(outcome))
    yield from outcome
