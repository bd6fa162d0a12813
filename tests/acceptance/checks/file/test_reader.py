"""Files are read record by record, and what is wrong with one is said with its place."""

from __future__ import annotations

import itertools
import json
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.checks.file import byte_stream, record_dates
from export_contract.acceptance.checks.file.facts import FileFacts, Wanted
from export_contract.acceptance.checks.file.reader import read_file
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
    ("JSONL", b"", ""),
    ("JSONL", b'{"a":"\\ud800"}\n{"Registration Date":"\\udfff"}\n', ""),
    ("JSONL", b'{"a":"' + b"x" * 3_000_000 + b'"}\n', ""),
    ("JSONL", b'{"Registration Date":17}\n{"Registration Date":[{"a":{}}]}\n', ""),
    ("JSONL", b'{"a":' + b"[" * 2_000 + b"]" * 2_000 + b"}\n", ""),
    ("CSV", b"User ID,Name\r\n" + b'1,"' + b"x\r\n" * 50_000 + b'"\r\n', ""),
    ("CSV", b'User ID,Name\r\n1,5" pipe\r\n2,6\r\n', ""),
    ("XML", b"<a/>\n", ""),
    ("PARQUET", b"PAR1" + b"\xff" * 3_000_000, ""),
]
BAD: list[Row] = [
    ("CSV", b"", "it is empty, without even a header row"),
    ("CSV", b"\xef\xbb\xbf", "it is empty, without even a header row"),
    ("CSV", b'[{"a":1}]', "it is a JSON array, of 9 bytes"),
    ("CSV", b'{"a":1}\n', "it is a JSON object, of 8 bytes"),
    ("CSV", b'{"errors":[]}', "it is a JSON error, of 13 bytes"),
    ("CSV", b'\xef\xbb\xbf {\n "message": "no"}', "it is a JSON error, of 23 bytes"),
    ("CSV", b"<html>", "it is a web page, of 6 bytes"),
    ("CSV", b"<!-- a -->\n<!DOCTYPE html><html>", "it is a web page, of 32 bytes"),
    (
        "CSV",
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired',
        "it is an XML error (AccessDenied), of ",
    ),
    ("JSONL", b"<Error><Code>NoSuchKey</Code></Error>", "it is an XML error (NoSuchKey), of 37 bytes"),
    ("CSV", b'<?xml version="1.0"?><rows/>', "it is XML, of 28 bytes"),
    ("CSV", b"\x1f\x8b\x08\x00", "it is a gzip file, of 4 bytes"),
    ("JSONL", b"\x1f\x8b\x08\x00" * 1_000, "it is a gzip file, of 4,000 bytes"),
    ("CSV", b"PK\x03\x04" + b"\0" * 26 + b"users.csv", "it is a zip archive, of 39 bytes"),
    ("CSV", b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "it is an Excel workbook, of 49 bytes"),
    ("CSV", "User ID,Name\r\n".encode("utf-16"), "it is UTF-16 text, of 30 bytes"),
    ("CSV", b"User ID,Name\r\n1,Ada,Lovelace\r\n", "row 2 has 3 fields, the header has 2"),
    ("CSV", b"User ID,Name\r\n1,Ada\r\n2\r\n", "row 3 has 1 fields, the header has 2"),
    ("CSV", b"User ID,Name\r\n1,Ada\r\n\r\n2,Bo\r\n", "row 3 is blank, with records after it"),
    ("CSV", b"17,Ada\r\n18,Bo\r\n", "the first row is not a header: field 1 is a number or a date"),
    ("CSV", b"Name,2013-05-01T00:00:00Z\r\n", "the first row is not a header: field 2 is a number or a date"),
    ("CSV", b"Name,\r\nAda,1\r\n", "the first row is not a header: field 2 is empty"),
    ("CSV", b"Name,Name\r\nAda,1\r\n", "the first row is not a header: a name occurs twice"),
    ("CSV", b"User ID;Registration Date\r\n1;2013-01-01\r\n", "fields are not separated by commas"),
    ("CSV", b'User ID,Name\r\n1,"Ada\r\n', "line 2 is not CSV: unexpected end of data"),
    ("CSV", b'User ID,Name\r\n1,"Ada"x\r\n', "line 2 is not CSV"),
    ("CSV", b"User ID,Name\r\n1,\xff\r\n", "record 1 is not UTF-8"),
    # A quotation mark that is never closed, in a file that is longer than a field of the standard library's reader.
    ("CSV", b'User ID,Name\r\n1,"Ada\r\n' + b"2,Bo\r\n" * 50_000, "line 50,002 is not CSV: unexpected end of data"),
    ("CSV", b'User ID,Name\r\n1,"Ada\r\n' + b"2,Bo\r\n" * 300_000, "row 2 does not end within 1 MiB; is a quotation"),
    ("CSV", b'User ID,"Na\r\n' + b"me," * 30_000, "the header row is longer than 64 KiB"),
    ("JSONL", b'[{"a":1},{"a":2}]\n', "it is a JSON array, of 18 bytes"),
    ("JSONL", b'[\n{"a":1}\n]\n', "it is a JSON array, of 12 bytes"),
    ("JSONL", b"<html>\n", "it is a web page, of 7 bytes"),
    ("JSONL", b'{\n  "a": 1\n}\n', "line 1 is not JSON by itself"),
    ("JSONL", b'{"a":1}{"a":2}\n', "line 1 is not JSON by itself"),
    ("JSONL", b"{}," * 100_000 + b"{}", "line 1 is not JSON by itself"),
    ("JSONL", b'{"a":1}\n{"a":', "the last line, 2, is cut"),
    ("JSONL", b'{"a":1}\n{"a":NaN}\n', "line 2 is not JSON by itself"),
    ("JSONL", b'{"a":1}\n{"b":{"c":[1,]}}\n', "line 2 is not JSON by itself"),
    ("JSONL", b"{'a':1}\n", "line 1 is not JSON by itself"),
    ("JSONL", b'{"a":1}\n\n{"a":2}\n', "line 2 is blank, with records after it"),
    ("JSONL", b'{"a":1}\n[1]\n', "line 2 is a JSON array"),
    ("JSONL", b'{"a":1}\n \t[1] \n', "line 2 is a JSON array"),
    ("JSONL", b'{"a":1}\n17\n', "line 2 is not a JSON object"),
    ("JSONL", b"User ID,Name\r\n1,Ada\r\n", "line 1 is not JSON by itself"),
    ("JSONL", b'{"a":"\xff"}\n', "record 1 is not UTF-8"),
    ("JSONL", b'{"a":1}\n{"Registration Date":"\xff"}\n', "record 2 is not UTF-8"),
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
    for size in (1, 7, 1_000_000) if len(content) < 100_000 else (50_000,):
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
        (["2013-01-01", "2015-06-02"], {"last": LAST}, "record 2 is dated 5 days after the end of the range"),
        (["2015-05-30T00:00:00Z"], {"last": LAST}, "record 1 is dated 2 days after the end of the range"),
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
        (b"user_id,Registration Date", KNOWN, "column 1 is another name (7 characters), where the guide has 'User ID'"),
        (b"user id,Registration Date", KNOWN, "column 1 is that name in other letters, where the guide has 'User ID'"),
        (b"User ID,Other", KNOWN, "column 2 is another name (5 characters), where the guide has 'Registration Date'"),
        (b"Registration Date,User ID", KNOWN, "column 1 is 'Registration Date', where the guide has 'User ID'"),
        (b"User ID", KNOWN, "column 2 is missing, where the guide has 'Registration Date'"),
        (
            b"User ID,Registration Date,More",
            KNOWN,
            "column 3 is another name (4 characters), which the guide does not list",
        ),
        (b"Network ID,Network Name,More", MORE, ""),
    ],
)
def test_columns(header: bytes, known: KnownFile, problem: str) -> None:
    """The header is compared with the columns that the guide lists; where it says `begins`, more may follow."""
    assert read_file([header + b"\r\n"], Wanted(format="CSV", known=known)).column_problem == problem


ENDLESS = {
    "CSV field": ("CSV", b"User ID,Registration Date\r\n", b"x" * 100_000),
    "CSV header": ("CSV", b"", b"x" * 100_000),
    "CSV header of many names": ("CSV", b"", b"".join(b"n%d," % number for number in range(20_000))),
    "CSV row of many fields": ("CSV", b"User ID,Registration Date\r\n", b"ab," * 30_000),
    "CSV quotation": ("CSV", b'User ID,Registration Date\r\n1,"', b"x\r\n" * 30_000),
    "CSV quoted fields": ("CSV", b"User ID,Registration Date\r\n1,", b'"x\n",' * 20_000),
    "JSON string": ("JSONL", b'{"a":"', b"x" * 100_000),
    "JSON of many objects": ("JSONL", b'{"a":[{}', b",{}" * 30_000),
    "JSON of many members": ("JSONL", b'{"a":1', b',"b":2' * 20_000),
    "JSON objects after each other": ("JSONL", b"{}", b",{}" * 30_000),
    "JSON nested": ("JSONL", b'{"a":', b"[" * 100_000),
    "JSON date of many objects": ("JSONL", b'{"Registration Date":[{}', b",{}" * 30_000),
    "JSON white space": ("JSONL", b"", b" " * 100_000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_records_without_end(name: str) -> None:
    """A record that does not end is given up, neither kept in memory nor read for long, and no error of ours."""
    form, start, piece = ENDLESS[name]
    read_so_far = 0

    def endless() -> Iterator[bytes]:
        nonlocal read_so_far
        yield start
        while True:
            read_so_far += len(piece)
            yield piece

    tracemalloc.start()
    try:
        facts = read_file(endless(), Wanted(format=form, known=KNOWN, last=LAST))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert facts.format_problem
    assert read_so_far < 6_000_000
    assert peak < 60_000_000


@pytest.mark.parametrize("form", ["CSV", "JSONL", "XML"])
def test_a_deadline(form: str) -> None:
    """Reading ends at the deadline, whatever there is still to read; that is not the file's fault."""
    content = b"User ID,Name\r\n" + b"1,Ada\r\n" * 1_000 if form == "CSV" else b'{"a":1}\n' * 1_000

    def endless() -> Iterator[bytes]:
        yield content
        while True:
            yield content[-70_000:].partition(b"\n")[2]

    started = time.monotonic()
    facts = read_file(endless(), Wanted(format=form), deadline=started + 0.2)
    assert 0.2 <= time.monotonic() - started < 2
    assert (facts.is_cut, facts.format_problem) == (True, "")
    assert facts.records > 0


def test_another_format_without_end() -> None:
    """A file that is something else is counted, and no more than 16 MiB of it."""
    facts = read_file(itertools.repeat(b"<html>" + b"x" * 100_000), Wanted(format="CSV"))
    assert facts.is_other_format
    assert facts.format_problem == f"it is a web page, of {facts.bytes:,} bytes or more"
    assert 16 * 1024**2 <= facts.bytes < 17 * 1024**2


WORDS = (
    "Ada",
    "29.06.2018",
    "1/2/2018",
    "1530230400",
    "2018",
    "20180629",
    "\U0001f600" * 40,
    "2018-Jun-29T" + "0" * 30,
)


@pytest.mark.parametrize("word", WORDS)
def test_columns_without_dates(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """A column that holds no dates is given up on after a few, so that it costs no time; nothing is said of it."""
    tried: list[str] = []
    monkeypatch.setattr(record_dates, "any_instant", tried.append)
    content = b"User ID,Registration Date\r\n" + f"1,{word}\r\n".encode() * 1_000
    facts = read("CSV", content, 100_000, last=datetime(2014, 1, 1, tzinfo=UTC))
    assert (facts.records, facts.format_problem) == (1_000, "")
    assert len(tried) == (0 if word == "20180629" or len(word) > 40 else 10)
    if word != "20180629":  # which is a date: the basic format
        assert (facts.dated, facts.date_problem) == (0, "")


@pytest.mark.parametrize("date", ["9999-12-31", "9999-12-31T23:59:59-14:00", "9999-W52-6", "0001-01-01T00:00:00+14:00"])
def test_dates_at_the_end_of_the_calendar(date: str) -> None:
    """Dates that cannot be computed with are read as far as they go, and raise nothing: at either end of the range."""
    for last in (LAST, datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=timezone(timedelta(hours=-14)))):
        facts = read("CSV", f"User ID,Registration Date\r\n1,{date}\r\n".encode(), last=last)
        assert (facts.records, facts.format_problem) == (1, "")
        assert bool(facts.date_problem) is (last == LAST and date.startswith("9999-12"))


SECRET = "Grace Hopper"
PRIVATE: list[tuple[str, str]] = [
    ("CSV", f"{SECRET},7\r\nAda,8\r\n"),
    ("CSV", f"7,{SECRET}\r\n"),
    ("CSV", f"{SECRET},{SECRET}\r\n"),
    ("CSV", f"{SECRET};7\r\n"),
    ("CSV", f"User ID,Registration Date,{SECRET}\r\n"),
    ("CSV", f"User ID,Registration Date\r\n{SECRET}\r\n"),
    ("CSV", f'User ID,Registration Date\r\n1,"{SECRET}"{SECRET}\r\n'),
    ("CSV", f'User ID,Registration Date\r\n1,"{SECRET}'),
    ("CSV", f'{{"{SECRET}":1}}'),
    ("CSV", f"<rows>{SECRET}</rows>"),
    ("CSV", f"<Error><Code>{SECRET}</Code></Error>"),
    ("JSONL", f'{{"a":"{SECRET}"\n'),
    ("JSONL", f"{SECRET},7\r\n"),
    ("JSONL", f'["{SECRET}"]\n'),
    ("JSONL", f'{{"a":1}}\n"{SECRET}"\n'),
    ("JSONL", f'{{"a":1}}\n{{"{SECRET}":'),
]


@pytest.mark.parametrize(("form", "content"), PRIVATE)
def test_nothing_of_a_record_is_said(form: str, content: str) -> None:
    """What is said of a file holds nothing that may be a record's, whatever is wrong: not even its first row."""
    facts = read(form, content.encode(), 1_000)
    said = f"{facts.format_problem} {facts.date_problem} {facts.column_problem}"
    assert said.strip()
    assert not any(word in said for word in SECRET.split())


PARTS = [
    *(b'"', b",", b"\r\n", b"\n", b"\r", b"{", b"}", b"[", b"]", b":", b"<", b"\xff", b"\0", b"null"),
    *(b"User ID", b"Registration Date", b'"Registration Date":', b"\\ud800", b"\xef\xbb\xbf", "\u2028".encode()),
    *(b"9999-12-31T23:59:59-14:00", b"9999-W52-6", b"2015-06-30", b"9" * 20, b"PK\x03\x04"),
    *(b"[" * 1_500, b"1" * 200_000),
]


@given(
    st.sampled_from(["CSV", "JSONL", "XML"]),
    st.lists(
        st.sampled_from(PARTS) | st.binary(max_size=20),
        max_size=40,
    ),
    st.integers(1, 100),
)
def test_whatever_comes(form: str, parts: list[bytes], size: int) -> None:
    """No content makes reading fail: it is judged, and every byte that was read is counted."""
    content = b"".join(parts)
    facts = read_file(pieces(content, max(size, len(content) // 500)), Wanted(format=form, known=KNOWN, last=LAST))
    assert facts.bytes == len(content) or facts.format_problem
    assert facts.records >= 0


@pytest.mark.parametrize(
    ("form", "line"), [("CSV", b"Name,Age\r\n" + b"Ada,36\r\n" * 99), ("JSONL", b'{"a":1}\n' * 99)]
)
def test_a_file_without_end(monkeypatch: pytest.MonkeyPatch, form: str, line: bytes) -> None:
    """A file that does not end is read so far and no further, which is no fault of what was read."""
    monkeypatch.setattr(byte_stream, "MOST_BYTES", 10_000)

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
    read_file(pieces(b'{"a":1}\n' * 1_000, 1_600), Wanted(format="JSONL"), told.append)
    assert told == list(range(1_600, 8_001, 1_600))


@pytest.mark.parametrize(("digits", "problem"), [(21, "record 1 is dated 32 days after"), (22, "")])
def test_long_dates(digits: int, problem: str) -> None:
    """A date of forty characters is read, and a longer text is taken for none."""
    date = f"2015-180T00:00:00.{'0' * digits}Z"
    assert len(date) == 19 + digits
    facts = read("CSV", f"User ID,Registration Date\r\n1,{date}\r\n".encode(), last=LAST)
    assert facts.date_problem.startswith(problem) if problem else facts.date_problem == ""


@pytest.mark.parametrize(("length", "problem"), [(4, ""), (5, "a line is longer than 4 MiB")])
def test_the_longest_line(length: int, problem: str) -> None:
    """A line of JSON may have 4 MiB, wherever it stands; it begins behind the last line break of what came before."""
    line = b'{"a":"' + b"x" * (length * 1024**2 - 10_000) + b'"}\n'
    content = b'{"a":1}\n' * 10_000 + line
    assert read("JSONL", content, 50_000).format_problem == problem


def test_a_line_that_ends_where_a_piece_begins() -> None:
    """A line break that comes with the line behind it ends the line before: two long ones are not taken for one."""
    line = b'{"a":"' + b"x" * 3 * 1024**2 + b'"}'
    facts = read_file([line, b"\n" + line], Wanted(format="JSONL"))
    assert (facts.format_problem, facts.records) == ("", 2)
