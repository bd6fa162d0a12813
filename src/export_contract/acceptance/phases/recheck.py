"""Rechecking: whether what was found shows every time, or only sometimes."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.outcome import CheckName, Outcome
from export_contract.acceptance.model.phase_report import PhaseReport
from export_contract.acceptance.phases.recovery import has_recovered
from export_contract.acceptance.verdict.triage import TRIES, plainness, triage
from export_contract.contract import Contract
from export_contract.strategies.data.case import Call

_MOST_FINDINGS: Final = 20


def run_recheck(plan: RunPlan, session: Session) -> PhaseReport:
    """Send the plainest case of each finding again, on a connection of its own, until it shows again, twice at most.

    A finding that needs several exchanges is left as it is.
    """
    for outcome in to_recheck(plan.contract, session):
        for _ in range(TRIES):
            sent = session.send_fresh(session.record.exchanges[outcome.exchange].case)
            if sent is not None and not has_recovered(session, sent):
                return PhaseReport()
            if sent is None or _shows(session, sent.number, outcome):
                break
    return PhaseReport()


def to_recheck(contract: Contract, session: Session) -> list[Outcome]:
    """The plainest deviation of each kind that one exchange shows; first what rests on a response that never came."""
    record, has_values = session.record, contract.has_declared_values
    found: dict[tuple[str, str, str | None], Outcome] = {}
    for outcome in triage(
        record.outcomes, record.exchanges, contract, record.explained, has_declared_values=has_values
    ).outcomes:
        if not outcome.deviates:
            continue
        key = (outcome.requirement, outcome.check, outcome.kind)
        found[key] = min(
            found.get(key, outcome), outcome, key=lambda one: plainness(one, record.exchanges[one.exchange])
        )
    alone = [one for one in found.values() if _shows_alone(one, session)]
    alone.sort(key=lambda one: record.exchanges[one.exchange].response.failure is None)
    return alone[:_MOST_FINDINGS]


def _shows_alone(outcome: Outcome, session: Session) -> bool:
    exchange = session.record.exchanges[outcome.exchange]
    return (
        outcome.check != CheckName.JOB_ID_UNIQUE
        and exchange.phase not in ("load", "relations")
        and exchange.case.call is Call.CREATE
    )


def _shows(session: Session, number: int, outcome: Outcome) -> bool:
    return any(one.deviates and one.check == outcome.check for one in session.record.of_exchange[number])
