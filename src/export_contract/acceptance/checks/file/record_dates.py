"""Whether the records of a file lie in the range requested, by the columns that date them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from export_contract.acceptance.checks.file.facts import FileFacts, Wanted
from export_contract.contract.timestamps import any_instant

_ENOUGH_READ: Final = 3
"""Dates in a column after which it is known to hold dates, so that most need not be read."""
_ENOUGH_UNREADABLE: Final = 10
"""Texts in a column that are not dates, after which no more is read of it: each is tried against every form."""

Judge = Callable[[Sequence[object]], None]
"""Judges a record by the values of its date columns, always in the same order."""


class _Column:
    """A column that dates records, as far as it was read."""

    __slots__ = ("read", "unreadable")

    def __init__(self) -> None:
        self.read = 0
        self.unreadable = 0


def date_columns(wanted: Wanted) -> tuple[str, ...]:
    """The columns that a file's records are judged by; none where there is nothing to judge them by."""
    return tuple(dict.fromkeys(wanted.known.dates)) if wanted.known and (wanted.last or wanted.is_to_come) else ()


def date_judge(wanted: Wanted, facts: FileFacts, count: int) -> Judge:
    """A function that judges one record after the other, by `count` columns.

    The document says "created or modified", and a change leaves no trace in most files. So a record that is older than
    the range may be right; one that was created after it is not, and neither is any in a range that is to come.
    """
    columns = [_Column() for _ in range(count)]
    latest = _latest_day(wanted.last)
    limit = latest.isoformat()

    def judge(values: Sequence[object]) -> None:
        days: list[date] = []
        is_dated = is_within = False
        for column, text in zip(columns, values, strict=True):
            if type(text) is not str or not text:
                continue
            # Text first: nearly all records are within the range, and reading a timestamp takes its time.
            if column.read >= _ENOUGH_READ and text[:10] <= limit:
                is_dated = is_within = True
            elif column.unreadable >= _ENOUGH_UNREADABLE:
                is_within = True  # or not: nobody can say
            elif (day := _day(text)) is None:
                column.unreadable += 1
                is_within = True
            else:
                column.read += 1
                is_dated = True
                days.append(day)
        if not is_dated:
            return
        facts.dated += 1
        if facts.date_problem:
            return
        if wanted.is_to_come:
            facts.date_problem = f"record {facts.records:,} is there, in a range that is still to come"
        elif days and not is_within and min(days) > latest:
            after = (min(days) - latest).days + 1
            facts.date_problem = f"record {facts.records:,} is dated {after:,} days after the end of the range"

    return judge


def _latest_day(last: datetime | None) -> date:
    """The day after the range, since wherever the day is, a date without a zone may be 14 hours ahead."""
    try:
        return last.astimezone(UTC).date() + timedelta(days=1) if last else date.max
    except OverflowError:
        return date.max


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        moment = any_instant(text) if len(text) <= 40 else None
        return moment.date() if moment else None
