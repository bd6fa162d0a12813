"""Isolation: which feature of a failed request is the one that the target does not take.

An accepted case packs many features, so a refused one says little. Put one at a time into a request that the target
accepted, they tell "offsets are refused" from "this body is refused", for a few requests and hardly a job.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.registry import is_unjudged
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.contract import Expectation
from export_contract.strategies import BODY, Case, Feature, case_with, plainest_case

_MOST_CULPRITS: Final = 24
"""Enough to mend; the next run tells the rest."""


def isolate(session: Session) -> dict[int, int]:
    """Find the feature at fault in each accepted case that failed, so that each finding names it.

    Returns the numbers of exchanges whose failure another one explains, and that one's number.
    """
    packs = [one for one in session.record.of_phase("jobs", "suite") if is_pack(one.case)]
    accepted = [one for one in packs if one.response.accepted]
    failed = [one for one in packs if not one.response.accepted and not is_unjudged(one)]
    if failed and not accepted:  # each holds something that the target does not take, or it takes nothing
        plainest = session.send([plainest_case(session.context.contract)])
        accepted = [one for one in plainest if one.response.accepted]
        failed = [*(one for one in plainest if not one.response.accepted), *failed]
    if accepted:
        return _Isolation(session, accepted, failed).explain(failed)
    return {other.number: failed[0].number for other in failed[1:]}


def is_pack(case: Case) -> bool:
    """Whether a case packs features that must all be accepted."""
    return case.expectation is Expectation.ACCEPT and bool(case.features)


class _Isolation:
    """Isolates the features at fault, with an accepted case that they are put into."""

    def __init__(self, session: Session, accepted: Sequence[Exchange], failed: Sequence[Exchange]) -> None:
        self._session = session
        self._good = min(accepted, key=lambda one: sum(feature.remarkable for feature in one.case.features)).case
        self._fine = {feature for exchange in accepted for feature in exchange.case.features}
        self._failures = Counter(feature for exchange in failed for feature in exchange.case.features)
        """How many failed requests have each feature."""
        self._explained: dict[int, int] = {}

    def explain(self, failed: Iterable[Exchange]) -> dict[int, int]:
        """Numbers of exchanges whose failure another one explains, and that one's number."""
        culprits: dict[frozenset[Feature], int] = {}
        for exchange in failed:
            features = frozenset(exchange.case.features)
            known = [number for culprit, number in culprits.items() if culprit <= features]
            if known:
                self._explained[exchange.number] = known[0]
            elif len(culprits) == _MOST_CULPRITS:
                self._explained[exchange.number] = next(iter(culprits.values()))
            elif found := self._culprit(exchange):
                culprit, number = found
                culprits[culprit] = self._explained[exchange.number] = number
        return self._explained

    def _culprit(self, exchange: Exchange) -> tuple[frozenset[Feature], int] | None:
        """The fewest features that turn the accepted case into one that fails, and the exchange that shows it.

        More than the fewest where no jobs are left to take more of them back; None where nothing was found out.
        """
        suspects = [feature for feature in exchange.case.features if feature not in self._fine]
        # A feature that is refused costs no job, so what most failed requests have in common comes first.
        for feature in sorted(suspects, key=lambda one: -self._failures[one]):
            failing = self._failing([feature])
            if failing:
                return frozenset({feature}), failing.number
        # No feature alone: take back one after the other, for as long as the rest still fails.
        left = [feature for feature in exchange.case.features if feature not in self._good.features]
        steps: list[Exchange] = []
        for feature in tuple(left):
            fewer = [other for other in left if other != feature]
            if not fewer:
                break
            sent = self._session.send([self._with(fewer)])
            if not sent:
                break
            if not sent[0].response.accepted:
                left = fewer
                steps.append(sent[0])
        failing = steps.pop() if steps else self._failing(left) if left else None
        if failing is None:
            return None
        self._explained.update({step.number: failing.number for step in steps})
        return frozenset(left), failing.number

    def _failing(self, features: Sequence[Feature]) -> Exchange | None:
        """The exchange of the accepted case with some features put in, where that is not accepted any more."""
        sent = self._session.send([self._with(features)])
        return sent[0] if sent and not sent[0].response.accepted else None

    def _with(self, features: Sequence[Feature]) -> Case:
        """The accepted case with some features put in, aimed at the requirement of the most telling one."""
        changed = {feature.aspect: feature for feature in (*self._good.features, *features)}
        case = case_with(self._session.context.contract, changed.values())
        aim = next((feature for feature in features if feature.aspect != BODY), features[0])
        title = "; ".join(feature.name for feature in features)
        return msgspec.structs.replace(case, requirement=aim.requirement, title=title)
