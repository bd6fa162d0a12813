"""Refusals that prove nothing, since the target would refuse the same request with nothing wrong in it."""

from __future__ import annotations

from collections.abc import Sequence

from export_contract.acceptance.model.date_range import holds_known_value
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.verdict.scene import Scene, is_refused_accept, is_status
from export_contract.contract import Contract, Expectation
from export_contract.contract.json_text import read_json
from export_contract.strategies import Case, base_of
from export_contract.strategies.data.case import in_body


def without_undeclared_values(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A target that does not have the value of the document's example refuses every request that holds it.

    That proves nothing, neither against it nor for it; nor does it prove anything that such a request is refused with
    something else wrong in it. Where the user declared the values, or one such request was accepted, the target has
    them.
    """
    if scene.has_declared_values or not any(is_refused_accept(one, scene) for one in outcomes):
        return list(outcomes)
    holding = {number for number, one in scene.exchanges.items() if holds_known_value(one.case, scene.contract)}
    is_had = any(
        scene.exchanges[number].response.accepted and scene.exchanges[number].case.expectation is Expectation.ACCEPT
        for number in holding
    )
    if is_had or not any(is_refused_accept(one, scene) and one.exchange in holding for one in outcomes):
        return list(outcomes)
    untaken = _untaken(scene) & {combination(scene.exchanges[number].case, scene.contract) for number in holding}
    return [
        one
        for one in outcomes
        if not (one.exchange in holding and scene.of(one).response.refused and is_status(one))
        and not _is_masked(one, scene, untaken)
    ]


def without_masked_refusals(outcomes: Sequence[Outcome], scene: Scene) -> list[Outcome]:
    """A target that never takes some combination of listed values refuses what was made from it for that alone.

    So a refusal proves nothing of what was changed.
    """
    untaken = _untaken(scene)
    return [one for one in outcomes if not _is_masked(one, scene, untaken)] if untaken else list(outcomes)


def _untaken(scene: Scene) -> set[str]:
    """The combinations of listed values that the target refused each time."""
    taken: dict[str, bool] = {}
    for exchange in scene.exchanges.values():
        case, response = exchange.case, exchange.response
        if case.expectation is Expectation.ACCEPT and case.base and (response.accepted or response.refused):
            taken[case.base] = taken.get(case.base, False) or response.accepted
    return {base for base, is_taken in taken.items() if not is_taken}


def _is_masked(outcome: Outcome, scene: Scene, untaken: set[str]) -> bool:
    """Whether a request was refused as it should be, and would have been with nothing wrong in it."""
    exchange = scene.of(outcome)
    case = exchange.case
    is_of_body = case.expectation is Expectation.REJECT and (case.changed or "").startswith(in_body())
    is_refusal = not outcome.deviates and is_status(outcome) and exchange.response.refused
    return is_of_body and is_refusal and combination(case, scene.contract) in untaken


def combination(case: Case, contract: Contract) -> str:
    """The listed values of a drawn body in plain words; nothing where it has none."""
    if case.base:
        return case.base
    body = next(iter(read_json(case.payload).values), None)
    if not isinstance(body, dict):
        return ""
    in_order = dict.fromkeys(name for schema in contract.request.beside() for name in schema.properties)
    return base_of(contract, {name: body[name] for name in in_order if name in body})[0]


def requirements_lost(before: Sequence[Outcome], after: Sequence[Outcome]) -> frozenset[str]:
    """The requirements of the outcomes that a rule takes away."""
    left = {id(one) for one in after}
    return frozenset(one.requirement for one in before if id(one) not in left)
