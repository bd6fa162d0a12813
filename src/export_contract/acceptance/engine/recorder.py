"""Memory: what a run saw, from which everything that it says afterwards is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.engine.followed_job import Followed
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Choice, Outcome
from export_contract.acceptance.model.results import Load, PhaseResult
from export_contract.acceptance.transport.budget import Exhausted
from export_contract.acceptance.verdict.findings import Sighting

_MOST_EXAMPLES: Final = 3


class Tally(msgspec.Struct):
    """What is known of one requirement so far."""

    exercised: int = 0
    examples: tuple[int, ...] = ()
    """Numbers of the first exchanges that exercised it."""
    choices: set[Choice] = msgspec.field(default_factory=set)


class Memory(msgspec.Struct, kw_only=True):
    """What a run saw."""

    context: CheckContext
    base_url: str
    url: str
    """Where the requests go."""
    exchanges: list[Exchange] = msgspec.field(default_factory=list)
    """In the order of the cases."""
    sightings: list[Sighting] = msgspec.field(default_factory=list)
    tallies: dict[str, Tally] = msgspec.field(default_factory=dict)
    phases: list[PhaseResult] = msgspec.field(default_factory=list)
    requests: int = 0
    """Requests sent, those among them that were sent again because the target asked for patience."""
    barred: dict[str, str] = msgspec.field(default_factory=dict)
    """Why a phase, or a rule, says nothing about this target, where one does not."""
    followed: list[Followed] = msgspec.field(default_factory=list)
    load: Load | None = None
    ran_short: Exhausted | None = None
    """What the budget had no more of, if a phase ended for that."""

    @property
    def jobs(self) -> int:
        """Jobs that the run created, or may have created."""
        return sum(exchange.created_job for exchange in self.exchanges)

    def remember(self, exchange: Exchange, outcomes: Iterable[Outcome]) -> None:
        """Keep an exchange, and what it says of requirements."""
        self.exchanges.append(exchange)
        for outcome in outcomes:
            self.note(exchange, outcome)

    def forget(self, of: Callable[[Exchange], bool]) -> None:
        """Forget what some exchanges showed against the target; that they were sent is still known."""
        self.sightings = [sighting for sighting in self.sightings if not of(sighting.exchange)]

    def note(self, exchange: Exchange, outcome: Outcome) -> None:
        """Keep what an exchange says of a requirement."""
        tally = self.tallies.setdefault(outcome.requirement, Tally())
        tally.exercised += 1
        if len(tally.examples) < _MOST_EXAMPLES and exchange.number not in tally.examples:
            tally.examples += (exchange.number,)
        if outcome.choice:
            tally.choices.add(outcome.choice)
        if outcome.deviation:
            self.sightings.append(Sighting(outcome.requirement, outcome.deviation, exchange))
