"""Requests that the document leaves open: what might crash a server, or be decided either way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

from export_contract.contract.request_schema import Location
from export_contract.strategies.data.edits import changed
from export_contract.strategies.data.moments import OPEN_MOMENTS
from export_contract.strategies.data.writers import Raw, Twice, show, spell
from export_contract.strategies.mutations.by_keyword import Change
from export_contract.strategies.mutations.near_misses import has_type

# (what it is, name, value) of properties that no contract names.
_UNKNOWN: Final = (
    ("an unknown property", "unexpected", "value"),
    ("an unknown property with text beyond the basic plane", "na\u00efve \U0001f600", "\U0001f4a5 \u6f22\u5b57"),
    ("an unknown property with NUL", "unexpected", "a\x00b"),
    ("an unknown property with half a surrogate pair", "unexpected", Raw('"\\ud800"')),
    ("a property that JavaScript treats as its own", "__proto__", {"admin": True}),
)

_KNOWN_VALUES: Final = {
    "known-values/undeclared": ("{undeclared}",),
    "known-values/fractional": ("{}.0", "{}.5", "{}e0"),
    "known-values/zero": ("0", "-0"),
    "known-values/negative": ("-1", "-2147483649"),
    "known-values/huge": (
        "9007199254740993",
        "9223372036854775808",
        "123456789012345678901234",
        "1" + "0" * 400,
        "1e400",
    ),
}

LONG: Final = 100_000
DEEP: Final = (1_000, 100_000)
LARGE: Final = 1_000_000

CONTENT_TYPES: Final = (
    ("no content type", None),
    ("text/plain", "text/plain"),
    ("a form's content type", "application/x-www-form-urlencoded"),
    ("another +json type", "application/vnd.api+json"),
    ("charset=iso-8859-1", "application/json; charset=iso-8859-1"),
)


def open_values(location: Location, name: str, keyword: Any) -> Iterator[tuple[str, str, Any]]:
    """(rule, what it is, value) for one keyword that leaves values open."""
    if name == "format" and keyword == "date-time":
        yield from OPEN_MOMENTS
    if name == "x-known-values":
        if has_type(location.value, "number"):
            for rule, texts in _KNOWN_VALUES.items():
                for text in texts:
                    undeclared = next(number for number in count(987654321) if number not in keyword)
                    yield rule, rule.partition("/")[2], Raw(text.format(location.value, undeclared=undeclared))
        else:
            yield "known-values/undeclared", "undeclared", f"{location.value}-of-nowhere"


def reversed_order(body: Any, location: Location, names: list[str]) -> Iterator[Change]:
    """The properties of `x-ordered` in the wrong order; the last of them is the one that is pointed at."""
    first, last = names[0], names[-1]
    earlier, later = location.value.get(first), location.value.get(last)
    if not isinstance(earlier, str) or not isinstance(later, str):
        return
    if earlier != later:
        swapped = changed(changed(body, (*location.path, first), later), (*location.path, last), earlier)
        yield Change(f"{first} after {last}", swapped, "reversed", (*location.path, last))
    moments = {first: "2012-09-05T11:12:48Z", last: "2012-09-05T11:12:47Z"}
    yield Change(
        f"{first} one second after {last}",
        changed(body, location.path, {**location.value, **moments}),
        "reversed by a second",
        (*location.path, last),
    )


def unknown_properties(body: Any, location: Location) -> Iterator[Change]:
    """An object with properties that its schema does not name; inner objects get the plain one only."""
    for kind, name, value in _UNKNOWN if not location.path else _UNKNOWN[:1]:
        place = "".join(f"{step}." for step in location.path)
        path = (*location.path, name)
        yield Change(f"{place or 'the body'}: {kind}", changed(body, path, value), place + kind, path)


def long_string(body: Any, length: int) -> Change:
    """An accepted object with a long string in a property that no contract names; the body is bytes."""
    title = f"a string of {length:,} characters in an unknown property"
    return Change(title, spell({**body, "unexpected": "a" * length}), title, ("unexpected",))


def deep_nesting(body: Any, depth: int) -> Change:
    """An accepted object with nested lists in a property that no contract names; the body is bytes."""
    title = f"lists nested {depth:,} deep in an unknown property"
    return Change(title, spell({**body, "unexpected": Raw("[" * depth + "]" * depth)}), title, ("unexpected",))


def open_texts(body: Any) -> Iterator[tuple[str, Change]]:
    """(rule, change): JSON texts that readers treat differently, made from an accepted object; their bodies are bytes.

    What is done to the text as a whole is pointed at as the whole, all else by the property that it is in.
    """

    def made(title: str, payload: bytes, *path: str) -> Change:
        return Change(title, payload, title, path)

    for name in list(body)[-1:]:
        right = body[name]
        for words, first, second in (
            ("with the same value", right, right),
            ("first null, then right", None, right),
            ("first right, then null", right, None),
        ):
            payload = spell({**body, name: Twice(first, second)})
            yield "json/duplicate-key", made(f"{show(name)} twice, {words}", payload, name)
    title = "a byte order mark before the body"
    yield "json/byte-order-mark", made(title, b"\xef\xbb\xbf" + spell(body))
    yield "json/long-string", long_string(body, LONG)
    for depth in DEEP:
        yield "json/deep-nesting", deep_nesting(body, depth)
    title = f"{LARGE:,} bytes of white space before the body"
    yield "json/large-body", made(title, b" " * LARGE + spell(body))
