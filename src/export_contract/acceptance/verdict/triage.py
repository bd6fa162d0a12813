"""Triage: one pure function that decides, after the last phase, which outcomes count.

Every outcome of a run goes through `RULES`, each of which takes away what another outcome, or the way of the run,
explains; what is left makes findings and verdicts. Nothing else decides that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from export_contract.acceptance.checks.concurrency import load_outcome
from export_contract.acceptance.engine.session import WAITING
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.acceptance.verdict.gates import is_gate
from export_contract.acceptance.verdict.known import Known, is_known
from export_contract.acceptance.verdict.readability import readability
from export_contract.acceptance.verdict.scene import Rule, Scene, is_refused_accept, is_status
from export_contract.acceptance.verdict.unproven import (
    requirements_lost,
    without_masked_refusals,
    without_undeclared_values,
)
from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call, in_body

TRIES: Final = 2
"""How often a deviation is looked for again before it is called flaky."""
_CHANCE: Final = 2
"""Late responses of a run that may be late by chance."""
_MANY: Final = 3
"""Requirements that fail in the same way; then the way is the finding."""
_LOAD: Final = "load"
"""The phase."""
_NO_ANSWER_OF_ITS_OWN: Final = frozenset({Kind.SERVER_ERROR, Kind.REDIRECTED, Kind.CLOSED, Kind.TIMEOUT, Kind.GARBLED})
"""Kinds of answers that no request should get, so that they say nothing about what the case aims at."""
_MIXED_UP: Final = frozenset({CheckName.JOB_ID_MATCH, CheckName.JOB_ID_FORM})
"""Checks of job ids whose deviations are the load's, where a request alone did not show them."""

_RELATIONS: Final = frozenset({CheckName.BOUNDARY, CheckName.COMPLETE, CheckName.SAME_DATA, CheckName.LINK})
"""Checks of several files."""

Key = tuple[str, str, str | None]
"""Requirement, check and kind: what one finding is about."""


class Triage(msgspec.Struct, frozen=True):
    """What is left of the outcomes of a run."""

    outcomes: tuple[Outcome, ...]
    """Those that count, kept promises among them."""
    flaky: frozenset[Key]
    """The findings among them that did not show when they were looked for again."""
    undeclared: frozenset[str] = frozenset()
    """Requirements of which nothing is known, since the target does not have the value of the document's example."""
    masked: frozenset[str] = frozenset()
    """Requirements of which nothing is known, since the target refuses what their cases were made from as well."""


def triage(
    outcomes: Iterable[Outcome],
    exchanges: Mapping[int, Exchange],
    contract: Contract,
    explained: Mapping[int, int],
    *,
    is_lost: bool = False,
    has_declared_values: bool = True,
) -> Triage:
    """The outcomes that count, and which of the deviations are flaky."""
    everything = list(outcomes)
    scene = Scene(exchanges, contract, explained, is_lost, has_declared_values)
    left = everything
    for rule in RULES:
        left = rule(left, scene)
    known = {one.requirement for one in left}
    undeclared = requirements_lost(everything, without_undeclared_values(everything, scene)) - known
    masked = requirements_lost(everything, without_masked_refusals(everything, scene)) - known - undeclared
    flaky = _flaky(left, everything, scene)
    return Triage(tuple(_without_bystanders(left, flaky)), flaky, undeclared, masked)


def key_of(outcome: Outcome) -> Key:
    """What one finding is about."""
    return outcome.requirement, outcome.check, outcome.kind


def plainness(outcome: Outcome, exchange: Exchange) -> tuple[bool, bool, int, int, int, int]:
    """What to sort by, so that the case that shows a deviation most plainly comes first.

    A request that stands alone comes before one that asks for the job of another; a case that is aimed at the
    requirement, or that is accepted beyond doubt, before one that is about something else; then what a reader sees at
    a glance; then the fewest features count, then the shortest body.
    """
    case = exchange.case
    is_about_something_else = case.expectation is not Expectation.ACCEPT and case.requirement != outcome.requirement
    remarkable = sum(feature.remarkable for feature in case.features)
    return (
        case.call is not Call.CREATE,
        is_about_something_else,
        int(readability(case)[0]),
        remarkable,
        len(case.payload),
        exchange.number,
    )


def without_chance_delays(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """One or two late responses that are in time when they are asked for again may be the fault of a busy machine."""
    late = [one for one in outcomes if one.deviates and one.check == CheckName.RESPONSE_TIME]
    first = [one for one in late if scene.of(one).phase != "recheck"]
    cases = {scene.of(one).case.id for one in first}
    rechecks = [one.number for one in scene.exchanges.values() if one.phase == "recheck" and one.case.id in cases]
    is_chance = len(first) <= _CHANCE and len(rechecks) >= TRIES and len(first) == len(late)
    return [one for one in outcomes if one not in first] if is_chance else list(outcomes)


def without_rechecks(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A recheck says whether a finding shows again, and a look at an earlier job whether that still runs; no more."""
    return [one for one in outcomes if scene.of(one).phase not in ("recheck", WAITING)]


def without_steps(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """Requests whose files are compared are steps to that: what a single one of them shows, cases aimed at it show."""
    return [one for one in outcomes if scene.of(one).phase != "relations" or one.check in _RELATIONS]


def without_gates(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """What a gate answered to the very first request is not the target's answer."""
    probed = [one for one in scene.exchanges.values() if one.phase == "probe" and not one.retried]
    first = min(probed, key=lambda one: one.number, default=None)
    if first is None or not is_gate(first):
        return list(outcomes)
    return [one for one in outcomes if one.exchange != first.number]


def without_the_lost(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """Where the target was gone, the last requests without an answer say nothing about what they were aimed at."""
    if not scene.is_lost:
        return list(outcomes)
    lost = set()
    for number, exchange in reversed(list(scene.exchanges.items())):
        if exchange.response.failure is None:
            break
        lost.add(number)
    return [one for one in outcomes if one.exchange not in lost]


def without_the_explained(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A request of many features failed for one of them, which another request shows alone."""
    return [
        one
        for one in outcomes
        if not (one.deviates and one.check == CheckName.STATUS and one.exchange in scene.explained)
    ]


def filed_under_features(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A failed pack whose combination of listed values was accepted elsewhere is about a feature, and not about that.

    It is filed under the promise of the first feature that no accepted request showed; where each of them was accepted,
    and only several together are refused, under that of the first remarkable one.
    """
    accepted = [one.case for one in scene.exchanges.values() if one.case.features and one.response.accepted]
    bases = {case.base for case in accepted}
    fine = {feature for case in accepted for feature in case.features}

    def filed(outcome: Outcome) -> Outcome:
        case = scene.of(outcome).case
        suspects = [feature for feature in case.features if feature not in fine]
        suspects += [feature for feature in case.features[1:] if feature.remarkable]
        is_about_the_base = bool(case.features) and outcome.requirement == case.features[0].requirement
        if not (is_refused_accept(outcome, scene) and is_about_the_base and case.base in bases and suspects):
            return outcome
        return msgspec.structs.replace(outcome, requirement=suspects[0].requirement)

    return [filed(one) for one in outcomes]


def without_explained_examples(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A documented example failed for something that a later accepted case shows more plainly."""

    def is_failed_accept(outcome: Outcome) -> bool:
        return _is_status_deviation(outcome) and scene.of(outcome).case.expectation is Expectation.ACCEPT

    if not any(is_failed_accept(one) and scene.of(one).phase != "probe" for one in outcomes):
        return list(outcomes)
    return [one for one in outcomes if not (is_failed_accept(one) and scene.of(one).phase == "probe")]


def soft_refusals_together(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A target that refuses with a 2xx and errors in the body does so for everything: that is one finding, not twenty.

    It did refuse, so the requirements at which the cases are aimed were kept.
    """
    requirement = scene.contract.by_rule("refusal/status")
    soft = [one for one in outcomes if _is_soft_refusal(one, scene)]
    if requirement is None or len({one.requirement for one in soft}) < _MANY:
        return list(outcomes)
    headline = [msgspec.structs.replace(one, requirement=requirement.id, kind=Kind.ERROR_WITH_SUCCESS) for one in soft]
    kept = [Outcome(one.requirement, one.exchange, one.check) for one in soft]
    return [*(one for one in outcomes if one not in soft), *kept, *headline]


def filed_under_load(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A job id that is mixed up under load, and was not when requests came alone, is a finding about the load."""
    requirement = scene.contract.by_rule("load/answers")
    if requirement is None:
        return list(outcomes)
    known = {(one.requirement, one.check) for one in outcomes if one.deviates and scene.of(one).phase != _LOAD}
    return [
        load_outcome(requirement.id, Kind.MIXED_UP, scene.of(one), one.observed)
        if scene.of(one).phase == _LOAD and is_of_load(one, known)
        else one
        for one in outcomes
    ]


def is_of_load(outcome: Outcome, known: set[tuple[str, str]]) -> bool:
    """Whether a deviation under load is the load's own; `known` are the (requirement, check) that show without it."""
    return outcome.deviates and outcome.check in _MIXED_UP and (outcome.requirement, outcome.check) not in known


def without_ids_shared_anyway(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """That requests share a job id under load is no news, where others do so that were sent one at a time."""
    if not any(one.deviates and one.check == CheckName.JOB_ID_UNIQUE for one in outcomes):
        return list(outcomes)
    return [one for one in outcomes if (one.check, one.kind) != (CheckName.LOAD, Kind.SHARED)]


def without_known_draws(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A drawn case is a finding only where it shows something that the phases before did not."""
    known = Known.of((one for one in outcomes if scene.of(one).phase != "explore"), scene.exchanges)
    return [
        one
        for one in outcomes
        if not (
            one.deviates
            and scene.of(one).phase == "explore"
            and is_known(one, scene.of(one).case, known, scene.contract)
        )
    ]


def without_explained_wholes(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A body that breaks many requirements at once is a finding only where none of them alone shows the same."""
    seen = {(one.requirement, one.kind) for one in outcomes if _is_status_deviation(one)}

    def is_explained(outcome: Outcome) -> bool:
        case = scene.of(outcome).case
        if case.expectation is not Expectation.REJECT or case.changed != in_body() or not _is_status_deviation(outcome):
            return False
        broken = oracle(scene.contract).classify(case.payload, case.content_type).broken
        return outcome.requirement not in broken and any((name, outcome.kind) in seen for name in broken)

    return [one for one in outcomes if not is_explained(one)]


def without_by_products(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A target that fails for one export type, or for any unknown property, fails for every case that holds it.

    Such a failure is dropped where the requirement that it is about was found broken in the same way, by a request that
    nothing else explains: two that would explain each other both stay.
    """
    broken_bases = _broken_bases(outcomes, scene)
    failed = [one for one in outcomes if _is_no_answer(one)]
    seen = {(one.requirement, one.kind) for one in failed}

    def reasons(outcome: Outcome) -> set[tuple[str, str | None]]:
        also_open = _also_open(scene.of(outcome).case, outcome.requirement, scene.contract)
        return {(name, outcome.kind) for name in also_open} & seen

    plain = {(one.requirement, one.kind) for one in failed if not reasons(one)}

    def is_by_product(outcome: Outcome) -> bool:
        case = scene.of(outcome).case
        if not _is_no_answer(outcome) or case.expectation is Expectation.ACCEPT:
            return False
        return (case.base, outcome.kind) in broken_bases or not reasons(outcome).isdisjoint(plain)

    return [one for one in outcomes if not is_by_product(one)]


RULES: Final[tuple[Rule, ...]] = (
    without_chance_delays,
    without_rechecks,
    without_steps,
    without_gates,
    without_the_lost,
    without_undeclared_values,
    without_masked_refusals,
    without_the_explained,
    filed_under_features,
    without_explained_examples,
    soft_refusals_together,
    filed_under_load,
    without_ids_shared_anyway,
    without_known_draws,
    without_explained_wholes,
    without_by_products,
)
"""In the order in which they are applied."""


def _is_status_deviation(outcome: Outcome) -> bool:
    return outcome.deviates and is_status(outcome)


def _is_soft_refusal(outcome: Outcome, scene: Scene) -> bool:
    exchange = scene.of(outcome)
    is_accepted = is_status(outcome) and outcome.kind in (Kind.ACCEPTED, Kind.NOT_UNAUTHORIZED)
    return is_accepted and exchange.response.accepted and exchange.response.has_errors_only


def _is_no_answer(outcome: Outcome) -> bool:
    return outcome.check == CheckName.STATUS and outcome.kind in _NO_ANSWER_OF_ITS_OWN


def _broken_bases(outcomes: Sequence[Outcome], scene: Scene) -> set[tuple[str, str | None]]:
    """(combination of listed values, kind of answer) where not one accepted case of the combination was accepted."""
    accepted: dict[str, bool] = defaultdict(bool)
    for exchange in scene.exchanges.values():
        if exchange.case.expectation is Expectation.ACCEPT:
            accepted[exchange.case.base] |= exchange.response.accepted
    return {
        (scene.of(one).case.base, one.kind)
        for one in outcomes
        if _is_no_answer(one)
        and scene.of(one).case.expectation is Expectation.ACCEPT
        and not accepted[scene.of(one).case.base]
    }


def _also_open(case: Case, requirement: str, contract: Contract) -> set[str]:
    """What else the contract leaves open in a case that is aimed at something."""
    if case.call is not Call.CREATE or case.method != "POST":
        return set()
    return set(oracle(contract).classify(case.payload, case.content_type).open) - {requirement}


def _without_bystanders(left: Sequence[Outcome], flaky: frozenset[Key]) -> list[Outcome]:
    """What was not answered once, while the target was busy with a request that it never answers, is not to blame."""
    late = [one for one in left if one.deviates and one.kind == Kind.TIMEOUT]
    if all(key_of(one) in flaky for one in late):
        return list(left)
    return [one for one in left if one not in late or key_of(one) not in flaky]


def _flaky(left: Iterable[Outcome], everything: Sequence[Outcome], scene: Scene) -> frozenset[Key]:
    """The deviations whose plainest case was sent again, and never showed them again."""
    rechecked: dict[str, list[int]] = defaultdict(list)
    for exchange in scene.exchanges.values():
        if exchange.phase == "recheck" and not exchange.retried:
            rechecked[exchange.case.id].append(exchange.number)
    # By the check alone: a rule may have filed the finding under another requirement.
    shown = {(one.exchange, one.check) for one in everything if one.deviates}
    plainest: dict[Key, Outcome] = {}
    for one in left:
        if one.deviates:
            other = plainest.get(key_of(one), one)
            plainest[key_of(one)] = min(other, one, key=lambda each: plainness(each, scene.of(each)))
    return frozenset(
        key
        for key, one in plainest.items()
        if len(numbers := rechecked[scene.of(one).case.id]) >= TRIES
        and not any((number, one.check) in shown for number in numbers)
    )
