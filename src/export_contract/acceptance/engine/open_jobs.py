"""How many jobs a target lets run at once: declared beforehand, or learned from what it refuses.

A request that must be accepted and is refused may only have come too soon: earlier jobs still ran. So the earlier jobs
are waited for, and the request is sent once more. Where it is accepted then, the target has a limit, and the run
respects it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from export_contract.acceptance.checks.job_status import state_of
from export_contract.acceptance.model.exchange import Exchange
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import FINAL_STATES, status_call
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED, Call
from export_contract.strategies.http.status_calls import status_case

_REFUSALS: Final = (400, 403, 409, 429)
"""Statuses with which a target may say that too many jobs are running."""
_MOST_WATCHED: Final = 8
"""Of the latest jobs: those before them have had more time."""
_MOST_DISPROOFS: Final = 2
"""Refusals that were not about open jobs; then no more are taken for it."""
_PAUSES: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.0)
"""Seconds between looks at the jobs that are waited for; the last one again and again."""

Look = Callable[[Case], Exchange | None]
"""Makes the exchange of a status call."""
Pause = Callable[[float], bool]
"""Waits; whether the run goes on then."""


class OpenJobs:
    """Keeps the jobs that may still run; safe for any number of threads."""

    def __init__(self, contract: Contract, limit: int | None, seconds: float) -> None:
        self.limit = limit
        """The most jobs that may run at once; None where no limit is known."""
        self.learned_from: int | None = None
        """The status with which the target refused a request for that, where the limit was learned."""
        self._contract = contract
        self._can_look = status_call(contract) is not None and contract.by_rule("status/found") is not None
        self._seconds = seconds
        self._open: list[str] = []
        self._disproofs = 0
        self._lock = threading.RLock()

    def created(self, exchange: Exchange) -> None:
        """Note the job that an exchange created."""
        job_id = exchange.response.job_id
        if exchange.created_job and isinstance(job_id, str) and job_id.isascii():
            with self._lock:
                self._open.append(job_id)
                if self.limit is None:
                    del self._open[:-_MOST_WATCHED]

    def saw(self, exchange: Exchange, job_id: str) -> None:
        """Note what a status says of a job: one that is finished, or gone, does not run any more."""
        if exchange.response.refused or state_of(exchange.response) in FINAL_STATES:
            with self._lock:
                self._open = [one for one in self._open if one != job_id]

    def has_room(self, on_their_way: int) -> bool:
        """Whether one more job may be created beside those that run and those that are being created."""
        return self.limit is None or len(self._open) + on_their_way < self.limit

    def may_explain(self, exchange: Exchange) -> bool:
        """Whether a refusal may be about jobs that still run."""
        case = exchange.case
        return (
            self._can_look
            and bool(self._open)
            and self._disproofs < _MOST_DISPROOFS
            and case.call is Call.CREATE
            and case.credentials == CONFIGURED
            and case.expectation is Expectation.ACCEPT
            and exchange.response.status in _REFUSALS
        )

    def wait_for_room(self, look: Look, pause: Pause, *, until_empty: bool = False) -> int | None:
        """Wait until one more job may be created, or until none runs any more, looking at the status of those that do.

        Returns how many ran at the first look; None where the time for a job was not enough, or the run ends.
        """
        with self._lock:
            ran: int | None = None
            waited = 0.0
            for attempt in range(1_000):
                for job_id in list(self._open):
                    exchange = look(status_case(self._contract, job_id, "whether an earlier job still runs"))
                    if exchange is not None:
                        self.saw(exchange, job_id)
                ran = len(self._open) if ran is None else ran
                if not self._open or (not until_empty and self.has_room(0)):
                    return ran
                seconds = _PAUSES[min(attempt, len(_PAUSES) - 1)]
                waited += seconds
                if waited > self._seconds or not pause(seconds):
                    return None
        return None

    def learn(self, *, was_accepted: bool, ran: int, status: int | None) -> None:
        """Learn from a request that was sent again when no other job ran."""
        with self._lock:
            if not was_accepted:
                self._disproofs += 1
            elif self.limit is None or ran < self.limit:
                self.limit, self.learned_from = max(1, ran), status
