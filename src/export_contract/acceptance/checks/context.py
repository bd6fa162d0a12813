"""What checks judge by."""

from __future__ import annotations

import msgspec

from export_contract.acceptance.checks.check import Check
from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract


class CheckContext(msgspec.Struct, frozen=True, kw_only=True):
    """What checks judge by."""

    contract: Contract
    seconds: float
    """Within how many seconds a response must come."""
    redaction: Redaction
    """Knows the secrets that were sent."""
    user_checks: tuple[Check, ...] = ()
    """Checks of the user's, which come after the built-in ones."""

    def requirement(self, rule: str) -> str | None:
        """The id of the requirement for a rule; None where the contract promises nothing about it."""
        found = self.contract.by_rule(rule)
        return found.id if found else None
