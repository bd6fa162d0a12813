"""A job whose status is polled, and what was seen of it so far."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from export_contract.acceptance.checks.file.outcomes import FetchedFile
from export_contract.acceptance.checks.job_status import export_data
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.results import FileRecord, FollowedJob, Poll
from export_contract.contract.status import FINAL_STATES
from export_contract.strategies import Case

FIRST_WAIT: Final = 0.1
"""Seconds between the first two looks."""
LOOKS_AT_THE_END: Final = 2
"""After a job is finished: whether it stays so."""
_LOOKS_WITHOUT_STATE: Final = 4
"""In a row; then a job is not followed any further."""


class PolledJob(msgspec.Struct, kw_only=True):
    """A job whose status is polled."""

    created: Exchange
    job_id: str
    status_call: Case
    born: float
    """Monotonic seconds."""
    held: float
    """Seconds for which the target had asked to be left alone when it was born."""
    due: float
    wait: float = FIRST_WAIT
    polls: list[Poll] = msgspec.field(default_factory=list)
    states: list[str] = msgspec.field(default_factory=list)
    without_state: int = 0
    looks_left: int = LOOKS_AT_THE_END
    last: Exchange | None = None
    """The last status that told a state."""
    completed: Exchange | None = None
    """The first status that told that it is completed."""
    is_given_up: bool = False

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

    @property
    def download_url(self) -> str:
        """The URL of its file; empty where its status has none."""
        url = self.data.get("downloadUrl")
        return url if isinstance(url, str) else ""

    def record(self, file: FileRecord | None) -> FollowedJob:
        """How it is written into the results, with what was seen of its file."""
        return FollowedJob(
            case=self.created.case.id,
            combination=self.created.case.base,
            job_id=self.job_id,
            polls=tuple(self.polls),
            state=self.state,
            file=file,
        )


class KeptFile(NamedTuple):
    """The file of a followed job, as later phases of the same run compare it with others; it is never written."""

    job: PolledJob
    file: FetchedFile
