"""What the document leaves open, sent in packs: which of the two a target chooses, for few jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache, partial

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.phases.grouping import Answer, group_test
from export_contract.acceptance.phases.shares import is_spent
from export_contract.contract import Contract, Expectation
from export_contract.contract.request_schema import locations
from export_contract.strategies import Case
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import in_body
from export_contract.strategies.mutations.packs import packed

Group = tuple[Case, ...]
Kind = tuple[str, str, str | None]


def send_open(session: Session, cases: Sequence[Case]) -> dict[int, int]:
    """Send cases that the document leaves open, several in one request where they do not get in each other's way.

    Returns the numbers of packs that failed, each with that of the request with one of its cases that shows why: what
    such a request shows counts, and not what a pack does.
    """
    if is_spent(session):
        return {}
    contract = session.context.contract
    failed: list[tuple[Group, Exchange]] = []
    testing = group_test(
        cases,
        joins=lambda group, case: packed(contract, (*group, case)) is not None,
        kinds=partial(kinds_of, contract),
        suspicion=_suspicion(contract, cases),
    )
    wave = next(testing, None)
    while wave is not None:
        requests = [_request(contract, group) for group in wave]
        sent = {one.case.id: one for one in session.send(requests)}
        known = _known(session)
        answers: list[Answer | None] = []
        for group, request in zip(wave, requests, strict=True):
            exchange = sent.get(request.id)
            answers.append(None if exchange is None else _answer(exchange, session, known))
            if (
                exchange is not None
                and len(group) > 1
                and not (exchange.response.accepted or exchange.response.refused)
            ):
                failed.append((group, exchange))
        try:
            wave = testing.send(answers)
        except StopIteration:
            wave = None
    return _explained(session, failed)


def kinds_of(contract: Contract, case: Case) -> Sequence[Hashable]:
    """What a case is like, the most telling first: the requirement that leaves it open, then the member it changes.

    What becomes of one unknown member says nothing of another one.
    """
    is_known = case.changed in _members(contract)
    return (case.requirement, ("changed", case.changed)) if is_known else (case.requirement,)


def _suspicion(contract: Contract, cases: Sequence[Case]) -> Callable[[Case], int]:
    """Readers are strict about a member of which much is open, and hardly look at what they do not know."""
    places = {(case.changed or "", case.requirement) for case in cases}
    strict = Counter(place for place, _ in places if place == in_body() or place in _members(contract))
    return lambda case: strict[case.changed or ""]


@cache
def _members(contract: Contract) -> frozenset[str]:
    """Pointers to the members that the document names."""
    places = (location.path for body in bases(contract) for location in locations(contract.request, body))
    return frozenset(in_body(path) for path in places if path)


def answered_for(exchanges: Iterable[Exchange]) -> set[tuple[str, str]]:
    """The (requirement, title) of each case that an accepted pack has answered for."""
    return {
        (feature.requirement, feature.name)
        for one in exchanges
        if one.response.accepted
        for feature in one.case.features
    }


def _request(contract: Contract, group: Group) -> Case:
    case = packed(contract, group)
    return case if case is not None else group[0]  # half of a pack is a pack, or one case


def _answer(exchange: Exchange, session: Session, known: set[Kind]) -> Answer:
    """What a request showed; that it was accepted is not all where something else is wrong that is new."""
    if exchange.response.refused:
        return Answer.REFUSED
    new = [one for one in session.record.of_exchange[exchange.number] if one.deviates and _kind(one) not in known]
    if new or not exchange.response.accepted:
        return Answer.UNCLEAR
    return Answer.REFUSED if exchange.response.has_errors_only else Answer.ACCEPTED


def _known(session: Session) -> set[Kind]:
    """The deviations that requests show which are no packs of open cases."""
    exchanges = session.record.exchanges
    return {_kind(one) for one in session.record.deviations() if not _is_open_pack(exchanges[one.exchange].case)}


def _kind(outcome: Outcome) -> Kind:
    return outcome.requirement, outcome.check, outcome.kind


def _is_open_pack(case: Case) -> bool:
    return bool(case.features) and case.expectation is Expectation.UNSPECIFIED


def _explained(session: Session, failed: Iterable[tuple[Group, Exchange]]) -> dict[int, int]:
    """For each failed pack the request with one of its cases that failed too, or any such request."""
    alone = {one.case.id: one for one in session.record.exchanges.values() if not one.retried}
    explained = {}
    for group, exchange in failed:
        singles = [alone[case.id] for case in group if case.id in alone]
        singles.sort(key=lambda one: one.response.accepted or one.response.refused)
        if singles:
            explained[exchange.number] = singles[0].number
    return explained
