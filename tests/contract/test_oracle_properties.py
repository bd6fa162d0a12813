"""What holds for every body, whoever made it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from export_contract.contract import Classification, Expectation, Oracle, classify, load_contract, oracle

from .bodies import ENROLLMENTS, INTERACTIONS, PAIRS, REQUIRED, spell
from .oracle_rows import ROWS
from .rows import Row
from .rows_open import TOO_DEEP

PROPERTIES = (*REQUIRED, "learningActivityId")
TIMESTAMPS = (
    "1900-01-01T00:00:00Z",
    "2012-09-05T11:12:47.000Z",
    "2012-09-05T11:12:47.000000+00:00",
    "2199-12-31T23:59:59Z",
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=10)
FIELDS = st.sampled_from([*ENROLLMENTS.values(), *INTERACTIONS.values(), "csv", "2012-09-05", "2012-13-01", 0, 1.5])
NEAR_BODIES = st.dictionaries(st.sampled_from(PROPERTIES) | st.text(max_size=3), FIELDS | VALUES, max_size=7)
# Whole JSON bodies of the table that are small, each with what the table says of it.
WHOLE = [row for row in ROWS if row.body.startswith(b"{") and row.body.endswith(b"}") and len(row.body) < 1_000]
# Of those, what a plain reader reads as one value, and writes again without changing how a number is written.
UNREADABLE = {"EXP-BODY-JSON", "EXP-OPEN-DUPLICATE-KEY", "EXP-OPEN-ID-FRACTIONAL"}
READABLE = [row for row in WHOLE if not UNREADABLE & {*row.broken, *row.open} and row.rule != TOO_DEEP]
CONTRACT = load_contract()
OTHER = Oracle(load_contract())
# What is open about a text, whatever its value.
TEXTUAL = {"EXP-OPEN-LONG-STRING", "EXP-OPEN-DEEP-NESTING", "EXP-OPEN-LARGE-BODY"}


@st.composite
def accepted_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """Bodies that are accepted."""
    start, end = sorted((draw(st.integers(0, len(TIMESTAMPS) - 1)), draw(st.integers(0, len(TIMESTAMPS) - 1))))
    body: dict[str, Any] = {"startDate": TIMESTAMPS[start], "endDate": TIMESTAMPS[end]}
    if draw(st.booleans()):
        return {**INTERACTIONS, **body}
    body["exportType"], body["format"] = draw(st.sampled_from(PAIRS))
    return body


def _never_contradicts_itself(found: Classification) -> None:
    match found.expectation:
        case Expectation.ACCEPT:
            assert (found.broken, found.open, found.reasons) == ((), (), ())
        case Expectation.REJECT:
            assert found.broken
        case Expectation.UNSPECIFIED:
            assert found.open
            assert not found.broken
    by_id = CONTRACT.by_id
    assert all(by_id[name].expectation is Expectation.REJECT for name in found.broken)
    assert all(by_id[name].expectation is Expectation.UNSPECIFIED for name in found.open)
    assert {reason.requirement for reason in found.reasons} == {*found.broken, *found.open}


@given(st.binary(), st.none() | st.text())
@example(b"", None)
@example(b"\xff", "application/json")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_classified(payload: bytes, content_type: str | None) -> None:
    """No bytes and no content type make the oracle raise or contradict itself."""
    _never_contradicts_itself(classify(payload, content_type))
    _never_contradicts_itself(classify(payload))


@given(VALUES | NEAR_BODIES)
@settings(max_examples=300, deadline=None)
def test_any_json_is_classified(value: Any) -> None:
    """No JSON makes the oracle raise or contradict itself, and no JSON is called no JSON."""
    found = classify(spell(value))
    _never_contradicts_itself(found)
    assert "EXP-BODY-JSON" not in found.broken
    assert ("EXP-BODY-OBJECT" in found.broken) is not isinstance(value, dict)


@given(st.sampled_from(ROWS).map(lambda row: row.body).filter(lambda body: len(body) < 1_000), st.data())
@settings(max_examples=250, deadline=None)
def test_damaged_bodies_are_classified(body: bytes, data: st.DataObject) -> None:
    """No damage to a body makes the oracle raise or contradict itself."""
    position = data.draw(st.integers(0, len(body)))
    changed = body[:position] + data.draw(st.binary(max_size=2)) + body[position + data.draw(st.integers(0, 3)) :]
    _never_contradicts_itself(classify(changed))


@given(NEAR_BODIES)
@settings(deadline=None)
def test_classification_is_deterministic(value: Any) -> None:
    """The same body has the same classification: again, by another oracle, and by another load of the contract."""
    payload = spell(value)
    found = classify(payload)
    assert classify(payload) == found
    assert OTHER.classify(payload) == found


@given(NEAR_BODIES)
@settings(deadline=None)
def test_a_value_is_classified_as_its_plain_text(value: dict[str, Any]) -> None:
    """classify_value() says of a value what classify() says of the text that json.dumps() makes of it."""
    assume(not isinstance(value.get("learningActivityId"), float))  # such numbers need a type of their own
    found = classify(spell(value))
    assume(not TEXTUAL & {*found.open})
    assert oracle().classify_value(value) == found


def _respell(value: Any, draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """The same JSON in another spelling: keys in another order, white space, escapes."""

    def space() -> str:
        return str(draw(st.sampled_from(["", "", " ", "\n", "\t ", "\r\n"])))

    def text(characters: str) -> str:
        plain = json.dumps(characters, ensure_ascii=False)[1:-1] if characters else ""
        if not characters or not draw(st.booleans()):
            return f'"{plain}"'
        units = characters.encode("utf-16-be", "surrogatepass")
        hexadecimal = [units[i : i + 2].hex() for i in range(0, len(units), 2)]
        return '"' + "".join(f"\\u{unit}" for unit in hexadecimal) + '"'

    match value:
        case dict():
            keys = draw(st.permutations(list(value)))
            pairs = [f"{space()}{text(key)}{space()}:{space()}{_respell(value[key], draw)}{space()}" for key in keys]
            return "{" + (",".join(pairs) or space()) + "}"
        case list():
            return "[" + (",".join(space() + _respell(part, draw) + space() for part in value) or space()) + "]"
        case str():
            return text(value)
    return json.dumps(value)


@given(st.sampled_from(READABLE), st.data())
@settings(max_examples=250, deadline=None)
def test_spelling_makes_no_difference(row: Row, data: st.DataObject) -> None:
    """Key order, white space and escapes change nothing about what is said of a body."""
    respelled = _respell(json.loads(row.body), data.draw).encode()
    assert classify(respelled, row.content_type) == classify(row.body, row.content_type)


@given(accepted_bodies(), st.text().filter(lambda name: name not in PROPERTIES), VALUES)
@settings(max_examples=300, deadline=None)
def test_an_unknown_property_leaves_a_body_open(body: dict[str, Any], name: str, value: Any) -> None:
    """Any property that the document does not name makes an accepted body unspecified, and for nothing else."""
    assert classify(spell(body)).expectation is Expectation.ACCEPT
    found = classify(spell({**body, name: value}))
    assert found.expectation is Expectation.UNSPECIFIED
    assert set(found.open) - TEXTUAL == {"EXP-OPEN-UNKNOWN-PROPERTY"}
    assert (name,) in {reason.path for reason in found.reasons}


@given(accepted_bodies(), st.sampled_from(list(REQUIRED)))
@settings(deadline=None)
def test_every_mandatory_field_is_mandatory(body: dict[str, Any], name: str) -> None:
    """An accepted body without one mandatory field breaks the requirement that it is there, and no other."""
    del body[name]
    found = classify(spell(body))
    assert (found.expectation, found.broken) == (Expectation.REJECT, (REQUIRED[name],))
    assert [name in reason.problem for reason in found.reasons if reason.requirement == REQUIRED[name]] == [True]


@given(accepted_bodies(), st.sampled_from(list(REQUIRED)), VALUES.filter(lambda value: not isinstance(value, str)))
@settings(deadline=None)
def test_every_mandatory_field_is_a_string(body: dict[str, Any], name: str, value: Any) -> None:
    """A mandatory field of another type breaks the requirement of its type, and no other."""
    found = classify(spell({**body, name: value}))
    assert found.broken == (REQUIRED[name].replace("REQUIRED", "TYPE"),)


@given(st.sampled_from(["exportType", "format"]), st.text())
@settings(deadline=None)
def test_lists_are_to_the_letter(name: str, text: str) -> None:
    """Any other text for exportType or format breaks the requirement of its list, and no other."""
    allowed = {
        "exportType": {pair[0] for pair in PAIRS} | {"LEARNING_ACTIVITY_INTERACTIONS"},
        "format": {"CSV", "JSONL"},
    }
    if text not in allowed[name]:
        found = classify(spell({**ENROLLMENTS, name: text}))
        assert found.broken == (f"EXP-{name.upper()}-ENUM",)


@given(st.integers() | st.integers(-(2**70), 2**70))
@example(12345)
@example(2**53 - 1)
@example(2**53)
@example(-(2**53))
@settings(deadline=None)
def test_every_integer_is_a_legal_id(number: int) -> None:
    """An integer is accepted as the id of interactions where it is declared, and else left open for all that it is."""
    found = classify(spell({**INTERACTIONS, "learningActivityId": number}))
    remarkable = {"ZERO": number == 0, "NEGATIVE": number < 0, "HUGE": abs(number) >= 2**53}
    ends = [end for end, holds in remarkable.items() if holds] or ["UNDECLARED"] * (number != 12345)
    assert found.broken == ()
    assert set(found.open) == {f"EXP-OPEN-ID-{end}" for end in ends}


@pytest.mark.parametrize("base", [ENROLLMENTS, INTERACTIONS], ids=["enrollments", "interactions"])
def test_two_fields_missing_break_two_requirements(base: Mapping[str, Any]) -> None:
    """Each requirement that is broken is named, in the order of the contract."""
    body = {name: value for name, value in base.items() if name not in ("startDate", "format")}
    assert classify(spell(body)).broken == ("EXP-START-REQUIRED", "EXP-FORMAT-REQUIRED")
