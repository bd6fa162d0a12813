"""A census: which records a file has, without anything that they say.

Of a record it keeps a hash and the text that says when it was created. The key of the hashes is made for each process,
so that no hash can be looked up anywhere.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Final

import msgspec

MOST_RECORDS: Final = 200_000
"""In a file; of one with more, nothing is kept."""
_LONGEST_DATE: Final = 40
_MOST_NAMES: Final = 1_000
_KEY: Final = os.urandom(16)


class Census:
    """The records of one file, counted by their hashes."""

    __slots__ = ("counts", "created", "created_at", "is_too_large", "names", "records")

    def __init__(self, created: str) -> None:
        """`created` is the column that says when a record was created."""
        self.created = created
        self.counts: Counter[bytes] = Counter()
        """How often each record occurs, by its hash."""
        self.created_at: dict[bytes, str] = {}
        """When a record was created, by its hash, as the file writes it."""
        self.names: set[str] = set()
        """Of columns or members."""
        self.records = 0
        self.is_too_large = False

    def add_row(self, header: Sequence[str], row: Sequence[str]) -> None:
        """Count a row of CSV."""
        if not self.records:
            self._add_names(header)
        created = row[header.index(self.created)] if self.created in header else None
        self._add("\x1f".join(row).encode("utf-8", "surrogatepass"), created)

    def add_line(self, line: bytes) -> None:
        """Count a line of JSONL, whatever the order of its members; one that is not an object is counted as it is."""
        try:
            record = msgspec.json.decode(line)
            text = msgspec.json.encode(record, order="sorted")
        except (msgspec.DecodeError, RecursionError):
            record, text = None, line.strip()
        created = None
        if isinstance(record, dict):
            self._add_names(record)
            created = record.get(self.created)
        self._add(text, created)

    def _add(self, text: bytes, created: object) -> None:
        self.records += 1
        if self.records > MOST_RECORDS:
            self.is_too_large = True
            self.counts.clear()
            self.created_at.clear()
            return
        key = blake2b(text, digest_size=8, key=_KEY).digest()
        self.counts[key] += 1
        if isinstance(created, str) and 0 < len(created) <= _LONGEST_DATE:
            self.created_at[key] = created

    def _add_names(self, names: Iterable[str]) -> None:
        if len(self.names) < _MOST_NAMES:
            self.names.update(names)
