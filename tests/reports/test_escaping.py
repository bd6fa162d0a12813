"""Printable text: nothing that came from a target moves a cursor, colours a line, turns text round or hides it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_contract.reports.escaping import brief, printable

ANY_TEXT = st.text(st.characters(exclude_categories=()))
DANGEROUS = st.sampled_from(
    "\x00\x07\x08\n\r\t\x1b\x7f\x85\x9b\x9d\u00ad\u061c\u200b\u200e\u2028\u2029\u202e\u2066\ufeff\ud800\ue000\U000e0041"
)


@given(st.text(st.one_of(DANGEROUS, st.characters(exclude_categories=()))))
def test_nothing_dangerous_is_left(text: str) -> None:
    """No control, format, surrogate or unassigned character survives, and the text is one line that can be encoded."""
    shown = printable(text)
    assert {unicodedata.category(character) for character in shown} & {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    } == set()
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Letters, digits, signs and spaces of any script stay what they are."""
    assert printable(text) == text


@given(ANY_TEXT)
def test_twice_is_once(text: str) -> None:
    """What is printable stays as it is."""
    assert printable(printable(text)) == printable(text)


@given(ANY_TEXT)
def test_two_texts_with_different_control_characters_look_different(text: str) -> None:
    """A character that is not shown leaves a mark in its place."""
    assert printable(text + "\x1b") != printable(text)
    assert len(printable(text)) >= len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\r\n\tc", "a\\nb\\r\\n\\tc"),
        ("\x9b", "\\x9b"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2028", "\\u2028"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\U000e0041"),
        ("é漢😀", "é漢😀"),
        ("::error file=a,line=1::b", "::error file=a,line=1::b"),
        ("", ""),
    ],
)
def test_how_it_is_written(text: str, shown: str) -> None:
    """Escapes are those of Python and JSON."""
    assert printable(text) == shown


@given(ANY_TEXT, st.integers(1, 50))
def test_brief(text: str, most: int) -> None:
    """A long text is cut, and says how long it was; a short one is whole."""
    shown = brief(text, most)
    if len(text) <= most:
        assert shown == printable(text)
    else:
        assert shown.startswith(printable(text[:most]))
        assert f"({len(text):,} characters)" in shown
