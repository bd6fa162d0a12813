"""The request schema as a tree, and which parts of it speak of which part of a value.

jsonschema says whether a value is valid. This module says which schemas were consulted on the way, because what the
document leaves open (an unknown property, a date-time, a value that may not exist) is seen only from there, and because
a case is made by changing a value where a keyword applies to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from export_contract.contract.openapi_shape import refuse_wrong_own_keywords
from export_contract.contract.pointers import child, resolve
from export_contract.exceptions import ContractError

Path = tuple[str | int, ...]
"""Where in a value: property names and array positions, from the top."""

# Keywords that say nothing about which values are valid.
ANNOTATIONS: Final = frozenset(
    {"$comment", "title", "description", "example", "examples", "default", "deprecated", "externalDocs", "readOnly"}
    | {"writeOnly", "contentEncoding", "contentMediaType", "contentSchema", "xml", "discriminator", "$defs", "$anchor"}
)
# Keywords that only lead to other schemas.
_APPLICATORS: Final = frozenset({"$ref", "allOf", "if", "then", "else", "properties", "items"})
# The keywords of our own that assert something; other x- keywords are annotations.
OWN_KEYWORDS: Final = frozenset({"x-ordered", "x-known-values"})


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """An `if` with its `then` and `else`."""

    test: Any
    """The schema of the `if`."""
    holds: Callable[[Any], bool]
    then: Schema | None
    otherwise: Schema | None


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """One schema object of the contract document."""

    pointer: str
    keywords: Mapping[str, Any] = field(repr=False)
    parts: tuple[Schema, ...] = field(repr=False)
    """What always applies too: `$ref` and `allOf`."""
    conditionals: tuple[Conditional, ...] = field(repr=False)
    alternatives: tuple[tuple[Schema, Callable[[Any], bool]], ...] = field(repr=False)
    """The branches of `oneOf` and `anyOf`, each with the test of whether a value is in it."""
    properties: Mapping[str, Schema] = field(repr=False)
    items: Schema | None = field(repr=False)

    def assertions(self) -> Iterator[tuple[str, Any]]:
        """The keywords of this very schema that can make a value invalid, or leave it open."""
        for name, value in self.keywords.items():
            if name in ANNOTATIONS or name in _APPLICATORS or (name.startswith("x-") and name not in OWN_KEYWORDS):
                continue
            yield name, value

    def always(self) -> Iterator[Schema]:
        """This schema, and those that speak of every value that it speaks of."""
        yield self
        for part in self.parts:
            yield from part.always()

    def beside(self) -> Iterator[Schema]:
        """This schema, and all that may speak of the same value."""
        yield self
        branches = [branch for conditional in self.conditionals for branch in (conditional.then, conditional.otherwise)]
        for schema in (*self.parts, *branches, *(branch for branch, _ in self.alternatives)):
            if schema:
                yield from schema.beside()

    def places(self) -> Iterator[Schema]:
        """This schema, and all that it has for parts of its value; one that is referred to twice comes twice."""
        yield self
        for schema in self.beside():
            for below in (*schema.properties.values(), *((schema.items,) if schema.items else ())):
                yield from below.places()

    def walk(self) -> Iterator[Schema]:
        """All schemas, of the whole value and of its parts."""
        for place in self.places():
            yield from place.beside()

    def applying(self, value: Any) -> Iterator[Schema]:
        """The schemas that speak of `value` itself, this one first."""
        yield self
        for part in self.parts:
            yield from part.applying(value)
        for conditional in self.conditionals:
            branch = conditional.then if conditional.holds(value) else conditional.otherwise
            if branch:
                yield from branch.applying(value)
        for branch, holds in self.alternatives:
            if holds(value):
                yield from branch.applying(value)


@dataclass(frozen=True, slots=True)
class Location:
    """One part of a value, with all the schemas that speak of it."""

    path: Path
    value: Any
    schemas: tuple[Schema, ...]

    def keyword(self, name: str) -> Any:
        """The value of the first keyword of that name, or None."""
        return next((schema.keywords[name] for schema in self.schemas if name in schema.keywords), None)


def locations(schema: Schema, value: Any) -> Iterator[Location]:
    """The parts of `value` that the schema speaks of, the whole first."""
    return _locations((schema,), value, ())


def _locations(roots: tuple[Schema, ...], value: Any, path: Path) -> Iterator[Location]:
    schemas = tuple(schema for root in roots for schema in root.applying(value))
    yield Location(path, value, schemas)
    if isinstance(value, dict):
        for name, part in value.items():
            below = tuple(schema.properties[name] for schema in schemas if name in schema.properties)
            if below:
                yield from _locations(below, part, (*path, name))
    elif isinstance(value, list):
        below = tuple(schema.items for schema in schemas if schema.items)
        if below:
            for position, part in enumerate(value):
                yield from _locations(below, part, (*path, position))


def read_schema(
    document: Any, pointer: str, file: str, valid: Callable[[str], Callable[[Any], bool]], above: tuple[str, ...] = ()
) -> Schema:
    """Read the schema at `pointer`; `valid` makes the test for a schema from its pointer.

    Raises ContractError where something is not a schema, or where a schema refers to itself: it has no finite list of
    requests.
    """
    keywords = resolve(document, pointer)
    if keywords is True:
        keywords = {}
    if not isinstance(keywords, dict):
        raise ContractError(file, pointer, "this is not a schema; a schema is an object or true")
    refuse_wrong_own_keywords(keywords, pointer, file)
    if pointer in above:
        raise ContractError(file, pointer, "this schema refers to itself, so its requests cannot be listed")

    def read(*tokens: str | int) -> Schema:
        return read_schema(document, child(pointer, *tokens), file, valid, (*above, pointer))

    def referred(reference: str) -> Schema:
        return read_schema(document, unquote(reference.removeprefix("#")), file, valid, (*above, pointer))

    def members(name: str, kind: type) -> Any:
        value = keywords.get(name, kind())
        if not isinstance(value, kind):
            raise ContractError(file, child(pointer, name), f"{name} must be {_KINDS[kind]}")
        return value

    parts = [referred(keywords["$ref"])] if "$ref" in keywords else []
    parts += [read("allOf", position) for position in range(len(members("allOf", list)))]
    conditionals = (
        [
            Conditional(
                keywords["if"],
                valid(child(pointer, "if")),
                read("then") if "then" in keywords else None,
                read("else") if "else" in keywords else None,
            )
        ]
        if "if" in keywords
        else []
    )
    alternatives = [
        (read(name, position), valid(child(pointer, name, position)))
        for name in ("oneOf", "anyOf")
        for position in range(len(members(name, list)))
    ]
    return Schema(
        pointer=pointer,
        keywords=keywords,
        parts=tuple(parts),
        conditionals=tuple(conditionals),
        alternatives=tuple(alternatives),
        properties={name: read("properties", name) for name in members("properties", dict)},
        items=read("items") if isinstance(keywords.get("items"), dict) else None,
    )


def refuse_unknown_orders(request: Schema, file: str) -> None:
    """Raise ContractError where `x-ordered` names anything but date-time properties of its object."""
    for place in request.places():
        together = tuple(place.beside())
        for schema in together:
            for name in schema.keywords.get("x-ordered", ()):
                below = [one.properties[name] for one in together if name in one.properties]
                formats = [part.keywords.get("format") for one in below for part in one.beside()]
                if "date-time" not in formats:
                    problem = "which is not a date-time" if below else "which is not a property of this object"
                    raise ContractError(
                        file, child(schema.pointer, "x-ordered"), f"x-ordered names {name!r}, {problem}"
                    )


_KINDS: Final[dict[type, str]] = {list: "a list", dict: "an object"}
