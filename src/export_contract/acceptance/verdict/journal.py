"""The journal: what was sent and answered, on disk as it happens, so that a run that is killed still tells it.

One JSON text a line: first what the run is, then for each case that it is sent, and what came of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, Self

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.recorder import Memory
from export_contract.acceptance.model.events import Event, Exchanged, RunEnded, Sending
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import Cause, Results
from export_contract.acceptance.verdict.summary import sum_up
from export_contract.contract import Contract, load_contract
from export_contract.exceptions import ContractError, ResultsError

JOURNAL_SUFFIX: Final = ".journal"
"""What stands behind the name of the report that the journal is for."""
_CUT_SHORT: Final = "The run was cut short; this is what its journal tells."


class Opening(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """The first line: what the run is."""

    contract: str
    sha256: str
    url: str
    base_url: str
    phases: tuple[str, ...]
    seed: int
    started_at: str
    embedded: bool


class _Sent(msgspec.Struct, frozen=True, tag="sent"):
    case: str


class _Answered(msgspec.Struct, frozen=True, tag="answered"):
    exchange: Exchange
    outcomes: tuple[Outcome, ...]


_Line = Opening | _Sent | _Answered


class Journal:
    """Listens to a run and writes down what it tells; who has written the results in full removes it."""

    def __init__(self, path: Path, opening: Opening, redaction: Redaction) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._redaction = redaction
        self._file: BinaryIO = path.open("wb", buffering=0)
        self._write(opening)

    @classmethod
    def of_run(cls, path: Path, plan: RunPlan) -> Self:
        """A journal at `path` for the run of a plan; raises OSError where it cannot be written."""
        contract = plan.contract
        opening = Opening(
            contract=contract.file,
            sha256=contract.sha256,
            base_url=plan.base_url,
            url=plan.base_url + contract.operation.path,
            phases=plan.phases,
            seed=plan.seed,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            embedded=plan.embedded,
        )
        return cls(path, opening, Redaction(plan.authorization, plan.headers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __call__(self, event: Event) -> None:
        """Listen to a run."""
        match event:
            case Sending():
                self._write(_Sent(event.case.id))
            case Exchanged():
                self._write(_Answered(event.exchange, event.outcomes))
            case RunEnded():
                self._file.close()

    def _write(self, line: _Line) -> None:
        self._file.write(msgspec.json.encode(self._redaction.record(line)) + b"\n")


def read_journal(path: Path) -> Results:
    """The results that the journal of a run tells, marked as incomplete.

    Raises ResultsError where it is not a journal, or its contract is not at hand any more.
    """
    lines = path.read_bytes().splitlines()
    try:
        opening = msgspec.json.decode(lines[0], type=_Line)
    except (IndexError, msgspec.DecodeError) as error:
        raise ResultsError(str(path), "this is not the journal of a run") from error
    if not isinstance(opening, Opening):
        raise ResultsError(str(path), "this is not the journal of a run: its first line does not describe the run")
    contract = _contract(opening, path)
    context = CheckContext(contract=contract, seconds=contract.operation.seconds, redaction=Redaction())
    memory = Memory(context=context, base_url=opening.base_url, url=opening.url)
    unanswered = 0
    for text in lines[1:]:
        try:
            line = msgspec.json.decode(text, type=_Line)
        except msgspec.DecodeError:
            break  # the line at which the run was killed
        if isinstance(line, _Sent):
            unanswered += 1
            memory.requests += 1
        elif isinstance(line, _Answered):
            unanswered -= 1
            memory.remember(line.exchange, line.outcomes)
    waiting = f" {unanswered} requests had no answer yet." if unanswered else ""
    return sum_up(
        memory,
        phases=opening.phases,
        problem=_CUT_SHORT + waiting,
        started_at=opening.started_at,
        seconds=0.0,
        seed=opening.seed,
        embedded=opening.embedded,
        interrupted=True,
        cause=Cause.JOURNAL,
    )


def _contract(opening: Opening, path: Path) -> Contract:
    try:
        contract = load_contract(opening.contract)
    except ContractError as error:
        raise ResultsError(str(path), f"the contract of the run cannot be loaded: {error}") from error
    if contract.sha256 != opening.sha256:
        raise ResultsError(str(path), f"the run used another version of {opening.contract}")
    return contract
