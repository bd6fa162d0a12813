"""JSON: the results file, from which every other format can be made later."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.results import Finding, Results

_MOST_AT_ONCE: Final = 100
"""Elements; a longer list is written one element after the other."""


def render(results: Results) -> Iterator[bytes]:
    """Results as an indented JSON text with a line break at its end, and with few of them in memory at a time."""
    yield from _pieces(results, b"\n")
    yield b"\n"


def _pieces(value: Any, line: bytes) -> Iterator[bytes]:
    """A value as JSON; `line` is a line break with the indentation of where it stands."""
    inner = line + b"  "
    match value:
        case tuple() if len(value) > _MOST_AT_ONCE or (value and isinstance(value[0], Finding)):
            before = b"["
            for part in value:
                yield before + inner
                yield from _pieces(part, inner)
                before = b","
            yield line + b"]"
        case Results() | Finding():
            before = b"{"
            for field in msgspec.structs.fields(value):
                yield before + inner + msgspec.json.encode(field.encode_name) + b": "
                yield from _pieces(getattr(value, field.name), inner)
                before = b","
            yield line + b"}"
        case _:
            yield msgspec.json.format(encoded(value), indent=2).replace(b"\n", line)


def encoded(value: Any) -> bytes:
    """A value as JSON, with an escape for each half of a surrogate pair, which no file can hold."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.json.encode(_without_surrogates(msgspec.to_builtins(value)))


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {_without_surrogates(key): _without_surrogates(part) for key, part in value.items()}
        case list() | tuple():
            return [_without_surrogates(part) for part in value]
    return value
