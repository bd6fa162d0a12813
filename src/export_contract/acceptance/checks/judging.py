"""Judging: what all checks say of one exchange."""

from __future__ import annotations

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.exchange import CHECKS, is_unjudged
from export_contract.acceptance.checks.job_status import STATUS_CHECKS
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome


def judge(exchange: Exchange, context: CheckContext) -> list[Outcome]:
    """What all checks say of one exchange."""
    if is_unjudged(exchange):
        return []
    checks = (*CHECKS, *STATUS_CHECKS, *context.user_checks)
    return [outcome for check in checks for outcome in check(exchange, context)]
