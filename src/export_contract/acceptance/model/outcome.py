"""An outcome: what one exchange says of one requirement."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Choice(StrEnum):
    """What a target does where the document leaves it open."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MIXED = "mixed"
    OPAQUE = "opaque"
    DOCUMENTED = "documented"


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """How an answer differs from what a requirement asks."""

    check: str
    kind: str
    """What kind of answer it was: deviations of one kind are one finding, whatever their bodies."""
    summary: str
    """What happened, in one line."""
    expected: str
    observed: str


class Outcome(msgspec.Struct, frozen=True):
    """What one exchange says of one requirement."""

    requirement: str
    deviation: Deviation | None = None
    choice: Choice | None = None
    """For what the document leaves open, what the target chose."""
