"""What a file says of the requirements: by itself, and beside the other files of a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.check import deviation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.file.facts import FileFacts, Wanted
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome


class FetchedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was fetched, or was to be."""

    exchange: Exchange
    """The last one, behind all redirects."""
    wanted: Wanted
    facts: FileFacts
    problem: str = ""
    """Why its content is not whole, if it is not."""

    @property
    def is_judged(self) -> bool:
        """Whether it says anything about the target: not where its host could not be reached, nor where it is retried."""
        return not self.exchange.retried and self.exchange.response.failure not in (
            Failure.UNREACHABLE,
            Failure.STALE,
        )

    @property
    def is_whole(self) -> bool:
        """Whether all of it came."""
        return self.exchange.response.accepted and not self.problem

    @property
    def proves_nothing(self) -> bool:
        """Whether it has no record: that is right where there is none to be had, and then shows nothing."""
        return self.is_judged and self.is_whole and self.facts.is_empty


def file_outcomes(file: FetchedFile, context: CheckContext) -> list[Outcome]:
    """What a file says of the requirements by itself.

    Of its format a file without records says nothing: see `missing_records`.
    """
    if not file.is_judged:
        return []
    found = [_fetched(file)]
    if file.is_whole:
        found += [_format(file), _dates(file), _columns(file)]
    return list(_outcomes(file, context, filter(None, found)))


def missing_records(files: Sequence[FetchedFile], context: CheckContext) -> list[Outcome]:
    """What files without records say, where other files of the run show that there are records in their range."""
    outcomes: list[Outcome] = []
    for file in filter(lambda one: one.proves_nothing, files):
        other = next((other for other in files if _shows_records(other, file.wanted)), None)
        if other is not None:
            count = f"{other.facts.records:,} record{'s' * (other.facts.records != 1)}"
            observed = f"no record, where {other.exchange.case.title} has {count} in the same range"
            outcomes += _outcomes(file, context, [_FORMAT.broken(file, Kind.EMPTY, observed)])
    return outcomes


class _Finding(msgspec.Struct, frozen=True):
    """What a file says of one requirement."""

    rule: str
    check: CheckName
    kind: str | None = None
    expected: str = ""
    observed: str = ""


class _FileCheck(msgspec.Struct, frozen=True):
    """One promise that a file shows kept or broken."""

    name: CheckName
    rule: str
    promise: str
    expected: str
    """With the fields of `Wanted`."""

    def kept(self) -> _Finding:
        return _Finding(self.rule, self.name)

    def broken(self, file: FetchedFile, kind: str, observed: str) -> _Finding:
        wanted = file.wanted
        columns = ", ".join(wanted.known.columns) if wanted.known else ""
        expected = self.expected.format(format=wanted.format, range=wanted.range_text, columns=columns)
        return _Finding(self.rule, self.name, kind, expected, observed)

    def kept_or(self, file: FetchedFile, kind: str, observed: str) -> _Finding:
        return self.broken(file, kind, observed) if observed else self.kept()


_FETCHED: Final = _FileCheck(
    name=CheckName.FETCHED,
    rule="file/fetched",
    promise="The file of a completed job is answered 2xx, and comes whole.",
    expected="2xx, and the whole file",
)
_FORMAT: Final = _FileCheck(
    name=CheckName.FILE_FORMAT,
    rule="file/format",
    promise="The file is in the format requested, and has the records of its range.",
    expected="{format}, whole, with the records of its range",
)
_DATES: Final = _FileCheck(
    name=CheckName.FILE_DATES,
    rule="file/dates",
    promise="No record was created after the range requested.",
    expected="no record outside {range}",
)
_COLUMNS: Final = _FileCheck(
    name=CheckName.FILE_COLUMNS,
    rule="file/columns",
    promise="A CSV file has the columns that the guide lists.",
    expected="the columns {columns}",
)
FILE_CHECKS: Final = (_FETCHED, _FORMAT, _DATES, _COLUMNS)


def _fetched(file: FetchedFile) -> _Finding:
    response = file.exchange.response
    if response.failure:
        return _FETCHED.broken(file, response.failure.value, response.problem)
    if not response.accepted:
        return _FETCHED.broken(file, f"{(response.status or 0) // 100}xx", f"status {response.status}")
    return _FETCHED.kept_or(file, Kind.BROKEN_OFF, file.problem)


def _format(file: FetchedFile) -> _Finding | None:
    facts = file.facts
    if not facts.bytes and file.wanted.is_csv:
        return _FORMAT.broken(file, Kind.EMPTY, facts.format_problem)
    if facts.is_empty:
        return None
    return _FORMAT.kept_or(file, Kind.OTHER_FORMAT if facts.is_other_format else Kind.MALFORMED, facts.format_problem)


def _dates(file: FetchedFile) -> _Finding | None:
    return _DATES.kept_or(file, Kind.OUT_OF_RANGE, file.facts.date_problem) if file.facts.dated else None


def _columns(file: FetchedFile) -> _Finding | None:
    facts = file.facts
    if facts.columns is None or file.wanted.known is None or facts.format_problem:
        return None
    return _COLUMNS.kept_or(file, Kind.OTHER_COLUMNS, facts.column_problem)


def _outcomes(file: FetchedFile, context: CheckContext, findings: Iterable[_Finding]) -> Iterator[Outcome]:
    exchange = file.exchange
    for one in findings:
        requirement = context.requirement(one.rule)
        if requirement is None:
            continue
        if one.kind is None:
            yield Outcome(requirement, exchange.number, one.check)
        else:
            yield deviation(requirement, exchange, one.check, one.kind, expected=one.expected, observed=one.observed)


def _shows_records(file: FetchedFile, wanted: Wanted) -> bool:
    """Whether a file shows that there are records of a selection, in a range that lies within another's."""
    facts, other = file.facts, file.wanted
    if not file.is_judged or not file.is_whole or not facts.records or facts.format_problem or facts.date_problem:
        return False
    if other.selection != wanted.selection or not (other.first and other.last and wanted.first and wanted.last):
        return False
    return wanted.first <= other.first and other.last <= wanted.last
