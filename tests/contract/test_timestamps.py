"""Timestamps: what is promised, what is open and what does not exist, against tables and the standard library."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import Expectation, classify_timestamp, rules
from export_contract.contract.timestamps import any_instant, instant

from .rows_accepted import DOCUMENTED_TIMESTAMPS
from .rows_timestamps import NO_ISO_8601
from .timestamp_rows import OPEN, ROWS, TimestampRow

ACCEPT, REJECT, UNSPECIFIED = Expectation.ACCEPT, Expectation.REJECT, Expectation.UNSPECIFIED

OFFSETS = st.integers(-14 * 60, 14 * 60).filter(bool)
ZONES = st.one_of(st.just("Z"), st.just("+00:00"), OFFSETS.map(lambda minutes: _offset(minutes)))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59, 999999))
# Text that is nearly a timestamp is where a classifier goes wrong.
NEARLY = st.text("0123456789012-+:.,TtZzWw \u2212\u0664", max_size=30)


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.expectation}: {row.name}")
def test_row(row: TimestampRow) -> None:
    """A timestamp has the expectation that the contract gives it, and all the rules that say so."""
    found = classify_timestamp(row.text)
    assert found.expectation == row.expectation
    assert set(found.rules) == {f"timestamp/{rule}" for rule in row.rules}
    assert bool(found.problem) is (row.expectation == "reject")


def test_every_rule_that_leaves_a_form_open_is_in_the_table() -> None:
    """No rule of timestamps is without a text, and none but a rule's own part of the table is needed to see it."""
    assert {f"timestamp/{rule}" for row in OPEN for rule in row.rules} == set(rules.OPEN_TIMESTAMPS)
    alone = {f"timestamp/{row.rules[0]}" for row in OPEN if len(row.rules) == 1}
    assert alone == set(rules.OPEN_TIMESTAMPS)


@pytest.mark.parametrize(("name", "text"), NO_ISO_8601)
def test_no_form_of_iso_8601(name: str, text: str) -> None:
    """What has no form of ISO 8601 is rejected for its form, and names no moment."""
    assert classify_timestamp(text)[:2] == (REJECT, ("timestamp/form",)), name
    assert instant(text) is None
    assert any_instant(text) is None


@pytest.mark.parametrize(("name", "text"), DOCUMENTED_TIMESTAMPS)
def test_documented(name: str, text: str) -> None:
    """What is promised is accepted without a reason, and its moment is what the standard library reads."""
    assert classify_timestamp(text) == (ACCEPT, (), ""), name
    assert instant(text) == datetime.fromisoformat(text)


@given(MOMENTS, st.integers(0, 6), ZONES)
@example(datetime(1900, 1, 1), 0, "+14:00")
@example(datetime(2199, 12, 31, 23, 59, 59, 999999), 6, "-14:00")
@settings(max_examples=400, deadline=None)
def test_every_documented_timestamp_is_accepted(moment: datetime, digits: int, zone: str) -> None:
    """Any moment from 1900 to 2199, in any documented shape and zone, is accepted and read as what was written."""
    fraction = f".{moment.microsecond:06}"[: digits + 1] if digits else ""
    text = f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"
    assert classify_timestamp(text) == (ACCEPT, (), "")
    kept = moment.microsecond // 10 ** (6 - digits) * 10 ** (6 - digits)
    assert instant(text) == moment.replace(microsecond=kept, tzinfo=_zone(zone))
    assert any_instant(text) == instant(text)


@given(MOMENTS, st.sampled_from(["milliseconds", "microseconds", "seconds"]), OFFSETS | st.just(0))
@settings(deadline=None)
def test_isoformat_is_accepted(moment: datetime, precision: str, minutes: int) -> None:
    """What Python's isoformat() writes of an aware datetime is accepted, and comes back as the same datetime."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert instant(aware.isoformat()) == aware
    assert classify_timestamp(aware.isoformat(timespec=precision)).expectation is ACCEPT


def _is_real(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


@given(st.integers(1, 9999), st.integers(0, 99), st.integers(0, 99))
@settings(max_examples=1_000, deadline=None)
def test_calendar(year: int, month: int, day: int) -> None:
    """Whether a year, month and day make a date agrees with the calendar of the standard library, in each format."""
    for text in (f"{year:04}-{month:02}-{day:02}T00:00:00Z", f"{year:04}{month:02}{day:02}"):
        found = classify_timestamp(text)
        assert (found.expectation is REJECT) is not _is_real(year, month, day)
        assert found.rules == ("timestamp/calendar",) or found.expectation is not REJECT


@pytest.mark.parametrize("year", [1900, 1999, 2000, 2012, 2100, 2199])
def test_every_day_of_a_year(year: int) -> None:
    """Of all months 00 to 13 and days 00 to 32 of a year, just the real ones are accepted."""
    for month, day in product(range(14), range(33)):
        found = classify_timestamp(f"{year}-{month:02}-{day:02}T12:00:00Z")
        assert found.expectation is (ACCEPT if _is_real(year, month, day) else REJECT), (month, day)


def test_every_time_of_a_day() -> None:
    """Every real time of day is accepted, 24:00:00 and seconds 60 are open, and no other time exists."""
    for hour, minute, second in product((*range(26), 99), (0, 1, 30, 59, 60, 99), (0, 1, 30, 59, 60, 61, 99)):
        found = classify_timestamp(f"2012-09-05T{hour:02}:{minute:02}:{second:02}Z").expectation
        if hour < 24 and minute < 60 and second < 61:
            assert found is (ACCEPT if second < 60 else UNSPECIFIED)
        else:
            assert found is (UNSPECIFIED if (hour, minute, second) == (24, 0, 0) else REJECT)


def test_every_offset() -> None:
    """Offsets up to 14:00 are accepted, larger ones and -00:00 open, and 60 minutes are none."""
    for sign, hour, minute in product("+-", range(100), range(100)):
        found = classify_timestamp(f"2012-09-05T11:12:47{sign}{hour:02}:{minute:02}").expectation
        if minute > 59:
            assert found is REJECT
        elif hour * 60 + minute > 14 * 60 or (sign == "-" and not hour and not minute):
            assert found is UNSPECIFIED
        else:
            assert found is ACCEPT


def test_every_year() -> None:
    """The years 1900 to 2199 are accepted, and all others of four digits open."""
    for year in range(10_000):
        found = classify_timestamp(f"{year:04}-01-31T00:00:00Z")
        assert found.expectation is (ACCEPT if 1900 <= year < 2200 else UNSPECIFIED)


@pytest.mark.parametrize("year", [2015, 2020, 2021])
def test_no_year_has_54_weeks(year: int) -> None:
    """A year may have 53 weeks, and never one more."""
    assert classify_timestamp(f"{year}-W54-1T00:00:00Z").problem == f"{year} has no week 54"


def test_week_53() -> None:
    """A year has a week 53 just where the standard library finds one."""
    for year in range(1, 10_000):
        try:
            date.fromisocalendar(year, 53, 1)
            exists = True
        except ValueError:
            exists = False
        found = classify_timestamp(f"{year:04}-W53-1").expectation
        assert found is (UNSPECIFIED if exists else REJECT), year


@given(st.integers(1, 9998), st.integers(0, 99), st.integers(0, 9))
@settings(deadline=None)
def test_week_dates(year: int, week: int, day: int) -> None:
    """Whether a week date exists agrees with the standard library."""
    try:
        date.fromisocalendar(year, week, day)
        exists = True
    except ValueError:
        exists = False
    assert (classify_timestamp(f"{year:04}-W{week:02}-{day}").expectation is UNSPECIFIED) is exists


@given(st.integers(1, 9999), st.integers(0, 999))
@example(2011, 366)
@example(2012, 366)
@example(2100, 366)
@settings(deadline=None)
def test_ordinal_dates(year: int, day: int) -> None:
    """Whether an ordinal date exists agrees with the standard library."""
    exists = 1 <= day <= 365 + calendar.isleap(year)
    found = classify_timestamp(f"{year:04}-{day:03}T00:00:00Z")
    assert found.expectation is (UNSPECIFIED if exists else REJECT)


@given(st.text() | NEARLY | st.builds(str.__add__, MOMENTS.map(datetime.isoformat), st.text(max_size=3)))
@settings(max_examples=1_000, deadline=None)
def test_any_text_is_classified(text: str) -> None:
    """No text makes the classifier raise; a rejection names one rule, an open form at least one, all else none."""
    found = classify_timestamp(text)
    match found.expectation:
        case Expectation.ACCEPT:
            assert found == (ACCEPT, (), "")
            assert datetime.fromisoformat(text).tzinfo is not None
            assert instant(text) == datetime.fromisoformat(text)
        case Expectation.REJECT:
            assert found.rules in (("timestamp/form",), ("timestamp/calendar",))
            assert found.problem
            assert any_instant(text) is None
        case Expectation.UNSPECIFIED:
            assert found.rules
            assert set(found.rules) <= set(rules.OPEN_TIMESTAMPS)
    if found.expectation is not ACCEPT:
        assert instant(text) is None


@given(MOMENTS, ZONES, st.data())
@settings(deadline=None)
def test_a_character_more_or_less(moment: datetime, zone: str, data: st.DataObject) -> None:
    """With one character lost or put in, a documented timestamp is accepted only where Python reads it."""
    text = f"{moment:%Y-%m-%dT%H:%M:%S.%f}{zone}"
    position = data.draw(st.integers(0, len(text)))
    insert = data.draw(st.sampled_from(["", *"0159-+:.,TZz \n\0", "\u0665"]))
    changed = text[:position] + insert + text[position + (not insert) :]
    if classify_timestamp(changed).expectation is ACCEPT:
        assert datetime.fromisoformat(changed).tzinfo is not None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20120905T111247Z", datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)),
        ("2012-W36-3T11:12:47Z", datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)),
        ("2012-09-05 11:12:47Z", datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)),
        ("2012-09-05T11:12:47,5Z", datetime(2012, 9, 5, 11, 12, 47, 500_000, tzinfo=UTC)),
        ("2012-09-05T11:12Z", datetime(2012, 9, 5, 11, 12, tzinfo=UTC)),
        ("2012-09-05T13:12:47+02", datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)),
        ("2012-09-05T11:12:47-14:30", datetime(2012, 9, 6, 1, 42, 47, tzinfo=UTC)),
    ],
)
def test_a_moment_of_an_open_form(text: str, moment: datetime) -> None:
    """any_instant() reads forms that are open; instant() reads only what is documented."""
    assert any_instant(text) == moment
    assert instant(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2012-09-05T11.5Z", datetime(2012, 9, 5, 11, 30, tzinfo=UTC)),
        ("2012-09-05T11:12.5Z", datetime(2012, 9, 5, 11, 12, 30, tzinfo=UTC)),
        ("20120905T1112,5Z", datetime(2012, 9, 5, 11, 12, 30, tzinfo=UTC)),
        ("2012-09-04T24:00:00Z", datetime(2012, 9, 5, tzinfo=UTC)),
        ("2012-249T11:12:47z", datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)),
        ("2012-09-05T11:12:47", None),
        ("2012-09-05", None),
        ("9999-12-31T24:00:00Z", None),
        ("-000001-01-01T00:00:00Z", None),
        ("2012-09-05T00:00:00+99:59", None),
    ],
)
def test_never_another_moment(text: str, moment: datetime | None) -> None:
    """Where any_instant() reads a moment at all, it is the one that the text names."""
    assert any_instant(text) in (moment, None)


def _spellings(moment: datetime, fraction: str) -> dict[str, str]:
    year, week, weekday = moment.isocalendar()
    clock = f"{moment:%H:%M:%S}"
    return {
        "space": f"{moment:%Y-%m-%d} {clock}.{fraction}Z",
        "lower case": f"{moment:%Y-%m-%d}t{clock}.{fraction}z",
        "comma": f"{moment:%Y-%m-%d}T{clock},{fraction}Z",
        "long fraction": f"{moment:%Y-%m-%d}T{clock}.{fraction}000Z",
        "basic": f"{moment:%Y%m%dT%H%M%S}.{fraction}Z",
        "week": f"{year}-W{week:02}-{weekday}T{clock}.{fraction}Z",
        "ordinal": f"{moment:%Y-%j}T{clock}.{fraction}Z",
        "signed year": f"+00{moment:%Y-%m-%d}T{clock}.{fraction}Z",
        "minus sign": f"{moment:%Y-%m-%d}T{clock}.{fraction}\u221200:00",
        "short offset": f"{moment:%Y-%m-%d}T{clock}.{fraction}+00",
    }


@given(st.datetimes(datetime(1900, 1, 7), datetime(2199, 12, 20)))
@settings(deadline=None)
def test_every_open_form_names_the_same_moment(moment: datetime) -> None:
    """A moment that is written in any form that is open is left open, and read back as what was written."""
    for name, text in _spellings(moment, f"{moment.microsecond:06}").items():
        assert classify_timestamp(text).expectation is UNSPECIFIED, name
        assert any_instant(text) == moment.replace(tzinfo=UTC), name


def test_a_zone_that_is_lent() -> None:
    """A timestamp without a zone names a moment in the zone that is given for it; one with a zone keeps its own."""
    assert any_instant("2012-09-05T11:12:47", UTC) == datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)
    assert any_instant("2012-09-05", UTC) == datetime(2012, 9, 5, tzinfo=UTC)
    assert any_instant("2012-09-05T11:12:47+02:00", UTC) == datetime(2012, 9, 5, 9, 12, 47, tzinfo=UTC)
    assert any_instant("2012-09-31", UTC) is None
