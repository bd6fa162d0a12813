"""Relations between files: what the records of one say of those of another. Pure functions over censuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from itertools import islice, pairwise
from typing import Final

import msgspec

from export_contract.acceptance.checks.check import KEPT, Observation, kept_or
from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.checks.file.outcomes import FetchedFile
from export_contract.acceptance.model.outcome import Kind
from export_contract.contract.timestamps import any_instant

FINE: Final = 3
"""Digits of a fraction with which a time is taken for exact: "12:00:05Z" may have been half a second more."""
_MOST_DATES: Final = 20_000
"""Records whose dates are read."""
_TICK: Final = timedelta(microseconds=1)
_EAST: Final = timezone(timedelta(hours=5, minutes=30))
_WEST: Final = timezone(timedelta(hours=-8))
_FIRST_ZONE: Final = timezone(timedelta(hours=14))
_LAST_ZONE: Final = timezone(timedelta(hours=-12))
_FRACTION: Final = re.compile(r"[.,]([0-9]+)")
_APART: Final = {True: timedelta(seconds=4), False: timedelta(days=4)}
"""How far apart two records must be for a range to end between them, by whether their dates have a zone."""

Range = tuple[str, str]
"""The two ends of a range, as a request writes them."""


class Dated(msgspec.Struct, frozen=True):
    """When a record was created, as far as its file says."""

    key: bytes
    """The hash of the record."""
    moment: datetime
    """In UTC, also where the file has no zone."""
    has_time: bool
    has_zone: bool
    digits: int
    """Of the fraction of its second."""

    @property
    def is_exact(self) -> bool:
        """Whether it names one instant, and not a second or a day."""
        return self.has_zone and self.digits >= FINE


def dated_records(census: Census, first: datetime, last: datetime) -> list[Dated]:
    """The records that were created in a range, by their moments; a later change may bring others into its file."""
    found = (_dated(key, text) for key, text in islice(census.created_at.items(), _MOST_DATES))
    return sorted((one for one in found if one and first <= one.moment <= last), key=lambda one: one.moment)


def _dated(key: bytes, text: str) -> Dated | None:
    moment = any_instant(text)
    has_zone = moment is not None
    moment = moment or any_instant(text, UTC)
    if moment is None or not 1901 <= moment.year <= 2198:
        return None
    fraction = _FRACTION.search(text)
    return Dated(key, moment.astimezone(UTC), ":" in text, has_zone, len(fraction[1]) if fraction else 0)


def most_exact(records: Sequence[Dated]) -> Dated | None:
    """The record whose date says most, from the middle of those that say as much."""
    if not records:
        return None
    most = max((one.has_zone, one.has_time, min(one.digits, FINE)) for one in records)
    best = [one for one in records if (one.has_zone, one.has_time, min(one.digits, FINE)) == most]
    return best[len(best) // 2]


def range_at(record: Dated) -> Range:
    """The range that is the moment of a record: one instant, its two ends written with offsets to the east and west.

    A target that drops offsets reads it as a range that ends before it begins. A date without a zone is taken for that
    day or that second wherever it may be.
    """
    if record.has_zone:
        return _written(record.moment, _EAST), _written(record.moment, _WEST)
    local = record.moment
    end = local + (_precision(record) if record.has_time else timedelta(days=1)) - _TICK
    return f"{_text(local)}{_zone(_FIRST_ZONE)}", f"{_text(end)}{_zone(_LAST_ZONE)}"


def range_of_precision(record: Dated) -> Range:
    """As `range_at`, as long as the precision with which the date is written."""
    return _written(record.moment, _EAST), _written(record.moment + _precision(record) - _TICK, _WEST)


def split_between(records: Sequence[Dated]) -> tuple[datetime, datetime] | None:
    """(the end of the first part, the start of the second) for a range in two parts, with no record between them."""
    gaps = [
        (abs(2 * (place + 1) - len(records)), before.moment, after.moment)
        for place, (before, after) in enumerate(pairwise(records))
        if after.moment - before.moment >= _APART[before.has_zone and after.has_zone]
    ]
    if not gaps:
        return None
    _, before, after = min(gaps)
    end = (before + (after - before) / 2).replace(microsecond=0)
    return end, end + timedelta(seconds=1)


def plain_text(moment: datetime) -> str:
    """A moment in the form of the document's own example."""
    return f"{_text(moment.astimezone(UTC))}Z"


def is_comparable(file: FetchedFile | None) -> bool:
    """Whether all records of a file were counted."""
    if file is None or not (file.is_judged and file.is_whole) or file.facts.census is None:
        return False
    return not (file.facts.is_cut or file.facts.format_problem or file.facts.census.is_too_large)


def is_the_same(before: Census, after: Census) -> bool:
    """Whether two files of one request have the same records: the data stood still."""
    return before.counts == after.counts


def observe_boundary(record: Dated, file: Census) -> Observation:
    """Whether a record is in the file of its own moment."""
    lost = "" if file.counts[record.key] else "a record that was created then is not in the file"
    return kept_or(Kind.LOST, lost, "the records created at the moment that is both start and end")


def observe_parts(whole: Census, first: Census, second: Census, later: Sequence[Dated]) -> Observation:
    """Whether two parts of a range have the records of the whole; `later` are those created after the first part.

    A record may be in both parts: it was created in the one, and changed in the other. One that is in the first part
    cannot have been created in the second.
    """
    lost = sum((whole.counts - first.counts - second.counts).values())
    if lost:
        return _lost(lost, "of the whole range", "in neither of its two parts")
    missing = sum(((first.counts | second.counts) - whole.counts).values())
    if missing:
        return _lost(missing, "of a part of the range", "not in the whole")
    twice = sum(bool(first.counts[one.key]) for one in later)
    observed = f"{_records(twice)} of the second part of the range in the first part too" if twice else ""
    return kept_or(Kind.TWICE, observed, _PARTS)


def observe_formats(one: FetchedFile, other: FetchedFile) -> Observation:
    """Whether the files of one request in two formats have as many records, and the same names."""
    first, second = one.facts.census, other.facts.census
    if first is None or second is None:
        return KEPT
    if first.records != second.records:
        observed = f"{_records(first.records)} in {one.wanted.format}, {second.records:,} in {other.wanted.format}"
        return kept_or(Kind.OTHER_COUNT, observed, "the same number of records in both formats")
    count = len(first.names ^ second.names) if first.records else 0
    observed = f"{count:,} column names that the other format does not have" if count else ""
    return kept_or(Kind.OTHER_COLUMNS, observed, "the same column names in both formats")


def observe_link(first: FetchedFile, second: FetchedFile) -> Observation:
    """Whether a link that worked once works again; a 4xx is for `is_used_up` to see."""
    response, expected = second.exchange.response, "the file again, until downloadExpiresAt"
    if not response.accepted or second.problem:
        kind = response.failure or (Kind.BROKEN_OFF if response.accepted else f"{(response.status or 0) // 100}xx")
        return kept_or(str(kind), response.problem or second.problem or f"status {response.status}", expected)
    if second.facts.format_problem:
        kind = Kind.OTHER_FORMAT if second.facts.is_other_format else Kind.MALFORMED
        return kept_or(kind, second.facts.format_problem, expected)
    is_emptied = first.facts.records and not second.facts.records and not second.facts.is_cut
    return kept_or(Kind.EMPTY, "no record the second time" if is_emptied else "", expected)


def is_used_up(second: FetchedFile) -> bool:
    """Whether a link was refused the second time: it may be meant for one use."""
    return second.exchange.response.refused


_PARTS: Final = "the records of the whole range, each in one of its two parts"


def _lost(count: int, whose: str, where: str) -> Observation:
    return kept_or(Kind.LOST, f"{_records(count)} {whose} {'is' if count == 1 else 'are'} {where}", _PARTS)


def _records(count: int) -> str:
    return f"{count:,} record{'s' * (count != 1)}"


def _precision(record: Dated) -> timedelta:
    return timedelta(microseconds=10 ** max(6 - record.digits, 0))


def _written(moment: datetime, zone: timezone) -> str:
    return f"{_text(moment.astimezone(zone))}{_zone(zone)}"


def _text(moment: datetime) -> str:
    timespec = "microseconds" if moment.microsecond % 1_000 else "milliseconds"
    return moment.replace(tzinfo=None).isoformat(timespec=timespec)


def _zone(zone: timezone) -> str:
    return datetime(2000, 1, 1, tzinfo=zone).isoformat()[-6:]
