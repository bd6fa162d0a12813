"""Text that came from a target, made safe to print: it must not move a cursor, colour a line or hide a word."""

from __future__ import annotations

import unicodedata
from typing import Final

# Other, control; format (bidirectional overrides among them); surrogates; private use; line and paragraph separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MOST_SAID: Final = 1_500
"""Characters of a message."""


def printable(text: str) -> str:
    r"""`text` on one line, with an escape for every character that a terminal might obey or not show.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if unicodedata.category(character) not in _HIDDEN else _escape(character) for character in text
    )


def _escape(character: str) -> str:
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if named:
        return named
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def message(text: str) -> str:
    """A sentence that may quote what is in a file, as it can be printed."""
    return brief(text, _MOST_SAID)


def brief(text: str, most: int = 200) -> str:
    """`printable`, cut where it is long."""
    shown = printable(text[:most])
    return shown if len(text) <= most else f"{shown}… ({len(text):,} characters)"
