"""One small contract for each keyword, and for keywords that meet: each is followed to the last requirement."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from export_contract.contract import Contract, Expectation, oracle
from export_contract.exceptions import UnsupportedContract
from export_contract.strategies import (
    Case,
    explored_cases,
    invalid_requests,
    malformed_payloads,
    suite,
    unspecified_requests,
    valid_requests,
)

_NONE: Final[Mapping[str, Any]] = {}


def _object(required: Mapping[str, Any], optional: Mapping[str, Any] = _NONE, /, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **optional},
        **more,
    }


def _value(**schema: Any) -> dict[str, Any]:
    return _object({"x": schema})


_WORDS: Final = {"type": "string", "enum": ["A", "B", "C", "D"]}
_TIME: Final = {"type": "string", "format": "date-time"}
_MAIL: Final = _object({"kind": {"const": "MAIL"}, "address": {"type": "string"}})
_FTP: Final = _object({"kind": {"const": "FTP"}, "port": {"type": "integer", "minimum": 1}})

SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "a string": _value(type="string"),
    "a bounded string": _value(type="string", minLength=2, maxLength=5),
    "a pattern": _value(type="string", pattern="^[A-Z]{2}-[0-9]{3}$"),
    "a pattern without anchors": _value(type="string", pattern="[0-9]"),
    "a pattern with lengths": _value(type="string", pattern="^[a-z]+$", minLength=3),
    "a bounded integer": _value(type="integer", minimum=-3, maximum=3),
    "one integer alone": _value(type="integer", minimum=1, maximum=1),
    "an integer below zero": _value(type="integer", exclusiveMaximum=-5),
    "multiples between bounds": _value(type="integer", minimum=10, maximum=30, multipleOf=7),
    "multiples that end at bounds": _value(type="integer", minimum=10, maximum=30, multipleOf=10),
    "an integer beyond 2^53": _value(type="integer", minimum=2**60, maximum=2**61),
    "a ratio": _value(type="number", exclusiveMinimum=0, exclusiveMaximum=1),
    "a range without integers": _value(type="number", minimum=0.25, maximum=0.75),
    "halves": _value(type="number", multipleOf=0.5),
    "tenths below a bound": _value(type="number", maximum=1_000, multipleOf=0.1),
    "sevenths of a hundred": _value(type="number", multipleOf=0.07),
    "multiples of a prime of hundredths": _value(type="number", minimum=0.29, exclusiveMaximum=29, multipleOf=0.29),
    "millionths": _value(type="number", exclusiveMinimum=0, multipleOf=0.000001),
    "hundredths": _value(type="number", minimum=0, maximum=1_000, multipleOf=0.01),
    "a nullable string": _value(type=["string", "null"]),
    "a nullable integer": _value(type=["null", "integer"], minimum=1),
    "a nullable listed value": _value(type=["string", "null"], enum=["A", None]),
    "listed integers": _value(type="integer", enum=[1, 2, 3]),
    "listed values of all types": _value(enum=[1, "1", True, None]),
    "listed objects": _value(enum=[{"a": 1}, [1, 2]]),
    "a list with bounds": _value(type="array", items={"type": "integer"}, minItems=2, maxItems=4),
    "different strings": _value(type="array", items={"type": "string"}, minItems=2, uniqueItems=True),
    "different integers": _value(type="array", items={"type": "integer"}, minItems=2, uniqueItems=True),
    "different listed values": _value(type="array", items=_WORDS, minItems=2, uniqueItems=True),
    "few different listed values": _value(type="array", items=_WORDS, minItems=1, maxItems=3, uniqueItems=True),
    "few different strings": _value(type="array", items={"type": "string"}, maxItems=3, uniqueItems=True),
    "objects in a list": _value(type="array", minItems=1, items=_object({"a": {"type": "integer", "minimum": 0}})),
    "timestamps in a list": _value(type="array", minItems=1, items=_TIME),
    "a nested object": _object({"x": _object({"y": _object({"z": {"type": "boolean"}})})}),
    "an optional string": _object({"x": _WORDS}, {"y": {"type": "string", "minLength": 2}}),
    "an optional integer": _object({"x": _WORDS}, {"y": {"type": "integer", "minimum": 1}}),
    "an optional listed value": _object({"x": _WORDS}, {"y": _WORDS}),
    "an optional object": _object({"x": _WORDS}, {"y": _object({"z": {"type": "integer"}})}),
    "an optional timestamp": _object({"x": _WORDS}, {"y": _TIME}),
    "nothing required": _object({}, {"x": {"type": "string"}}),
    "a closed inner object": _object({"x": _object({"y": {"type": "string"}}, additionalProperties=False)}),
    "few properties": _object({"x": {"type": "string"}}, maxProperties=2),
    "a timestamp": _object({"at": _TIME}),
    "a nullable timestamp": _object({"at": {"type": ["string", "null"], "format": "date-time"}}),
    "timestamps in order": _object({"since": _TIME, "till": _TIME}, **{"x-ordered": ["since", "till"]}),
    "known names": _value(type="string", **{"x-known-values": ["alpha", "beta"]}),
    "one of two objects": _object({"x": {"oneOf": [_MAIL, _FTP]}}),
    "one of two objects, by type": _object({"x": {"type": "object", "oneOf": [_MAIL, _FTP]}}),
    "one of two scalars": _object({"x": {"oneOf": [{"type": "string", "minLength": 2}, {"type": "integer"}]}}),
    "any of two scalars": _object({"x": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}),
    "parts": _object({"a": {"type": "string"}}, allOf=[{"required": ["b"], "properties": {"b": _WORDS}}]),
    "if and else": _object(
        {"k": {"type": "string", "enum": ["A", "B"]}},
        **{
            "if": {"properties": {"k": {"const": "A"}}},
            "then": {"required": ["a"], "properties": {"a": {"type": "string"}}},
            "else": {"required": ["b"], "properties": {"b": {"type": "integer"}}},
        },
    ),
    "names with signs in them": _object({"a b/c~d": {"type": "string"}, "\u00c4\u00d6%20": {"type": "integer"}}),
    "names of keywords": _object({"type": {"type": "string"}, "enum": {"type": "integer"}}),
}


@pytest.fixture(params=SCHEMAS)
def small(request: pytest.FixtureRequest, load_reports: Callable[[dict[str, Any]], Contract]) -> Contract:
    """A contract with little more than one keyword."""
    return load_reports(SCHEMAS[request.param])


def test_a_keyword_is_followed(
    small: Contract,
    draw: Callable[[st.SearchStrategy[Any], int], list[Any]],
    plain_validator: Callable[[Mapping[str, Any], str], Draft202012Validator],
    is_about_its_body: Callable[[Case], bool],
) -> None:
    """Every requirement has a case, each case is what it claims, and plain jsonschema agrees with what is accepted."""
    judge = oracle(small)
    validator = plain_validator(small.document, "Report")
    lanes = (valid_requests(contract=small), invalid_requests(contract=small), unspecified_requests(contract=small))
    drawn = [case for cases in draw(st.tuples(*lanes), 10) for case in cases]
    for case in (*filter(is_about_its_body, suite(contract=small)), *drawn):
        said = judge.classify(case.payload, case.content_type)
        assert said.expectation is case.expectation, case
        if case.expectation is Expectation.REJECT:
            assert said.broken == (case.requirement,), case
        elif case.expectation is Expectation.ACCEPT:
            assert validator.is_valid(json.loads(case.payload)), case
    for case, payload in draw(st.tuples(explored_cases(contract=small), malformed_payloads(contract=small)), 5):
        assert judge.classify(case.payload, case.content_type).expectation is case.expectation
        assert judge.classify(payload).expectation is Expectation.REJECT
    found = {case.requirement for case in suite(contract=small)}
    found |= {feature.requirement for case in suite(contract=small) for feature in case.features}
    assert sorted(small.by_id.keys() - found) == []


def test_optional_properties_are_left_out_and_put_in(
    load_reports: Callable[[dict[str, Any]], Contract], draw: Callable[..., list[Any]]
) -> None:
    """A property that is not required is in some accepted requests of the suite, and missing from others."""
    contract = load_reports(SCHEMAS["an optional integer"])
    bodies = [json.loads(case.payload) for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]
    assert {"y" in body for body in bodies} == {True, False}
    assert {"y" in json.loads(case.payload) for case in draw(valid_requests(contract=contract), 50)} == {True, False}


@pytest.mark.parametrize("number", ["0.07", "0.29", "172.61", "1e2", "1.10", "9007199254740993", "-0.01", "0e5"])
@pytest.mark.parametrize("beside", ["0.005", "0.07000000000000000001", "1e-3", "1e-400", "90071992547409.935"])
def test_multiples_are_exact(number: str, beside: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """What is a multiple as it is written is one, whatever a double makes of it; and nothing else is."""
    judge = oracle(load_reports(_value(type="number", multipleOf=0.01)))
    assert judge.classify(b'{"x":%s}' % number.encode()).expectation is Expectation.ACCEPT
    assert judge.classify(b'{"x":%s}' % beside.encode()).expectation is Expectation.REJECT


@pytest.mark.parametrize(
    ("schema", "kept", "broken"),
    [
        (_value(type="number", maximum=0.1), "0.1", "0.10000000000000000001"),
        (_value(type="number", minimum=0.1), "0.1", "0.09999999999999999999"),
        (_value(type="number", exclusiveMaximum=0.1), "0.09999999999999999999", "0.1"),
        (_value(type="integer"), "1.0", "1.00000000000000000001"),
        (_value(type="integer"), "1e400", "1e-400"),
        (_value(type="integer", maximum=2**60), str(2**60), str(2**60 + 1)),
    ],
)
def test_numbers_are_decimals(
    schema: dict[str, Any], kept: str, broken: str, load_reports: Callable[[dict[str, Any]], Contract]
) -> None:
    """Bounds and types are judged by what is written too."""
    judge = oracle(load_reports(schema))
    said = [judge.classify(b'{"x":%s}' % number.encode()).expectation for number in (kept, broken)]
    assert said == [Expectation.ACCEPT, Expectation.REJECT]


@pytest.mark.parametrize("schema", [name for name in SCHEMAS if "x" in SCHEMAS[name].get("properties", {})])
def test_no_number_is_too_large_to_judge(schema: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """Numbers beyond every double are judged as well, at once, by whichever keyword meets them."""
    judge = oracle(load_reports(SCHEMAS[schema]))
    large = (b"1e400", b"-1e400", b"1" + b"0" * 400, b"1" + b"0" * 5_000, b"1e-400", b"7e999999999", b"7e-999999999")
    for number in (*large, b"0." + b"7" * 200_000, b"1e99999999999999999999999"):
        assert judge.classify(b'{"x":%s}' % number).expectation in Expectation
        assert judge.classify(b'{"x":[%s]}' % number).expectation in Expectation


def test_no_combination_is_passed_over(load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """Every combination of listed values is in the suite; a contract with more than it can hold is refused."""
    words = {"type": "string", "enum": [f"W{number}" for number in range(5)]}
    contract = load_reports(_object(dict.fromkeys("xyz", words)))
    bodies = [json.loads(case.payload) for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]
    assert len({tuple(sorted(body.items())) for body in bodies}) == 5**3
    more = load_reports(_object(dict.fromkeys("xyzw", words)))
    for draw_from in (suite, valid_requests, invalid_requests):
        with pytest.raises(
            UnsupportedContract, match=r"/components/schemas/Report: its listed values .* more than 200 ways"
        ):
            draw_from(contract=more)


def test_what_a_condition_forbids_is_no_combination(load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """Of many combinations of which few are allowed, those few are found."""
    words = {"type": "string", "enum": [f"W{number}" for number in range(7)]}
    fixed = {"then": {"properties": {"y": {"const": "W0"}, "z": {"const": "W0"}}}}
    contract = load_reports(
        _object(dict.fromkeys("xyz", words), allOf=[{"if": {"properties": {"x": {"type": "string"}}}, **fixed}])
    )
    bodies = [json.loads(case.payload) for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]
    assert {tuple(body[name] for name in "xyz") for body in bodies} == {(f"W{n}", "W0", "W0") for n in range(7)}
