"""The numbers of JSON: calculated exactly, as they are written, and of any size that can be written."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from export_contract.contract.decimals import KEYWORDS, decimal_of, is_integer, is_multiple, is_whole
from export_contract.contract.json_text import WrittenFloat

WRITTEN = st.builds(
    lambda digits, places: f"{digits}e{-places}", st.integers(-(10**9), 10**9), st.integers(-6, 12)
).map(WrittenFloat)
NUMBERS = st.integers() | WRITTEN


def _exactly(number: float) -> Fraction:
    return Fraction(number.text) if isinstance(number, WrittenFloat) else Fraction(number)


@given(NUMBERS)
def test_a_number_is_what_is_written(number: float) -> None:
    """A number is read with all its digits, and is whole where nothing is left behind the point."""
    assert Fraction(decimal_of(number)) == _exactly(number)
    assert is_whole(number) is (_exactly(number).denominator == 1)
    assert is_integer(None, number) is is_whole(number)


def test_a_plain_float() -> None:
    """A float that nobody wrote stands for the shortest text that is read as it."""
    assert decimal_of(0.1) == Decimal("0.1")


@pytest.mark.parametrize("digits", [4_000, 4_001])
def test_long_numbers(digits: int) -> None:
    """4,000 digits are kept, and those behind them rounded off: Python would refuse to read them."""
    assert decimal_of(WrittenFloat(f"0.{'1' * digits}")) == Decimal(f"0.{'1' * min(digits, 4_000)}")
    number = 10**digits + 1
    assert (decimal_of(number) == Decimal(number)) is (digits < 4_000)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("1.0", True),
        ("1e400", True),
        ("0e-5", True),
        ("120e-1", True),
        ("125e-1", False),
        ("1e-400", False),
        ("1e999999999999999999999", True),
    ],
)
def test_whole(text: str, whole: bool) -> None:
    """Whether a number is whole does not depend on how it is written, nor on its size."""
    assert is_whole(WrittenFloat(text)) is whole
    assert is_integer(None, WrittenFloat(text)) is whole


@pytest.mark.parametrize("value", [True, False, "1", None, [1], {}])
def test_what_is_no_number(value: Any) -> None:
    """What is not a number is no integer, and no keyword about numbers says anything about it."""
    assert is_integer(None, value) is False
    for keyword in KEYWORDS.values():
        assert not list(keyword(None, 7, value, {}))


@given(NUMBERS, NUMBERS.filter(lambda number: number > 0))
@example(WrittenFloat("0.07"), WrittenFloat("0.01"))
@example(WrittenFloat("0.075"), WrittenFloat("0.01"))
@example(10, WrittenFloat("2.5"))
@example(10, WrittenFloat("3e0"))
@example(WrittenFloat("3e2"), 7)
@example(WrittenFloat("21e2"), 7)
@example(0, 3)
@example(-4, 2)
def test_multiples(number: float, step: float) -> None:
    """Whether a number is a multiple agrees with exact fractions, and the keyword says the same."""
    whole = (_exactly(number) / _exactly(step)).denominator == 1
    assert is_multiple(number, step) is whole
    assert bool(list(KEYWORDS["multipleOf"](None, step, number, {}))) is not whole


@given(st.integers(-3, 3), st.integers(1, 10**6), WRITTEN.filter(lambda number: number > 0))
def test_multiples_are_multiples(sign: int, times: int, step: WrittenFloat) -> None:
    """A step taken any number of times is a multiple of it; a part of it more or less is none."""
    taken = decimal_of(step) * times * sign
    assert is_multiple(WrittenFloat(str(taken)), step)
    assert not is_multiple(WrittenFloat(str(taken + decimal_of(step) / 2)), step)


@pytest.mark.parametrize(
    ("number", "step", "expected"),
    [
        ("1e100000", "7", False),
        ("7e100000", "7", True),
        ("1e-100000", "7", False),
        ("0e-100000", "7", True),
        ("1e-4000", "1e-4000", True),
        (f"1{'0' * 3999}e-3999", "1", True),
        (f"1{'0' * 3998}1e-3999", "1", False),
        ("1e999999999999999999999", "7", True),
    ],
)
def test_multiples_of_any_size(number: str, step: str, expected: bool) -> None:
    """Exponents of any size are calculated with; what not even a decimal can hold is not refused."""
    assert is_multiple(WrittenFloat(number), WrittenFloat(step)) is expected


@pytest.mark.parametrize(
    ("keyword", "below", "at", "above"),
    [
        ("minimum", "0.29 is less than 0.3", "", ""),
        ("maximum", "", "", "0.31 is more than 0.3"),
        ("exclusiveMinimum", "0.29 is not more than 0.3", "0.3 is not more than 0.3", ""),
        ("exclusiveMaximum", "", "0.3 is not less than 0.3", "0.31 is not less than 0.3"),
    ],
)
def test_bounds(keyword: str, below: str, at: str, above: str) -> None:
    """Each bound holds on its side, with or without its own value, and says in words which side that is."""
    for text, problem in (("0.29", below), ("0.3", at), ("0.31", above)):
        found = KEYWORDS[keyword](None, WrittenFloat("0.3"), WrittenFloat(text), {})
        assert [error.message for error in found] == [problem] * bool(problem)


def test_a_step_in_words() -> None:
    """What is not a multiple is told with its step."""
    [error] = KEYWORDS["multipleOf"](None, 7, 8, {})
    assert error.message == "8 is not a multiple of 7"
