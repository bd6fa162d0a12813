"""Loading a contract: its OpenAPI document, and the requirements that stand beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path as File
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from export_contract.contract import rules
from export_contract.contract.coverage import uncovered
from export_contract.contract.model import Contract, Operation, read_request
from export_contract.contract.openapi_shape import METHODS, refuse_other_shapes, time_limit
from export_contract.contract.pointers import child, resolve
from export_contract.contract.request_schema import refuse_unknown_orders
from export_contract.contract.requirements import Area, RequirementsFile
from export_contract.contract.status import known_files
from export_contract.contract.yaml_reader import read_yaml
from export_contract.exceptions import ContractError

BUILT_IN: Final = File(__file__).with_name("openapi.yaml")
REQUIREMENTS: Final = "requirements.yaml"

_JSON: Final = "application/json"


def load_contract(file: str | File | None = None) -> Contract:
    """Load the contract in `file`, or the one that comes with this package.

    Its requirements are read from the `requirements.yaml` beside it; where there is none, those of this package are
    used.

    Raises ContractError, with file and place, for what cannot be read, for a `$ref` or a requirement that points at
    nothing, and for a keyword of the request schema that no requirement covers.
    """
    file = File(file) if file is not None else BUILT_IN
    text, document = read_yaml(file)
    refuse_other_shapes(document, str(file))
    _refuse_dangling_references(document, str(file))
    _refuse_endless_schemas(document, str(file))
    operation = _operation(document, str(file))
    _refuse_invalid_schemas(document, operation, str(file))
    request = read_request(document, operation.request_schema, str(file))
    beside = file.with_name(REQUIREMENTS)
    promises = beside if beside.is_file() else BUILT_IN.with_name(REQUIREMENTS)
    promises_text, written = read_yaml(promises)
    areas = _areas(written, str(promises))
    info = document.get("info") or {}
    contract = Contract(
        file=str(file),
        title=str(info.get("title", "")),
        version=str(info.get("version", "")),
        sha256=hashlib.sha256(text + promises_text).hexdigest(),
        document=document,
        areas=areas,
        operation=operation,
        request=request,
    )
    _refuse_unknown_places(contract, str(promises))
    for pointer, rule in uncovered(contract.by_keyword, contract.by_rule, request, operation.media_type):
        what = f"rule {rule} of this keyword" if rule else "keyword"
        raise ContractError(str(file), pointer, f"no requirement in {promises} covers this {what}")
    refuse_unknown_orders(request, str(file))
    known_files(contract)
    return contract


@cache
def built_in_contract() -> Contract:
    """The contract that comes with this package; always the same one."""
    return load_contract()


def _areas(document: dict[str, Any], file: str) -> tuple[Area, ...]:
    try:
        areas = msgspec.convert(document, RequirementsFile).areas
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at ")
        raise ContractError(file, place.strip("`"), problem) from error
    seen: set[str] = set()
    for requirement in (requirement for area in areas for requirement in area.requirements):
        if requirement.id in seen:
            raise ContractError(file, requirement.id, "two requirements have this id")
        seen.add(requirement.id)
    return areas


def _subvalues(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    yield pointer, value
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _subvalues(below, child(pointer, key))
    elif isinstance(value, list):
        for position, below in enumerate(value):
            yield from _subvalues(below, child(pointer, position))


def _refuse_dangling_references(document: dict[str, Any], file: str) -> None:
    for pointer, value in _subvalues(document):
        if not isinstance(value, dict) or "$ref" not in value:
            continue
        reference = value["$ref"]
        if not isinstance(reference, str):
            raise ContractError(file, child(pointer, "$ref"), "$ref must be text")
        if not reference.startswith("#/"):
            raise ContractError(file, pointer, f"$ref {reference!r} leads out of the file; only #/… is read")
        try:
            resolve(document, unquote(reference[1:]))
        except LookupError as error:
            raise ContractError(file, pointer, f"$ref {reference!r} points at nothing") from error


def _refuse_endless_schemas(document: dict[str, Any], file: str) -> None:
    """Raise ContractError for a schema that leads back to itself for the same value: validation would never end.

    By way of a property or an item a schema may refer to itself, since values end somewhere.
    """
    done: set[str] = set()
    for start, _ in _subvalues(document):
        above: list[str] = []
        pending: list[str | None] = [start]  # None marks the end of what is below the last of those above
        while pending:
            pointer = pending.pop()
            if pointer is None:
                done.add(above.pop())
            elif pointer in above:
                raise ContractError(file, pointer, "this schema refers to itself without end")
            elif pointer not in done:
                above.append(pointer)
                pending += [None, *_schemas_of_the_same_value(resolve(document, pointer), pointer)]


def _schemas_of_the_same_value(schema: Any, pointer: str) -> Iterator[str]:
    """Pointers to the schemas that a schema applies to the value that it is applied to itself."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield unquote(schema["$ref"][1:])
    for name in ("if", "then", "else", "not"):
        if isinstance(schema.get(name), dict):
            yield child(pointer, name)
    for name in ("allOf", "anyOf", "oneOf"):
        if isinstance(schema.get(name), list):
            yield from (child(pointer, name, position) for position in range(len(schema[name])))


def _follow(document: Any, pointer: str) -> str:
    """`pointer`, or where the references there lead."""
    while isinstance(value := resolve(document, pointer), dict) and set(value) == {"$ref"}:
        pointer = unquote(value["$ref"][1:])
    return pointer


def _operation(document: dict[str, Any], file: str) -> Operation:
    paths = document.get("paths")
    found = [
        path
        for path, item in (paths.items() if isinstance(paths, dict) else ())
        if isinstance(item, dict) and _has(item, "post", "requestBody", "content", _JSON, "schema")
    ]
    if not isinstance(paths, dict) or len(found) != 1:
        raise ContractError(file, "/paths", f"there must be one path with a POST of {_JSON}; there are {len(found)}")
    item = paths[found[0]]
    post = child("/paths", found[0], "post")
    media_type = child(post, "requestBody", "content", _JSON)
    success = next(
        (name for name in item["post"].get("responses", {}) if str(name).startswith("2")),
        None,
    )
    answer = child(post, "responses", success or "2XX", "content", _JSON, "schema")
    try:
        answer_schema = _follow(document, answer)
    except LookupError as error:
        raise ContractError(file, answer, "the answer to an accepted request has no JSON schema") from error
    return Operation(
        path=found[0],
        pointer=post,
        media_type=media_type,
        request_schema=_follow(document, child(media_type, "schema")),
        answer_schema=answer_schema,
        methods=frozenset(method.upper() for method in METHODS if method in item),
        seconds=time_limit(item["post"], post, file, default=4),
    )


def _has(value: Any, *keys: str) -> bool:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _refuse_invalid_schemas(document: dict[str, Any], operation: Operation, file: str) -> None:
    schemas = resolve(document, "/components/schemas") if _has(document, "components", "schemas") else {}
    places = {operation.request_schema, operation.answer_schema, *(child("/components/schemas", s) for s in schemas)}
    for pointer in sorted(places):
        try:
            Draft202012Validator.check_schema(resolve(document, pointer))
        except SchemaError as error:
            place = child(pointer, *error.absolute_path)
            raise ContractError(file, place, f"this is not a valid JSON Schema: {error.message}") from error


def _refuse_unknown_places(contract: Contract, file: str) -> None:
    for requirement in contract.requirements:
        if requirement.rule and not rules.is_known(requirement.rule):
            raise ContractError(file, requirement.id, f"there is no rule {requirement.rule!r}")
        for pointer in requirement.pointers:
            try:
                resolve(contract.document, pointer)
            except (LookupError, ValueError) as error:
                raise ContractError(
                    file, requirement.id, f"it points at {pointer}, which is not in {contract.file}"
                ) from error
