"""Group testing: which feature of a failed request is the one that the target does not take.

An accepted case packs many features, so a refused one says little. Put one at a time into a request that the target
accepted, they tell "offsets are refused" from "this body is refused", for a few requests and hardly a job.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from export_contract.acceptance.checks.exchange import is_unjudged, status
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.contract import Expectation
from export_contract.strategies import BODY, Case, Feature, case_with

_MOST_CULPRITS = 24


def is_failed_pack(exchange: Exchange) -> bool:
    """Whether a request that packs features was not accepted, so that it must be told which of them is at fault."""
    return (
        exchange.case.expectation is Expectation.ACCEPT
        and bool(exchange.case.features)
        and not exchange.response.accepted
        and not is_unjudged(exchange)
    )


def is_left_to_explaining(exchange: Exchange, outcome: Outcome) -> bool:
    """Whether an outcome is judged when it is known which feature is at fault."""
    return outcome.deviation is not None and outcome.deviation.check == "status" and is_failed_pack(exchange)


def explain(session: Session, phase: str, exchanges: Sequence[Exchange]) -> None:
    """Find the feature at fault in each accepted case that failed, so that each finding names it."""
    packs = [exchange for exchange in exchanges if exchange.case.features]
    failed = [exchange for exchange in packs if is_failed_pack(exchange)]
    accepted = [exchange for exchange in packs if exchange.response.accepted]
    if not accepted:
        _blame(session, failed[:1])
        return
    good = min(accepted, key=lambda exchange: sum(feature.remarkable for feature in exchange.case.features)).case
    fine = {feature for exchange in accepted for feature in exchange.case.features}
    culprits: list[frozenset[Feature]] = []
    for exchange in failed:
        features = frozenset(exchange.case.features)
        if any(culprit <= features for culprit in culprits):
            continue
        if len(culprits) == _MOST_CULPRITS:
            break  # enough to mend; the next run tells the rest
        culprit = _culprit(session, phase, exchange, good, fine)
        if culprit:
            culprits.append(culprit)
        else:
            _blame(session, [exchange])


def _culprit(
    session: Session, phase: str, exchange: Exchange, good: Case, fine: set[Feature]
) -> frozenset[Feature] | None:
    """The fewest features that make a case of an accepted one that fails; None where that cannot be found out."""
    suspects = [feature for feature in exchange.case.features if feature not in fine]
    for feature in suspects:
        if _fails(session, phase, _with(session, good, (feature,))):
            return frozenset({feature})
    # No feature alone: take back one after the other, for as long as the rest still fails.
    left = [feature for feature in exchange.case.features if feature not in good.features]
    for feature in tuple(left):
        fewer = [other for other in left if other != feature]
        if not fewer:
            break
        fails = _fails(session, phase, _with(session, good, fewer), judged=False)
        if fails is None:
            return None
        if fails:
            left = fewer
    return frozenset(left) if left and _fails(session, phase, _with(session, good, left)) else None


def _with(session: Session, good: Case, features: Sequence[Feature]) -> Case:
    """An accepted case with some features put in, aimed at the requirement of the most telling one."""
    changed = {feature.aspect: feature for feature in (*good.features, *features)}
    case = case_with(session.context.contract, changed.values())
    aim = next((feature for feature in features if feature.aspect != BODY), features[0])
    title = "; ".join(feature.name for feature in features)
    return msgspec.structs.replace(case, requirement=aim.requirement, title=title)


def _fails(session: Session, phase: str, case: Case, *, judged: bool = True) -> bool | None:
    """Whether the target does not accept a case; None where it could not be sent."""
    exchanges = session.send_all(phase, [case], keep=lambda _, outcome: judged)
    return not exchanges[0].response.accepted if exchanges else None


def _blame(session: Session, exchanges: Sequence[Exchange]) -> None:
    """Judge the cases as they are."""
    for exchange in exchanges:
        for outcome in status(exchange, session.context):
            session.memory.note(exchange, outcome)
