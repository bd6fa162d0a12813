"""How values of a response are named in outcomes: in few characters, and whatever they are."""

from __future__ import annotations

from typing import Any, Final

_MOST_SHOWN: Final = 80


def brief(value: Any) -> str:
    """A value of a JSON text in few characters; what it contains is not looked at, however deep it is.

    >>> brief("x" * 100)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'… (100 characters)"
    >>> brief([[1]]), brief(None), brief(True)
    ('an array', 'null', 'true')
    """
    match value:
        case None:
            return "null"
        case str():
            shown = repr(value[:_MOST_SHOWN])
            return shown if len(value) <= _MOST_SHOWN else f"{shown}… ({len(value):,} characters)"
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)[:_MOST_SHOWN]
        case list():
            return "an array"
        case dict():
            return "an object"
    return type(value).__name__
