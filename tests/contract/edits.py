"""Changes that make a contract unusable, and what its refusal says."""

from __future__ import annotations

from typing import Final, NamedTuple


class Edit(NamedTuple):
    """One change of a contract's file."""

    name: str
    old: str
    """Text that stands once in the file."""
    new: str
    place: str
    """A regular expression of the place that is named."""
    problem: str
    """Part of what is said."""


UNREADABLE: Final = (
    ("nothing", b"", "", "not hold a mapping"),
    ("comments alone", b"# nothing\n", "", "not hold a mapping"),
    ("a list", b"- openapi: 3.1.0\n", "", "not hold a mapping"),
    ("a word", b"hello\n", "", "not hold a mapping"),
    ("a number", b"5\n", "", "not hold a mapping"),
    ("NUL bytes", b"\0\0\0\0", "", "not valid YAML"),
    ("binary", bytes(range(256)), "", "not valid YAML"),
    ("an image", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "", "not valid YAML"),
    ("Latin-1", "info: caf\u00e9\n".encode("latin-1"), "", "not valid YAML"),
    ("a list not closed", b"a: 1\nb: [1, 2\nc: 3\n", r"line 4 column 1|line 3 column \d+", "not valid YAML"),
    ("a tab for an indent", b"a:\n\tb: 1\n", "line 2 column 1", "not valid YAML"),
    ("wrong indent", b"a:\n  b: 1\n c: 2\n", "line 3 column 2", "not valid YAML"),
    ("a quotation mark not closed", b'a: "b\n', r"line \d+ column \d+", "not valid YAML"),
    ("two documents", b"a: 1\n---\nb: 2\n", "line 2 column 1", "not valid YAML"),
    ("a key twice", b"a: 1\nb: 2\na: 3\n", "line 3 column 1", "the key 'a' occurs twice"),
    ("unknown tag", b"a: !thing b\n", "line 1 column 4", "not valid YAML"),
    ("braces without an end", b"{a: " * 3_000, r"line \d+ column \d+", "not valid YAML"),
)
