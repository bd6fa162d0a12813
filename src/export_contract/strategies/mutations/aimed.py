"""Cases that are aimed at one requirement: those that break it, and those that it leaves open.

Each is an accepted body with one thing changed. The oracle proves of each that it is what it claims: a case that breaks
a requirement breaks that one and no other.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from export_contract.contract import Classification, Contract, Expectation, oracle
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Conditional, Location, Path, Schema, locations
from export_contract.strategies.accepted.covering_array import base_of
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import JSON, Case, case_id, in_body, in_header
from export_contract.strategies.data.edits import at, changed
from export_contract.strategies.data.writers import show, spell
from export_contract.strategies.mutations.by_keyword import BREAKERS, Change, Site
from export_contract.strategies.mutations.malformed_json import malformed_numbers_of, malformed_payloads_of
from export_contract.strategies.mutations.unspecified import (
    CONTENT_TYPES,
    open_texts,
    open_values,
    reversed_order,
    unknown_properties,
)


class _Draft(NamedTuple):
    """A request that becomes a case if the oracle agrees."""

    kind: str
    """What was done; of the drafts of one kind, one becomes a case."""
    title: str
    body: Any
    """A value to be spelled, or the payload itself."""
    changed: str
    """The pointer into the request to what was done."""
    aim: str = ""
    """The unspecified requirement that it falls under; empty where it should break one, whichever that is."""
    content_type: str | None = JSON
    base: str = ""
    is_entangled: bool = False
    """Whether something else in its base may decide: a condition, or the order of the dates."""
    is_uncertain: bool = False
    """Whether it should be refused, and its base asks for something that nobody said exists: that may be the reason."""

    @property
    def payload(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else spell(self.body)


@cache
def aimed_cases(contract: Contract) -> dict[str, tuple[Case, ...]]:
    """For each requirement of the request, by its id, the cases that break it or that it leaves open.

    Raises UnsupportedContract for a keyword of the request schema that no case could be made for.
    """
    kinds: dict[str, list[_Draft]] = {}
    for base in bases(contract):
        name, _ = base_of(contract, base)
        is_uncertain = not contract.has_declared_values and _asks_for_known_value(contract, base)
        for draft in _drafts(contract, base):
            made = draft._replace(base=name, is_uncertain=is_uncertain and not draft.aim)
            kinds.setdefault(f"{draft.aim} {draft.kind}", []).append(made)
    found: dict[str, list[Case]] = {requirement.id: [] for requirement in contract.requirements}
    for kind, drafts in kinds.items():
        # Each kind begins at another base: what a target checks may depend on the rest of the body. Its name decides
        # at which, so that a new kind moves no other. Where a condition holds for what is changed, a target that reads
        # the change somehow may be saved by the condition; and where nobody declared an id, one that does not have the
        # document's example refuses all that asks for it, which proves nothing.
        start = zlib.crc32(kind.encode("utf-8", "surrogatepass")) % len(drafts)
        in_turn = sorted(drafts[start:] + drafts[:start], key=lambda draft: (draft.is_uncertain, draft.is_entangled))
        proved = (case for draft in in_turn if (case := _prove(contract, draft)))
        for case in islice(proved, 1):
            found[case.requirement].append(case)
    return {requirement: tuple(cases) for requirement, cases in found.items()}


def _asks_for_known_value(contract: Contract, base: Any) -> bool:
    return any(location.keyword("x-known-values") for location in locations(contract.request, base))


def _prove(contract: Contract, draft: _Draft) -> Case | None:
    """The case of a draft, where the oracle finds it aimed at one requirement and no other."""
    payload = draft.payload
    classified = oracle(contract).classify(payload, draft.content_type)
    requirement = _aim(contract, draft, classified)
    if requirement is None:
        return None
    return Case(
        id=case_id(requirement, draft.title),
        title=draft.title,
        expectation=classified.expectation,
        requirement=requirement,
        headers=() if draft.content_type is None else (("Content-Type", draft.content_type),),
        payload=payload,
        base=draft.base,
        changed=draft.changed,
    )


def _aim(contract: Contract, draft: _Draft, classified: Classification) -> str | None:
    if classified.expectation is Expectation.REJECT:
        only = classified.broken[0] if len(classified.broken) == 1 else None
        return only if draft.aim in ("", only) else None
    if draft.aim in classified.open:
        return draft.aim
    # Where the configuration decided that the target accepts what it aims at, nothing is open any more.
    is_decided = draft.aim != "" and contract.by_id[draft.aim].expectation is Expectation.ACCEPT
    return draft.aim if is_decided and classified.expectation is Expectation.ACCEPT else None


def _drafts(contract: Contract, base: Any) -> Iterator[_Draft]:
    if isinstance(base, dict):
        yield from _changed_texts(contract, base)
    found = tuple(locations(contract.request, base))
    conditional, ordered = _conditional_places(found), _ordered_places(found)
    for location in found:
        for schema in location.schemas:
            is_entangled = location.path in conditional
            order = ordered.get(location.path, ())
            drafts = _broken(base, location, schema, order)
            yield from (draft._replace(is_entangled=is_entangled) for draft in drafts)
            yield from _opened(contract, base, location, schema, order)
        if isinstance(location.value, dict):
            for schema in location.schemas:
                yield from _opened_properties(contract, base, location, schema)


def _changed_texts(contract: Contract, base: dict[str, Any]) -> Iterator[_Draft]:
    """What is done to the text rather than to its value."""
    media_type = contract.operation.media_type
    for kind, payload in malformed_payloads_of(base):
        yield _Draft(kind, f"the body is no JSON: {kind}", payload, in_body())
    for kind, name, payload in malformed_numbers_of(base):
        yield _Draft(kind, f"the body is no JSON: {kind}", payload, in_body((name,)))
    if base == next((body for body in bases(contract) if body), base):
        for rule, change in open_texts(base):
            if requirement := contract.by_rule(rule, media_type):
                yield _of(change, requirement.id)
    if requirement := contract.by_rule("content-type", media_type):
        for title, content_type in CONTENT_TYPES:
            yield _Draft(title, title, base, in_header("Content-Type"), requirement.id, content_type)


def _conditional_places(found: tuple[Location, ...]) -> set[Path]:
    """The places that a condition which holds for the base tests, or speaks of."""
    return {
        (*location.path, name)
        for location in found
        for schema in location.schemas
        for conditional in schema.conditionals
        if conditional.then and conditional.holds(location.value)
        for name in (*conditional.test.get("properties", ()), *conditional.then.properties)
    }


def _broken(base: Any, location: Location, schema: Schema, order: tuple[Path, ...]) -> Iterator[_Draft]:
    for name, value in schema.assertions():
        if name in BREAKERS:
            yield from map(_of, BREAKERS[name](Site(base, location, schema, value, order)))


def _opened(
    contract: Contract, base: Any, location: Location, schema: Schema, order: tuple[Path, ...]
) -> Iterator[_Draft]:
    label = ".".join(map(str, location.path))
    for name, keyword in schema.assertions():
        place = child(schema.pointer, name)
        for rule, kind, value in open_values(location, name, keyword):
            if requirement := contract.by_rule(rule, place):
                body = changed(base, location.path, value)
                is_reversed = _reverses(order, base, location, value)
                title = f"{label} {show(value)}: {kind}"
                change = Change(title, body, f"{kind} {show(value)}", location.path)
                yield _of(change, requirement.id)._replace(is_entangled=is_reversed)
        if name == "x-ordered" and (requirement := contract.by_rule(name, place)):
            yield from (_of(change, requirement.id) for change in reversed_order(base, location, keyword))


def _reverses(siblings: tuple[Path, ...], base: Any, location: Location, value: Any) -> bool:
    """Whether a timestamp in this place would be in the wrong order too, by its text alone."""
    texts = [value if path == location.path else at(base, path) for path in siblings]
    return all(isinstance(text, str) for text in texts) and texts != sorted(texts)


def _ordered_places(found: tuple[Location, ...]) -> dict[Path, tuple[Path, ...]]:
    """For each timestamp that stands in an order, the places of all that stand in it."""
    places: dict[Path, tuple[Path, ...]] = {}
    for location in found:
        names = [name for name in location.keyword("x-ordered") or () if name in location.value]
        together = tuple((*location.path, name) for name in names)
        places |= dict.fromkeys(together, together)
    return places


def _opened_properties(contract: Contract, base: Any, location: Location, schema: Schema) -> Iterator[_Draft]:
    place = child(schema.pointer, "properties")
    if schema.properties and (requirement := contract.by_rule("unknown-property", place)):
        yield from (_of(change, requirement.id) for change in unknown_properties(base, location))
    for conditional in schema.conditionals:
        for branch in _idle_branches(conditional, location.value):
            for name in branch.keywords.get("required", ()):
                requirement = contract.by_rule("conditional-property", child(branch.pointer, "properties", name))
                if requirement and name not in location.value:
                    for value in (12345, None):
                        kind = f"{name} {show(value)} where it is not asked for"
                        path = (*location.path, name)
                        yield _of(Change(kind, changed(base, path, value), kind, path), requirement.id)


def _idle_branches(conditional: Conditional, value: Any) -> tuple[Schema, ...]:
    """The branch of a conditional that does not apply to `value`."""
    branch = conditional.otherwise if conditional.holds(value) else conditional.then
    return (branch,) if branch else ()


def _of(change: Change, aim: str = "") -> _Draft:
    return _Draft(change.kind, change.title, change.body, in_body(change.path), aim)
