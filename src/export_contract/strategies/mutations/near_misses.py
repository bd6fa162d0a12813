"""Values that are almost right: what a lenient reader takes for the real thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from export_contract.strategies.data.writers import Raw

# Kinds of near misses for a listed word.
_WORD_KINDS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("wrong case", str.lower),
    ("trailing space", lambda word: word + " "),
    ("leading space", lambda word: " " + word),
    ("trailing newline", lambda word: word + "\n"),
    ("text after", lambda word: word + "X"),
    ("text before", lambda word: "X" + word),
    ("first letter missing", lambda word: word[1:]),
    ("plural", lambda word: word + "S"),
    ("capitalised", str.capitalize),
    ("trailing NUL", lambda word: word + "\x00"),
    ("in quotes", lambda word: f'"{word}"'),
    ("full-width letters", lambda word: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in word)),
    ("hyphens for underscores", lambda word: word.replace("_", "-")),
    ("a long s for the S", lambda word: word.replace("S", "\u017f", 1)),
    ("half a surrogate pair after", lambda word: word + "\ud800"),
)
_EVERY_WORD_KINDS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("last letter missing", lambda word: word[:-1]),
    ("only its last word", lambda word: word.rpartition("_")[2]),
)


def near_words(word: str, values: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """(what it is, the word): words that are none of `values`, but almost `word`, which is one of them.

    >>> dict(near_words("CSV", ["CSV", "JSONL"]))["wrong case"]
    'csv'
    """
    kinds = [(kind, change(word)) for kind, change in _WORD_KINDS]
    # What these make is often a word of its own, so each is worth trying with every value of the list.
    kinds += [(f"{kind} of {word}", change(word)) for kind, change in _EVERY_WORD_KINDS]
    kinds += [
        ("empty", ""),
        ("an unknown word", "SOMETHING_ELSE"),
        ("an ordinal as text", "0"),
        ("a wildcard", "*"),
        ("the word null", "null"),
        ("two values joined", ",".join(map(str, values[:2]))),
        # JavaScript's `in` finds it in any table of what is allowed.
        ("a name that every object has", "constructor"),
    ]
    seen = {word, *(value for value in values if isinstance(value, str))}
    for kind, near in kinds:
        if near not in seen and (near or kind == "empty"):
            seen.add(near)
            yield kind, near


def near_values(right: Any, values: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """(what it is, the value): values that are none of `values`, but almost `right`, which is one of them."""
    match right:
        case str():
            yield from near_words(right, values)
        case bool():
            if (not right) not in values:
                yield "the other one", not right
        case dict():
            yield "one property more", {**right, "unexpected": "value"}
        case list():
            yield "one item more", [*right, "value"]
        case int() | float():
            yield from ((kind, near) for kind, near in near_numbers(right) if near not in values)


def near_numbers(number: float) -> Iterator[tuple[str, Any]]:
    """(what it is, the value): numbers beside `number`."""
    yield "one more", number + 1
    yield "one less", number - 1
    yield "its opposite", -number


_TYPED: Final = {"string": str, "boolean": bool, "array": list, "object": dict}


def has_type(value: Any, name: str) -> bool:
    """Whether a JSON value has the JSON Schema type `name`."""
    if name == "null":
        return value is None
    if name == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if name == "integer":
        return has_type(value, "number") and value == int(value)
    return isinstance(value, _TYPED[name])


# A number as a date may be seconds, milliseconds, or the digits of a year or of a day.
_NUMBERS_AS_DATES: Final = (
    ("epoch seconds", 1362481967),
    ("a year", 2013),
    ("the digits of a day", 20130305),
    ("a number of 23 digits", Raw("13624819670000000000000")),
    ("a number that no double holds", Raw("1e400")),
)
# Texts that some reader takes for a number: JavaScript's Number(), Python's int() and float(), PHP's is_numeric().
_NUMBERS_AS_TEXT: Final[tuple[tuple[str, Callable[[Any], str]], ...]] = (
    ("a number as text, with a space", lambda number: f" {number}"),
    ("a number as text, with a fraction", lambda number: f"{number}.0"),
    ("a number as text, in hexadecimal", lambda number: hex(int(number))),
    ("a number as text, with text after", lambda number: f"{number}abc"),
    ("no number, as text", lambda number: "NaN"),
)


def wrong_types(
    right: Any, types: Sequence[str], *, is_timestamp: bool, is_listed: bool = False
) -> Iterator[tuple[str, Any]]:
    """(what it is, the value): values of every JSON type but `types`, as near to the `right` one as they come.

    Falsy ones are among them, for readers that test for truth; numbers as text, for readers that coerce. `is_listed`
    says that `right` is one of a list of words.
    """
    candidates: list[tuple[str, Any]] = [("null", None), ("a list of the right value", [right])]
    if is_timestamp:
        candidates += [("epoch milliseconds", 1362481967000)]
    if has_type(right, "number"):
        candidates += [("a number as text", str(right)), ("text", "abc")]
    if not isinstance(right, dict):
        candidates += [("an object around the right value", {"value": right})]
    if has_type(right, "number"):
        candidates += [("false", False)]
        candidates += [(kind, write(right)) for kind, write in _NUMBERS_AS_TEXT]
    if is_timestamp:
        candidates += _NUMBERS_AS_DATES
    if is_listed:
        # A variant without data, as serde reads an enumeration.
        candidates += [("an object named by the right value", {right: None})]
    candidates += [
        ("zero", 0),
        ("true", True),
        *([] if is_timestamp else [("a number", 12345)]),
        ("the empty string", ""),
        ("a string", "text"),
        ("an empty list", []),
        ("an empty object", {}),
    ]
    if {"integer"} & set(types) and "number" not in types:
        candidates += [("a fraction", Raw("1.5"))]
    shown = []
    for kind, value in candidates:
        if value in shown and not isinstance(value, bool | int):
            continue
        if isinstance(value, Raw) or not any(has_type(value, name) for name in types):
            shown.append(value)
            yield kind, value
