"""What a fault is."""

from __future__ import annotations

from dataclasses import dataclass

from ..service.seams import Changes


@dataclass(frozen=True)
class Fault:
    """One mistake."""

    name: str
    requirement: str  # the id of the requirement that it breaks
    summary: str  # one line
    changes: Changes
