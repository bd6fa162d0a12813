"""A contract that was loaded: its document, its requirements, and the call that creates an export."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from export_contract.contract.pointers import covers, resolve
from export_contract.contract.request_schema import Schema, read_schema
from export_contract.contract.requirements import Area, Expectation, Requirement
from export_contract.contract.validators import validator
from export_contract.exceptions import ContractError


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


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Contract:
    """A contract that was loaded and found whole. Two are equal only where they are the same object."""

    file: str
    title: str
    version: str
    sha256: str
    """Of the OpenAPI document and its requirements, as bytes."""
    document: Mapping[str, Any]
    areas: tuple[Area, ...]
    operation: Operation
    request: Schema
    has_declared_values: bool = False
    """Whether its `x-known-values` were declared by the user, and not taken from the document's example."""

    def __repr__(self) -> str:
        return f"Contract({self.file!r}, {self.title!r}, {self.version!r})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # As IPython has it. Without it Hypothesis, which shows the arguments of strategies, writes out all fields.
        printer.text(repr(self))

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
        return validator(self.document, pointer)

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
                raise ContractError(
                    self.file, name, "only what the contract leaves unspecified can be decided by the configuration"
                )
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
        request = read_request(document, self.operation.request_schema, self.file)
        return dataclasses.replace(self, document=document, request=request, has_declared_values=True)


def read_request(document: Mapping[str, Any], pointer: str, file: str) -> Schema:
    """The schema of the request body at `pointer`; raises ContractError as `read_schema` does."""

    def valid(below: str) -> Callable[[Any], bool]:
        return validator(document, below).is_valid

    return read_schema(document, pointer, file, valid)


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


def _with_keyword(value: Any, name: str, replacement: Any) -> Any:
    """A copy of `value` with `replacement` for every key called `name`."""
    if isinstance(value, dict):
        return {
            key: replacement if key == name else _with_keyword(below, name, replacement) for key, below in value.items()
        }
    if isinstance(value, list):
        return [_with_keyword(below, name, replacement) for below in value]
    return value
