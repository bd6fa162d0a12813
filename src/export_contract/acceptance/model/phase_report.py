"""What a phase reports when it ends, beside the exchanges that were recorded meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.results import Cause, FollowedJob, LeftOut, Load, NotExercised


class Stop(msgspec.Struct, frozen=True):
    """Why a run ends before its time."""

    cause: Cause
    reason: str
    """One sentence that says what to do."""


class Gap(msgspec.Struct, frozen=True):
    """Why requirements were not exercised."""

    cause: NotExercised
    reason: str
    """In terms of what the user can do about it."""
    applies: bool = False
    """Whether the requirements say anything about this target; one that does not apply is no gap in the evidence."""


class PhaseReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a phase saw."""

    outcomes: tuple[Outcome, ...] = ()
    """Of several exchanges together; those of one exchange are recorded with it."""
    gaps: Mapping[str, Gap] = {}
    """Why a phase, or a rule, was not exercised, by its name."""
    explained: Mapping[int, int] = {}
    """Numbers of exchanges whose failure another exchange explains, and the number of that one."""
    jobs: tuple[FollowedJob, ...] = ()
    load: Load | None = None
    left_out: tuple[LeftOut, ...] = ()
    """Cases of the suite that no phase sent."""
    ended: str | None = None
    """Why it ended early, where that was not the budget."""
    stop: Stop | None = None
    """Why the run ends here."""
