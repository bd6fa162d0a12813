"""The scene of a run: what the rules of triage know beside the outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.contract import Contract, Expectation


class Scene(msgspec.Struct, frozen=True):
    """What the rules know beside the outcomes."""

    exchanges: Mapping[int, Exchange]
    """In the order in which their responses came."""
    contract: Contract
    explained: Mapping[int, int]
    """Numbers of exchanges whose failure another one explains, and that one's number."""
    is_lost: bool
    """Whether the run ended because the target was gone."""
    has_declared_values: bool = True
    """Whether the values that must exist on the target were declared by the user."""

    def of(self, outcome: Outcome) -> Exchange:
        """The exchange of an outcome."""
        return self.exchanges[outcome.exchange]


Rule = Callable[[Sequence[Outcome], Scene], list[Outcome]]
"""What is left of some outcomes."""


def is_status(outcome: Outcome) -> bool:
    """Whether an outcome is about the status code."""
    return outcome.check == CheckName.STATUS


def is_refused_accept(outcome: Outcome, scene: Scene) -> bool:
    """Whether an outcome is that the target refused what it must accept."""
    is_accept = scene.of(outcome).case.expectation is Expectation.ACCEPT
    return is_accept and is_status(outcome) and outcome.kind == Kind.REFUSED
