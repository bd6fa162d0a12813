"""Timestamps that are put together from parts: each form of a date, a time and a zone with each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import Expectation, classify_timestamp
from export_contract.contract.timestamps import any_instant, days_in_month, instant

MINUS = "\u2212"


class Piece(NamedTuple):
    """A part of a timestamp: its text, the rules that its form and value fall under, and what it stands for."""

    text: str
    rules: frozenset[str]
    value: timedelta | None = timedelta()


def _piece(text: str, rules: str, value: timedelta | None = timedelta()) -> Piece:
    return Piece(text, frozenset(rules.split()), value)


@st.composite
def dates(draw: st.DrawFn) -> tuple[date, Piece]:
    """A day and one of its spellings."""
    day = draw(st.dates(date(1, 1, 8), date(9999, 12, 20)))
    year, week, weekday = day.isocalendar()
    form = draw(st.sampled_from(("", "basic", "week", "basic week", "ordinal", "basic ordinal")))
    written = year if "week" in form else day.year
    sign = draw(st.sampled_from(("", "", "+", "+00")))
    # The basic forms have a sign only with six digits; the others with four or more.
    first = f"{'+00' if sign and 'basic' in form else sign}{written:04}"
    rules = f"{form} {'signed-year' if sign else ''} {'' if 1900 <= written < 2200 else 'year'}"
    dash = "" if "basic" in form else "-"
    if "week" in form:
        mark = draw(st.sampled_from("WWw"))
        rest = f"{mark}{week:02}{dash}{weekday}"
        rules += " lower-case" if mark == "w" else ""
    elif "ordinal" in form:
        rest = f"{day:%j}"
    else:
        rest = f"{day.month:02}{dash}{day.day:02}"
    return day, _piece(f"{first}{dash}{rest}", rules)


@st.composite
def times(draw: st.DrawFn) -> Piece:
    """A time of day in one of its spellings; a fraction is one of the smallest unit that is written."""
    hour, minute, second = draw(st.integers(0, 23)), draw(st.integers(0, 59)), draw(st.integers(0, 59))
    form = draw(st.sampled_from(("", "basic", "reduced", "basic reduced", "hours")))
    colon = "" if "basic" in form else ":"
    fields = {"": 3, "basic": 3, "reduced": 2, "basic reduced": 2, "hours": 1}[form]
    text = colon.join(f"{part:02}" for part in (hour, minute, second)[:fields])
    passed = Fraction(sum((3600, 60, 1)[number] * (hour, minute, second)[number] for number in range(fields)))
    rules = form.replace("hours", "reduced")
    if digits := draw(st.sampled_from(("", "")) | st.text("0123456789", min_size=1, max_size=12)):
        mark = draw(st.sampled_from(".,"))
        text += f"{mark}{digits}"
        rules += f"{' comma' if mark == ',' else ''}{' long-fraction' if len(digits) > 6 else ''}"
        passed += Fraction(int(digits), 10 ** len(digits)) * (3600, 60, 1)[fields - 1]
    return _piece(text, rules, timedelta(microseconds=int(passed * 1_000_000)))


@st.composite
def zones(draw: st.DrawFn) -> Piece:
    """A zone in one of its spellings, with the offset that it stands for; None where there is none."""
    form = draw(st.sampled_from(("", "basic", "reduced", "zulu", "no-zone")))
    if form == "no-zone":
        return _piece("", "no-zone", None)
    if form == "zulu":
        return draw(st.sampled_from((_piece("Z", ""), _piece("z", "lower-case"))))
    sign = draw(st.sampled_from(("+", "-", MINUS)))
    hour = draw(st.integers(0, 23))
    minute = 0 if form == "reduced" else draw(st.integers(0, 59))
    text = f"{sign}{hour:02}" + ("" if form == "reduced" else f"{'' if form else ':'}{minute:02}")
    size = timedelta(hours=hour, minutes=minute)
    rules = form
    rules += " minus-sign" if sign == MINUS else ""
    rules += " negative-zero" if sign != "+" and not size else ""
    rules += " large-offset" if size > timedelta(hours=14) else ""
    return _piece(text, rules, size if sign == "+" else -size)


SEPARATORS = st.sampled_from((_piece("T", ""), _piece("T", ""), _piece("t", "lower-case"), _piece(" ", "space")))


@given(dates(), SEPARATORS, times(), zones())
@settings(max_examples=600, deadline=None)
def test_every_form_goes_with_every_other(
    dated: tuple[date, Piece], separator: Piece, time: Piece, zone: Piece
) -> None:
    """Whatever a timestamp is put together from, it is open for just what its parts leave open, and is that moment."""
    day, piece = dated
    text = f"{piece.text}{separator.text}{time.text}{zone.text}"
    rules = piece.rules | separator.rules | time.rules | zone.rules
    found = classify_timestamp(text)
    assert set(found.rules) == {f"timestamp/{rule}" for rule in rules}
    assert found.rules == tuple(sorted(found.rules))
    assert found.expectation is (Expectation.UNSPECIFIED if rules else Expectation.ACCEPT)
    assert found.problem == ""
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + (time.value or timedelta())
    lent = any_instant(text, UTC)
    assert lent == at - (zone.value or timedelta())
    assert lent.tzinfo is UTC
    assert any_instant(text) == (None if zone.value is None else lent)
    assert instant(text) == (None if rules else lent)


@given(dates())
@example((date(2012, 9, 5), _piece("2012-09-05", "")))
def test_dates_alone(dated: tuple[date, Piece]) -> None:
    """A date without a time is open for that, and is its midnight in the zone that is lent."""
    day, piece = dated
    assert set(classify_timestamp(piece.text).rules) == {f"timestamp/{rule}" for rule in (*piece.rules, "date-only")}
    assert any_instant(piece.text, UTC) == datetime(day.year, day.month, day.day, tzinfo=UTC)
    assert any_instant(piece.text) is None


def test_a_zone_of_its_own_that_is_lent() -> None:
    """The zone that is lent may be any."""
    lent = timezone(timedelta(hours=2, minutes=30))
    assert any_instant("2012-09-05T11:12:47", lent) == datetime(2012, 9, 5, 8, 42, 47, tzinfo=UTC)
    assert any_instant("2012-09-05", lent) == datetime(2012, 9, 4, 21, 30, tzinfo=UTC)
    assert any_instant("2012-09-05T11:12:47Z", lent) == datetime(2012, 9, 5, 11, 12, 47, tzinfo=UTC)


def test_the_ends_of_time() -> None:
    """Years, offsets and ends of days that a datetime cannot hold name no moment, and those next to them do."""
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert any_instant("0001-01-01T00:00:00Z") == first
    assert any_instant("9999-12-31T23:59:59Z") == last
    for text in ("0000-12-31T00:00:00Z", "10000-01-01T00:00:00Z", "9999-12-31T24:00:00Z", "0001-01-01T00:00:00+00:01"):
        assert classify_timestamp(text).expectation is Expectation.UNSPECIFIED, text
        assert any_instant(text) is None, text
    noon = datetime(2012, 9, 5, 12, tzinfo=UTC)
    assert any_instant("2012-09-05T12:00:00+23:59") == noon - timedelta(hours=23, minutes=59)
    assert any_instant("2012-09-05T12:00:00-23:59") == noon + timedelta(hours=23, minutes=59)
    assert any_instant("2012-09-05T12:00:00+24:00") is None
    assert any_instant("2012-09-05T12:00:00-24:00") is None


def test_dates_that_name_no_day() -> None:
    """A month, a week, a year, a decade and a century are open, and name no moment even where a zone is lent."""
    for text, rules in (
        ("2012-09", {"reduced"}),
        ("2012-W36", {"reduced", "week"}),
        ("2012W36", {"reduced", "week"}),
        ("2012-w36", {"reduced", "week", "lower-case"}),
        ("2012", {"reduced"}),
        ("2200", {"reduced", "year"}),
        ("1899", {"reduced", "year"}),
        ("201", {"reduced"}),
        ("20", {"reduced"}),
        ("+002012-09", {"reduced", "signed-year"}),
        (f"{MINUS}002012", {"reduced", "signed-year", "minus-sign", "year"}),
        ("-2012-W36", {"reduced", "week", "signed-year", "year"}),
    ):
        assert set(classify_timestamp(text).rules) == {f"timestamp/{rule}" for rule in rules}, text
        assert any_instant(text, UTC) is None, text
        assert any_instant(f"{text}T11:12:47Z") is None, text
        assert classify_timestamp(f"{text}T11:12:47Z").rules == ("timestamp/form",), text


def test_digits_behind_those_that_count() -> None:
    """Twelve digits of a fraction are read, and those behind them cut off, so that a moment is never rounded up."""
    for digits, microseconds in (("000001", 1), ("0000009999999", 0), ("9" * 30, 999_999), ("5", 500_000)):
        moment = any_instant(f"2012-09-05T11:12:47.{digits}Z")
        assert moment == datetime(2012, 9, 5, 11, 12, 47, microseconds, tzinfo=UTC)


def test_days_in_month() -> None:
    """Months are as long as in the Gregorian calendar, before it was made and after it can be held as well."""
    assert [days_in_month(2011, month) for month in range(1, 13)] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert [days_in_month(year, 2) for year in (0, 4, 100, 400, 1900, 2000, 2100, 12_000, -4)] == [
        *(29, 29, 28, 29, 28, 29, 28, 29),
        29,
    ]
