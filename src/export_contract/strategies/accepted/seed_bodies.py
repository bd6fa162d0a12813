"""Accepted bodies with nothing remarkable in them: one for each allowed combination of listed values.

Every other case is one of these with something changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import suppress
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache
from typing import Any, Final, cast

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample, Unsatisfiable

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import OWN_KEYWORDS, Location, Schema, locations
from export_contract.exceptions import ContractError, UnsupportedContract
from export_contract.strategies.data.edits import changed
from export_contract.strategies.data.hypothesis_home import temporary_home
from export_contract.strategies.data.writers import plain_number

_MOST: Final = 200
"""Combinations; the suite has each of them, so more would be more jobs than any target should have to make."""
_MOST_TRIED: Final = 2_000
"""Combinations that are tried, those among them that a condition forbids."""

_Place = tuple[Schema, ...]
"""Schemas that speak of the same part of a value."""


UNDERSTOOD: Final = frozenset(
    {"type", "required", "enum", "const", "format", "additionalProperties", "oneOf", "anyOf", *OWN_KEYWORDS}
    | {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"}
    | {"minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"}
)
"""The keywords that the strategies can keep and break."""


def refuse_unknown_keywords(contract: Contract) -> None:
    """Raise UnsupportedContract for the first keyword that would be ignored: a silent gap is worse than an error."""
    for schema in contract.request.walk():
        for name, value in schema.assertions():
            place = child(schema.pointer, name)
            if name == "format" and value != "date-time":
                raise UnsupportedContract(contract.file, place, f"no strategy understands the format {value!r}")
            if name == "additionalProperties" and isinstance(value, dict):
                raise UnsupportedContract(
                    contract.file, place, "no strategy understands a schema of additionalProperties"
                )
            if name not in UNDERSTOOD:
                raise UnsupportedContract(contract.file, place, f"no strategy understands the keyword {name}")


@cache
def bases(contract: Contract) -> tuple[Any, ...]:
    """The plainest accepted body for each allowed combination of listed values, in the contract's order.

    Raises UnsupportedContract for a keyword that no strategy understands and for too many combinations, and
    ContractError where the oracle accepts not one body.
    """
    refuse_unknown_keywords(contract)
    judge = oracle(contract)
    found: list[Any] = []
    for tried, body in enumerate(_completed(_samples((contract.request,), contract), contract)):
        if judge.classify_value(body).expectation is Expectation.ACCEPT and body not in found:
            found.append(body)
        if tried == _MOST_TRIED or len(found) > _MOST:
            raise UnsupportedContract(
                contract.file,
                contract.operation.request_schema,
                f"its listed values can be combined in more than {_MOST} ways, which is more than a suite can hold; "
                "leave some out in a copy of it",
            )
    for body in found[:1]:
        found += [more for more in _with_optional(body, contract) if more not in found]
    if not found:
        raise ContractError(
            contract.file, contract.operation.request_schema, "no accepted request could be made from it"
        )
    return tuple(found)


def _completed(candidates: Iterator[Any], contract: Contract) -> Iterator[Any]:
    with suppress(NoSuchExample, Unsatisfiable):  # a pattern that no text of the right length has
        yield from (_complete(candidate, contract) for candidate in candidates)


def _with_optional(body: Any, contract: Contract) -> Iterator[Any]:
    """An accepted body with each property that may be left out, one at a time, so that it has cases too.

    Properties of one order come together as well, since it says nothing of one of them alone.
    """
    judge = oracle(contract)
    for location in locations(contract.request, body):
        places = optional_properties(location)
        ordered = [name for name in location.keyword("x-ordered") or () if name in places]
        for names in [*([name] for name in places), *([ordered] if len(ordered) > 1 else [])]:
            more = body
            with suppress(StopIteration):
                for name in names:
                    more = changed(more, (*location.path, name), next(_samples(places[name], contract)))
                more = _complete(more, contract)
                if judge.classify_value(more).expectation is Expectation.ACCEPT:
                    yield more


def optional_properties(location: Location) -> dict[str, _Place]:
    """The properties that an object may have and does not; not those that only a condition brings in."""
    if not isinstance(location.value, Mapping):
        return {}
    conditional = {
        name
        for schema in location.schemas
        for conditional in schema.conditionals
        for branch in (conditional.then, conditional.otherwise)
        if branch
        for name in branch.properties
    }
    places: dict[str, list[Schema]] = {}
    for schema in location.schemas:
        for name, below in schema.properties.items():
            if name not in location.value and name not in conditional:
                places.setdefault(name, []).append(below)
    return {name: tuple(schemas) for name, schemas in places.items()}


def sample(place: _Place, contract: Contract) -> Any:
    """The plainest value for a place in the body."""
    return next(_samples(place, contract))


def _samples(place: _Place, contract: Contract) -> Iterator[Any]:
    """Values for a place, one for each combination of listed values and alternatives below it."""
    for schemas in _alternatives(place):
        location = Location((), None, schemas)
        listed = _listed(location)
        if listed is not None:
            yield from listed
        elif location.keyword("type") == "object" or any(schema.properties for schema in schemas):
            yield from _objects(schemas, contract)
        elif location.keyword("type") == "array":
            yield from _arrays(schemas, contract)
        else:
            yield _scalar(location)


def _alternatives(place: _Place) -> Iterator[_Place]:
    """The place once for each choice of one branch of every oneOf and anyOf."""
    always = tuple(schema for root in place for schema in root.always())
    choices = [[branch for branch, _ in schema.alternatives] for schema in always if schema.alternatives]
    if not choices:
        yield always
        return
    for chosen in itertools.product(*choices):
        for below in _alternatives(chosen):
            yield (*always, *below)


def _listed(location: Location) -> list[Any] | None:
    if known := location.keyword("x-known-values"):
        return list(known[:1])
    if listed := location.keyword("enum"):
        return list(listed)
    if any("const" in schema.keywords for schema in location.schemas):
        return [location.keyword("const")]
    if location.keyword("type") == "boolean":
        return [True, False]
    return None


def _objects(schemas: _Place, contract: Contract) -> Iterator[dict[str, Any]]:
    required = list(dict.fromkeys(name for schema in schemas for name in schema.keywords.get("required", ())))
    values = [list(_property_samples(schemas, name, contract)) for name in required]
    for combination in itertools.product(*values):
        yield dict(zip(required, combination, strict=True))


def _property_samples(schemas: _Place, name: str, contract: Contract) -> Iterator[Any]:
    """Values for a property, with those that a condition tests for."""
    below = tuple(schema.properties[name] for schema in schemas if name in schema.properties)
    found = list(_samples(below, contract)) if below else [""]
    tested = [
        value
        for schema in schemas
        for conditional in schema.conditionals
        for value in _tested_for(conditional.test.get("properties", {}).get(name, {}))
    ]
    yield from found
    yield from (value for value in tested if value not in found)


def _tested_for(test: Any) -> list[Any]:
    if not isinstance(test, Mapping):
        return []
    return [test["const"]] if "const" in test else list(test.get("enum", ()))


def _arrays(schemas: _Place, contract: Contract) -> Iterator[list[Any]]:
    location = Location((), None, schemas)
    below = tuple(schema.items for schema in schemas if schema.items)
    count = location.keyword("minItems") or 0
    if not below:
        yield [""] * count
        return
    found = list(_samples(below, contract))
    # An empty list would hide the items from every case that breaks one.
    count = max(count, 1)
    if location.keyword("uniqueItems"):
        found += [other for number in range(1, count + 1) if (other := another(found[0], number)) not in found]
        yield found[:count]
        return
    for position in range(len(found)):
        yield [found[(position + step) % len(found)] for step in range(count)]


def another(value: Any, number: int) -> Any:
    """Another value like `value`, for lists whose items must differ."""
    if isinstance(value, str):
        return value + "abcdefghij"[number % 10] * (number // 10 + 1)
    return value + number if isinstance(value, int | float) and not isinstance(value, bool) else value


def _scalar(location: Location) -> Any:
    for name in ("examples", "default"):
        value = location.keyword(name)
        if value is not None:
            return value[0] if name == "examples" else value
    kind = location.keyword("type")
    kind = kind[0] if isinstance(kind, list) else kind
    match kind:
        case "integer" | "number":
            return _number(location)
        case "string":
            return _string(location)
        case "null":
            return None
    return ""


def _number(location: Location) -> float:
    """The number nearest to the lower bound, or else to the upper one; 0 where there is neither."""
    keyword = location.keyword
    low, above, high, below = (keyword(one) for one in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"))
    step = keyword("multipleOf")
    if step is None and keyword("type") == "number":
        ends = (low if low is not None else above, high if high is not None else below)
        if above is not None and ends[1] is not None:
            return cast(float, (above + ends[1]) / 2)
        if low is not None or (high is not None and above is None):
            return cast(float, low if low is not None else high)
        return cast(float, above + 1 if above is not None else below - 1 if below is not None else 0)
    unit = Decimal(str(step or 1))
    count = Decimal(0)
    if low is not None or above is not None:
        count = (Decimal(str(low if low is not None else above)) / unit).to_integral_value(ROUND_CEILING)
        count += above is not None and count * unit <= Decimal(str(above))
    elif high is not None or below is not None:
        count = (Decimal(str(high if high is not None else below)) / unit).to_integral_value(ROUND_FLOOR)
        count -= below is not None and count * unit >= Decimal(str(below))
        count = max(count, Decimal(0)) if high is None and below is None else count
    return plain_number(count * unit)


def _string(location: Location) -> str:
    if location.keyword("format") == "date-time":
        return "2012-09-05T11:12:47.000Z"
    shortest = location.keyword("minLength") or 0
    if pattern := location.keyword("pattern"):
        longest = location.keyword("maxLength")
        quiet = settings(
            database=None,
            derandomize=True,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        with temporary_home():
            return find(
                st.from_regex(pattern, alphabet=st.characters(max_codepoint=126, min_codepoint=32)),
                lambda text: "\n" not in text and shortest <= len(text) <= (longest or len(text)),
                settings=quiet,
            )
    return "a" * max(shortest, 1)


def _complete(body: Any, contract: Contract) -> Any:
    """`body` with the properties that its conditions turn out to require, and with what they fix."""
    for _ in range(10):
        for location in locations(contract.request, body):
            if not isinstance(location.value, dict):
                continue
            missing = _first_missing(location)
            if missing is not None:
                below = tuple(schema.properties[missing] for schema in location.schemas if missing in schema.properties)
                value = sample(below, contract) if below else ""
                body = changed(body, (*location.path, missing), value)
                break
        else:
            return body
    return body


def _first_missing(location: Location) -> str | None:
    required = (name for schema in location.schemas for name in schema.keywords.get("required", ()))
    return next((name for name in required if name not in location.value), None)
