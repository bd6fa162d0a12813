"""A check: what it is called, which requirement it verifies, and how it looks at one exchange."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import msgspec

from export_contract.acceptance.model.exchange import LOST_WITH_CONNECTION, Exchange, Failure
from export_contract.acceptance.model.outcome import Choice, Outcome
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from export_contract.acceptance.checks.context import CheckContext

_MOST_OBSERVED: Final = 1_000
"""Characters of what an outcome shows of a response."""


_NOT_ANSWERED: Final = frozenset({Failure.UNREACHABLE, Failure.POSTPONED, Failure.INTERRUPTED, *LOST_WITH_CONNECTION})
"""Failures before the target could answer, or had to."""


def says_nothing(exchange: Exchange) -> bool:
    """Whether what came back says nothing about the request: it was not sent, or was sent again."""
    return exchange.retried or exchange.response.failure in _NOT_ANSWERED


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What a check saw in an exchange that exercised its requirement."""

    kind: str | None = None
    """In which way the requirement was not kept; None where it was."""
    observed: str = ""
    expected: str = ""
    """Where that depends on the exchange; otherwise what the check expects of every one."""
    summary: str = ""
    """What happened in a few words, where `observed` does not say it."""
    choice: Choice | None = None
    also: tuple[str, ...] = ()
    """Other requirements that the exchange shows in the same way."""


KEPT: Final = Observation()


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One promise that a single exchange shows kept or broken."""

    name: str
    """Its id: a CheckName, or the name of a user's function. Fingerprints are made of it."""
    promise: str
    """What it verifies, in one sentence."""
    expected: str = ""
    """What every response is to be like."""
    rule: str = ""
    """The rule of the requirement that it verifies; without one, that is the requirement at which the case is aimed."""
    requirement: str = ""
    """The id of the requirement, where a user's check names it."""
    calls: frozenset[Call] = frozenset({Call.CREATE})
    """The calls whose exchanges it looks at."""
    observe: Callable[[Exchange, CheckContext], Observation | None]
    """Returns None where the exchange says nothing about the requirement."""

    def outcomes(self, exchange: Exchange, context: CheckContext) -> list[Outcome]:
        """What an exchange says of the requirement, and of others that it shows in the same way."""
        requirement = self.requirement or (context.requirement(self.rule) if self.rule else exchange.case.requirement)
        if requirement is None or exchange.case.call not in self.calls:
            return []
        seen = self.observe(exchange, context)
        return outcomes_of(seen, requirement, exchange, self.name, self.expected) if seen else []


def outcomes_of(seen: Observation, requirement: str, exchange: Exchange, check: str, expected: str) -> list[Outcome]:
    """An observation as outcomes of an exchange; `expected` counts where the observation expects nothing of its own."""
    if seen.kind is None:
        requirements = dict.fromkeys((requirement, *seen.also))
        return [Outcome(one, exchange.number, check, choice=seen.choice) for one in requirements]
    expected = seen.expected or expected
    observed, summary = seen.observed, seen.summary
    return [deviation(requirement, exchange, check, seen.kind, expected=expected, observed=observed, summary=summary)]


def deviation(
    requirement: str, exchange: Exchange, check: str, kind: str, *, expected: str, observed: str, summary: str = ""
) -> Outcome:
    """The outcome of an exchange that did not keep a requirement; `summary` is what was observed by default."""
    if len(observed) > _MOST_OBSERVED:
        observed = f"{observed[:_MOST_OBSERVED]}…"
    summary = f"{exchange.case.title}: {summary or observed}"
    return Outcome(requirement, exchange.number, check, kind, summary, expected, observed)


def kept_or(kind: str, observed: str, expected: str = "") -> Observation:
    """A kept promise where nothing was observed against it, else a deviation of that kind."""
    return Observation(kind=kind, observed=observed, expected=expected) if observed else KEPT
