"""What is known when requests are drawn: a drawn case holds several things at once, and may show an old one again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Outcome
from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies import Case


class Known(msgspec.Struct, frozen=True):
    """What the phases before exploration found."""

    kinds: frozenset[tuple[str, str | None]]
    """(requirement, kind)."""
    accepts_fail: bool
    """Whether a request that must be accepted failed."""

    @classmethod
    def of(cls, outcomes: Iterable[Outcome], exchanges: Mapping[int, Exchange]) -> Known:
        """What outcomes, of whichever phases, show."""
        deviations = [one for one in outcomes if one.deviates]
        return cls(
            frozenset((one.requirement, one.kind) for one in deviations),
            any(
                one.check == CheckName.STATUS and exchanges[one.exchange].case.expectation is Expectation.ACCEPT
                for one in deviations
            ),
        )


def is_known(outcome: Outcome, case: Case, known: Known, contract: Contract) -> bool:
    """Whether a deviation of a drawn case is explained by what is known: drawn cases hold several things at once."""
    if (outcome.requirement, outcome.kind) in known.kinds:
        return True
    if outcome.check != CheckName.STATUS:
        return False
    if case.expectation is Expectation.ACCEPT:
        return known.accepts_fail
    classified = oracle(contract).classify(case.payload, case.content_type)
    return any((name, outcome.kind) in known.kinds for name in (*classified.broken, *classified.open))
