"""A job that is being followed, and what was seen of it so far."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from export_contract.acceptance.checks.job_status import export_data
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.results import FileRecord, FollowedJob, Poll
from export_contract.contract.status import FINAL_STATES
from export_contract.strategies import Case

FIRST_WAIT: Final = 0.1
"""Seconds between the first two looks."""
_LOOKS_AT_THE_END: Final = 2
"""After a job is finished: whether it stays so."""
_LOOKS_WITHOUT_STATE: Final = 4
"""In a row; then a job is not followed any further."""


class Followed(msgspec.Struct, kw_only=True):
    """A job that is being followed."""

    created: Exchange
    job_id: str
    question: Case
    """Asks for its status."""
    born: float
    """Monotonic seconds."""
    due: float
    wait: float = FIRST_WAIT
    polls: list[Poll] = msgspec.field(default_factory=list)
    states: list[str] = msgspec.field(default_factory=list)
    without_state: int = 0
    looks_left: int = _LOOKS_AT_THE_END
    last: Exchange | None = None
    """The last status that told a state."""
    completed: Exchange | None = None
    """The first status that told that it is completed."""
    is_given_up: bool = False
    file: FileRecord | None = None

    @property
    def state(self) -> str | None:
        """The last state that was told."""
        return self.states[-1] if self.states else None

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to see of its status."""
        has_ended = self.state in FINAL_STATES and self.looks_left <= 0
        return has_ended or self.is_given_up or self.without_state >= _LOOKS_WITHOUT_STATE

    @property
    def data(self) -> dict[str, Any]:
        """What its status said of the file."""
        return export_data(self.completed.response) if self.completed else {}

    def record(self) -> FollowedJob:
        """How it is written into the results."""
        return FollowedJob(
            case=self.created.case.id,
            combination=self.created.case.base,
            job_id=self.job_id,
            polls=tuple(self.polls),
            state=self.state,
            file=self.file,
        )
