"""What happens in a run, in the order in which it happens: for whoever listens, and for the journal."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.phase_report import PhaseReport, Stop
from export_contract.acceptance.model.results import PhaseResult, Results
from export_contract.strategies import Case


class PhaseStarted(msgspec.Struct, frozen=True, tag="phase-started"):
    """A phase begins."""

    phase: str
    cases: int


class Sending(msgspec.Struct, frozen=True, tag="sending"):
    """A request is about to leave."""

    number: int
    case: Case


class Exchanged(msgspec.Struct, frozen=True, tag="exchanged"):
    """A response came, or its failure, and was judged."""

    exchange: Exchange
    outcomes: tuple[Outcome, ...]


class NotSent(msgspec.Struct, frozen=True, tag="not-sent"):
    """A case was given up before it had an answer of its own."""

    case: Case
    is_rate_limited: bool
    """Whether that is because the target was never ready for it."""


class Waiting(msgspec.Struct, frozen=True, tag="waiting"):
    """The target asked to be left alone for a while."""

    seconds: float
    status: int


class Downloading(msgspec.Struct, frozen=True, tag="downloading"):
    """A file is being read."""

    bytes: int
    """So far, of all files of the run."""


class Stopped(msgspec.Struct, frozen=True, tag="stopped"):
    """The run is to end before its time."""

    stop: Stop


class PhaseEnded(msgspec.Struct, frozen=True, tag="phase-ended"):
    """A phase is over."""

    result: PhaseResult
    report: PhaseReport


class RunEnded(msgspec.Struct, frozen=True, tag="run-ended"):
    """The run is over, for whatever reason."""

    results: Results
    defect: Exception | None = None
    """What went wrong in export-contract itself, or in a check of the user's own."""


Event = PhaseStarted | Sending | Exchanged | NotSent | Waiting | Downloading | Stopped | PhaseEnded | RunEnded
Listener = Callable[[Event], None]
