"""Accepted bodies with nothing remarkable in them: one for each allowed combination of listed values.

Every other case is one of these with something changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, ContractError, Expectation, oracle
from export_contract.contract.schema import Location, Path, Schema, locations

_MOST: Final = 200
"""Combinations; a contract with more would need another plan than trying each."""

_Place = tuple[Schema, ...]
"""Schemas that speak of the same part of a value."""


class Unsupported(ContractError):
    """A keyword of the request schema that no strategy understands."""


@cache
def bases(contract: Contract) -> tuple[Any, ...]:
    """The plainest accepted body for each allowed combination of listed values, in the contract's order.

    Raises ContractError where not one body is accepted by the oracle.
    """
    judge = oracle(contract)
    found: list[Any] = []
    for candidate in itertools.islice(_samples((contract.request,), contract), _MOST):
        body = _complete(candidate, contract)
        if judge.classify_value(body).expectation is Expectation.ACCEPT and body not in found:
            found.append(body)
    if not found:
        raise ContractError(
            contract.file, contract.operation.request_schema, "no accepted request could be made from it"
        )
    return tuple(found)


def changed(body: Any, path: Path, value: Any) -> Any:
    """A copy of `body` with `value` at `path`."""
    if not path:
        return value
    step, *rest = path
    if isinstance(body, Mapping):
        return {**body, step: changed(body.get(step), tuple(rest), value)}
    copy = list(body)
    copy[int(step)] = changed(copy[int(step)], tuple(rest), value)
    return copy


def removed(body: Any, path: Path) -> Any:
    """A copy of `body` without the property at `path`."""
    *above, name = path
    parent = at(body, tuple(above))
    return changed(body, tuple(above), {key: value for key, value in parent.items() if key != name})


def renamed(body: Any, path: Path, name: str) -> Any:
    """A copy of `body` in which the property at `path` is called `name`, in its old place."""
    *above, old = path
    parent = at(body, tuple(above))
    return changed(body, tuple(above), {name if key == old else key: value for key, value in parent.items()})


def at(body: Any, path: Path) -> Any:
    """The part of `body` at `path`."""
    for step in path:
        body = body[step]
    return body


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
    """Values for a property, with those that a condition asks about."""
    below = tuple(schema.properties[name] for schema in schemas if name in schema.properties)
    found = list(_samples(below, contract)) if below else [""]
    asked = [
        value
        for schema in schemas
        for conditional in schema.conditionals
        for value in _asked_about(conditional.test.get("properties", {}).get(name, {}))
    ]
    yield from found
    yield from (value for value in asked if value not in found)


def _asked_about(test: Any) -> list[Any]:
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
    for position in range(len(found)):
        yield [found[(position + step) % len(found)] for step in range(count)]


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
    step = location.keyword("multipleOf") or 1
    low = location.keyword("minimum")
    above = location.keyword("exclusiveMinimum")
    high = location.keyword("maximum")
    if low is None and above is None:
        return cast(float, 0 if high is None or high >= 0 else high // step * step)
    number: float = -(-(low if low is not None else above) // step) * step
    return number + step if above is not None and number <= above else number


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
        return find(
            st.from_regex(pattern, alphabet=st.characters(max_codepoint=126, min_codepoint=32)),
            lambda text: shortest <= len(text) <= (longest or len(text)),
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
