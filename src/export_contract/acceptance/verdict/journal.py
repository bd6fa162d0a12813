"""The journal: the record of a run on disk, written as it grows, so that a run that is killed loses nothing.

One JSON text a line: first what the run is, then its events.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Self

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.recorder import Record
from export_contract.acceptance.model.events import Event, Exchanged, NotSent, PhaseEnded, RunEnded, Sending, Stopped
from export_contract.acceptance.model.phase_report import Stop
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import Cause, Results
from export_contract.acceptance.verdict.summary import RunFacts, summarize
from export_contract.contract import Contract, load_contract
from export_contract.exceptions import ContractError, ResultsError
from export_contract.strategies.http.credentials import Form

JOURNAL_SUFFIX: Final = ".journal"
"""What stands behind the name of the report that the journal is for."""


class Opening(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """The first line: what the run is."""

    contract: str
    sha256: str
    facts: RunFacts
    forms: dict[str, Form] = {}
    """How the credentials are written, by the names of their headers; as in Redaction, nothing of them is a secret."""
    headers: tuple[tuple[str, str], ...] = ()
    """The headers of the run, as they may be shown."""


_Entry = Sending | Exchanged | NotSent | Stopped | PhaseEnded
_Line = Opening | Sending | Exchanged | NotSent | Stopped | PhaseEnded


class Journal:
    """Listens to a run and writes down what happens; whoever has written the results in full removes it.

    A disk that is full, or a file that cannot be written any more, ends the journal, and not the run; `problem` then
    says why.
    """

    def __init__(self, path: Path, opening: Opening, redaction: Redaction) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.problem = ""
        self._redaction = redaction
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._write(opening)

    @classmethod
    def of_run(cls, path: Path, plan: RunPlan) -> Self:
        """A journal at `path` for the run of a plan; raises OSError where it cannot be written."""
        redaction = Redaction(plan.authorization, plan.headers)
        opening = Opening(
            contract=plan.contract.file,
            sha256=plan.contract.sha256,
            facts=RunFacts(
                base_url=plan.base_url,
                phases=plan.phases,
                seed=plan.seed,
                started_at=datetime.now(UTC).isoformat(timespec="seconds"),
                embedded=plan.embedded,
            ),
            forms=redaction.forms,
            headers=redaction.headers,
        )
        return cls(path, opening, redaction)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, event: Event) -> None:
        """Listen to a run."""
        match event:
            case Sending() | Exchanged() | NotSent() | Stopped() | PhaseEnded():
                self._write(event)
            case RunEnded():
                self._file.close()

    def _write(self, line: _Line) -> None:
        if self.problem:
            return
        content = msgspec.json.encode(self._redaction.record(line)) + b"\n"
        try:
            # A write may be cut short where a disk is full.
            while content:
                content = content[self._file.write(content) :]
        except OSError as error:
            self.problem = (
                f"{self.path} cannot be written any more: {error.strerror}; the run goes on without a journal"
            )


def read_journal(path: Path) -> Results:
    """The results that the journal of a run comes to, marked as incomplete.

    Raises ResultsError where it is not a journal, or its contract is not available any more.
    """
    lines = path.read_bytes().splitlines()
    opening = _opening(lines[0] if lines else b"", path)
    context = _context(opening, path)
    record = Record()
    for text in lines[1:]:
        try:
            record.apply(msgspec.json.decode(text, type=_Entry))
        except (msgspec.DecodeError, RecursionError):
            break  # the line at which the run was killed
    waiting = f" {len(record.in_flight)} requests had no answer yet." if record.in_flight else ""
    record.stop = Stop(Cause.JOURNAL, f"The run was cut short; this is what its journal holds.{waiting}")
    return summarize(record, context, opening.facts)


def _opening(line: bytes, path: Path) -> Opening:
    try:
        opening = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ResultsError(str(path), "this is not the journal of a run") from error
    if not isinstance(opening, Opening):
        raise ResultsError(str(path), "this is not the journal of a run: its first line does not say what the run is")
    return opening


def _context(opening: Opening, path: Path) -> CheckContext:
    contract = _contract(opening, path)
    redaction = Redaction.of_forms(opening.forms, opening.headers)
    return CheckContext(contract=contract, seconds=contract.operation.seconds, redaction=redaction)


def _contract(opening: Opening, path: Path) -> Contract:
    try:
        contract = load_contract(opening.contract)
    except ContractError as error:
        raise ResultsError(str(path), f"it was written with a contract that cannot be loaded: {error}") from error
    if contract.sha256 != opening.sha256:
        raise ResultsError(str(path), f"it was written with another version of {opening.contract}")
    return contract
