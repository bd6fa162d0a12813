"""Reading JSON: every text of RFC 8259 is read as the standard library reads it, and nothing else is read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import rules
from export_contract.contract.json_text import WrittenFloat, plain_value, read_json

from .json_texts import READ, REFUSED, TOO_DEEP

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
# What the requirements name: characters of a string, levels of nesting, bytes of a body.
LONG_STRING, DEEP, LARGE = 1_000, 20, 16 * 1024
VALUES = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=20)


@pytest.mark.parametrize(("name", "text"), READ)
def test_read(name: str, text: bytes) -> None:
    """A JSON text is read, and as the standard library reads it."""
    found = read_json(text)
    assert (found.problem, len(found.values)) == ("", 1), name
    assert found.values[0] == json.loads(text)


@pytest.mark.parametrize(("name", "text"), REFUSED)
def test_refused(name: str, text: bytes) -> None:
    """What is no JSON text has no value, and a problem in one line."""
    found = read_json(text)
    assert found.values == (), name
    assert found.problem
    assert "\n" not in found.problem


def _strict(text: bytes) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(name)

    return json.loads(text.decode("utf-8"), parse_constant=refuse)


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans(), st.booleans())
@settings(deadline=None)
def test_any_value_comes_back(value: Any, indent: int | str | None, ascii_only: bool, in_order: bool) -> None:
    """What the standard library writes is read as the same value, however it is spelled."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only, sort_keys=in_order)
    found = read_json(text.encode("utf-8", "surrogatepass"))
    if not found.problem:
        assert found.values == (value,)
    else:
        assert "UTF-8" in found.problem


@given(st.binary() | st.text().map(str.encode) | st.text('[]{}",:0123.-+eEnulltrue\\ \n').map(str.encode))
@example(b"\xef\xbb\xbf")
@example(b'"\\ud800"')
@example(b"[" * 250 + b"]" * 250)
@settings(max_examples=1_000, deadline=None)
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    """No bytes make the reader raise, and it reads just what a strict reading by the standard library reads."""
    found = read_json(payload)
    assert set(found.open) <= set(rules.OPEN_JSON)
    assert not (found.values and found.problem)
    if "json/byte-order-mark" in found.open or "json/deep-nesting" in found.open:
        return
    try:
        value = _strict(payload)
    except ValueError:
        assert found.problem
    else:
        assert found.values[0] == value


@given(VALUES.map(lambda value: json.dumps(value).encode()), st.data())
@settings(deadline=None)
def test_a_byte_more_or_less(text: bytes, data: st.DataObject) -> None:
    """A JSON text with one byte lost or put in is read where the standard library reads it."""
    position = data.draw(st.integers(0, len(text)))
    insert = data.draw(st.sampled_from([b"", *(bytes([byte]) for byte in b'{}[]",:\\0-.e \n\x00\xff')]))
    changed = text[:position] + insert + text[position + (not insert) :]
    try:
        _strict(changed)
        is_json = True
    except ValueError:
        is_json = False
    assert (read_json(changed).problem == "") is is_json


@pytest.mark.parametrize(("name", "text"), TOO_DEEP, ids=[name for name, _ in TOO_DEEP])
def test_what_is_too_deep_is_not_read(name: str, text: bytes) -> None:
    """A text that is nested more than 200 levels deep has neither a value nor a problem, whatever else it holds."""
    found = read_json(text)
    assert (found.values, found.problem) == ((), ""), name
    assert "json/deep-nesting" in found.open


def test_what_is_deep_is_read_from_any_depth_of_the_stack() -> None:
    """Up to 200 levels a text is read, also where most of the stack is in use already."""

    def below(levels: int) -> int:
        if levels:
            return below(levels - 1)
        return len(read_json(b"[" * 200 + b"]" * 200).values)

    assert below(600) == 1


def test_integers_of_any_length_are_read() -> None:
    """An integer with more digits than Python reads at once is read as a very large one, of the right sign."""
    for digits in (4_299, 4_300, 4_301, 5_000, 100_000):
        largest, smallest = read_json(f"[{'9' * digits}, -{'9' * digits}]".encode()).values[0]
        assert largest > 10**3_000
        assert smallest < -(10**3_000)
    assert read_json(b"[" + b"9" * 5_000 + b".5]").values[0] == [float("inf")]


def test_how_a_number_was_written_is_kept() -> None:
    """Numbers with a fraction or an exponent can be told from integers of the same value."""
    whole, fraction, exponent = read_json(b"[12345, 12345.0, 1.2345e4]").values[0]
    assert whole == fraction == exponent
    assert [isinstance(number, WrittenFloat) for number in (whole, fraction, exponent)] == [False, True, True]


def test_lone_surrogates_are_kept() -> None:
    """An escaped surrogate without its other half is read as it stands."""
    assert read_json(rb'{"\ud800": "\udfff"}').values == ({"\ud800": "\udfff"},)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (b'{"a": 1, "a": 1}', ({"a": 1}, {"a": 1})),
        (b'{"a": 1, "b": 0, "a": 2}', ({"a": 2, "b": 0}, {"a": 1, "b": 0})),
        (b'{"a": 1, "a": 2, "a": 3}', ({"a": 3}, {"a": 1})),
        (rb'{"a": 1, "\u0061": 2}', ({"a": 2}, {"a": 1})),
        (b'[{"a": {"b": 1, "b": 2}}]', ([{"a": {"b": 2}}], [{"a": {"b": 1}}])),
        (b'{"a": {"x": 1}, "a": {"y": 1}}', ({"a": {"y": 1}}, {"a": {"x": 1}})),
    ],
)
def test_duplicate_keys_have_two_readings(text: bytes, values: tuple[Any, ...]) -> None:
    """Where a key stands twice there are two readings, with the last value and with the first."""
    found = read_json(text)
    assert found.values == values
    assert found.open == ("json/duplicate-key",)


def test_equal_keys_of_different_objects_are_no_duplicates() -> None:
    """Only keys of one object count."""
    assert read_json(b'[{"a": 1}, {"a": {"a": 2}}, {"A": 1, "a": 2}]').open == ()


@pytest.mark.parametrize(
    ("rule", "within", "beyond"),
    [
        ("json/long-string", b'"' + b"x" * LONG_STRING + b'"', b'"' + b"x" * (LONG_STRING + 1) + b'"'),
        ("json/long-string", b"{}".ljust(5_000), b'{"' + b"x" * (LONG_STRING + 1) + b'": 1}'),
        ("json/deep-nesting", b"[" * DEEP + b"]" * DEEP, b"[" * (DEEP + 1) + b"]" * (DEEP + 1)),
        ("json/deep-nesting", b"[" + b"[]," * 500 + b"[]]", b'{"a":' * (DEEP + 1) + b"1" + b"}" * (DEEP + 1)),
        ("json/deep-nesting", b"[[]," + b"[" * 19 + b"]" * 20, b"[[]," + b"[" * 20 + b"]" * 21),
        ("json/deep-nesting", b'["' + b"[" * 500 + b'"]', b"[" * 200 + b"]" * 200),
        ("json/large-body", b"1".ljust(LARGE), b"1".ljust(LARGE + 1)),
        ("json/byte-order-mark", '["\ufeff"]'.encode(), "\ufeff[]".encode()),
    ],
)
def test_limits(rule: str, within: bytes, beyond: bytes) -> None:
    """A text is left open just where a limit is passed."""
    assert (read_json(within).open, read_json(within).problem) == ((), "")
    assert (read_json(beyond).open, read_json(beyond).problem) == ((rule,), "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"[1,]", "line 1 column 4"),
        (b'{\n  "a": 1,\n  "b": x\n}', "line 3 column 8"),
        (b'["a\xff"]', "byte 3 is 0xff"),
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"[NaN]", "NaN"),
    ],
)
def test_the_problem_tells_the_place(text: bytes, place: str) -> None:
    """A problem says where it is."""
    assert place in read_json(text).problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": [1, 2.5, "\xc3\xa4"]}', {"a": [1, 2.5, "\u00e4"]}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"[NaN]", None),
        (b"[1,", None),
        (b'"\xff"', None),
        ("[]".encode("utf-16"), None),
        (b"[" * 100_000, None),
    ],
)
def test_plain_value(text: bytes, value: Any) -> None:
    """A JSON text is read as most readers would, and what is none, or cannot be read, has no value."""
    assert plain_value(text) == value


def test_plain_integers_of_any_length() -> None:
    """An integer that Python does not read at once has a value all the same."""
    assert plain_value(b"9" * 5_000) > 10**3_000


@pytest.mark.parametrize("text", ["[NaN]", "[1,"])
def test_what_is_seen_of_a_text_that_is_none(text: str) -> None:
    """What else is remarkable of a text is told beside its problem."""
    found = read_json(b"\xef\xbb\xbf" + text.encode())
    assert found.open == ("json/byte-order-mark",)
    assert found.problem
