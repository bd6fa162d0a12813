"""Bodies that break one keyword: for each keyword of JSON Schema, the ways in which implementations get it wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final, NamedTuple

from export_contract.contract.request_schema import Location, Path, Schema
from export_contract.strategies.accepted.seed_bodies import another
from export_contract.strategies.data.edits import at, changed, removed, renamed
from export_contract.strategies.data.moments import (
    EARLIEST,
    LATEST,
    NO_MOMENTS,
    NO_TIMESTAMPS,
    may_read_early,
    may_read_late,
    respelt,
)
from export_contract.strategies.data.writers import Raw, plain_number, show, spell
from export_contract.strategies.mutations.near_misses import near_values, wrong_types


class Change(NamedTuple):
    """A body that something was done to."""

    title: str
    body: Any
    kind: str
    """What was done, without the values: the same change of another base has the same kind."""
    path: Path
    """Where it was done; of a member that is missing now, where it should be."""


class Site(NamedTuple):
    """A keyword of a schema that speaks of one part of an accepted body."""

    body: Any
    location: Location
    schema: Schema
    keyword: Any
    """The keyword's value."""
    order: tuple[Path, ...] = ()
    """The places of all timestamps that must be in order, this one among them; empty for anything else."""

    def put(self, value: Any) -> Any:
        """The body with another value in this place.

        Where a reader may take it for an earlier or a later moment than the others of an order, those are put out of
        its way, since a target must not be saved by their order.
        """
        body = changed(self.body, self.location.path, value)
        if self.order:
            own = self.order.index(self.location.path)
            for path in self.order[:own] if may_read_early(value) else ():
                body = changed(body, path, EARLIEST + at(body, path)[len(EARLIEST) :])
            for path in self.order[own + 1 :] if may_read_late(value) else ():
                body = changed(body, path, LATEST + at(body, path)[len(LATEST) :])
        return body

    @property
    def name(self) -> str:
        """The place in plain words: `exportType`, `filters.0.name`, `the body`."""
        return ".".join(map(str, self.location.path)) or "the body"


def values(site: Site, wrong: Iterator[tuple[str, Any]]) -> Iterator[Change]:
    """One change for each (what it is, value)."""
    for kind, value in wrong:
        shown = show(value)
        title = f"{site.name} {shown}" + (f": {kind}" if kind != shown else "")
        yield Change(title, site.put(value), f"{site.name}: {kind}", site.location.path)


def _change(title: str, body: Any, path: Path) -> Change:
    """A change whose title names no value."""
    return Change(title, body, title, path)


def _put(site: Site, kind: str, value: Any) -> Change:
    """Another value in the place of a keyword, named by its kind alone."""
    return _change(f"{site.name}: {kind}", site.put(value), site.location.path)


def _type(site: Site) -> Iterator[Change]:
    types = [site.keyword] if isinstance(site.keyword, str) else site.keyword
    if not site.location.path:
        yield from _no_object(site, types)
        return
    right = site.location.value
    is_timestamp = site.location.keyword("format") == "date-time"
    is_listed = isinstance(right, str) and site.location.keyword("enum") is not None
    yield from values(site, wrong_types(right, types, is_timestamp=is_timestamp, is_listed=is_listed))


def _no_object(site: Site, types: list[str]) -> Iterator[Change]:
    for kind, value in (
        ("null", None),
        ("a list of one request", [site.body]),
        ("a list of the values of a request", list(site.body.values()) if isinstance(site.body, dict) else [None]),
        ("JSON inside a JSON string", spell(site.body).decode()),
        ("an empty list", []),
        ("a number", 0),
        ("true", True),
        ("the empty string", ""),
    ):
        if not isinstance(value, list) or "array" not in types:
            yield _change(f"the body is {kind}", value, ())


def _required(site: Site) -> Iterator[Change]:
    above = site.location.path
    for name in site.keyword:
        path = (*above, name)
        label = ".".join(map(str, path))
        yield _change(f"{label}: missing", removed(site.body, path), path)
        for kind, other in _misspellings(name):
            yield _change(f"{label}: spelt {show(other)}, {kind}", renamed(site.body, path, other), path)


def _misspellings(name: str) -> Iterator[tuple[str, str]]:
    if name != name.lower():
        yield "lower case", name.lower()
        yield "snake case", "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    else:
        yield "upper case", name.upper()
    yield "with a space after it", name + " "


def _format(site: Site) -> Iterator[Change]:
    yield from values(site, iter(NO_MOMENTS))
    yield from values(site, iter(NO_TIMESTAMPS))
    # A reader may check the calendar in one of the forms that it knows, and not in the one of the document's example.
    as_documented = ((kind, respelt(text, site.location.value)) for kind, text in NO_MOMENTS)
    yield from values(site, ((f"{kind}, spelt as the example", text) for kind, text in as_documented if text))


def _listed(site: Site) -> Iterator[Change]:
    listed = site.keyword if isinstance(site.keyword, list) else [site.keyword]
    # What is allowed elsewhere is the nearest miss for a value that only a condition fixes.
    others = [value for value in site.location.keyword("enum") or [] if value not in listed]
    yield from values(site, iter([("not supported here", other) for other in others]))
    yield from values(site, near_values(site.location.value, listed))


def _minimum(site: Site) -> Iterator[Change]:
    below = _beyond(site, -1)
    yield from values(site, iter([("just below the minimum", below), ("far below", below - _steps(site, 10**6))]))


def _maximum(site: Site) -> Iterator[Change]:
    above = _beyond(site, 1)
    yield from values(site, iter([("just above the maximum", above), ("far above", above + _steps(site, 10**6))]))


def _excluded(direction: int) -> Callable[[Site], Iterator[Change]]:
    def breaker(site: Site) -> Iterator[Change]:
        bound = "minimum" if direction < 0 else "maximum"
        yield from values(site, iter([(f"the excluded {bound} itself", site.keyword)]))
        yield from values(site, iter([(f"beyond the excluded {bound}", _beyond(site, direction))]))

    return breaker


def _steps(site: Site, number: int) -> float:
    return plain_number(Decimal(str(site.location.keyword("multipleOf") or 1)) * number)


def _beyond(site: Site, direction: int) -> float:
    """The nearest multiple beyond a bound, so that nothing but the bound is broken."""
    step = Decimal(str(site.location.keyword("multipleOf") or 1))
    count = Decimal(str(site.keyword)) / step
    whole = count.to_integral_value(ROUND_FLOOR if direction > 0 else ROUND_CEILING)
    return plain_number((whole + direction) * step)


def _multiple(site: Site) -> Iterator[Change]:
    value, step = Decimal(str(site.location.value)), Decimal(str(site.keyword))
    # At a bound, only what lies on the other side breaks this keyword alone.
    wrong = [
        ("one more than a multiple", value + 1),
        ("one less than a multiple", value - 1),
        ("half a step more", value + step / 2),
        ("half a step less", value - step / 2),
    ]
    yield from values(site, iter([(kind, Raw(f"{number:f}")) for kind, number in wrong]))


def _shorter(site: Site) -> Iterator[Change]:
    if site.keyword:
        yield from values(site, iter([("one character short", str(site.location.value)[: site.keyword - 1])]))
        yield from values(site, iter([("empty", "")]))


def _longer(site: Site) -> Iterator[Change]:
    text = str(site.location.value)
    filler = text[-1:] or "a"
    yield from values(site, iter([("one character too long", text + filler * (site.keyword + 1 - len(text)))]))


def _pattern(site: Site) -> Iterator[Change]:
    text = str(site.location.value)
    wrong = [("text before", "?" + text), ("text after", text + "?"), ("trailing newline", text + "\n"), ("empty", "")]
    yield from values(site, iter([*wrong, ("wrong case", text.swapcase()), ("leading space", " " + text)]))


def _fewer_items(site: Site) -> Iterator[Change]:
    if site.keyword:
        items = site.location.value[: site.keyword - 1]
        yield _put(site, "one item short", items)


def _listed_items(site: Site) -> list[Any]:
    """The values that the items of a list may have, where they are listed."""
    below = site.schema.items.always() if site.schema.items else ()
    return next((list(schema.keywords["enum"]) for schema in below if "enum" in schema.keywords), [])


def _more_items(site: Site) -> Iterator[Change]:
    items = list(site.location.value)
    missing = site.keyword + 1 - len(items)
    if not items:
        return
    if site.location.keyword("uniqueItems"):
        others = _listed_items(site) or [another(items[-1], number) for number in range(1, missing + 1)]
        items += [other for other in others if other not in items][:missing]
    else:
        items += items[-1:] * missing
    yield _put(site, "one item too many", items)


def _equal_items(site: Site) -> Iterator[Change]:
    if not site.location.value:
        return
    yield _put(site, "the same item twice", [*site.location.value, site.location.value[0]])


def _closed(site: Site) -> Iterator[Change]:
    body = site.put({**site.location.value, "unexpected": "value"})
    yield _change(f"{site.name}: an unknown property", body, (*site.location.path, "unexpected"))


def _fewer_properties(site: Site) -> Iterator[Change]:
    kept = dict(list(site.location.value.items())[: max(0, site.keyword - 1)])
    yield _put(site, "too few properties", kept)


def _more_properties(site: Site) -> Iterator[Change]:
    more = {f"unexpected{number}": "value" for number in range(site.keyword + 1)}
    yield _put(site, "too many properties", {**site.location.value, **more})


def _no_branch(site: Site) -> Iterator[Change]:
    """Breaks what the branch of a oneOf or anyOf that the value is in requires."""
    value = site.location.value
    wrong: list[tuple[str, Any]] = [("of no alternative, null", None), ("of no alternative, an empty object", {})]
    yield from values(site, iter([*wrong, ("of no alternative, a list", [value])]))
    if isinstance(value, Mapping):
        for name in value:
            path = (*site.location.path, name)
            yield _change(f"{site.name}.{name}: missing, so of no alternative", removed(site.body, path), path)


BREAKERS: Final[Mapping[str, Callable[[Site], Iterator[Change]]]] = {
    "type": _type,
    "required": _required,
    "enum": _listed,
    "const": _listed,
    "format": _format,
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _excluded(-1),
    "exclusiveMaximum": _excluded(1),
    "multipleOf": _multiple,
    "minLength": _shorter,
    "maxLength": _longer,
    "pattern": _pattern,
    "minItems": _fewer_items,
    "maxItems": _more_items,
    "uniqueItems": _equal_items,
    "additionalProperties": _closed,
    "minProperties": _fewer_properties,
    "maxProperties": _more_properties,
    "oneOf": _no_branch,
    "anyOf": _no_branch,
}
"""For each keyword, what breaks it. A keyword that is not here is refused, never passed over."""
