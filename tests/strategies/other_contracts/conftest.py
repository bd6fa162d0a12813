"""Contracts other than the one that comes with the package, written into files as a user would."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from export_contract.contract import BUILT_IN, Contract, load_contract
from export_contract.contract.pointers import child

Write = Callable[[Any, Any], Path]

_SCHEMA = "/components/schemas/Report"
_MEDIA_TYPE = "/paths/~1reports/post/requestBody/content/application~1json"
_JSON_RULES = tuple(
    f"json/{rule}" for rule in ("duplicate-key", "byte-order-mark", "long-string", "deep-nesting", "large-body")
)
_TIMES = (
    *("date-only", "reduced", "basic", "week", "ordinal", "no-zone", "lower-case", "space", "comma", "long-fraction"),
    *("hour-24", "second-60", "negative-zero", "large-offset", "year", "signed-year", "minus-sign"),
)


def _requirement(expectation: str, pointer: str, rule: str) -> dict[str, Any]:
    place = re.sub(r"^/(?:components/schemas/\w+|paths/.*/application~1json)|/properties(?=/)", "", pointer)
    words = re.findall(r"\w+", f"{place} {rule}")
    return {
        "id": "REP-" + "-".join((expectation, *words)),
        "level": "MAY" if expectation == "unspecified" else "MUST",
        "expectation": expectation,
        "statement": f"{' '.join(words)} holds.",
        "source": "a test",
        "pointers": [pointer],
        "rule": rule,
    }


def _promises(schema: dict[str, Any], place: str) -> Iterator[tuple[str, str, str]]:
    """(expectation, pointer, rule) of one requirement for each keyword below, and for each rule behind it."""
    for keyword, value in schema.items():
        pointer = child(place, keyword)
        match keyword:
            case "properties":
                for name, below in value.items():
                    yield from _promises(below, child(pointer, name))
                if "additionalProperties" not in schema and not re.search(r"/(?:then|else|allOf/\d+)$", place):
                    yield "unspecified", pointer, "unknown-property"
            case "then" | "else":
                yield from _promises(value, pointer)
                for name in value.get("required", ()):
                    yield "unspecified", child(pointer, "properties", name), "conditional-property"
            case "items":
                yield from _promises(value, pointer)
            case "allOf":
                for position, part in enumerate(value):
                    yield from _promises(part, child(pointer, position))
            case "oneOf" | "anyOf":
                yield "reject", pointer, ""
                if any("properties" in branch for branch in value):
                    yield "unspecified", pointer, "unknown-property"
            case "required":
                yield from (("reject", pointer, f"required/{name}") for name in value)
            case "format" if value == "date-time":
                yield from (("reject", pointer, f"timestamp/{rule}") for rule in ("form", "calendar"))
                yield from (("unspecified", pointer, f"timestamp/{rule}") for rule in _TIMES)
            case "x-ordered":
                yield from (("accept", pointer, "accept"), ("unspecified", pointer, "x-ordered"))
            case "x-known-values":
                yield "unspecified", pointer, "known-values/undeclared"
            case "if" | "examples" | "default" | "description":
                pass
            case _:
                yield "reject", pointer, ""


def _reports(schema: dict[str, Any]) -> tuple[Any, Any]:
    """The two documents of a `POST /reports` whose body has this schema, with a requirement for each keyword."""
    openapi = {
        "openapi": "3.1.0",
        "info": {"title": "Reports", "version": "1"},
        "paths": {
            "/reports": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": {"$ref": f"#{_SCHEMA}"}}}},
                    "responses": {"201": {"content": {"application/json": {"schema": {"type": "object"}}}}},
                }
            }
        },
        "components": {"schemas": {"Report": schema}},
    }
    found = [
        _requirement("accept", _SCHEMA, "accept"),
        _requirement("accept", _MEDIA_TYPE, "accept/json"),
        _requirement("accept", _MEDIA_TYPE, "accept/content-type"),
        _requirement("reject", _MEDIA_TYPE, "json/syntax"),
        *(_requirement("unspecified", _MEDIA_TYPE, rule) for rule in ("content-type", *_JSON_RULES)),
        *(_requirement(*promise) for promise in _promises(schema, _SCHEMA)),
    ]
    return openapi, {"areas": [{"title": "All", "requirements": found}]}


@pytest.fixture(scope="session")
def reports_documents() -> Callable[[dict[str, Any]], tuple[Any, Any]]:
    """The two documents of a `POST /reports` whose body has the given schema, with a requirement for each keyword."""
    return _reports


@pytest.fixture(scope="session")
def load_reports(write_contract: Write) -> Callable[[dict[str, Any]], Contract]:
    """Loads a `POST /reports` whose body has the given schema, with a requirement for each keyword."""
    return lambda schema: load_contract(write_contract(*_reports(schema)))


@pytest.fixture(scope="session")
def reports(load_reports: Callable[[dict[str, Any]], Contract]) -> Contract:
    """A contract about something else, with most of what JSON Schema has."""
    return load_reports(REPORT)


def _built_in() -> tuple[Any, Any]:
    texts = [file.read_text(encoding="utf-8") for file in (BUILT_IN, BUILT_IN.with_name("requirements.yaml"))]
    openapi, requirements = (yaml.safe_load(text) for text in texts)
    return openapi, requirements


@pytest.fixture(scope="session")
def older(write_contract: Write) -> Contract:
    """The contract of an older page of the guide: ENROLLMENTS, no interactions, no learningActivityId."""
    openapi, requirements = _built_in()
    schema = openapi["components"]["schemas"]["ExportRequest"]
    schema["properties"]["exportType"]["enum"] = ["ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS"]
    del schema["properties"]["learningActivityId"], schema["allOf"]
    del openapi["paths"]["/exports"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for area in requirements["areas"]:
        area["requirements"] = [one for one in area["requirements"] if "/allOf" not in "".join(one["pointers"])]
    return load_contract(write_contract(openapi, requirements))


@pytest.fixture(scope="session")
def courses(write_contract: Write) -> Contract:
    """A newer contract: COURSES is one more export type, and requires a courseId, in both formats."""
    openapi, requirements = _built_in()
    schema = openapi["components"]["schemas"]["ExportRequest"]
    schema["properties"]["exportType"]["enum"].append("COURSES")
    schema["properties"]["courseId"] = {"description": "The course that is exported."}
    interactions = copy.deepcopy(schema["allOf"][0]["if"])
    interactions["properties"]["exportType"]["const"] = "COURSES"
    then = {"required": ["courseId"], "properties": {"courseId": {"type": "integer", "minimum": 1}}}
    schema["allOf"].append({"if": interactions, "then": then})
    place = "/components/schemas/ExportRequest/allOf/1/then"
    new = [
        _requirement("accept", place, "accept"),
        *(_requirement(*promise) for promise in _promises(then, place)),
        _requirement("unspecified", f"{place}/properties/courseId", "conditional-property"),
    ]
    requirements["areas"].append({"title": "Courses", "requirements": new})
    return load_contract(write_contract(openapi, requirements))


REPORT: dict[str, Any] = {
    "type": "object",
    "required": ["title", "code", "period", "columns", "limits", "urgent", "delivery"],
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 40},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"},
        "note": {"type": ["string", "null"], "maxLength": 20},
        "comment": {"type": ["string", "null"]},
        "period": {
            "type": "object",
            "required": ["from", "until"],
            "additionalProperties": False,
            "properties": {
                "from": {"type": "string", "format": "date-time"},
                "until": {"type": "string", "format": "date-time"},
            },
            "x-ordered": ["from", "until"],
        },
        "columns": {
            "type": "array",
            "minItems": 1,
            "maxItems": 3,
            "uniqueItems": True,
            "items": {"type": "string", "enum": ["NAME", "DATE", "SCORE", "STATUS"]},
        },
        "limits": {
            "type": "object",
            "required": ["rows", "share", "step"],
            "properties": {
                "rows": {"type": "integer", "minimum": 1, "maximum": 1_000_000},
                "share": {"type": "number", "minimum": 0, "exclusiveMaximum": 100},
                "step": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 5},
                "pages": {"type": "integer", "minimum": 1},
            },
        },
        "urgent": {"type": "boolean"},
        "delivery": {
            "oneOf": [
                {
                    "type": "object",
                    "required": ["kind", "address"],
                    "properties": {"kind": {"const": "MAIL"}, "address": {"type": "string", "minLength": 3}},
                },
                {
                    "type": "object",
                    "required": ["kind", "port"],
                    "properties": {"kind": {"const": "SFTP"}, "port": {"type": "integer", "minimum": 1}},
                },
            ]
        },
    },
}
"""A schema with most of what JSON Schema has."""


@pytest.fixture(scope="session")
def untimed(load_reports: Callable[[dict[str, Any]], Contract]) -> Contract:
    """A contract without timestamps."""
    size = {"type": "integer", "minimum": 1, "maximum": 500}
    kind = {"type": "string", "enum": ["FULL", "BRIEF"]}
    properties = {"kind": kind, "size": size, "name": {"type": "string", "minLength": 1}}
    return load_reports({"type": "object", "required": ["kind", "size", "name"], "properties": properties})


@pytest.fixture(scope="session", params=["older", "courses", "reports", "untimed"])
def other(request: pytest.FixtureRequest) -> Contract:
    """Each contract that is none of the package's."""
    contract: Contract = request.getfixturevalue(request.param)
    return contract
