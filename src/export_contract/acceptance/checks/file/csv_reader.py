"""CSV: a header row, and rows of equal width (RFC 4180)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from export_contract.acceptance.checks.file.byte_stream import MEBIBYTE, ByteStream
from export_contract.acceptance.checks.file.facts import FileFacts, MalformedFile, Wanted
from export_contract.acceptance.checks.file.record_dates import date_columns, date_judge
from export_contract.contract.status import KnownFile

_LONGEST_RECORD: Final = MEBIBYTE
"""A row's fields take up to thirty times the memory of its text."""
_LONGEST_HEADER: Final = 64 * 1024
_NUMBER_OR_DATE: Final = re.compile(r"[+-]?[0-9][0-9.,:TZ+ -]*")


class _Bound:
    """How long a record may be, and how long the one is that is being read."""

    __slots__ = ("length", "most")

    def __init__(self) -> None:
        self.length = 0
        self.most = _LONGEST_HEADER


def read_csv(stream: ByteStream, wanted: Wanted, facts: FileFacts) -> None:
    """Read a file to its end, or to the first row that is wrong; raises MalformedFile for that one."""
    bound = _Bound()
    lines = io.TextIOWrapper(stream.lines(_LONGEST_RECORD), encoding="utf-8-sig", newline="")
    rows = _rows(_bounded(lines, bound, facts), facts)
    header = next(rows, None)
    if header is None:
        raise MalformedFile("it is empty, without even a header row")
    if not header:
        raise MalformedFile("its first row is blank")
    facts.columns = tuple(header)
    _refuse_other_headers(header, wanted.known)
    facts.column_problem = _column_problem(header, wanted.known)
    dates = [header.index(name) for name in date_columns(wanted) if name in header]
    judge = date_judge(wanted, facts, len(dates))
    width = len(header)
    blank = 0
    bound.most = _LONGEST_RECORD
    bound.length = 0
    for row in rows:
        bound.length = 0
        if not row:
            blank = blank or facts.records + 2
            continue
        if blank:
            raise MalformedFile(f"row {blank:,} is blank, with records after it")
        facts.records += 1
        if len(row) != width:
            if facts.is_cut:
                return
            raise MalformedFile(f"row {facts.records + 1:,} has {len(row):,} fields, the header has {width:,}")
        if facts.census is not None:
            facts.census.add_row(header, row)
        if dates:
            judge([row[at] for at in dates])


def _bounded(lines: Iterable[str], bound: _Bound, facts: FileFacts) -> Iterator[str]:
    """The lines, of which several make a record where they break within quotation marks."""
    for line in lines:
        bound.length += len(line)
        if bound.length > bound.most:
            if facts.columns is None:
                raise MalformedFile(f"the header row is longer than {_LONGEST_HEADER // 1024} KiB")
            problem = f"row {facts.records + 2:,} does not end within {_LONGEST_RECORD // MEBIBYTE} MiB"
            raise MalformedFile(f"{problem}; is a quotation mark not closed?")
        yield line


def _rows(lines: Iterator[str], facts: FileFacts) -> Iterator[list[str]]:
    # The limit is the interpreter's; a long field is allowed within a record that is not too long.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_RECORD + 1))
    rows = csv.reader(lines, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            if not facts.is_cut:
                raise MalformedFile(f"line {rows.line_num:,} is not CSV: {error}") from None
            return
        if row is None:
            return
        yield row


def _refuse_other_headers(header: Sequence[str], known: KnownFile | None) -> None:
    """A header is a row of names: none empty, none twice, none a number or a date."""
    names = [name.strip() for name in header]
    for position, name in enumerate(names, start=1):
        if not name or _NUMBER_OR_DATE.fullmatch(name):
            what = "a number or a date" if name else "empty"
            raise MalformedFile(f"the first row is not a header: field {position} is {what}")
    if len(set(names)) < len(names):
        raise MalformedFile("the first row is not a header: a name occurs twice")
    if known and len(names) == 1 and len(known.columns) > 1 and re.search(r"[;\t|]", names[0]):
        raise MalformedFile("fields are not separated by commas")


def _column_problem(header: Sequence[str], known: KnownFile | None) -> str:
    if known is None:
        return ""
    for position, name in enumerate(known.columns):
        found = header[position] if position < len(header) else None
        if found != name:
            return f"column {position + 1} is {_shown(found, known)}, where the guide has {name!r}"
    if len(header) > len(known.columns) and not known.more:
        position = len(known.columns)
        return f"column {position + 1} is {_shown(header[position], known)}, which the guide does not list"
    return ""


def _shown(name: str | None, known: KnownFile) -> str:
    """A name of the header as it may be shown: it is a record's data until it is one of the contract's columns."""
    if name is None:
        return "missing"
    if name in known.columns:
        return repr(name)
    if name.strip().casefold() in map(str.casefold, known.columns):
        return "that name in other letters"
    return f"another name ({len(name):,} characters)"
