"""Writing JSON in many spellings, all of which say the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract.json_text import read_json
from export_contract.strategies.accepted.covering_array import CONTENT_TYPES, STYLES
from export_contract.strategies.data.writers import PLAIN, Raw, Style, Twice, escape_all, escape_first, literal, spell
from export_contract.strategies.drawn.body_values import json_values

QUIET = settings(deadline=None, database=None)
ANY_TEXT = st.text(st.characters())  # surrogates too


def test_there_are_many_spellings() -> None:
    """White space, escapes and key order are combined, and the plainest spelling comes first."""
    assert len(STYLES) == 27
    body = {"b": "x/\u00e9", "c": 1, "a": ["y", {}]}
    assert len({spell(body, style) for style in STYLES}) == 27
    assert spell(body, STYLES[0]) == spell(body) == b'{"b":"x/\\u00e9","c":1,"a":["y",{}]}'
    assert CONTENT_TYPES[0] == "application/json"


@pytest.mark.parametrize("number", range(27))
def test_every_spelling_says_the_same(number: int) -> None:
    """Reading what was written gives the value back, for any JSON value and in every spelling."""

    @settings(QUIET, max_examples=40)
    @given(json_values())
    @example({"": [], "\U0001f600": {"/": "\\/"}, "\u2028": -0.0})
    @example([2**70, 1e-300, True, None, "\x00\x1f\x7f"])
    def look(value: Any) -> None:
        payload = spell(value, STYLES[number])
        assert json.loads(payload.decode("utf-8")) == value
        assert read_json(payload).open == ()

    look()


@QUIET
@given(ANY_TEXT)
@example("\ud800")
@example("\udc00\ud800")
@example("/\\/")
@example("")
def test_every_string_is_escaped_soundly(text: str) -> None:
    """Each way of writing a string reads as that string, half surrogate pairs and all."""
    for write in (escape_all, escape_first, literal, json.dumps):
        assert json.loads(write(text)) == text


@QUIET
@given(st.text(min_size=1))
def test_all_characters_are_escaped(text: str) -> None:
    """escape_all leaves no character as it is; escape_first leaves no first one and no slash."""
    assert not escape_all(text)[1:-1].replace("\\u", "").strip("0123456789abcdefABCDEF")
    assert escape_first(text).startswith('"\\u')
    assert "/" not in escape_first(text).replace("\\/", "")


@QUIET
@given(ANY_TEXT)
def test_any_text_can_be_written_as_bytes(text: str) -> None:
    """No string is refused, not even one that UTF-8 cannot carry."""
    payload = spell({text: text})
    assert json.loads(payload) == {text: text}


def test_raw_pieces_stand_as_they_are() -> None:
    """What no encoder writes is written to the letter."""
    body = {"a": Raw("1e400"), "b": [Raw("NaN"), Raw('"\\ud800"')]}
    assert spell(body) == b'{"a":1e400,"b":[NaN,"\\ud800"]}'


def test_a_key_can_stand_twice() -> None:
    """Twice writes a key with one value and then with another, wherever in the object it stands."""
    payload = spell({"a": 1, "b": Twice(None, {"c": 2}), "d": 3})
    assert payload == b'{"a":1,"b":null,"b":{"c":2},"d":3}'
    assert read_json(payload).values == ({"a": 1, "b": {"c": 2}, "d": 3}, {"a": 1, "b": None, "d": 3})


def test_keys_are_arranged_at_every_depth() -> None:
    """The order of keys is a matter of each object, and of no list."""
    style = Style(arrange=sorted)
    assert spell({"b": {"d": 1, "c": [2, 1]}, "a": 3}, style) == b'{"a":3,"b":{"c":[2,1],"d":1}}'
    assert spell({"b": 1, "a": 2}, PLAIN) == b'{"b":1,"a":2}'


def test_white_space_surrounds_the_whole() -> None:
    """White space may stand before and after the whole, and around every comma and colon."""
    style = Style(comma=" ,\t", colon="\r\n:", around="\n ")
    payload = spell({"a": [1, 2]}, style)
    assert payload == b'\n {"a"\r\n:[1 ,\t2]}\n '
    assert json.loads(payload) == {"a": [1, 2]}
