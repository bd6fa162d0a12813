"""Loading a contract: its OpenAPI document, and the requirements that stand beside it."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path as File
from typing import Any, Final
from urllib.parse import quote, unquote

import msgspec
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from export_contract.contract import rules
from export_contract.contract.coverage import uncovered
from export_contract.contract.decimals import KEYWORDS, is_integer
from export_contract.contract.pointers import child, covers, resolve
from export_contract.contract.reading import read_yaml
from export_contract.contract.requirements import Area, Expectation, Requirement, RequirementsFile
from export_contract.contract.schema import Schema, read_schema, refuse_unknown_orders
from export_contract.contract.shape import refuse_other_shapes, time_limit
from export_contract.contract.timestamps import classify_timestamp
from export_contract.exceptions import ContractError

BUILT_IN: Final = File(__file__).with_name("openapi.yaml")
REQUIREMENTS: Final = "requirements.yaml"

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_JSON: Final = "application/json"
_URI: Final = "urn:contract"


@dataclasses.dataclass(frozen=True, slots=True)
class Operation:
    """The call that creates an export, and where the document describes it."""

    path: str
    """As in the document, `/exports`."""
    pointer: str
    media_type: str
    """Pointer to the JSON media type of the request body."""
    request_schema: str
    """Pointer to the schema of the request body, behind its references."""
    answer_schema: str
    """Pointer to the schema of the answer to an accepted request, behind its references."""
    methods: frozenset[str]
    """The methods that the document declares for the path, in upper case."""
    seconds: float
    """Within how many seconds the answer comes (`x-time-limit`)."""


@dataclasses.dataclass(frozen=True, eq=False)
class Contract:
    """A contract that was loaded and found whole. Two are equal only where they are the same object."""

    file: str
    title: str
    version: str
    sha256: str
    """Of the OpenAPI document and its requirements, as bytes."""
    document: Mapping[str, Any] = dataclasses.field(repr=False)
    areas: tuple[Area, ...] = dataclasses.field(repr=False)
    operation: Operation = dataclasses.field(repr=False)
    request: Schema = dataclasses.field(repr=False)
    has_declared_values: bool = False
    """Whether its `x-known-values` were declared by the user, and not taken from the document's example."""

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """All requirements, in the order of their file."""
        return tuple(requirement for area in self.areas for requirement in area.requirements)

    @cached_property
    def by_id(self) -> Mapping[str, Requirement]:
        """All requirements by their ids."""
        return {requirement.id: requirement for requirement in self.requirements}

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """The place of each requirement id in the order of the file."""
        return {requirement.id: position for position, requirement in enumerate(self.requirements)}

    def by_rule(self, rule: str, pointer: str | None = None) -> Requirement | None:
        """The requirement that stands for `rule` where the contract has one, at or above `pointer` if one is given."""
        return _nearest(self.requirements, rule, pointer)

    def by_keyword(self, pointer: str, rule: str = "") -> Requirement | None:
        """The requirement that the keyword at `pointer`, or the `rule` that is a part of it, stands for."""
        return (_nearest(self.requirements, rule, pointer) if rule else None) or _nearest(
            self.requirements, "", pointer
        )

    def validator(self, pointer: str) -> Draft202012Validator:
        """A jsonschema validator of the schema at `pointer`, with this project's own reading of formats."""
        return _validator(self.document, pointer)

    def examples(self) -> dict[str, Any]:
        """The documented examples of the request body, by their names."""
        media_type = resolve(self.document, self.operation.media_type)
        examples = media_type.get("examples", {})
        return {name: example["value"] for name, example in examples.items() if "value" in example}

    def with_expectations(self, expectations: Mapping[str, Expectation]) -> Contract:
        """The same contract with another expectation for some requirements that it leaves unspecified.

        Raises ContractError for an id that it does not have, and for one that it does not leave unspecified.
        """
        for name in expectations:
            if name not in self.by_id:
                raise ContractError(self.file, name, "the contract has no such requirement")
            if self.by_id[name].expectation is not Expectation.UNSPECIFIED:
                raise ContractError(self.file, name, "only what the contract leaves unspecified can be decided anew")
        areas = tuple(
            msgspec.structs.replace(
                area,
                requirements=tuple(
                    msgspec.structs.replace(requirement, expectation=expectations[requirement.id])
                    if requirement.id in expectations
                    else requirement
                    for requirement in area.requirements
                ),
            )
            for area in self.areas
        )
        return dataclasses.replace(self, areas=areas)

    def with_known_values(self, values: tuple[Any, ...]) -> Contract:
        """The same contract with `values` for its `x-known-values`, in whichever schema has that keyword."""
        document = _with_keyword(self.document, "x-known-values", list(values))
        request = _read_request(document, self.operation.request_schema, self.file)
        return dataclasses.replace(self, document=document, request=request, has_declared_values=True)


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
    operation = _operation(document, str(file))
    _refuse_invalid_schemas(document, operation, str(file))
    request = _read_request(document, operation.request_schema, str(file))
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
    return contract


def _nearest(requirements: tuple[Requirement, ...], rule: str, pointer: str | None) -> Requirement | None:
    best: tuple[int, Requirement] | None = None
    for requirement in requirements:
        if requirement.rule != rule:
            continue
        if pointer is None:
            return requirement
        for place in requirement.pointers:
            if covers(place, pointer) and (best is None or len(place) > best[0]):
                best = (len(place), requirement)
    return best[1] if best else None


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


def _follow(document: Any, pointer: str) -> str:
    """`pointer`, or where the references there lead."""
    seen: set[str] = set()
    while isinstance(value := resolve(document, pointer), dict) and set(value) == {"$ref"} and pointer not in seen:
        seen.add(pointer)
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
        methods=frozenset(method.upper() for method in _METHODS if method in item),
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
            raise ContractError(file, place, f"this is no valid JSON Schema: {error.message}") from error


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


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_timestamp(value: object) -> bool:
    return not isinstance(value, str) or classify_timestamp(value).expectation is not Expectation.REJECT


def _pattern(
    validator: Any, pattern: str, instance: object, schema: Any
) -> Iterator[ValidationError]:  # the signature of jsonschema
    """`pattern` as ECMA-262 has it: a dollar sign at its end lets no line break pass, as Python's does."""
    ends = pattern.endswith("$") and not pattern.endswith("\\$")
    if isinstance(instance, str) and not re.search(pattern[:-1] + r"\Z" if ends else pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


_Validator: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]  # jsonschema has no types for it
    Draft202012Validator,
    {"pattern": _pattern, **KEYWORDS},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer),
)


def _validator(document: Mapping[str, Any], pointer: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(_URI, DRAFT202012.create_resource(document))
    reference = f"{_URI}#{quote(pointer, safe='/~')}"
    return _Validator({"$ref": reference}, registry=registry, format_checker=_FORMATS)


def _read_request(document: Mapping[str, Any], pointer: str, file: str) -> Schema:
    def valid(below: str) -> Callable[[Any], bool]:
        return _validator(document, below).is_valid

    return read_schema(document, pointer, file, valid)


def _with_keyword(value: Any, name: str, replacement: Any) -> Any:
    """A copy of `value` with `replacement` for every key called `name`."""
    if isinstance(value, dict):
        return {
            key: replacement if key == name else _with_keyword(below, name, replacement) for key, below in value.items()
        }
    if isinstance(value, list):
        return [_with_keyword(below, name, replacement) for below in value]
    return value
