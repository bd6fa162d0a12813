"""What the strategies do not understand is an error that says so, from all of them, and never a silent gap."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from export_contract.contract import Contract, ContractError, load_contract
from export_contract.exceptions import UnsupportedContract
from export_contract.strategies import (
    cases,
    explored_cases,
    foreign_cases,
    invalid_requests,
    malformed_payloads,
    plainest_case,
    suite,
    unspecified_requests,
    valid_requests,
)

Documents = Callable[[dict[str, Any]], tuple[Any, Any]]
Write = Callable[[Any, Any], Path]

SCHEMA: Final = "/components/schemas/Report"
KEYWORDS: Final[dict[str, Any]] = {
    "dependentRequired": {"x": ["y"]},
    "dependentSchemas": {"x": {"required": ["y"]}},
    "propertyNames": {"pattern": "^[a-z]+$"},
    "patternProperties": {"^x-": {"type": "string"}},
    "unevaluatedProperties": False,
    "not": {"required": ["z"]},
    "nullable": True,
}
"""Keywords of an object, each with a value."""
ARRAYS: Final[dict[str, Any]] = {
    "contains": {"const": 1},
    "minContains": 1,
    "prefixItems": [{"type": "string"}],
    "unevaluatedItems": False,
}
"""Keywords of an array, each with a value."""
FORMATS: Final = ("uuid", "date", "email", "int32", "time")
ENTRANCES: Final[dict[str, Callable[[Contract], Any]]] = {
    "suite": suite,
    "valid_requests": valid_requests,
    "invalid_requests": invalid_requests,
    "unspecified_requests": unspecified_requests,
    "malformed_payloads": malformed_payloads,
    "cases": cases,
    "explored_cases": explored_cases,
    "foreign_cases": foreign_cases,
    "plainest_case": plainest_case,
}


def _around(schema: dict[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """Where a schema can stand: the whole schema, and the pointer to the part."""
    wrapped = {"type": "object", "required": ["x"], "properties": {"x": schema}}
    return {
        "a property": (wrapped, "/properties/x"),
        "an item": ({**wrapped, "properties": {"x": {"type": "array", "items": schema}}}, "/properties/x/items"),
        "a part": ({**wrapped, "properties": {"x": {"allOf": [schema]}}}, "/properties/x/allOf/0"),
        "an alternative": ({**wrapped, "properties": {"x": {"oneOf": [schema]}}}, "/properties/x/oneOf/0"),
        "a condition": ({**wrapped, "properties": {"x": {"if": {}, "then": schema}}}, "/properties/x/then"),
        "an optional property": ({**wrapped, "required": []}, "/properties/x"),
    }


def _said(enter: Callable[..., Any], contract: Contract) -> UnsupportedContract | None:
    try:
        enter(contract=contract)
    except UnsupportedContract as error:
        return error
    return None


def _refused(contract: Contract, keyword: str, place: str) -> None:
    """Every way in names the keyword, or the format, and its place."""
    said = {name: _said(enter, contract) for name, enter in ENTRANCES.items()}
    assert [name for name, error in said.items() if error is None] == []
    for error in said.values():
        assert error is not None
        assert (error.file, error.place) == (contract.file, place)
        assert keyword in error.problem


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_unknown_keywords_of_objects(keyword: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """A keyword that no strategy understands is named with its place, wherever strategies begin."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, keyword: KEYWORDS[keyword]}
    whole, place = _around(schema)["a property"]
    _refused(load_reports(whole), keyword, f"{SCHEMA}{place}/{keyword}")


@pytest.mark.parametrize("keyword", ARRAYS)
def test_unknown_keywords_of_arrays(keyword: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """So it is with keywords of arrays."""
    whole, place = _around({"type": "array", keyword: ARRAYS[keyword]})["a property"]
    _refused(load_reports(whole), keyword, f"{SCHEMA}{place}/{keyword}")


@pytest.mark.parametrize("form", FORMATS)
def test_unknown_formats(form: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """A format that no strategy can write is named with its place."""
    whole, place = _around({"type": "string", "format": form})["a property"]
    _refused(load_reports(whole), form, f"{SCHEMA}{place}/format")


@pytest.mark.parametrize("where", _around({}))
def test_unknown_keywords_are_found_everywhere(where: str, load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """However deep it stands, and whether or not a request needs to have the part."""
    whole, place = _around({"type": "string", "format": "uuid"})[where]
    _refused(load_reports(whole), "uuid", f"{SCHEMA}{place}/format")


def test_schemas_of_other_properties(load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """What additionalProperties asks of other properties is understood, or named; it is not passed over."""
    schema = {
        "type": "object",
        "required": ["x"],
        "properties": {"x": {"type": "string"}},
        "additionalProperties": {"type": "string", "format": "uuid"},
    }
    with pytest.raises(UnsupportedContract, match=r"additionalProperties|uuid"):
        suite(contract=load_reports(schema))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 1},
        {"type": "string", "enum": ["A"], "minLength": 2},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 3, "uniqueItems": True},
        {"oneOf": [{"type": "integer"}, {"type": "integer"}]},
        {"type": "string", "pattern": "^a$", "minLength": 2},
    ],
    ids=["bounds", "list and length", "too few values", "equal alternatives", "pattern and length"],
)
def test_what_no_request_satisfies(schema: dict[str, Any], load_reports: Callable[[dict[str, Any]], Contract]) -> None:
    """A schema that accepts nothing is an error of the contract, in one sentence, wherever strategies begin."""
    contract = load_reports(_around(schema)["a property"][0])
    for enter in ENTRANCES.values():
        if enter is not foreign_cases:
            with pytest.raises(ContractError):
                enter(contract=contract)


@pytest.mark.parametrize("rule", ["accept", "accept/json", "accept/content-type"])
def test_a_missing_promise_is_named(rule: str, reports_documents: Documents, write_contract: Write) -> None:
    """A contract whose requirements promise no acceptance is refused with the rule that is missing."""
    openapi, requirements = reports_documents(_around({"type": "string"})["a property"][0])
    requirements = copy.deepcopy(requirements)
    for area in requirements["areas"]:
        area["requirements"] = [one for one in area["requirements"] if one["rule"] != rule]
    with pytest.raises(ContractError, match=f"rule {rule}"):
        suite(contract=load_contract(write_contract(openapi, requirements)))
