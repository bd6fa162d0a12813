"""What a run tells while it goes on, to whoever listens."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.results import Results
from export_contract.strategies import Case


class PhaseStarted(msgspec.Struct, frozen=True):
    """A phase begins."""

    phase: str
    cases: int


class Sending(msgspec.Struct, frozen=True):
    """A case is about to be sent."""

    case: Case


class Exchanged(msgspec.Struct, frozen=True):
    """A case was sent, answered and judged."""

    exchange: Exchange
    outcomes: tuple[Outcome, ...]


class Waiting(msgspec.Struct, frozen=True):
    """The target asked to be left alone for a while."""

    seconds: float
    status: int


class Downloading(msgspec.Struct, frozen=True):
    """A file is being read."""

    bytes: int
    """So far, of all files of the run."""


class RunEnded(msgspec.Struct, frozen=True):
    """The run is over, for whatever reason."""

    results: Results


Event = PhaseStarted | Sending | Exchanged | Waiting | Downloading | RunEnded
Listener = Callable[[Event], None]
