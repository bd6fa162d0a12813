"""JSON pointers (RFC 6901) into a contract document."""

from __future__ import annotations

from typing import Any


def child(pointer: str, *tokens: str | int) -> str:
    """The pointer that goes on from `pointer` by `tokens`.

    >>> child("/paths", "/exports", "post")
    '/paths/~1exports/post'
    """
    return pointer + "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def tokens(pointer: str) -> list[str]:
    """The unescaped tokens of a pointer; raises ValueError where it does not begin with a slash."""
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"{pointer!r} is not a JSON pointer: it must begin with /")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def resolve(document: Any, pointer: str) -> Any:
    """What `pointer` points at; raises LookupError where there is nothing."""
    value = document
    for token in tokens(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            raise LookupError(pointer)
    return value


def covers(pointer: str, other: str) -> bool:
    """Whether `other` is at or below `pointer`."""
    return other == pointer or other.startswith(pointer + "/")
