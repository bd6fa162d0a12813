"""Hypothesis strategies for requests, each drawn from the contract: use them with `@given`.

Each draws a `Case`: `case.payload` is the body as bytes, `case.headers` its headers, `case.expectation` what a
conforming target does with it, and `case.requirement` the promise that says so. The oracle agrees with every one.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any, NamedTuple, TypeVar

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from export_contract.contract import Classification, Contract, Expectation, built_in_contract, oracle
from export_contract.contract.json_text import read_json
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Path, locations
from export_contract.contract.rules import OPEN, OPEN_NUMBERS
from export_contract.strategies.accepted.covering_array import CONTENT_TYPES, STYLES, base_of
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import JSON, Case, in_body, in_header
from export_contract.strategies.data.edits import at, changed
from export_contract.strategies.data.writers import PLAIN, Raw, Style, show, spell
from export_contract.strategies.drawn.body_values import (
    CHARACTERS,
    bodies_like,
    json_values,
    open_timestamps,
    timestamps,
)
from export_contract.strategies.mutations.aimed import aimed_cases
from export_contract.strategies.mutations.by_keyword import BREAKERS, Change, Site
from export_contract.strategies.mutations.malformed_json import malformed_payloads_of

Cases = st.SearchStrategy[Case]
_T = TypeVar("_T")
_MOST_NAMED = 3
"""Problems in the title of a drawn case."""


def valid_requests(*, contract: Contract | None = None) -> Cases:
    """Requests that a conforming target accepts: every allowed combination of listed values, in any spelling.

    Examples shrink towards the plainest body of the first combination.
    """
    return _valid_requests(contract or built_in_contract())


@cache
def _valid_requests(contract: Contract) -> Cases:
    spellings = [(style, content_type) for style in STYLES for content_type in CONTENT_TYPES]
    drawn = []
    for number, base in enumerate(bases(contract)):
        name, promise = base_of(contract, base)

        def write(
            body: Any,
            spelling: tuple[Style, str],
            title: str = f"{name}, drawn",
            promise: str = promise,
            base: str = name,
        ) -> Case:
            style, content_type = spelling
            case = _drawn(promise, Expectation.ACCEPT, title, spell(body, style), None, content_type)
            return msgspec.structs.replace(case, base=base)

        drawn.append(st.builds(write, bodies_like(contract, number), st.sampled_from(spellings)))
    strategy = st.one_of(drawn)
    if _needs_proof(contract):
        judge = oracle(contract)
        return strategy.filter(
            lambda case: judge.classify(case.payload, case.content_type).expectation is Expectation.ACCEPT
        )
    return strategy


def invalid_requests(*, contract: Contract | None = None, requirement: str | None = None) -> Cases:
    """Requests that break exactly one requirement, which the case names; all of one requirement where one is given.

    Raises ValueError for a requirement that no request can break.
    """
    contract = contract or built_in_contract()
    return st.one_of([_breaking(contract, name) for name in _aims(contract, Expectation.REJECT, requirement)])


def unspecified_requests(*, contract: Contract | None = None, requirement: str | None = None) -> Cases:
    """Requests that the contract leaves open; those that one requirement leaves open where one is given.

    Raises ValueError for a requirement that leaves no request open.
    """
    contract = contract or built_in_contract()
    return st.one_of([_opening(contract, name) for name in _aims(contract, Expectation.UNSPECIFIED, requirement)])


def malformed_payloads(*, contract: Contract | None = None) -> st.SearchStrategy[bytes]:
    """Bodies that are not a JSON text, each almost one: what lenient readers let pass, cut texts, and stray bytes."""
    contract = contract or built_in_contract()
    judge = oracle(contract)
    rule = contract.by_rule("json/syntax")

    def is_malformed(payload: bytes) -> bool:
        return rule is not None and judge.classify(payload).broken == (rule.id,)

    texts = _written_bodies(contract)
    cut = st.builds(lambda text, at: text[: at % max(len(text), 1)], texts, st.integers(0, 500))
    pieces = st.sampled_from([b",", b"\xff", b"\0", b"'", b'"', b"}", b"{", b"//", b"NaN", b"\\", b"\xc0\x80"])
    stray = st.builds(
        lambda text, at, piece: text[: at % (len(text) + 1)] + piece + text[at % (len(text) + 1) :],
        texts,
        st.integers(0, 500),
        pieces,
    )
    return st.one_of(_leniencies(contract), cut, stray, st.binary(max_size=40)).filter(is_malformed)


def cases(*, contract: Contract | None = None) -> Cases:
    """Requests of every expectation."""
    contract = contract or built_in_contract()
    lanes = (
        valid_requests(contract=contract),
        invalid_requests(contract=contract),
        unspecified_requests(contract=contract),
    )
    return st.one_of([as_one_lane(lane) for lane in lanes])


def as_one_lane(strategy: st.SearchStrategy[_T]) -> st.SearchStrategy[_T]:
    """The strategy as one choice of a `one_of`, which takes the branches of another for choices of its own."""
    return st.builds(_same, strategy)


def _same(drawn: _T) -> _T:
    return drawn


def drawn_case(contract: Contract, payload: bytes, title: str = "", content_type: str | None = JSON) -> Case:
    """A case for any body, with what the oracle says of it; of several requirements it is aimed at the first.

    Without a title, it is named for all that is wrong with it or left open.
    """
    classified = oracle(contract).classify(payload, content_type)
    aims = (*classified.broken, *classified.open)
    if aims:
        requirement = aims[0]
        path = next(reason.path for reason in classified.reasons if reason.requirement == requirement)
        is_header = contract.by_id[requirement].rule == "content-type"
        pointer = in_header("Content-Type") if is_header else in_body(path)
    else:
        requirement = base_of(contract, next(iter(read_json(payload).values), None))[1]
        pointer = None
    return _drawn(requirement, classified.expectation, title or _named(classified), payload, pointer, content_type)


def _named(classified: Classification) -> str:
    """What is wrong with a body or left open, member by member."""
    problems = dict.fromkeys(
        f"{show(reason.path[0]) if reason.path else 'the body'}: {reason.problem}" for reason in classified.reasons
    )
    return "; ".join([*problems][:_MOST_NAMED]) or "a drawn request that must be accepted"


def _drawn(
    requirement: str,
    expectation: Expectation,
    title: str,
    payload: bytes,
    pointer: str | None,
    content_type: str | None = JSON,
) -> Case:
    """A drawn case, whose id is made of its body; `pointer` leads to what was changed in it."""
    return Case(
        id=f"{requirement}/drawn-{hashlib.sha256(payload).hexdigest()[:10]}",
        title=title,
        expectation=expectation,
        requirement=requirement,
        headers=() if content_type is None else (("Content-Type", content_type),),
        payload=payload,
        changed=pointer,
    )


_FRACTIONS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(-(10**9), 10**9, places=2).map(lambda number: f"{number:f}"),
)
_NUMBERS: dict[str, st.SearchStrategy[str]] = {
    "known-values/undeclared": st.integers(1, 2**53 - 1).map(str),
    "known-values/fractional": _FRACTIONS,
    "known-values/zero": st.sampled_from(("0", "-0", "0.0", "0e5")),
    "known-values/negative": st.integers(max_value=-1).map(str),
    "known-values/huge": st.one_of(st.integers(min_value=2**53), st.integers(max_value=-(2**53))).map(str),
}
"""Numbers as they are written, for each rule that leaves them open."""


class _Place(NamedTuple):
    """Where a keyword, or what it leaves open, applies to a base."""

    base: int
    path: Path
    pointer: str
    keyword: str


def _aims(contract: Contract, expectation: Expectation, requirement: str | None) -> list[str]:
    found = [
        name
        for name, of_one in aimed_cases(contract).items()
        if any(case.expectation is expectation for case in of_one)
    ]
    if requirement is None:
        return found
    if requirement not in found:
        raise ValueError(f"no request is {expectation} by {requirement!r}; {', '.join(found)} are what there is")
    return [requirement]


@cache
def _breaking(contract: Contract, requirement: str) -> Cases:
    named = st.sampled_from(aimed_cases(contract)[requirement])
    lanes: list[Cases] = [named]
    judge = oracle(contract)

    def is_aimed(case: Case) -> bool:
        return judge.classify(case.payload, case.content_type).broken == (requirement,)

    places = [
        place for place in _places(contract) if place.keyword in BREAKERS and _stands_for(contract, place, requirement)
    ]
    if contract.by_id[requirement].rule in OPEN:
        # Left open by the document, and decided by the configuration.
        if (lane := _drawn_open(contract, requirement)) is not None:
            lanes.append(lane.filter(is_aimed))
    elif places:
        lanes.append(_drawn_breach(contract, requirement, tuple(places)).filter(is_aimed))
    if contract.by_id[requirement].rule == "json/syntax":
        lanes.append(
            malformed_payloads(contract=contract).map(
                lambda payload: drawn_case(contract, payload, "the body is no JSON, drawn")
            )
        )
    return st.one_of(lanes)


def _stands_for(contract: Contract, place: _Place, requirement: str) -> bool:
    pointer = child(place.pointer, place.keyword)
    one = contract.by_id[requirement]
    if one.rule:
        return contract.by_keyword(pointer, one.rule) is one
    return contract.by_keyword(pointer) is one


@st.composite
def _drawn_breach(draw: st.DrawFn, contract: Contract, requirement: str, places: tuple[_Place, ...]) -> Case:
    """A drawn body with a drawn breach, which may turn out to break something else."""
    place = draw(st.sampled_from(places))
    body = draw(bodies_like(contract, place.base))
    site = _site(contract, body, place)
    assume(site is not None)
    assert site is not None
    change = draw(_changes(site, place.keyword))
    title = f"{change.title}, drawn"
    return _drawn(requirement, Expectation.REJECT, title, spell(change.body), in_body(change.path))


def _changes(site: Site, keyword: str) -> st.SearchStrategy[Change]:
    """What breaks a keyword: the named ways, and drawn values where any value of a kind would do."""
    named = list(BREAKERS[keyword](site))
    drawn: list[st.SearchStrategy[Any]] = []
    if keyword == "type":
        drawn.append(json_values())
    elif keyword == "const" and (listed := site.location.keyword("enum")):
        # A value that is not listed either breaks more than this.
        return st.sampled_from([change for change in named if _has_one_of(change.body, site, listed)] or named)
    elif keyword in ("enum", "const", "pattern"):
        drawn.append(st.text(CHARACTERS, max_size=30))
    elif keyword == "format":
        drawn.append(timestamps(Expectation.REJECT))
    lanes: list[st.SearchStrategy[Change]] = [st.sampled_from(named)] if named else []
    lanes += [
        values.map(lambda value: Change(f"{site.name} {show(value)}", site.put(value), "", site.location.path))
        for values in drawn
    ]
    return st.one_of(lanes)


def _has_one_of(body: Any, site: Site, listed: list[Any]) -> bool:
    try:
        return at(body, site.location.path) in listed
    except LookupError:
        return False


@cache
def _opening(contract: Contract, requirement: str) -> Cases:
    named = st.sampled_from(aimed_cases(contract)[requirement])
    judge = oracle(contract)

    def is_aimed(case: Case) -> bool:
        classified = judge.classify(case.payload, case.content_type)
        return classified.expectation is Expectation.UNSPECIFIED and requirement in classified.open

    lane = _drawn_open(contract, requirement)
    return st.one_of(named, lane.filter(is_aimed)) if lane is not None else named


def _drawn_open(contract: Contract, requirement: str) -> Cases | None:
    """Drawn bodies that may fall under an unspecified requirement; None where the named ones say it all."""
    one = contract.by_id[requirement]
    numbers = st.sampled_from(range(len(bases(contract))))
    if one.rule == "unknown-property":
        names = st.text(CHARACTERS, max_size=12)
        return _with_unknown(contract, requirement, numbers, names)
    if one.rule in OPEN_NUMBERS:
        texts = _NUMBERS[one.rule]
        places = [place for place in _places(contract) if place.keyword == "x-known-values"]
        return _drawn_value(contract, requirement, tuple(places), texts.map(Raw)) if places else None
    if one.rule.startswith("timestamp/"):
        places = [place for place in _places(contract) if place.keyword == "format"]
        values = open_timestamps(one.rule)
        return _drawn_value(contract, requirement, tuple(places), values) if places else None
    return None


@st.composite
def _drawn_value(
    draw: st.DrawFn, contract: Contract, requirement: str, places: tuple[_Place, ...], values: st.SearchStrategy[Any]
) -> Case:
    place = draw(st.sampled_from(places))
    body = draw(bodies_like(contract, place.base))
    value = draw(values)
    title = f"{'.'.join(map(str, place.path))} {show(value)}, drawn"
    return _open_case(contract, requirement, changed(body, place.path, value), title, place.path)


@st.composite
def _with_unknown(
    draw: st.DrawFn,
    contract: Contract,
    requirement: str,
    numbers: st.SearchStrategy[int],
    names: st.SearchStrategy[str],
) -> Case:
    body = draw(bodies_like(contract, draw(numbers)))
    name = draw(names)
    title = f"the body: an unknown property {show(name)}, drawn"
    return _open_case(contract, requirement, changed(body, (name,), draw(json_values())), title, (name,))


def _open_case(contract: Contract, requirement: str, body: Any, title: str, path: Path) -> Case:
    return _drawn(requirement, contract.by_id[requirement].expectation, title, spell(body), in_body(path))


@cache
def _places(contract: Contract) -> tuple[_Place, ...]:
    """Every keyword that applies to some part of some base."""
    return tuple(
        _Place(number, location.path, schema.pointer, name)
        for number, base in enumerate(bases(contract))
        for location in locations(contract.request, base)
        for schema in location.schemas
        for name, _ in schema.assertions()
    )


def _site(contract: Contract, body: Any, place: _Place) -> Site | None:
    for location in locations(contract.request, body):
        if location.path == place.path:
            for schema in location.schemas:
                if schema.pointer == place.pointer:
                    return Site(body, location, schema, schema.keywords[place.keyword])
    return None


@cache
def _written_bodies(contract: Contract) -> st.SearchStrategy[bytes]:
    return st.one_of([bodies_like(contract, number) for number in range(len(bases(contract)))]).map(
        lambda body: spell(body, PLAIN)
    )


@cache
def _leniencies(contract: Contract) -> st.SearchStrategy[bytes]:
    """The named malformed texts of any base."""
    payloads = [
        payload for base in bases(contract) if isinstance(base, dict) for _, payload in malformed_payloads_of(base)
    ]
    return st.sampled_from(payloads or [b""])


def _needs_proof(contract: Contract) -> bool:
    """Whether keywords of the contract speak of several values at once, so that drawing them one by one may fail."""
    several = {"oneOf", "anyOf", "not", "minProperties", "maxProperties", "uniqueItems", "multipleOf"}
    return any(several & schema.keywords.keys() for schema in contract.request.walk())
