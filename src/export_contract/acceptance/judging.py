"""Judging: what all checks say of one exchange."""

from __future__ import annotations

from export_contract.acceptance.checks import CHECKS, Bench, Outcome, is_unjudged
from export_contract.acceptance.exchange import Exchange
from export_contract.acceptance.status_checks import STATUS_CHECKS


def judge(exchange: Exchange, bench: Bench) -> list[Outcome]:
    """What all checks say of one exchange."""
    if is_unjudged(exchange):
        return []
    checks = (*CHECKS, *STATUS_CHECKS, *bench.own_checks)
    return [outcome for check in checks for outcome in check(exchange, bench)]
