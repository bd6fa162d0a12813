"""What checks judge by."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract

Check = Callable[["Exchange", "CheckContext"], Iterator[Outcome]]
"""Judges one exchange; its name is the check's."""


class CheckContext(msgspec.Struct, frozen=True, kw_only=True):
    """What checks judge by."""

    contract: Contract
    seconds: float
    """Within how many seconds an answer must come."""
    redaction: Redaction
    """Knows the secrets that were sent."""
    user_checks: tuple[Check, ...] = ()
    """Checks of the user's own, after those of the kit."""

    def requirement(self, rule: str) -> str | None:
        """The id of the requirement for a rule; None where the contract promises nothing about it."""
        found = self.contract.by_rule(rule)
        return found.id if found else None
