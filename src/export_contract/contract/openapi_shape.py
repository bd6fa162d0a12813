"""The shape of an OpenAPI document, as far as this kit reads it, checked before anything is taken from it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from export_contract.contract.pointers import child
from export_contract.exceptions import ContractError

_OBJECT: Final = {"type": "object"}


def _objects(of: Mapping[str, Any] = _OBJECT) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": of}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name.replace("_", "-"): one for name, one in properties.items()}}


_CONTENT: Final = _objects(_object(examples=_objects()))
_OPERATION: Final = _object(requestBody=_object(content=_CONTENT), responses=_objects(_object(content=_CONTENT)))
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The operations of a path, as a document spells them."""
_DOCUMENT: Final = Draft202012Validator(
    _object(
        info=_OBJECT,
        servers={"type": "array", "items": _object(url={"type": "string"})},
        paths=_objects({"type": "object", "properties": dict.fromkeys(METHODS, _OPERATION)}),
        components=_object(schemas=_objects({}), securitySchemes=_objects(_object(x_parameters=_OBJECT))),
    )
)


def refuse_other_shapes(document: Mapping[str, Any], file: str) -> None:
    """Raise ContractError for the first part of the document whose type is not the one that OpenAPI gives it."""
    for error in _DOCUMENT.iter_errors(document):
        place = child("", *error.absolute_path)
        name = place.rpartition("/")[2].replace("~1", "/") or "the document"
        raise ContractError(file, place, f"{name} has the wrong type: {error.message[:200]}")


def refuse_wrong_own_keywords(keywords: Mapping[str, Any], pointer: str, file: str) -> None:
    """Raise ContractError where `x-ordered` or `x-known-values` in a schema is not what it should be."""
    if "x-ordered" in keywords:
        names = keywords["x-ordered"]
        if not (isinstance(names, list) and len(names) > 1 and all(isinstance(name, str) for name in names)):
            raise ContractError(file, child(pointer, "x-ordered"), "x-ordered must be a list of two or more names")
    if "x-known-values" in keywords and not isinstance(keywords["x-known-values"], list):
        raise ContractError(file, child(pointer, "x-known-values"), "x-known-values must be a list")


def time_limit(operation: Mapping[str, Any], pointer: str, file: str, default: float) -> float:
    """The `x-time-limit` of an operation, in seconds; raises ContractError where it is not a number above zero."""
    limit = operation.get("x-time-limit", default)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not (math.isfinite(limit) and limit > 0):
        raise ContractError(file, child(pointer, "x-time-limit"), "x-time-limit must be a number of seconds above zero")
    return float(limit)
