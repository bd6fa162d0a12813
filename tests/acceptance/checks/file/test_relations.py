"""Relations between files: what is lost, what is twice, and what is left open is never reported."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from export_contract.acceptance.checks.file import census as census_module
from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.facts import Wanted
from export_contract.acceptance.checks.file.reader import read_file
from export_contract.acceptance.checks.file.relations import (
    dated_records,
    most_exact,
    observe_boundary,
    observe_parts,
    range_at,
    range_of_precision,
    split_between,
)

FIRST, LAST = datetime(2012, 1, 1, tzinfo=UTC), datetime(2013, 1, 1, tzinfo=UTC)
DAYS = [f"2012-03-{day:02}T10:00:00.500Z" for day in range(1, 11)]


def census_of(*dates: str) -> Census:
    """The census of a JSONL file with a record for each date."""
    census = Census("at")
    for number, date in enumerate(dates):
        census.add_line(json.dumps({"id": date or number, "at": date}).encode())
    return census


@pytest.mark.parametrize(
    ("date", "start", "end"),
    [
        ("2012-03-01T10:00:00.500Z", "2012-03-01T15:30:00.500+05:30", "2012-03-01T02:00:00.500-08:00"),
        ("2012-03-01T10:00:00.123456Z", "2012-03-01T15:30:00.123456+05:30", "2012-03-01T02:00:00.123456-08:00"),
        ("2012-03-01T10:00:00+02:00", "2012-03-01T13:30:00.000+05:30", "2012-03-01T00:00:00.000-08:00"),
        ("2012-03-01T10:00:00", "2012-03-01T10:00:00.000+14:00", "2012-03-01T10:00:00.999999-12:00"),
        ("2012-03-01", "2012-03-01T00:00:00.000+14:00", "2012-03-01T23:59:59.999999-12:00"),
    ],
)
def test_the_moment_of_a_record(date: str, start: str, end: str) -> None:
    """A date with a zone is one instant; one without is its second or its day, wherever that may be."""
    record = most_exact(dated_records(census_of(date), FIRST, LAST))
    assert record
    assert range_at(record) == (start, end)


def test_precision() -> None:
    """A time to the second is asked for as that second, and one to the tenth as that tenth."""
    for date, end in (
        ("2012-03-01T10:00:00Z", "02:00:00.999999-08:00"),
        ("2012-03-01T10:00:00.5Z", "02:00:00.599999-08:00"),
    ):
        (record,) = dated_records(census_of(date), FIRST, LAST)
        assert not record.is_exact
        assert range_of_precision(record)[1] == f"2012-03-01T{end}"


@pytest.mark.parametrize("date", ["", "soon", "9999-12-31T00:00:00Z", "2012-02-30T00:00:00Z", "2011-12-31T23:59:59Z"])
def test_dates_that_say_nothing(date: str) -> None:
    """What is no date, or lies outside the range, dates no record."""
    assert dated_records(census_of(date), FIRST, LAST) == []


def test_the_most_exact_date_is_taken() -> None:
    """A time with a zone and a fraction comes before one without, and that before a day."""
    records = dated_records(
        census_of("2012-03-01", "2012-03-02T10:00:00", "2012-03-03T10:00:00Z", *DAYS[5:6]), FIRST, LAST
    )
    best = most_exact(records)
    assert best
    assert best.is_exact
    assert most_exact([]) is None


def test_a_lost_record() -> None:
    """A record that is not in the file of its moment is lost."""
    record = most_exact(dated_records(census_of(*DAYS), FIRST, LAST))
    assert record
    assert observe_boundary(record, census_of(*DAYS)).kind is None
    assert observe_boundary(record, census_of()).kind == "lost"


def parts(
    *, whole: list[str] = DAYS, first: list[str] = DAYS[:5], second: list[str] = DAYS[5:]
) -> tuple[str | None, str]:
    """What two parts say of a whole, where the split is behind the fifth day."""
    later = dated_records(census_of(*whole), FIRST, LAST)[5:]
    seen = observe_parts(census_of(*whole), census_of(*first), census_of(*second), later)
    return seen.kind, seen.observed


def test_parts() -> None:
    """Lost in a part, lost in the whole, and twice are told apart; a record that was changed later may be in both."""
    assert parts() == (None, "")
    assert parts(second=DAYS[4:]) == (None, "")
    assert parts(first=DAYS[:4])[0] == "lost"
    assert "not in the whole" in parts(whole=DAYS[:9])[1]
    assert parts(first=DAYS[:7])[0] == "twice"
    assert parts(first=[*DAYS[:5], DAYS[0]])[0] == "lost"


def test_where_a_range_is_split() -> None:
    """The end of the first part and the start of the second lie between two records, in the middle of them."""
    split = split_between(dated_records(census_of(*DAYS), FIRST, LAST))
    assert split
    assert split[0].isoformat() == "2012-03-05T22:00:00+00:00"
    assert (split[1] - split[0]).total_seconds() == 1
    assert (
        split_between(dated_records(census_of("2012-03-01T10:00:00.000Z", "2012-03-01T10:00:02.000Z"), FIRST, LAST))
        is None
    )
    assert split_between(dated_records(census_of("2012-03-01", "2012-03-03"), FIRST, LAST)) is None
    assert split_between(dated_records(census_of("2012-03-01", "2012-03-09"), FIRST, LAST))


def read(content: bytes, file_format: str) -> Census:
    census = Census("at")
    facts = read_file([content], Wanted(file_format), census=census)
    assert facts.census is census
    assert facts.records == census.records
    return census


def test_how_records_are_written_does_not_matter() -> None:
    """The order of members, white space and quotation marks are no difference between two records."""
    assert read(b'{"at":"1","b":2}\n', "JSONL").counts == read(b'{"b": 2, "at": "1"}\r\n', "JSONL").counts
    assert read(b'at,b\r\n1,"2"\r\n', "CSV").counts == read(b"at,b\n1,2\n", "CSV").counts
    assert read(b"at,b\r\n1,2\r\n", "CSV").counts != read(b"at,b\r\n12,\r\n", "CSV").counts
    assert read(b"at,b\r\n1,2\r\n", "CSV").names == read(b'{"b": 2}\n{"at": "1"}\n', "JSONL").names


def test_nothing_of_a_record_is_kept() -> None:
    """A census has hashes and dates, and no name of anybody."""
    census = read(b'{"name": "Ada Lovelace", "at": "2012-03-01"}\n', "JSONL")
    kept = repr({name: getattr(census, name) for name in Census.__slots__})
    assert "Lovelace" not in kept
    assert "2012-03-01" in kept


def test_a_census_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file with too many records nothing is kept, and that is said."""
    monkeypatch.setattr(census_module, "MOST_RECORDS", 5)
    census = census_of(*DAYS)
    assert census.is_too_large
    assert not census.counts
    assert not census.created_at


@pytest.mark.parametrize(
    "record", [{"a" * 50: 1, "at": "x" * 100_000}, {f"n{n}": n for n in range(5_000)}], ids=["long", "wide"]
)
def test_hostile_records(record: Any) -> None:
    """A date is short, and names are few; what is nested too deeply is counted as it is."""
    census = Census("at")
    started = time.process_time()
    census.add_line(json.dumps(record).encode())
    census.add_line(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n")
    assert time.process_time() - started < 1
    assert census.records == 2
    assert not census.created_at
