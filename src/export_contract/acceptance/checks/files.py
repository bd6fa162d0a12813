"""Files: read record by record, in memory that does not grow with them, and judged by the format asked for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Any, Final

import msgspec

from export_contract.contract.status import KnownFile
from export_contract.contract.timestamps import any_instant

_MEBIBYTE: Final = 1024 * 1024
MOST_BYTES: Final = 1024 * _MEBIBYTE
"""Of a file; what comes after is not read."""
_LONGEST_LINE: Final = 16 * _MEBIBYTE
_BUFFER: Final = 256 * 1024
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_MOST_SHOWN: Final = 80
_NUMBER_OR_DATE: Final = re.compile(r"[+-]?[0-9][0-9.,:TZ+ -]*")


_OTHER_FORMATS: Final = (
    (b"[", "a JSON array"),
    (b"<", "a web page or XML"),
    (b"\x1f\x8b", "a gzip file"),
    (b"pk\x03\x04", "a zip file or a spreadsheet"),
)


class Wanted(msgspec.Struct, frozen=True):
    """What a file is judged by."""

    format: str
    """As it was asked for: `CSV` or `JSONL`; a file of another format is counted, and not judged."""
    known: KnownFile | None = None
    """What the contract says of its columns."""
    last: datetime | None = None
    """The end of the range asked for; records that were created on a later day do not belong in the file."""
    is_to_come: bool = False
    """Whether the range begins in the future, so that no record can lie in it."""


class FileFacts(msgspec.Struct):
    """What was seen of a file so far."""

    bytes: int = 0
    records: int = 0
    is_cut: bool = False
    """Whether it was too long to be read to its end."""
    format_problem: str = ""
    """Why it is not in the format asked for, and where."""
    dated: int = 0
    """Records with a documented date."""
    date_problem: str = ""
    """The first record that does not belong in the range, and where."""
    columns: tuple[str, ...] | None = None
    """The header of a CSV file."""
    column_problem: str = ""


class _Malformed(ValueError):
    """Content that is not in its format; the message says what is wrong, and where."""


def read_file(chunks: Iterable[bytes], wanted: Wanted, tell: Callable[[int], None] = lambda _: None) -> FileFacts:
    """Read a file to its end, or to the first record that is not in its format.

    `tell` is called with the number of bytes now and then. Nothing of a record is kept but what its date says.
    """
    facts = FileFacts()
    begin, chunks = _beginning(chunks)
    stream: io.BufferedReader[Any] = io.BufferedReader(_Stream(chunks, facts, tell), _BUFFER)
    read = {"CSV": _read_csv, "JSONL": _read_json_lines}.get(wanted.format.upper(), _read_anything)
    try:
        if read is not _read_anything and (found := _other_format(begin.removeprefix(_BYTE_ORDER_MARK), wanted)):
            raise _Malformed(f"it begins like {found}")
        read(stream, wanted, facts)
    except _Malformed as error:
        facts.format_problem = str(error)
    except UnicodeDecodeError:
        facts.format_problem = f"record {facts.records + 1:,} is no UTF-8"
    return facts


def _beginning(chunks: Iterable[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, however few come at a time, and all chunks."""
    rest = iter(chunks)
    begin = b""
    while len(begin) < _MOST_SHOWN and (chunk := next(rest, None)) is not None:
        begin += chunk
    return begin, chain([begin], rest)


class _Stream(io.RawIOBase):
    """Chunks as a raw stream, which counts them and does not let a line run without end."""

    def __init__(self, chunks: Iterable[bytes], facts: FileFacts, tell: Callable[[int], None]) -> None:
        self._chunks = iter(chunks)
        self._facts = facts
        self._tell = tell
        self._left = memoryview(b"")
        self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            if self._facts.bytes >= MOST_BYTES:
                self._facts.is_cut = True
                return 0
            self._facts.bytes += len(chunk)
            self._tell(self._facts.bytes)
            self._measure_line(chunk)
            self._left = memoryview(chunk)
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count

    def _measure_line(self, chunk: bytes) -> None:
        after = chunk.rfind(b"\n")
        self._line = self._line + len(chunk) if after < 0 else len(chunk) - after
        if self._line > _LONGEST_LINE:
            raise _Malformed(f"a line is longer than {_LONGEST_LINE // _MEBIBYTE} MiB")


def _read_anything(stream: io.BufferedReader[Any], wanted: Wanted, facts: FileFacts) -> None:
    for _ in stream:
        facts.records += 1


def _read_json_lines(stream: io.BufferedReader[Any], wanted: Wanted, facts: FileFacts) -> None:
    decode = msgspec.json.Decoder().decode
    judge = _date_judge(wanted, facts)
    blank = 0
    for number, raw in enumerate(stream, start=1):
        line = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
        if line.isspace():
            blank = blank or number
            continue
        if blank:
            raise _Malformed(f"line {blank:,} is blank, with records behind it")
        try:
            record = decode(line)
        except msgspec.DecodeError as error:
            raise _Malformed(_no_record(number, line, facts, str(error))) from None
        if not isinstance(record, dict):
            raise _Malformed(f"line {number:,} is {'a JSON array' if isinstance(record, list) else 'no JSON object'}")
        facts.records += 1
        if judge:
            judge(record.get)
    if blank == 1:
        raise _Malformed("it is blank")


def _no_record(number: int, line: bytes, facts: FileFacts, problem: str) -> str:
    if facts.is_cut:
        return ""
    if not line.endswith(b"\n") and number > 1:
        return f"the last line, {number:,}, is cut: {problem}"
    return f"line {number:,} is no JSON of its own: {problem}"


def _read_csv(stream: io.BufferedReader[Any], wanted: Wanted, facts: FileFacts) -> None:
    rows = _rows(io.TextIOWrapper(stream, encoding="utf-8-sig", newline=""), facts)
    header = next(rows, None)
    if header is None:
        raise _Malformed("it has no header row")
    facts.columns = tuple(header)
    _refuse_other_headers(header, wanted.known)
    facts.column_problem = _column_problem(header, wanted.known)
    judge = _date_judge(wanted, facts)
    blank = 0
    for row in rows:
        if not row:
            blank = blank or facts.records + 2
            continue
        if blank:
            raise _Malformed(f"row {blank:,} is blank, with records behind it")
        facts.records += 1
        if len(row) != len(header) and not facts.is_cut:
            raise _Malformed(f"row {facts.records + 1:,} has {len(row)} fields, the header has {len(header)}")
        if judge:
            judge(dict(zip(header, row, strict=False)).get)


def _rows(text: io.TextIOWrapper, facts: FileFacts) -> Iterator[list[str]]:
    rows = csv.reader(text, strict=True)
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            if "field larger than field limit" in str(error):
                facts.is_cut = True  # longer than this reader keeps, which is no fault of the file
            elif not facts.is_cut:
                raise _Malformed(f"line {rows.line_num:,} is no CSV: {error}") from None
            return
        if row is None:
            return
        yield row


def _refuse_other_headers(header: Sequence[str], known: KnownFile | None) -> None:
    """A header is a row of names: none empty, none twice, none a number or a date."""
    names = [name.strip() for name in header]
    for position, name in enumerate(names, start=1):
        if not name or _NUMBER_OR_DATE.fullmatch(name):
            shown = f"{name[:_MOST_SHOWN]!r}" if name else "empty"
            raise _Malformed(f"the first row is no header: field {position} is {shown}")
    if len(set(names)) < len(names):
        raise _Malformed("the first row is no header: a name stands twice")
    if known and len(names) == 1 and len(known.columns) > 1 and re.search(r"[;\t|]", names[0]):
        raise _Malformed("fields are not separated by commas")


def _column_problem(header: Sequence[str], known: KnownFile | None) -> str:
    if known is None:
        return ""
    for position, name in enumerate(known.columns):
        found = header[position] if position < len(header) else None
        if found != name:
            there = f"{found[:_MOST_SHOWN]!r}" if found is not None else "missing"
            return f"column {position + 1} is {there}, where the guide has {name!r}"
    if len(header) > len(known.columns) and not known.more:
        return (
            f"column {len(known.columns) + 1} is {header[len(known.columns)][:_MOST_SHOWN]!r}, which the guide has not"
        )
    return ""


def _other_format(begin: bytes, wanted: Wanted) -> str:
    """What a file begins like, where that is not the format asked for."""
    start = begin.lstrip()[:4].lower()
    if start.startswith(b"{") and wanted.format.upper() == "CSV":
        return "a JSON object"
    return next((what for magic, what in _OTHER_FORMATS if start.startswith(magic)), "")


def _date_judge(wanted: Wanted, facts: FileFacts) -> Callable[[Callable[[str], Any]], None] | None:
    """A function that judges one record by its documented dates; None where there is nothing to judge by.

    The document says "created or modified", and a change leaves no trace in most files. So a record that is older than
    the range may be right; one that was created after it is not, and neither is any in a range that is to come.
    """
    names = wanted.known.dates if wanted.known else ()
    if not names or not (wanted.last or wanted.is_to_come):
        return None
    # To the day, wherever the day is: a date without a zone may be up to 14 hours ahead.
    latest = wanted.last.astimezone(UTC).date() + timedelta(days=1) if wanted.last else None
    limit = latest.isoformat() if latest else ""

    def judge(value_of: Callable[[str], Any]) -> None:
        dates = [text for name in names if isinstance(text := value_of(name), str) and text]
        if not dates:
            return
        facts.dated += 1
        if facts.date_problem:
            return
        if wanted.is_to_come:
            facts.date_problem = f"record {facts.records:,} is there, in a range that is still to come"
        # Text first: nearly all records are within the range, and reading a timestamp takes its time.
        elif limit and all(text[:10] > limit for text in dates):
            days = [day for text in dates if (day := _day(text))]
            if latest and days and len(days) == len(dates) and min(days) > latest:
                facts.date_problem = f"record {facts.records:,} is of {min(days).isoformat()}"

    return judge


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        moment = any_instant(text)
        return moment.date() if isinstance(moment, datetime) else None
