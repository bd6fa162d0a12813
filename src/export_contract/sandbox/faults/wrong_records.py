"""Files without some of their records, with some twice, or with others than the same file in the other format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from ..service.export_request import ExportRequest
from ..service.records import Record, records_for
from ..service.seams import Changes
from ..service.timestamps import Instant

_Records = Sequence[Record]


def selects(is_in: Callable[[Instant, ExportRequest], bool]) -> Changes:
    """Keeps the records whose date is right; those without a date are kept."""
    return {"records": lambda records, export: [one for one in records if one.at is None or is_in(one.at, export)]}


def end_exclusive() -> Changes:
    """Created before the end."""
    return selects(lambda at, export: at < export.end.instant)


def start_exclusive() -> Changes:
    """Created after the start."""
    return selects(lambda at, export: export.start.instant < at)


def end_as_day() -> Changes:
    """Created up to midnight of the last day."""
    return selects(lambda at, export: at.second <= datetime.combine(export.end.instant.second, time()))


def hours_off(hours: int) -> Changes:
    """Created in the range by a clock that is so many hours ahead."""
    ahead = timedelta(hours=hours)
    return _reread(lambda export: (_moved(export.start.instant, -ahead), _moved(export.end.instant, -ahead)))


def offsets_dropped() -> Changes:
    """Created in the range as it is written, whatever its offsets."""
    return _reread(lambda export: (_as_written(export.start.text), _as_written(export.end.text)))


def first_ones(count: int, file_format: str = "") -> Changes:
    """So many of the records, in one format or in both."""
    return {"records": lambda records, export: records[:count] if file_format in ("", export.format) else records}


def pages_apart(size: int) -> Changes:
    """Without the first record of each page but the first."""
    return {"records": lambda records, _: [one for n, one in enumerate(records) if not n or n % size]}


def pages_overlapping(size: int) -> Changes:
    """With the last record of each page once more on the next."""
    return {
        "records": lambda records, _: [
            one for n, one in enumerate(records) for _ in range(2 if n % size == size - 1 else 1)
        ]
    }


def first_days(days: int) -> Changes:
    """Of a long range its beginning."""
    return selects(lambda at, export: at.second <= export.start.instant.second + timedelta(days=days))


def in_format(file_format: str, change: Callable[[_Records], _Records]) -> Changes:
    """Changes the records of files in one format."""
    return {"records": lambda records, export: change(records) if export.format == file_format else records}


def without_quotes(records: _Records) -> _Records:
    """Those of which no field needs quotation marks."""
    return [one for one in records if not any(set(str(value)) & set(',"\n') for value in one.values.values())]


def without_last(records: _Records) -> _Records:
    """All but the last."""
    return records[:-1]


def in_camel_case(records: _Records) -> _Records:
    """userId for User ID."""
    return [replace(one, values={_camel(name): value for name, value in one.values.items()}) for one in records]


def with_internal_id(records: _Records) -> _Records:
    """The key of the database too."""
    return [replace(one, values={"_id": place, **one.values}) for place, one in enumerate(records)]


def to_the_second() -> Changes:
    """Dates are written without their fractions."""

    def shortened(value: object) -> object:
        return value.replace(".000Z", "Z") if isinstance(value, str) else value

    def rewritten(records: _Records, _: ExportRequest) -> _Records:
        return [replace(one, values={name: shortened(value) for name, value in one.values.items()}) for one in records]

    return {"records": rewritten}


def to_the_second_and_end_exclusive() -> Changes:
    """Both."""
    first, second = end_exclusive()["records"], to_the_second()["records"]
    return {"records": lambda records, export: second(first(records, export), export)}


def _reread(ends: Callable[[ExportRequest], tuple[Instant, Instant]]) -> Changes:
    def reread(_: _Records, export: ExportRequest) -> _Records:
        start, end = ends(export)
        return records_for(
            replace(export, start=replace(export.start, instant=start), end=replace(export.end, instant=end))
        )

    return {"records": reread}


def _moved(instant: Instant, by: timedelta) -> Instant:
    return replace(instant, second=instant.second + by)


def _as_written(text: str) -> Instant:
    return Instant(datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0))


def _camel(name: str) -> str:
    first, *others = name.split()
    return first.lower() + "".join(word.capitalize() for word in others)
