"""What a file says of the requirements: by itself, and beside the other files of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.check import Observation, kept_or, outcomes_of, says_nothing
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
        """Whether it says anything about the target: not where it is retried, nor where its host is unreachable."""
        return not says_nothing(self.exchange)

    @property
    def is_whole(self) -> bool:
        """Whether all of it came."""
        return self.exchange.response.accepted and not self.problem

    @property
    def proves_nothing(self) -> bool:
        """Whether it has no record: that is right where there is none to be had, and then shows nothing."""
        return self.is_judged and self.is_whole and self.facts.is_empty


class FileCheck(msgspec.Struct, frozen=True, kw_only=True):
    """One promise that a single file shows kept or broken."""

    name: CheckName
    rule: str
    promise: str
    observe: Callable[[FetchedFile], Observation | None]

    def outcomes(self, file: FetchedFile, context: CheckContext) -> list[Outcome]:
        """What a file says of the requirement."""
        requirement = context.requirement(self.rule)
        seen = self.observe(file)
        return outcomes_of(seen, requirement, file.exchange, self.name, "") if requirement and seen else []


def file_outcomes(file: FetchedFile, context: CheckContext) -> list[Outcome]:
    """What a file says of the requirements by itself; of its format nothing, where it has no records."""
    checks = FILE_CHECKS if file.is_judged else ()
    return [outcome for check in checks for outcome in check.outcomes(file, context)]


def missing_records(files: Sequence[FetchedFile], context: CheckContext) -> list[Outcome]:
    """What files without records say, where other files of the run show that there are records in their range."""
    requirement = context.requirement("file/format")
    outcomes: list[Outcome] = []
    for file in files:
        other = next((other for other in files if _shows_records(other, file.wanted)), None)
        if requirement and other and file.proves_nothing:
            count = f"{other.facts.records:,} record{'s' * (other.facts.records != 1)}"
            observed = f"no record, where {other.exchange.case.title} has {count} in the same range"
            seen = Observation(kind=Kind.EMPTY, observed=observed)
            outcomes += outcomes_of(seen, requirement, file.exchange, CheckName.FILE_FORMAT, _expected_format(file))
    return outcomes


def _observe_fetched(file: FetchedFile) -> Observation:
    response = file.exchange.response
    expected = "2xx, and the whole file"
    if response.failure is Failure.ADDRESS:
        return kept_or(Kind.GARBLED, response.problem, expected)
    if response.failure:
        return kept_or(response.failure.value, response.problem, expected)
    if not response.accepted:
        observed = file.problem or f"status {response.status}"
        return kept_or(f"{(response.status or 0) // 100}xx", observed, expected)
    return kept_or(Kind.BROKEN_OFF, file.problem, expected)


def _observe_format(file: FetchedFile) -> Observation | None:
    facts = file.facts
    if file.proves_nothing or not file.is_whole:
        return None
    kind = Kind.OTHER_FORMAT if facts.is_other_format else Kind.MALFORMED if facts.bytes else Kind.EMPTY
    return kept_or(kind, facts.format_problem, _expected_format(file))


def _expected_format(file: FetchedFile) -> str:
    return f"{file.wanted.format}, whole, with the records of its range"


def _observe_dates(file: FetchedFile) -> Observation | None:
    if not file.facts.dated or not file.is_whole:
        return None
    return kept_or(Kind.OUT_OF_RANGE, file.facts.date_problem, f"no record outside {file.wanted.range_text}")


def _observe_columns(file: FetchedFile) -> Observation | None:
    facts, known = file.facts, file.wanted.known
    if facts.columns is None or known is None or facts.format_problem or not file.is_whole:
        return None
    return kept_or(Kind.OTHER_COLUMNS, facts.column_problem, f"the columns {', '.join(known.columns)}")


def _shows_records(file: FetchedFile, wanted: Wanted) -> bool:
    """Whether a file shows that there are records of a selection, in a range that lies within another's."""
    facts, other = file.facts, file.wanted
    if not file.is_judged or not file.is_whole or not facts.records or facts.format_problem or facts.date_problem:
        return False
    if other.selection != wanted.selection or not (other.first and other.last and wanted.first and wanted.last):
        return False
    return wanted.first <= other.first and other.last <= wanted.last


FILE_CHECKS: Final = (
    FileCheck(
        name=CheckName.FETCHED,
        rule="file/fetched",
        promise="The file of a completed job is answered 2xx, and comes whole.",
        observe=_observe_fetched,
    ),
    FileCheck(
        name=CheckName.FILE_FORMAT,
        rule="file/format",
        promise="The file is in the format requested.",
        observe=_observe_format,
    ),
    FileCheck(
        name=CheckName.FILE_DATES,
        rule="file/dates",
        promise="No record was created after the range requested.",
        observe=_observe_dates,
    ),
    FileCheck(
        name=CheckName.FILE_COLUMNS,
        rule="file/columns",
        promise="A CSV file has the columns that the guide lists.",
        observe=_observe_columns,
    ),
)
