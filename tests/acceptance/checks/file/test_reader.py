"""Files are read record by record, and what is wrong with one is said with its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from export_contract.acceptance.checks.files import FileFacts, Wanted, read_file
from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.checks import files
from export_contract.contract.status import KnownFile

KNOWN = KnownFile(columns=("User ID", "Registration Date"), dates=("Registration Date",))
MORE = KnownFile(columns=("Network ID", "Network Name"), more=True)
LAST = datetime(2015, 5, 28, 17, 39, 23, tzinfo=UTC)

Row = tuple[str, bytes, str]

GOOD: list[Row] = [
    ("CSV", b"User ID,Name\r\n1,Ada\r\n", ""),
    ("CSV", b"User ID,Name\n1,Ada", ""),
    ("CSV", b"\xef\xbb\xbfUser ID,Name\r\n1,Ada\r\n", ""),
    ("CSV", b'User ID,Name\r\n1,"Smith, ""Jr.""\r\nof Kent"\r\n', ""),
    ("CSV", b"User ID,Name\r\n", ""),
    ("CSV", b"User ID,Name\r\n1,Ada\r\n\r\n", ""),
    ("CSV", "User ID,Name\r\n1,Führung 安全\r\n".encode(), ""),
    ("CSV", b"A\r\n1\r\n", ""),
    ("CSV", b'User ID,Name\r\n1,"' + b"x" * 200_000 + b'"\r\n', ""),
    ("JSONL", b'{"a":1}\n{"b":[1,{"c":null}]}\n', ""),
    ("JSONL", b'{"a":1}\r\n{"a":2}', ""),
    ("JSONL", b'{"a":1}\n\n\n', ""),
    ("JSONL", b'\xef\xbb\xbf{"a":1}\n', ""),
    ("JSONL", '{"a":"\\ud83d\\ude00 Führung"}\n'.encode(), ""),
    ("jsonl", b'{"a":1}\n', ""),
    ("XML", b"<a/>\n", ""),
]
BAD: list[Row] = [
    ("CSV", b"", "it has no header row"),
    ("CSV", b'[{"a":1}]', "it begins like a JSON array"),
    ("CSV", b'{"a":1}\n', "it begins like a JSON object"),
    ("CSV", b"<html>", "it begins like a web page or XML"),
    ("CSV", b"\x1f\x8b\x08\x00", "it begins like a gzip file"),
    ("CSV", b"PK\x03\x04", "it begins like a zip file or a spreadsheet"),
    ("CSV", b"User ID,Name\r\n1,Ada,Lovelace\r\n", "row 2 has 3 fields, the header has 2"),
    ("CSV", b"User ID,Name\r\n1,Ada\r\n2\r\n", "row 3 has 1 fields, the header has 2"),
    ("CSV", b"User ID,Name\r\n1,Ada\r\n\r\n2,Bo\r\n", "row 3 is blank, with records behind it"),
    ("CSV", b"17,Ada\r\n18,Bo\r\n", "the first row is no header: field 1 is '17'"),
    ("CSV", b"Name,2013-05-01T00:00:00Z\r\n", "the first row is no header: field 2 is '2013-05-01T00:00:00Z'"),
    ("CSV", b"Name,\r\nAda,1\r\n", "the first row is no header: field 2 is empty"),
    ("CSV", b"Name,Name\r\nAda,1\r\n", "the first row is no header: a name stands twice"),
    ("CSV", b"User ID;Registration Date\r\n1;2013-01-01\r\n", "fields are not separated by commas"),
    ("CSV", b'User ID,Name\r\n1,"Ada\r\n', "line 2 is no CSV: unexpected end of data"),
    ("CSV", b'User ID,Name\r\n1,"Ada"x\r\n', "line 2 is no CSV"),
    ("CSV", b"User ID,Name\r\n1,\xff\r\n", "record 1 is no UTF-8"),
    ("JSONL", b'[{"a":1},{"a":2}]\n', "it begins like a JSON array"),
    ("JSONL", b'[\n{"a":1}\n]\n', "it begins like a JSON array"),
    ("JSONL", b"<html>\n", "it begins like a web page or XML"),
    ("JSONL", b'{\n  "a": 1\n}\n', "line 1 is no JSON of its own"),
    ("JSONL", b'{"a":1}{"a":2}\n', "line 1 is no JSON of its own"),
    ("JSONL", b'{"a":1}\n{"a":', "the last line, 2, is cut"),
    ("JSONL", b'{"a":1}\n{"a":NaN}\n', "line 2 is no JSON of its own"),
    ("JSONL", b"{'a':1}\n", "line 1 is no JSON of its own"),
    ("JSONL", b'{"a":1}\n\n{"a":2}\n', "line 2 is blank, with records behind it"),
    ("JSONL", b'{"a":1}\n[1]\n', "line 2 is a JSON array"),
    ("JSONL", b'{"a":1}\n17\n', "line 2 is no JSON object"),
    ("JSONL", b"User ID,Name\r\n1,Ada\r\n", "line 1 is no JSON of its own"),
    ("JSONL", b'{"a":"\xff"}\n', "record 1 is no UTF-8"),
    ("JSONL", b"\n", "it is blank"),
]


def pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[at : at + size] for at in range(0, len(content), size))


def read(form: str, content: bytes, size: int = 7, **parts: object) -> FileFacts:
    return read_file(pieces(content, size), Wanted(format=form, known=KNOWN, **parts))  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [*GOOD, *BAD], ids=lambda row: f"{row[0]} {row[1][:30]!r}")
def test_formats(row: Row) -> None:
    """A file in its format passes, and one that is not is refused at its place, however the network cuts it."""
    form, content, problem = row
    for size in (1, 7, 1_000_000):
        found = read(form, content, size).format_problem
        assert found.startswith(problem) if problem else found == "", (found, size)


@given(st.lists(st.dictionaries(st.text(), st.none() | st.integers() | st.text()), min_size=1), st.integers(1, 50))
def test_json_lines_that_are_written(records: list[dict[str, object]], size: int) -> None:
    """Whatever json writes, one object a line, is read in full."""
    content = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    facts = read("JSONL", content, size)
    assert (facts.format_problem, facts.records, facts.bytes) == ("", len(records), len(content))


@pytest.mark.parametrize(
    ("dates", "parts", "problem"),
    [
        (["2013-01-01"], {"last": LAST}, ""),
        (["2015-05-28T23:59:59Z"], {"last": LAST}, ""),
        (["2015-05-29T13:00:00+14:00"], {"last": LAST}, ""),
        (["2009-01-01"], {"last": LAST}, ""),
        (["2013-01-01", "2015-06-02"], {"last": LAST}, "record 2 is of 2015-06-02"),
        (["2015-05-30T00:00:00Z"], {"last": LAST}, "record 1 is of 2015-05-30"),
        (["29.06.2018"], {"last": LAST}, ""),
        ([""], {"last": LAST}, ""),
        (["2013-01-01"], {"last": LAST, "is_to_come": True}, "record 1 is there, in a range that is still to come"),
    ],
)
def test_dates(dates: list[str], parts: dict[str, object], problem: str) -> None:
    """Only a record that cannot be right is out of range: created after its end, or before it has begun."""
    as_csv = b"User ID,Registration Date\r\n" + b"".join(b"1,%s\r\n" % date.encode() for date in dates)
    as_lines = b"".join(json.dumps({"Registration Date": date}).encode() + b"\n" for date in dates)
    assert read("CSV", as_csv, **parts).date_problem == problem
    assert read("JSONL", as_lines, **parts).date_problem == problem


@pytest.mark.parametrize(
    ("header", "known", "problem"),
    [
        (b"User ID,Registration Date", KNOWN, ""),
        (b"user_id,Registration Date", KNOWN, "column 1 is 'user_id', where the guide has 'User ID'"),
        (b"User ID,Other", KNOWN, "column 2 is 'Other', where the guide has 'Registration Date'"),
        (b"User ID", KNOWN, "column 2 is missing, where the guide has 'Registration Date'"),
        (b"User ID,Registration Date,More", KNOWN, "column 3 is 'More', which the guide has not"),
        (b"Network ID,Network Name,More", MORE, ""),
    ],
)
def test_columns(header: bytes, known: KnownFile, problem: str) -> None:
    """The header is compared with the columns that the guide lists; where it says `begins`, more may follow."""
    assert read_file([header + b"\r\n"], Wanted(format="CSV", known=known)).column_problem == problem


def test_a_line_without_end() -> None:
    """A line that does not end is given up after 16 MiB, and not kept in memory."""
    read_so_far = 0

    def endless() -> Iterator[bytes]:
        nonlocal read_so_far
        while True:
            read_so_far += 1_000_000
            yield b"x" * 1_000_000

    for form in ("CSV", "JSONL"):
        read_so_far = 0
        assert read_file(endless(), Wanted(format=form)).format_problem == "a line is longer than 16 MiB"
        assert read_so_far < 20_000_000


@pytest.mark.parametrize(
    ("form", "line"), [("CSV", b"Name,Age\r\n" + b"Ada,36\r\n" * 99), ("JSONL", b'{"a":1}\n' * 99)]
)
def test_a_file_without_end(monkeypatch: pytest.MonkeyPatch, form: str, line: bytes) -> None:
    """A file that does not end is read so far and no further, which is no fault of what was read."""
    monkeypatch.setattr(files, "MOST_BYTES", 10_000)

    def endless() -> Iterator[bytes]:
        yield line
        while True:
            yield line.splitlines(keepends=True)[-1] * 10
            yield line.splitlines(keepends=True)[-1][:3]
            yield line.splitlines(keepends=True)[-1][3:]

    facts = read_file(endless(), Wanted(format=form))
    assert (facts.is_cut, facts.format_problem) == (True, "")
    assert 10_000 <= facts.bytes < 12_000


def test_progress() -> None:
    """Whoever asks is told how much was read."""
    told: list[int] = []
    read_file(pieces(b'{"a":1}\n' * 100, 80), Wanted(format="JSONL"), told.append)
    assert told == list(range(80, 801, 80))
