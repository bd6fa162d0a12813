"""Writing JSON on purpose: the same value in many spellings, and texts that no encoder writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec


class Raw(msgspec.Struct, frozen=True):
    """A piece of JSON text that is written as it stands: `Raw("1e400")`."""

    text: str


class Twice(msgspec.Struct, frozen=True):
    """A property that is written twice, with one value after the other."""

    first: Any
    second: Any


class Style(msgspec.Struct, frozen=True):
    """How a value is spelled."""

    comma: str = ","
    colon: str = ":"
    around: str = ""
    """White space before and after the whole."""
    string: Callable[[str], str] = json.dumps
    arrange: Callable[[list[str]], list[str]] = list
    """Puts the keys of each object in order."""


PLAIN: Final = Style()


def spell(value: Any, style: Style = PLAIN) -> bytes:
    """Write a JSON value, in which Raw and Twice may stand, as UTF-8.

    >>> spell({"a": Raw("1.0"), "b": [True, None]})
    b'{"a":1.0,"b":[true,null]}'
    """
    text = style.around + _spell(value, style) + style.around
    return text.encode("utf-8", "surrogatepass")


def _spell(value: Any, style: Style) -> str:
    match value:
        case Raw():
            return value.text
        case str():
            return style.string(value)
        case Mapping():
            members = [
                f"{style.string(key)}{style.colon}{_spell(part, style)}"
                for key in style.arrange(list(value))
                for part in _written(value[key])
            ]
            return "{" + style.comma.join(members) + "}"
        case list() | tuple():
            return "[" + style.comma.join(_spell(part, style) for part in value) + "]"
    return json.dumps(value)


def _written(value: Any) -> tuple[Any, ...]:
    return (value.first, value.second) if isinstance(value, Twice) else (value,)


def escape_all(text: str) -> str:
    r"""A JSON string in which every character is an escape, `\u0041` for A."""
    units = text.encode("utf-16-be", "surrogatepass")
    return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02X}" for at in range(0, len(units), 2)) + '"'


def escape_first(text: str) -> str:
    r"""A JSON string with an escape for its first character, and for every slash."""
    if not text:
        return '""'
    return '"' + escape_all(text[0])[1:-1] + json.dumps(text[1:])[1:-1].replace("/", "\\/") + '"'


def literal(text: str) -> str:
    """A JSON string in which only what must be escaped is."""
    return json.dumps(text, ensure_ascii=False)


def show(value: Any) -> str:
    """A value as a title shows it: JSON, cut where it is long."""
    text = spell(value).decode("utf-8", "surrogatepass") if isinstance(value, Raw) else json.dumps(value)
    return text if len(text) <= 48 else f"{text[:40]}… ({len(text):,} characters)"


def plain_number(number: Decimal) -> float:
    """A decimal as the plainest number of Python that is equal to it, or nearly so."""
    return int(number) if number == number.to_integral_value() else float(number)
