"""Relations between files: what is lost, what is twice, and what is left open is never reported."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.file import census as census_module
from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.facts import Wanted
from export_contract.acceptance.checks.file.outcomes import FetchedFile
from export_contract.acceptance.checks.file.reader import read_file
from export_contract.acceptance.checks.file.relations import (
    dated_records,
    is_comparable,
    is_the_same,
    is_used_up,
    most_exact,
    observe_boundary,
    observe_formats,
    observe_link,
    observe_parts,
    plain_text,
    range_at,
    range_of_precision,
    split_between,
)
from export_contract.acceptance.model.exchange import Exchange, Failure, Response

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

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


Fetch = Callable[..., FetchedFile]


@pytest.fixture
def fetch(make_case: MakeCase) -> Fetch:
    """A JSONL file with two records, unless another is named."""

    def fetch(
        content: bytes = b'{"a":1}\n{"a":2}\n', form: str = "JSONL", answer: Response | None = None, **parts: Any
    ) -> FetchedFile:
        facts = read_file([content], Wanted(form), census=Census("at") if parts.pop("counted", True) else None)
        facts.is_cut = parts.pop("is_cut", False)
        exchange = Exchange(
            1, "relations", make_case(), answer or Response(status=200), retried=parts.pop("retried", False)
        )
        return FetchedFile(exchange=exchange, wanted=Wanted(form), facts=facts, **parts)

    return fetch


@pytest.mark.parametrize(
    "parts",
    [
        {"counted": False},
        {"is_cut": True},
        {"problem": "the connection was closed"},
        {"answer": Response(status=404)},
        {"retried": True},
        {"content": b"<html>"},
    ],
    ids=["not counted", "cut", "not whole", "refused", "sent again", "another format"],
)
def test_what_can_be_compared(fetch: Fetch, parts: dict[str, Any]) -> None:
    """A file is comparable where all its records were counted, and each reason why they were not is enough."""
    assert is_comparable(fetch())
    assert not is_comparable(fetch(**parts))


def test_what_cannot_be_compared(fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file cannot, and neither one with too many records."""
    assert not is_comparable(None)
    monkeypatch.setattr(census_module, "MOST_RECORDS", 1)
    assert not is_comparable(fetch())


@pytest.mark.parametrize(
    ("second", "kind", "observed"),
    [
        ({}, None, ""),
        ({"content": b'{"a":1}\n'}, None, ""),
        ({"content": b""}, "empty", "no record the second time"),
        ({"content": b"", "is_cut": True}, None, ""),
        ({"content": b"<html>"}, "other format", "it is a web page, of 6 bytes"),
        ({"content": b'{"a":1}\n17\n'}, "malformed", "line 2 is not a JSON object"),
        ({"answer": Response(status=503)}, "5xx", "status 503"),
        ({"answer": Response(status=404)}, "4xx", "status 404"),
        ({"answer": Response(status=302), "problem": "too many redirects"}, "3xx", "too many redirects"),
        ({"answer": Response(failure=Failure.TIMEOUT, problem="no answer")}, "timeout", "no answer"),
        ({"problem": "the connection was closed"}, "broken off", "the connection was closed"),
    ],
    ids=lambda value: None if isinstance(value, dict) else str(value),
)
def test_a_link_that_is_used_again(fetch: Fetch, second: dict[str, Any], kind: str | None, observed: str) -> None:
    """The second time, a link gives the file again: in its format, with records where it had some."""
    seen = observe_link(fetch(), fetch(**second))
    assert (seen.kind, seen.observed) == (kind, observed)
    assert seen.expected == ("the file again, until downloadExpiresAt" if kind else "")


def test_a_link_to_a_file_without_records(fetch: Fetch) -> None:
    """A file that had no record the first time may have none, or some, the second."""
    empty = fetch(b"")
    assert observe_link(empty, empty).kind is None
    assert observe_link(empty, fetch()).kind is None


def test_a_link_for_one_use(fetch: Fetch) -> None:
    """A link that is refused may be meant for one use; one that fails otherwise is not."""
    assert is_used_up(fetch(answer=Response(status=403)))
    assert not is_used_up(fetch())
    assert not is_used_up(fetch(answer=Response(status=503)))


@pytest.mark.parametrize(
    ("content", "kind", "observed", "expected"),
    [
        (b"a\n1\n2\n", None, "", ""),
        (b"a\n1\n", "other count", "2 records in JSONL, 1 in CSV", "the same number of records in both formats"),
        (
            b"b\n1\n2\n",
            "other columns",
            "2 column names that the other format does not have",
            "the same column names in both formats",
        ),
    ],
    ids=["same", "count", "names"],
)
def test_two_formats(fetch: Fetch, content: bytes, kind: str | None, observed: str, expected: str) -> None:
    """Two formats of one request have as many records, and the same names."""
    seen = observe_formats(fetch(), fetch(content, "CSV"))
    assert (seen.kind, seen.observed, seen.expected) == (kind, observed, expected)


def test_two_formats_of_which_nothing_is_known(fetch: Fetch) -> None:
    """Where records were not counted, or there is none, no name and no number is compared."""
    assert observe_formats(fetch(), fetch(b"b\n1\n", "CSV", counted=False)).kind is None
    assert observe_formats(fetch(counted=False), fetch(b"b\n1\n", "CSV")).kind is None
    assert observe_formats(fetch(b""), fetch(b"b\n", "CSV")).kind is None


def test_how_losses_are_told() -> None:
    """What is observed says how many records are where, and what is expected says where they belong."""
    record = most_exact(dated_records(census_of(*DAYS), FIRST, LAST))
    assert record
    lost = observe_boundary(record, census_of())
    assert lost.observed == "a record that was created then is not in the file"
    assert lost.expected == "the records created at the moment that is both start and end"
    assert parts(first=DAYS[:4])[1] == "1 record of the whole range is in neither of its two parts"
    assert parts(first=DAYS[:3])[1] == "2 records of the whole range are in neither of its two parts"
    assert parts(whole=DAYS[:9])[1] == "1 record of a part of the range is not in the whole"
    assert parts(first=DAYS[:7])[1] == "2 records of the second part of the range in the first part too"
    later = dated_records(census_of(*DAYS), FIRST, LAST)[5:]
    seen = observe_parts(census_of(*DAYS), census_of(), census_of(), later)
    assert seen.expected == "the records of the whole range, each in one of its two parts"


def test_data_that_stood_still() -> None:
    """Two files are the same where their records are, in whatever order."""
    assert is_the_same(census_of(*DAYS), census_of(*DAYS[::-1]))
    assert not is_the_same(census_of(*DAYS), census_of(*DAYS[1:]))
    assert not is_the_same(census_of(*DAYS), census_of(*DAYS, DAYS[0]))


def test_a_moment_as_the_document_writes_it() -> None:
    """A moment is written in UTC, to the millisecond or, where it has more digits, the microsecond."""
    moment = datetime(2012, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert plain_text(moment) == "2012-03-01T10:00:00.000Z"
    assert plain_text(moment.replace(microsecond=120_001)) == "2012-03-01T10:00:00.120001Z"
