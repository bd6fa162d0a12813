"""Which keywords of a request schema no requirement covers: a promise without a name could not be reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from export_contract.contract import rules
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Schema
from export_contract.contract.requirements import Requirement

Lookup = Callable[[str, str], Requirement | None]
Place = tuple[str, str]
"""A JSON pointer, and the rule behind the keyword there (empty for the keyword itself)."""


_SHOWN = frozenset({"enum", "const", "format", "x-ordered", "minimum", "maximum", "minLength", "maxLength", "pattern"})
"""Keywords of which accepted requests show both ends, or every value: somebody must promise that."""


def uncovered(
    by_keyword: Lookup, by_rule: Callable[[str, str | None], Requirement | None], request: Schema, media_type: str
) -> Iterator[Place]:
    """The places that no requirement stands for, of all that the oracle could name."""
    if by_rule("accept", None) is None:
        yield request.pointer, "accept"
    for pointer, rule in dict.fromkeys(_judged(request, media_type)):
        has_no_keyword = rule in rules.OPEN or rule in rules.ACCEPT
        found = by_rule(rule, pointer) if has_no_keyword else by_keyword(pointer, rule)
        if found is None:
            yield pointer, rule


def _judged(request: Schema, media_type: str) -> Iterator[Place]:
    """All places that the oracle could name."""
    yield media_type, "json/syntax"
    yield media_type, "content-type"
    yield media_type, "accept/json"
    yield media_type, "accept/content-type"
    yield from ((media_type, rule) for rule in rules.OPEN_JSON)
    for schema in request.walk():
        for name, value in schema.assertions():
            place = child(schema.pointer, name)
            yield from ((place, rule) for rule in _rules(name, value, schema))
            if name in _SHOWN:
                yield place, "accept"
        for conditional in schema.conditionals:
            for branch in (conditional.then, conditional.otherwise):
                yield from conditional_properties(branch) if branch else ()
    for part in request.places():
        yield from ((pointer, "unknown-property") for pointer in _open_objects(part))


def _rules(name: str, value: Any, schema: Schema) -> tuple[str, ...]:
    match name:
        case "required":
            return tuple(rules.REQUIRED + property_name for property_name in value)
        case "format" if value == "date-time":
            return ("timestamp/form", "timestamp/calendar", *rules.OPEN_TIMESTAMPS)
        case "x-known-values":
            return (
                rules.OPEN_NUMBERS if schema.keywords.get("type") in ("number", "integer") else rules.OPEN_NUMBERS[:1]
            )
        case "x-ordered":
            return ("x-ordered",)
    return ("",)


def _open_objects(place: Schema) -> Iterator[str]:
    """Pointers to the `properties` that an unknown property of the value at `place` is reported by."""
    if any("additionalProperties" in schema.keywords for schema in place.always()):
        return
    always = [schema for schema in place.always() if schema.properties]
    for schema in always[:1] or (schema for schema in place.beside() if schema.properties):
        yield child(schema.pointer, "properties")


def conditional_properties(branch: Schema) -> Iterator[Place]:
    """The properties that a branch of a conditional brings in: elsewhere the document does not speak of them."""
    for name in branch.keywords.get("required", ()):
        if name in branch.properties:
            yield branch.properties[name].pointer, "conditional-property"
