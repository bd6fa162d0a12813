"""What a file is judged by, and what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from export_contract.acceptance.checks.file.census import Census
from export_contract.acceptance.model.date_range import is_to_come, range_of, range_texts, request_of
from export_contract.contract import Contract
from export_contract.contract.status import KnownFile, known_file
from export_contract.strategies import Case

_FORMAT: Final = "format"


class Wanted(msgspec.Struct, frozen=True):
    """What a file is judged by."""

    format: str
    """As it was requested: `CSV` or `JSONL`; a file of another format is counted, and not judged."""
    known: KnownFile | None = None
    """What the contract says of its columns."""
    first: datetime | None = None
    last: datetime | None = None
    """The range requested; records that were created on a later day do not belong in the file."""
    is_to_come: bool = False
    """Whether the range begins in the future, so that no record can lie in it."""
    range_text: str = ""
    """The range as the request writes it."""
    selection: Mapping[str, Any] = {}
    """What was requested beside format and range: files of one selection hold records of one kind."""

    @property
    def is_csv(self) -> bool:
        """Whether CSV was requested."""
        return self.format.upper() == "CSV"

    @property
    def is_json_lines(self) -> bool:
        """Whether JSONL was requested."""
        return self.format.upper() == "JSONL"


class FileFacts(msgspec.Struct):
    """What was seen of a file so far. Nothing of a record is in it, but for how its header names the columns."""

    bytes: int = 0
    records: int = 0
    is_cut: bool = False
    """Whether it was not read to its end, since it was too long or the time was up; that is not its fault."""
    is_other_format: bool = False
    """Whether it is something else altogether than the format requested."""
    format_problem: str = ""
    """Why it is not in the format requested, and where."""
    dated: int = 0
    """Records with a documented date."""
    date_problem: str = ""
    """The first record that does not belong in the range, and where."""
    columns: tuple[str, ...] | None = None
    """The header of a CSV file. It may be a record, so it is not to be shown."""
    column_problem: str = ""
    census: Census | None = None
    """Which records it has, where they are to be compared with those of other files."""

    @property
    def is_empty(self) -> bool:
        """Whether it was read to its end, is in its format, and has no record."""
        return not (self.records or self.is_cut or self.format_problem)


class MalformedFile(ValueError):
    """Content that is not in its format; the message says what is wrong, and where."""


def wanted_of(case: Case, contract: Contract) -> Wanted:
    """What the file of the job that an accepted case created is judged by."""
    request = request_of(case)
    first, last = range_of(case, contract) or (None, None)
    beside = {name for schema in contract.request.beside() for name in schema.keywords.get("x-ordered", ())} | {_FORMAT}
    return Wanted(
        format=str(request.get(_FORMAT, "")),
        known=known_file(contract, request),
        first=first,
        last=last,
        is_to_come=is_to_come(case, contract),
        range_text=" to ".join(range_texts(case, contract)),
        selection={name: value for name, value in request.items() if name not in beside},
    )
