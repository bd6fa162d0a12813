"""Hypothesis strategies for the values of a body: accepted ones, and ones that are almost that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache, partial
from typing import Any, Final, NamedTuple

from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, classify_timestamp
from export_contract.contract.request_schema import Location, Path, locations
from export_contract.strategies.accepted.seed_bodies import bases, optional_properties
from export_contract.strategies.data import moments
from export_contract.strategies.data.writers import plain_number

Accepted = st.SearchStrategy[Any]

# The characters that UTF-8 can encode. Asked for them by codec, Hypothesis spends a second and 200 MB on a table first.
CHARACTERS: Final = st.characters(exclude_categories=["Cs"])

_YEARS = (datetime(1900, 1, 1), datetime(2199, 12, 31, 23, 59, 59, 999999))  # noqa: DTZ001  # local times, as written
_EDGES = tuple(edge for members in moments.EDGES for edge, _ in members)
_OFFSETS = (None, *(offset for members in moments.OFFSETS for offset in members))
_LARGEST = 2**53 - 1
_DIGITS_OF_DOUBLES = 15
_DIGITS = tuple(digits for members in moments.FRACTIONS for digits in members)


class _Moment(NamedTuple):
    """A timestamp that is not written yet, so that two of them can be put in order."""

    moment: datetime
    """With its zone, and no more of a fraction than is written."""
    digits: int
    offset: int | None

    def __str__(self) -> str:
        return moments.write(*self)


def _moment(local: datetime, digits: int, offset: int | None) -> _Moment:
    step = 10 ** (6 - digits)
    kept = local.microsecond // step * step
    return _Moment(local.replace(microsecond=kept, tzinfo=moments.zone(offset)), digits, offset)


@cache
def _moments() -> st.SearchStrategy[_Moment]:
    """Documented moments, edges of calendars and clocks more often than chance would have them."""
    local = st.one_of(st.just(moments.ORDINARY), st.sampled_from(_EDGES), st.datetimes(*_YEARS))
    offsets = st.one_of(st.sampled_from(_OFFSETS), st.integers(-840, 840))
    return st.builds(_moment, local, st.sampled_from(_DIGITS), offsets)


@cache
def timestamps(expectation: Expectation | str = Expectation.ACCEPT) -> st.SearchStrategy[str]:
    """Timestamps of one expectation, as text.

    `accept` gives the documented form, `reject` what is not an ISO 8601 timestamp or names no moment that exists, and
    `unspecified` the other forms of ISO 8601. Examples shrink towards ordinary ones.

    Raises ValueError for another expectation.
    """
    match Expectation(expectation):
        case Expectation.ACCEPT:
            return _moments().map(str)
        case Expectation.REJECT:
            named = st.sampled_from([text for _, text in (*moments.NO_MOMENTS, *moments.NO_TIMESTAMPS)])
            return st.one_of(named, _damaged(), st.text(CHARACTERS, max_size=40)).filter(_has(Expectation.REJECT))
        case Expectation.UNSPECIFIED:
            named = st.sampled_from([text for _, _, text in moments.OPEN_MOMENTS])
            respelt = st.one_of([open_timestamps(rule) for rule in _OPEN_SPELLINGS])
            return st.one_of(named, respelt).filter(_has(Expectation.UNSPECIFIED))


def _has(expectation: Expectation) -> Callable[[str], bool]:
    return lambda text: classify_timestamp(text).expectation is expectation


def _damaged() -> st.SearchStrategy[str]:
    """Documented timestamps with one piece put in place of another."""
    piece = st.sampled_from(["0", "9", "13", "60", " ", "-", ":", "T", "Z", "+", "x", "\u0661", ""])
    return st.builds(_replaced, timestamps(), st.integers(0, 30), st.integers(0, 2), piece)


def _replaced(text: str, at: int, length: int, piece: str) -> str:
    return text[:at] + piece + text[at + length :]


def open_timestamps(rule: str) -> st.SearchStrategy[str]:
    """Timestamps of a form that is left open by `rule`, nearly all of them by no other."""
    return st.builds(lambda text, spell: spell(text), timestamps(), st.sampled_from(_OPEN_SPELLINGS[rule]))


def _by_week(text: str) -> str:
    year, week, day = date.fromisoformat(text[:10]).isocalendar()
    return f"{year}-W{week:02d}-{day}{text[10:]}"


_Spelling = Callable[[str], str]
_OPEN_SPELLINGS: Final[Mapping[str, tuple[_Spelling, ...]]] = {
    "timestamp/date-only": (lambda text: text[:10],),
    "timestamp/reduced": (lambda text: text[:16] + "Z", lambda text: text[:7], lambda text: text[:19] + "+02"),
    "timestamp/basic": (
        lambda text: text[:19].replace("-", "").replace(":", "") + "Z",
        lambda text: text[:19] + "+0000",
    ),
    "timestamp/week": (_by_week,),
    "timestamp/ordinal": (
        lambda text: f"{text[:4]}-{date.fromisoformat(text[:10]).timetuple().tm_yday:03d}{text[10:]}",
    ),
    "timestamp/no-zone": (lambda text: text[:19],),
    "timestamp/lower-case": (lambda text: text[:19].lower() + "z",),
    "timestamp/space": (lambda text: text.replace("T", " "),),
    "timestamp/comma": (lambda text: text[:19] + ",5Z",),
    "timestamp/long-fraction": (lambda text: text[:19] + ".1234567Z", lambda text: text[:19] + "." + "0" * 20 + "Z"),
    "timestamp/hour-24": (lambda text: text[:11] + "24:00:00Z",),
    "timestamp/second-60": (lambda text: text[:17] + "60Z",),
    "timestamp/negative-zero": (lambda text: text[:19] + "-00:00",),
    "timestamp/large-offset": (lambda text: text[:19] + "+15:30", lambda text: text[:19] + "-23:59"),
    # Years of which every fourth is a leap year too, so that no date is lost.
    "timestamp/year": (lambda text: "0" + text[1:], lambda text: "8" + text[1:]),
    "timestamp/signed-year": (lambda text: "+00" + text,),
    "timestamp/minus-sign": (lambda text: text[:19] + "\u221205:00",),
}


@cache
def bodies_like(contract: Contract, number: int) -> Accepted:
    """Accepted bodies with the listed values of a base, which is named by its place in `bases`."""
    base = bases(contract)[number]
    found = {location.path: location for location in locations(contract.request, base)}
    ordered = [
        tuple((*location.path, name) for name in names)
        for location in found.values()
        if (names := location.keyword("x-ordered"))
    ]
    inside_order = {path for group in ordered for path in group}  # those too that may be left out
    drawn = _like(base, (), found, inside_order)
    return drawn.map(partial(_put_in_order, groups=ordered)) if ordered else drawn


def _like(value: Any, path: Path, found: Mapping[Path, Location], inside_order: set[Path]) -> Accepted:
    location = found.get(path)
    if location is None or _is_fixed(location):
        return st.just(value)
    if isinstance(value, dict):
        members = {name: _like(part, (*path, name), found, inside_order) for name, part in value.items()}
        return st.fixed_dictionaries(members, optional=_optional(location, path, inside_order))
    if isinstance(value, list) and value:
        item = _items(value[0], (*path, 0), found, inside_order)
        low, high = location.keyword("minItems") or 0, location.keyword("maxItems")
        is_unique = bool(location.keyword("uniqueItems"))
        return st.lists(item, min_size=low, max_size=high, unique_by=repr if is_unique else None)
    return _moments() if path in inside_order else scalars_like(location)


def _kinds(location: Location) -> list[str]:
    kinds = location.keyword("type")
    return kinds if isinstance(kinds, list) else [kinds or "object"]


def _is_fixed(location: Location) -> bool:
    """Whether a base has chosen the whole value, of an object or a list too."""
    is_listed = any({"enum", "const"} & schema.keywords.keys() for schema in location.schemas)
    return is_listed and not location.keyword("x-known-values")


def _items(value: Any, path: Path, found: Mapping[Path, Location], inside_order: set[Path]) -> Accepted:
    """Items of a list: of those that are listed any will do, since no base shows them all."""
    location = found.get(path)
    listed = location.keyword("enum") if location else None
    return st.sampled_from(listed) if listed else _like(value, path, found, inside_order)


def _optional(location: Location, path: Path, inside_order: set[Path]) -> dict[str, Accepted]:
    """Strategies for the scalar properties that may be left out; an object or a list there has bases of its own."""
    places = {
        name: Location((name,), None, tuple(schema for root in place for schema in root.always()))
        for name, place in optional_properties(location).items()
    }
    return {
        name: _moments() if (*path, name) in inside_order else scalars_like(one)
        for name, one in places.items()
        if not {"object", "array"} & set(_kinds(one))
    }


def scalars_like(location: Location) -> Accepted:
    """Accepted values for a place that holds no object and no list."""
    keyword = location.keyword
    if known := keyword("x-known-values"):
        return st.sampled_from(known)
    if any("const" in schema.keywords for schema in location.schemas):
        return st.just(keyword("const"))
    if listed := keyword("enum"):
        # The base has chosen; where it did not, the property is optional.
        return st.just(location.value) if location.value in listed else st.sampled_from(listed)
    kinds = keyword("type")
    if isinstance(kinds, list):
        return st.one_of([_of_kind(kind, location) for kind in kinds])
    return _of_kind(kinds, location)


def _of_kind(kind: Any, location: Location) -> Accepted:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.just(location.value) if isinstance(location.value, bool) else st.booleans()
        case "integer" | "number":
            return _numbers(location)
        case "string":
            return _strings(location)
    return st.just(location.value)


def _numbers(location: Location) -> Accepted:
    keyword = location.keyword
    low, above, high, below = (keyword(one) for one in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"))
    unit = Decimal(str(keyword("multipleOf") or 1))
    least, most = (low if low is not None else above), (high if high is not None else below)
    first = int((Decimal(str(-_LARGEST if least is None else least)) / unit).to_integral_value(ROUND_CEILING))
    last = int((Decimal(str(_LARGEST if most is None else most)) / unit).to_integral_value(ROUND_FLOOR))
    first += above is not None and first * unit <= Decimal(str(above))
    last -= below is not None and last * unit >= Decimal(str(below))
    if first > last and keyword("multipleOf") is None:
        return st.floats(least, most, exclude_min=above is not None, exclude_max=below is not None)
    if unit != unit.to_integral_value():
        # A double holds this many digits; with more it would be written as another number.
        largest = 10**_DIGITS_OF_DOUBLES // int(unit.scaleb(-int(unit.as_tuple().exponent)))
        first, last = max(first, min(-largest, last)), min(last, max(largest, first))
    return st.integers(first, last).map(lambda number: plain_number(number * unit))


def _strings(location: Location) -> Accepted:
    keyword = location.keyword
    if keyword("format") == "date-time":
        return timestamps()
    short, long = keyword("minLength") or 0, keyword("maxLength")
    if pattern := keyword("pattern"):
        readable = st.characters(min_codepoint=32, max_codepoint=126)
        drawn = st.from_regex(pattern, alphabet=readable)
        # A dollar sign of Python's lets a line break pass; those of other languages do not.
        return drawn.filter(lambda text: "\n" not in text and short <= len(text) <= (long or len(text)))
    return st.text(CHARACTERS, min_size=short, max_size=min(long or 100, 1_000))


def _put_in_order(body: Any, groups: list[tuple[Path, ...]]) -> Any:
    """The body with its ordered timestamps in order, and written; it was drawn for this, so it is changed in place."""
    for group in groups:
        above = body
        for step in group[0][:-1]:
            above = above[step]
        names = [path[-1] for path in group if path[-1] in above]
        in_order = sorted((above[name] for name in names), key=lambda drawn: drawn.moment)
        for name, drawn in zip(names, in_order, strict=True):
            above[name] = str(drawn)
    return body


@cache
def json_values() -> Accepted:
    """JSON values of every type, small ones first."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(CHARACTERS, max_size=20),
    )
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.text(CHARACTERS, max_size=5), inner, max_size=3)
        ),
        max_leaves=3,
    )
