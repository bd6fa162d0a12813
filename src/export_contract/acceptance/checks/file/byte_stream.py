"""The bytes of a file as a stream that counts them, and ends where a bound is reached."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, Final

from export_contract.acceptance.checks.file.facts import FileFacts, MalformedFile

MEBIBYTE: Final = 1024 * 1024
MOST_BYTES: Final = 1024 * MEBIBYTE
"""Of a file; what comes after is not read."""
_BUFFER: Final = 256 * 1024

Progress = Callable[[int], None]
"""Called with the number of bytes that were read, now and then."""


class ByteStream(io.RawIOBase):
    """Chunks as a raw stream, which counts them and does not let a line run without end."""

    def __init__(
        self, chunks: Iterable[bytes], facts: FileFacts, progress: Progress = lambda _: None, deadline: float = inf
    ) -> None:
        self._chunks = iter(chunks)
        self._facts = facts
        self._progress = progress
        self._deadline = deadline
        self._left = memoryview(b"")
        self._line = 0
        self._longest_line: float = inf

    def lines(self, longest: int) -> io.BufferedReader[Any]:
        """The stream to read lines from; raises MalformedFile for one of more than `longest` bytes."""
        self._longest_line = longest
        return io.BufferedReader(self, _BUFFER)

    def chunk(self) -> bytes:
        """The next bytes as they come; none at the end, or where a bound is reached."""
        if self._facts.bytes >= MOST_BYTES or time.monotonic() > self._deadline:
            self._facts.is_cut = True
            return b""
        chunk = next(filter(None, self._chunks), b"")
        self._facts.bytes += len(chunk)
        if chunk:
            self._progress(self._facts.bytes)
        return chunk

    def readable(self) -> bool:
        """As BufferedReader asks."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer; see RawIOBase."""
        if not self._left:
            chunk = self.chunk()
            self._measure_line(chunk)
            self._left = memoryview(chunk)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _measure_line(self, chunk: bytes) -> None:
        after = chunk.rfind(b"\n")
        self._line = self._line + len(chunk) if after < 0 else len(chunk) - after
        if self._line > self._longest_line:
            raise MalformedFile(f"a line is longer than {self._longest_line // MEBIBYTE:.0f} MiB")
