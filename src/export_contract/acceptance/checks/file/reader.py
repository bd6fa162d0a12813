"""Reading a file: what it is, and then by the format requested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from math import inf
from typing import Final

from export_contract.acceptance.checks.file.byte_stream import MEBIBYTE, ByteStream, Progress
from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.csv_reader import read_csv
from export_contract.acceptance.checks.file.facts import FileFacts, MalformedFile, Wanted
from export_contract.acceptance.checks.file.json_lines_reader import read_json_lines
from export_contract.acceptance.checks.file.other_formats import BEGINNING, other_format

_MOST_OF_ANOTHER: Final = 16 * MEBIBYTE
"""Of a file of another format, which is only counted."""


def read_file(
    chunks: Iterable[bytes],
    wanted: Wanted,
    progress: Progress = lambda _: None,
    *,
    deadline: float = inf,
    census: Census | None = None,
) -> FileFacts:
    """Read a file to its end, to the first record that is not in its format, or to the deadline in monotonic seconds.

    Whatever it is, memory does not grow with it, and no exception comes of its content. Records are counted in
    `census`, if one is given.
    """
    facts = FileFacts(census=census)
    begin, chunks = _beginning(chunks)
    stream = ByteStream(chunks, facts, progress, deadline)
    try:
        if not (wanted.is_csv or wanted.is_json_lines):
            _count_lines(stream, facts)
        elif found := other_format(begin, is_csv=wanted.is_csv):
            _count_bytes(stream, facts)
            facts.is_other_format = True
            facts.format_problem = f"it is {found}, of {facts.bytes:,} bytes{' or more' if facts.is_cut else ''}"
        elif wanted.is_csv:
            read_csv(stream, wanted, facts)
        else:
            read_json_lines(stream, wanted, facts)
    except MalformedFile as error:
        facts.format_problem = str(error)
    except UnicodeDecodeError:
        facts.format_problem = f"record {facts.records + 1:,} is not UTF-8"
    return facts


def _beginning(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, however few come at a time, and all chunks."""
    rest = iter(chunks)
    begin = b""
    while len(begin) < BEGINNING and (chunk := next(rest, None)) is not None:
        begin += chunk
    return begin[:BEGINNING], chain([begin], rest)


def _count_bytes(stream: ByteStream, facts: FileFacts) -> None:
    while stream.chunk():
        if facts.bytes >= _MOST_OF_ANOTHER:
            facts.is_cut = True
            return


def _count_lines(stream: ByteStream, facts: FileFacts) -> None:
    last = b"\n"
    while chunk := stream.chunk():
        facts.records += chunk.count(b"\n")
        last = chunk
    facts.records += not last.endswith(b"\n")
