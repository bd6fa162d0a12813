"""Reading a JSON text as RFC 8259 defines it, and seeing what other readers treat differently."""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple, Self

LONG_STRING: Final = 1_000
"""Characters; the document names no limit, so a longer string is left open (decision)."""
DEEP: Final = 20
"""Levels of objects and arrays; deeper is left open (decision)."""
LARGE: Final = 16 * 1024
"""Bytes; a larger body is left open (decision)."""

_TOO_DEEP_TO_READ = 200  # levels; what follows a value by recursion must not run out of stack
_MOST_DIGITS = 4_000  # Python reads no more than 4,300
_BRACKETS = re.compile(r'"(?:[^"\\]+|\\.)*"?|[\[{]+|[\]}]+', re.DOTALL)
_BYTE_ORDER_MARK = "\ufeff"


class WrittenFloat(float):
    """A number that was written with a fraction or an exponent; 12345.0 is one."""

    __slots__ = ("text",)  # a response may hold hundreds of thousands

    text: str
    """As it was written, which a double does not keep."""

    def __new__(cls, text: str) -> Self:
        """The number that a text of JSON stands for."""
        number = super().__new__(cls, text)
        number.text = text
        return number


class JsonText(NamedTuple):
    """What a JSON text holds."""

    values: tuple[Any, ...] = ()
    """Its value; two where a key stands twice (the last one counting, then the first); none where it is not
    a JSON text, or is nested too deeply to be read."""
    open: tuple[str, ...] = ()
    """The rules (`json/…`) that leave it open."""
    problem: str = ""
    """Why it is not a JSON text, in plain words; empty where it is one."""


class _Duplicates:
    """Builds objects from pairs, letting the last or the first of equal keys count, and notices equal keys."""

    def __init__(self, *, last_counts: bool) -> None:
        self.last_counts = last_counts
        self.found = False

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs if self.last_counts else reversed(pairs))
        self.found = self.found or len(built) < len(pairs)
        return built


def read_json(payload: bytes) -> JsonText:
    """Read a JSON text.

    Numbers written with a fraction or an exponent are `WrittenFloat`. A text that is nested more than 200 levels deep
    is not read any further: it has neither a value nor a problem.

    >>> read_json(b'{"a": 1, "a": 2}').values
    ({'a': 2}, {'a': 1})
    >>> read_json(b'[1,]').problem
    'it is not valid JSON: line 1 column 4: Expecting value'
    """
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        return JsonText(problem=f"it is not valid UTF-8: byte {error.start} is 0x{payload[error.start]:02x}")
    seen = []
    if text.startswith(_BYTE_ORDER_MARK):
        text = text.removeprefix(_BYTE_ORDER_MARK)
        seen.append("json/byte-order-mark")
    if len(payload) > LARGE:
        seen.append("json/large-body")
    depth = _depth(text) if text.count("[") + text.count("{") > DEEP else 0
    if depth > DEEP:
        seen.append("json/deep-nesting")
    if depth > _TOO_DEEP_TO_READ:
        return JsonText(open=tuple(seen))
    last = _Duplicates(last_counts=True)
    try:
        value = _load(text, last)
    except json.JSONDecodeError as error:
        return JsonText(open=tuple(seen), problem=_explain(error, text))
    except ValueError as error:
        return JsonText(open=tuple(seen), problem=f"it is not valid JSON: {error}")
    if len(text) > LONG_STRING and _has_long_string(value):
        seen.append("json/long-string")
    if last.found:
        return JsonText((value, _load(text, _Duplicates(last_counts=False))), (*seen, "json/duplicate-key"))
    return JsonText((value,), tuple(seen))


def plain_value(payload: bytes) -> Any:
    """The value of a JSON text, the last of equal keys counting; None where it is none or cannot be read."""
    try:
        return json.loads(payload.decode("utf-8"), parse_int=_integer, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _load(text: str, pairs: _Duplicates) -> Any:
    return json.loads(
        text, object_pairs_hook=pairs, parse_float=WrittenFloat, parse_int=_integer, parse_constant=_refuse_constant
    )


def _integer(text: str) -> int:
    # Cut short, it is still larger than anything that a contract would name.
    return int(text[:_MOST_DIGITS])


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")


def _explain(error: json.JSONDecodeError, text: str) -> str:
    if not text.strip(" \t\r\n"):
        return "it is empty"
    # Some of the standard library's messages end in a colon, since a place follows them there.
    return f"it is not valid JSON: line {error.lineno} column {error.colno}: {error.msg.rstrip(':')}"


def _depth(text: str) -> int:
    """How deep brackets are nested outside of strings, as far as it matters; never less deep than a reader gets."""
    deepest = depth = 0
    for piece in _BRACKETS.finditer(text):
        length = piece.end() - piece.start()
        if text[piece.start()] in "[{":
            depth += length
            deepest = max(deepest, depth)
        elif text[piece.start()] in "]}":
            depth -= length
        if deepest > _TOO_DEEP_TO_READ:
            break
    return deepest


def _has_long_string(value: Any) -> bool:
    pending = [value]
    while pending:
        match pending.pop():
            case str() as text if len(text) > LONG_STRING:
                return True
            case dict() as members:
                pending += [*members, *members.values()]
            case list() as items:
                pending += items
    return False
