"""Accepted requests that show a target as much as they can for one job each.

What a request can show is a set of aspects (the zone of startDate, the white space, the listed values), each a choice
of one class of values. A covering array of strength 2 packs them: every two classes of different aspects meet in some
request, and each class meets each listed value. Within a class the members take turns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from export_contract.contract import Contract, Expectation
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Location, Path, Schema, locations
from export_contract.strategies.accepted.boundaries import boundary_values
from export_contract.strategies.accepted.pairwise import Row, covering_rows
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import JSON, Case, Feature, case_id
from export_contract.strategies.data.edits import at, changed
from export_contract.strategies.data.moments import (
    EDGES,
    FRACTIONS,
    LENGTHS,
    MICROSECONDS,
    OFFSETS,
    ORDINARY,
    offset_text,
    zone,
)
from export_contract.strategies.data.moments import write as write_moment
from export_contract.strategies.data.writers import Style, escape_all, escape_first, show, spell


class Choice(NamedTuple):
    """One value of an aspect."""

    name: str
    """In plain words."""
    value: Any
    requirement: str
    """The accept requirement that promises it."""
    remarkable: bool = True


class Aspect(NamedTuple):
    """Something that an accepted request can show."""

    name: str
    classes: tuple[tuple[Choice, ...], ...]
    """The first choice of the first class is the plainest."""
    path: Path | None = None
    """The place in the body that its choices are values of, where they are."""
    of: tuple[Path, ...] = ()
    """The places in the body that its choices speak of; a body without one of them shows no choice."""


class _Pair(NamedTuple):
    """Two timestamps of one object, of which the first is not after the last."""

    above: Path
    first: str
    last: str


Plan = Mapping[str, Choice]
"""A choice for each aspect, by the aspect's name."""

BODY: Final = "body"
"""The aspect of the listed values; every case shows a choice of it."""
_MOMENT, _LENGTH = "moment", "length"
_SPACE, _ESCAPES, _ORDER, _CONTENT_TYPE = "white space", "escapes", "key order", "content type"

# Choices of spelling: the name, and what a Style or a header takes.
_SPACES: Final = (
    ("no white space", (",", ":", "")),
    ("a space after each comma and colon", (", ", ": ", "")),
    ("one property a line, with tabs", (",\r\n\t", "\t:\t", "\r\n")),
)
_STRINGS: Final = (
    ("no escapes", Style().string),
    ("every character escaped", escape_all),
    ("first characters escaped", escape_first),
)
_ORDERS: Final = (
    ("keys in the documented order", list),
    ("keys in reverse", lambda keys: keys[::-1]),
    ("keys in alphabetical order", sorted),
)
_CONTENT_TYPES: Final = (
    (JSON,),
    ("application/json; charset=utf-8", "application/json;charset=UTF-8"),
    ("Application/JSON", "APPLICATION/JSON; CHARSET=UTF-8"),
)


STYLES: Final = tuple(
    Style(comma, colon, around, string, arrange)
    for _, (comma, colon, around) in _SPACES
    for _, string in _STRINGS
    for _, arrange in _ORDERS
)
"""All spellings, the plainest first."""
CONTENT_TYPES: Final = tuple(value for members in _CONTENT_TYPES for value in members)
"""All spellings of the content type, the plainest first."""


@cache
def accepted_cases(contract: Contract) -> tuple[Case, ...]:
    """The accepted cases of the suite: every allowed combination of listed values, and all aspects packed with them."""
    found = aspects(contract)
    listed = [{**_listed_values(contract, body), **_dates_shown(contract, body)} for body in bases(contract)]
    rows = covering_rows(listed, [len(aspect.classes) for aspect in found[1:]])
    turns: Counter[tuple[str, int]] = Counter()
    cases: dict[tuple[bytes, str | None], Case] = {}
    for row in _combinations_first(rows):
        plan = {}
        for aspect, position in zip(found, row, strict=True):
            members = aspect.classes[position]
            plan[aspect.name] = members[turns[aspect.name, position] % len(members)]
            turns[aspect.name, position] += 1
        case = build(contract, plan)
        cases.setdefault((case.payload, case.content_type), case)
    return tuple(cases.values())


def _combinations_first(rows: list[Row]) -> list[Row]:
    """The rows in order, but each combination of listed values once before any comes again."""
    seen: Counter[int] = Counter()
    turns = []
    for row in sorted(rows):
        turns.append((seen[row[0]], row))
        seen[row[0]] += 1
    return [row for _, row in sorted(turns)]


def case_with(contract: Contract, features: Iterable[Feature]) -> Case:
    """The plainest accepted case with these features: `reduced_cases`, for more than one at a time."""
    chosen = {(feature.aspect, feature.name) for feature in features}
    plan = {
        aspect.name: choice
        for aspect in aspects(contract)
        for members in aspect.classes
        for choice in members
        if (aspect.name, choice.name) in chosen
    }
    return build(contract, plan)


def reduced_cases(contract: Contract, case: Case) -> tuple[Case, ...]:
    """The plainest case with one feature of `case` each, to find out which of them a target refuses."""
    return tuple(case_with(contract, (feature,)) for feature in case.features if feature.remarkable)


def plainest_case(contract: Contract) -> Case:
    """The accepted case with nothing remarkable in it."""
    return build(contract, {})


def build(contract: Contract, plan: Plan) -> Case:
    """The accepted case of a plan; an aspect that it leaves out gets the plainest choice that goes with the rest."""
    found = aspects(contract)
    whole = {aspect.name: plan.get(aspect.name, aspect.classes[0][0]) for aspect in found}
    if BODY not in plan:
        needed = [path for aspect in found if aspect.name in plan for path in aspect.of]
        bodies = (choice for members in found[0].classes for choice in members)
        whole[BODY] = next((one for one in bodies if all(_has(one.value, path) for path in needed)), whole[BODY])
    body = whole[BODY].value
    for aspect in found:
        if aspect.path is not None and _has(body, aspect.path):
            body = changed(body, aspect.path, whole[aspect.name].value)
    for pair in _pairs(contract, body):
        body = _with_moments(body, pair, whole)
    features = tuple(
        Feature(aspect.name, choice.name, choice.requirement, choice.remarkable)
        for aspect in found
        if (choice := whole[aspect.name]) and all(_has(body, path) for path in aspect.of)
    )
    comma, colon, around = whole[_SPACE].value
    style = Style(comma, colon, around, whole[_ESCAPES].value, whole[_ORDER].value)
    title = "; ".join(feature.name for feature in features if feature.remarkable)
    return Case(
        id=case_id(features[0].requirement, title),
        title=title,
        expectation=Expectation.ACCEPT,
        requirement=features[0].requirement,
        headers=(("Content-Type", whole[_CONTENT_TYPE].value),),
        payload=spell(body, style),
        features=features,
        base=features[0].name,
    )


@cache
def aspects(contract: Contract) -> tuple[Aspect, ...]:
    """All that an accepted request of this contract can show; the first is the combination of listed values."""
    combinations = [(base_of(contract, body), body) for body in bases(contract)]
    found = [Aspect(BODY, tuple((Choice(name, body, promise),) for (name, promise), body in combinations))]
    # A pair may be in some bodies only, where its dates can be left out.
    pairs: dict[_Pair, Any] = {}
    for body in bases(contract):
        for pair in _pairs(contract, body):
            pairs.setdefault(pair, body)
    paired: set[Path] = set()
    for pair, body in pairs.items():
        places = ((*pair.above, pair.first), (*pair.above, pair.last))
        found += [aspect._replace(of=places) for aspect in _pair_aspects(contract, pair, body)]
        paired |= {*places}
    for path, location in _leaves(contract):
        if path not in paired and (choices := boundary_values(contract, location)):
            own = Choice(f"{_label(path)} {show(location.value)}", location.value, _promise(contract, location), False)
            others = [(Choice(name, value, own.requirement),) for name, value in choices]
            found.append(Aspect(f"value of {_label(path)}", ((own,), *others), path, (path,)))
    media_type = contract.operation.media_type
    spelling = _required_rule(contract, "accept/json", media_type)
    header = _required_rule(contract, "accept/content-type", media_type)
    spellings: dict[str, tuple[tuple[str, Any], ...]] = {_SPACE: _SPACES, _ESCAPES: _STRINGS, _ORDER: _ORDERS}
    for name, styles in spellings.items():
        found.append(
            Aspect(
                name, tuple((Choice(words, value, spelling, (words, value) != styles[0]),) for words, value in styles)
            )
        )
    types = tuple(
        tuple(Choice(f"Content-Type {value}", value, header, value != JSON) for value in members)
        for members in _CONTENT_TYPES
    )
    return (*found, Aspect(_CONTENT_TYPE, types))


def base_of(contract: Contract, body: Any) -> tuple[str, str]:
    """(the listed values of an accepted body, in plain words; the accept requirement that promises them)."""
    found = list(locations(contract.request, body))
    name = " with ".join(f"{label} {value}" for label, value in _listed_values(contract, body).items())
    # The promise of a condition that holds for the body says more than that of its listed values.
    unconditional = {schema.pointer for schema in _unconditional(contract.request)}
    promises = [
        (schema.pointer in unconditional, keyword not in ("enum", "const"), requirement.id)
        for location in found
        for schema in location.schemas
        for keyword, _ in schema.assertions()
        if (requirement := contract.by_rule("accept", child(schema.pointer, keyword)))
    ]
    promise = min(promises)[2] if promises else _required_rule(contract, "accept", None)
    return name or "the plainest values", promise


def _dates_shown(contract: Contract, body: Any) -> dict[str, tuple[str, ...]]:
    """Which members of a range a body has, where some may be left out: their classes show only where all are there."""
    return {
        f"dates at {location.path}": tuple(name for name in names if name in location.value)
        for location in locations(contract.request, body)
        if isinstance(location.value, dict) and (names := location.keyword("x-ordered"))
        if not {*names} <= {*(location.keyword("required") or ())}
    }


def _listed_values(contract: Contract, body: Any) -> dict[str, str]:
    """The listed values of a body as they are shown, by the names of their places."""
    return {
        _label(location.path): location.value if isinstance(location.value, str) else show(location.value)
        for location in locations(contract.request, body)
        if location.path
        and (
            location.keyword("type") == "boolean"
            or any({"enum", "const"} & one.keywords.keys() for one in location.schemas)
        )
    }


def _unconditional(place: Schema) -> list[Schema]:
    found = list(place.always())
    for schema in tuple(found):
        for below in (*schema.properties.values(), *((schema.items,) if schema.items else ())):
            found += _unconditional(below)
    return found


def _promise(contract: Contract, location: Location) -> str:
    for schema in location.schemas:
        for keyword, _ in schema.assertions():
            if requirement := contract.by_rule("accept", child(schema.pointer, keyword)):
                return requirement.id
    return _required_rule(contract, "accept", None)


def _required_rule(contract: Contract, rule: str, pointer: str | None) -> str:
    requirement = contract.by_rule(rule, pointer)
    if requirement is None:  # loading a contract proves that this cannot be
        raise LookupError(f"no requirement covers {rule} at {pointer}")
    return requirement.id


def _pair_aspects(contract: Contract, pair: _Pair, body: Any) -> list[Aspect]:
    found = []
    sides = [(pair.first, "first"), (pair.last, "last")]
    promises = {}
    for name, _ in sides:
        location = next(one for one in locations(contract.request, body) if one.path == (*pair.above, name))
        promises[name] = _promise(contract, location)
        label = _label(location.path)
        fractions = tuple(
            tuple(
                Choice(_digits(label, digits), digits, promises[name], members is not FRACTIONS[0])
                for digits in members
            )
            for members in FRACTIONS
        )
        zones = tuple(
            tuple(
                Choice(f"{label} with the offset {offset_text(offset)}", offset, promises[name]) for offset in members
            )
            for members in OFFSETS
        )
        found.append(Aspect(f"{label} fraction", fractions))
        found.append(Aspect(f"{label} zone", ((Choice(f"{label} in Z", None, promises[name], False),), *zones)))
    edges = tuple(
        tuple(
            Choice(
                f"{_label((*pair.above, getattr(pair, side)))} {edge:%Y-%m-%dT%H:%M:%S}",
                (edge, side),
                promises[getattr(pair, side)],
            )
            for edge, side in members
        )
        for members in EDGES
    )
    ordinary = Choice(
        f"{_label((*pair.above, pair.first))} {ORDINARY:%Y-%m-%dT%H:%M:%S}",
        (ORDINARY, "first"),
        promises[pair.first],
        False,
    )
    ordered = next(schema for schema in contract.request.walk() if "x-ordered" in schema.keywords)
    order = _required_rule(contract, "accept", child(ordered.pointer, "x-ordered"))
    lengths = tuple(
        tuple(Choice(f"a range of {words}", length, order, members is not LENGTHS[0]) for words, length in members)
        for members in LENGTHS
    )
    return [*found, Aspect(_MOMENT, ((ordinary,), *edges)), Aspect(_LENGTH, lengths)]


def _digits(label: str, digits: int) -> str:
    match digits:
        case 0:
            return f"{label} without a fraction"
    return f"{label} with {digits} fraction digit{'s' if digits > 1 else ''}"


def _pairs(contract: Contract, body: Any) -> list[_Pair]:
    return [
        _Pair(location.path, names[0], names[-1])
        for location in locations(contract.request, body)
        if (names := location.keyword("x-ordered")) and isinstance(location.value, dict)
        if names[0] in location.value and names[-1] in location.value
    ]


def _with_moments(body: Any, pair: _Pair, whole: Plan) -> Any:
    """The body with two timestamps written as the plan has them."""
    labels = {side: _label((*pair.above, getattr(pair, side))) for side in ("first", "last")}
    digits = {side: whole[f"{label} fraction"].value for side, label in labels.items()}
    offsets = {side: whole[f"{label} zone"].value for side, label in labels.items()}
    edge, side = whole[_MOMENT].value
    length = whole[_LENGTH].value
    # Equal moments stay equal only in digits that both timestamps show.
    kept = 6 if length else min(digits.values())
    anchor = edge.replace(microsecond=MICROSECONDS // 10 ** (6 - kept) * 10 ** (6 - kept), tzinfo=zone(offsets[side]))
    moments = (
        {"first": anchor, "last": anchor + length} if side == "first" else {"first": anchor - length, "last": anchor}
    )
    for which in ("first", "last"):
        text = write_moment(moments[which], digits[which], offsets[which])
        body = changed(body, (*pair.above, getattr(pair, which)), text)
    return body


def _leaves(contract: Contract) -> list[tuple[Path, Location]]:
    """The scalar parts of all bases, each with the location in the first base that has it."""
    found: dict[Path, Location] = {}
    for body in bases(contract):
        for location in locations(contract.request, body):
            if not isinstance(location.value, dict):
                found.setdefault(location.path, location)
    return list(found.items())


def _has(body: Any, path: Path) -> bool:
    try:
        at(body, path)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _label(path: Path) -> str:
    return ".".join(map(str, path))
