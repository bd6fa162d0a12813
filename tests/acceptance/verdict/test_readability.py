"""Readability: of several failing cases the one that a reader understands at a glance leads."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.verdict.readability import Hidden, readability
from export_contract.contract import Expectation
from export_contract.strategies import Case, cases, suite


def titles(is_one: Callable[[Case], bool]) -> list[str]:
    """Titles of cases of the suite, the plainest first, whatever their order was."""
    found = [case for case in suite() if is_one(case)]
    random.Random(7).shuffle(found)
    return [case.title for case in sorted(found, key=readability)]


def test_values() -> None:
    """A word leads; what has a space or a NUL that nobody sees comes last."""
    found = titles(lambda case: case.requirement == "EXP-START-FORMAT" and case.title.startswith("startDate "))
    assert found[0] == 'startDate "yesterday": a word'
    order = [
        'startDate "yesterday": a word',
        'startDate "0": zero as text',
        'startDate "03/05/2013 11:12:47": US local format',
        'startDate "": empty',
        'startDate "2013-03-05T11:12:47Z ": trailing space',
        r'startDate "2013-03-05T11:12:47Z\u0000": trailing NUL',
    ]
    assert [title for title in found if title in order] == order


def test_lists() -> None:
    """What a list of values does not have is shown by a word, before an ordinal and a wildcard."""
    found = titles(lambda case: case.requirement == "EXP-EXPORTTYPE-ENUM")
    at = {title.rpartition(": ")[2]: number for number, title in enumerate(found)}
    assert at["plural"] < min(at["an ordinal as text"], at["a wildcard"]) < at["empty"]


def test_bodies() -> None:
    """A comment comes before a NUL that is not seen, and that before bytes that reports show as Base64."""
    found = titles(lambda case: case.requirement == "EXP-BODY-JSON")
    at = {title.removeprefix("the body is no JSON: "): number for number, title in enumerate(found)}
    assert max(at["a comment"], at["trailing comma"], at["YAML"]) < at["white space only"]
    assert at["white space only"] < at["a NUL after it"] < at["a byte that is no UTF-8"]
    assert {found[-1], found[-2]} <= {title for title in found if "UTF" in title or "Latin" in title}


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        (b'{"a":"yesterday"}', Hidden.NOTHING),
        (b"{'a':1}", Hidden.NOTHING),
        (b"", Hidden.HARD_TO_TELL),
        (b'{"a":""}', Hidden.HARD_TO_TELL),
        (b'{"a":"\\uff35"}', Hidden.HARD_TO_TELL),
        (b'{"a":"' + b"x" * 400 + b'"}', Hidden.HARD_TO_TELL),
        (b'{"a ":1}', Hidden.SPACE),
        (b'{"a":["x\\n"]}', Hidden.SPACE),
        (b'{"a":1} ,', Hidden.NOTHING),
        (b'{"a":1}, ', Hidden.SPACE),
        (b'{"a":"\\u0000"}', Hidden.CONTROL),
        (b'{"a":"\\u200b"}', Hidden.CONTROL),
        (b"\xff", Hidden.BYTES),
        (b"[" * 100_000, Hidden.HARD_TO_TELL),
    ],
)
def test_what_is_hidden(body: bytes, hidden: Hidden) -> None:
    """What a reader cannot see is found in names and values, where it stands as an escape too."""
    case = Case(id="x", title="x", expectation=Expectation.REJECT, requirement="x", payload=body)
    assert readability(case) == (hidden, len(body))


@given(
    cases()
    | st.builds(
        lambda body: Case(id="x", title="x", expectation=Expectation.REJECT, requirement="x", payload=body), st.binary()
    )
)
def test_any_case(case: Case) -> None:
    """Every case has a key, and the keys can be compared."""
    assert readability(case) <= (Hidden.BYTES, len(case.payload))
