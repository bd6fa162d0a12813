"""The oracle: what a conforming target does with a request body, and which requirements say so.

It judges any bytes, whoever made them, from the contract document alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from functools import cache
from typing import Any, Final, NamedTuple, cast
from urllib.parse import unquote

import msgspec
from jsonschema.exceptions import ValidationError

from export_contract.contract import rules
from export_contract.contract.coverage import conditional_properties
from export_contract.contract.json_text import WrittenFloat, read_json
from export_contract.contract.loading import built_in_contract
from export_contract.contract.model import Contract
from export_contract.contract.pointers import child, resolve
from export_contract.contract.request_schema import Conditional, Location, Path, locations
from export_contract.contract.requirements import Expectation
from export_contract.contract.timestamps import any_instant, classify_timestamp

_PLAIN_JSON: Final = re.compile(r"[ \t]*application/json[ \t]*(?:;[ \t]*charset=utf-8[ \t]*)?", re.IGNORECASE)
_EXACT: Final = 2**53 - 1


class Reason(msgspec.Struct, frozen=True):
    """Why a requirement is broken or left open by one body."""

    requirement: str
    path: Path
    """Where in the body, also of a member that is missing there; empty for the whole. Of members that are out of order,
    the last."""
    problem: str
    """In plain words, without the place."""


class Classification(msgspec.Struct, frozen=True):
    """What the contract says of one request."""

    expectation: Expectation
    broken: tuple[str, ...] = ()
    """The ids of the requirements that it breaks, in the contract's order."""
    open: tuple[str, ...] = ()
    """The ids of the unspecified requirements that it falls under, in the contract's order."""
    reasons: tuple[Reason, ...] = ()


class _Observation(NamedTuple):
    """Something that the oracle noticed, before it is known which requirement it belongs to."""

    pointer: str
    rule: str
    path: Path
    problem: str
    is_undecidable: bool = False
    """Whether it depends on how the target reads the text: nothing is promised then, even where it is allowed."""


class Oracle:
    """Classifies the bodies of one contract; keeps its compiled validator."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._validator = contract.validator(contract.operation.request_schema)
        self._keyword_pointer = cache(self._find_keyword)
        self._requirement = cache(self._find_requirement)
        media_type = contract.operation.media_type
        self._any_content_type = self._find_requirement(media_type, "content-type")[1] is Expectation.ACCEPT
        self._elsewhere = {
            id(conditional): _brought_in(conditional)
            for schema in contract.request.walk()
            for conditional in schema.conditionals
        }

    def classify(self, payload: bytes, content_type: str | None = "application/json") -> Classification:
        """Classify a POST of `payload`; `content_type` is the header's value, None where it is not sent.

        A body is `reject` where a requirement is broken, however it is read; else `unspecified` where something is
        left open; else `accept`.
        """
        media_type = self.contract.operation.media_type
        text = read_json(payload)
        is_json = content_type is not None and _PLAIN_JSON.fullmatch(content_type) is not None
        is_unread = not text.values and not text.problem
        seen = [_Observation(media_type, rule, (), _OPEN_TEXT[rule], is_unread) for rule in text.open]
        if not is_json:
            seen.append(
                _Observation(media_type, "content-type", (), f"the content type is {content_type or 'missing'}")
            )
        if text.problem:
            # Under another content type it may be a perfect something else; nothing at all is nothing anywhere.
            if is_json or not payload.strip() or self._any_content_type:
                seen.append(_Observation(media_type, "json/syntax", (), text.problem))
        elif len(text.values) == 1:
            seen += [*self._violations(text.values[0]), *self._left_open(text.values[0])]
        elif text.values:
            seen += self._common(text.values)
        return self._conclude(seen)

    def classify_value(self, value: Any) -> Classification:
        """Classify a JSON value as it would be written plainly; numbers with a fraction must be WrittenFloat."""
        return self._conclude([*self._violations(value), *self._left_open(value)])

    def _common(self, values: tuple[Any, ...]) -> Iterator[_Observation]:
        """What is seen in every reading of a text; where they differ in what they break or leave open, that too."""
        readings = [[*self._violations(value), *self._left_open(value)] for value in values]
        common = _in_all(readings)
        yield from common
        places = {(observation.pointer, observation.rule) for observation in common}
        if any(
            (observation.pointer, observation.rule) not in places
            and self._requirement(observation.pointer, observation.rule)[1] is not Expectation.ACCEPT
            for reading in readings
            for observation in reading
        ):
            problem = "a key occurs twice, and it matters which one is read"
            yield _Observation(self.contract.operation.media_type, "json/duplicate-key", (), problem, True)

    def _conclude(self, seen: Iterable[_Observation]) -> Classification:
        reasons: list[Reason] = []
        expectations: dict[str, Expectation] = {}
        for observation in seen:
            name, expectation = self._requirement(observation.pointer, observation.rule)
            if observation.is_undecidable and expectation is Expectation.ACCEPT:
                expectation = Expectation.UNSPECIFIED
            if expectation is not Expectation.ACCEPT:
                expectations[name] = expectation
                reasons.append(Reason(name, observation.path, observation.problem))
        if not reasons:
            return _ACCEPTED
        rank = self.contract.rank
        ordered = sorted(expectations, key=rank.__getitem__)
        broken = tuple(name for name in ordered if expectations[name] is Expectation.REJECT)
        return Classification(
            expectation=Expectation.REJECT if broken else Expectation.UNSPECIFIED,
            broken=broken,
            open=tuple(name for name in ordered if expectations[name] is Expectation.UNSPECIFIED),
            reasons=tuple(sorted(reasons, key=lambda reason: (rank[reason.requirement], str(reason.path)))),
        )

    def _find_requirement(self, pointer: str, rule: str) -> tuple[str, Expectation]:
        found = self.contract.by_keyword(pointer, rule)
        if found is None:  # loading a contract proves that this cannot be
            raise LookupError(f"no requirement covers {rule} at {pointer}")
        return found.id, found.expectation

    def _violations(self, value: Any) -> Iterator[_Observation]:
        errors = list(self._validator.iter_errors(value))
        wrong_type = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
        for error in errors:
            path: Path = tuple(error.absolute_path)
            # A value of the wrong type is not in any list either; report one breach once.
            if error.validator != "type" and path in wrong_type:
                continue
            yield self._observation(error, path)

    def _observation(self, error: ValidationError, path: Path) -> _Observation:
        pointer = self._keyword_pointer(tuple(error.absolute_schema_path))
        if error.validator == "required":
            missing = _missing(error)
            return _Observation(pointer, rules.REQUIRED + missing, (*path, missing), f"{missing} is missing")
        if error.validator == "format" and error.validator_value == "date-time":
            timestamp = classify_timestamp(str(error.instance))
            return _Observation(pointer, timestamp.rules[0], path, timestamp.problem)
        return _Observation(pointer, "", path, _problem(error))

    def _find_keyword(self, schema_path: Path) -> str:
        """The pointer of the keyword that an error's schema path leads to; the path leaves references out."""
        document = self.contract.document
        pointer = self.contract.operation.request_schema
        for step in schema_path:
            value = resolve(document, pointer)
            while isinstance(value, dict) and step not in value:
                pointer = unquote(value["$ref"][1:])
                value = resolve(document, pointer)
            pointer = child(pointer, step)
        return pointer

    def _left_open(self, value: Any) -> Iterator[_Observation]:
        for location in locations(self.contract.request, value):
            for schema in location.schemas:
                keywords = schema.keywords
                if keywords.get("format") == "date-time" and isinstance(location.value, str):
                    yield from _open_timestamp(location, child(schema.pointer, "format"))
                if "x-known-values" in keywords:
                    yield from _open_known_values(location, keywords["x-known-values"], schema.pointer)
                if isinstance(location.value, dict):
                    if "x-ordered" in keywords:
                        yield from _open_order(location, keywords["x-ordered"], schema.pointer)
                    for conditional in schema.conditionals:
                        yield from self._open_elsewhere(location, conditional)
            if isinstance(location.value, dict):
                yield from self._open_properties(location)

    def _open_elsewhere(self, location: Location, conditional: Conditional) -> Iterator[_Observation]:
        for name, pointer, when in self._elsewhere[id(conditional)]:
            if name in location.value and conditional.holds(location.value) is not when:
                yield _Observation(pointer, "conditional-property", (*location.path, name), f"{name} is not used here")

    def _open_properties(self, location: Location) -> Iterator[_Observation]:
        objects = [schema for schema in location.schemas if schema.properties]
        if not objects or any("additionalProperties" in schema.keywords for schema in location.schemas):
            return
        known = {name for schema in location.schemas for name in schema.properties}
        for schema in location.schemas:
            for conditional in schema.conditionals:
                known |= {name for name, _, _ in self._elsewhere[id(conditional)]}
        for name in location.value:
            if name not in known:
                yield _Observation(
                    child(objects[0].pointer, "properties"),
                    "unknown-property",
                    (*location.path, name),
                    "it is not documented",
                )


def classify(
    payload: bytes, content_type: str | None = "application/json", *, contract: Contract | None = None
) -> Classification:
    """What a conforming target does with a POST of `payload`, by `contract` or the one that comes with this package.

    >>> classify(b'{}').broken[0]
    'EXP-START-REQUIRED'
    """
    return oracle(contract).classify(payload, content_type)


@cache
def oracle(contract: Contract | None = None) -> Oracle:
    """The oracle of `contract`, or of the one that comes with this package; always the same one."""
    return Oracle(contract) if contract else oracle(built_in_contract())


_ACCEPTED: Final = Classification(Expectation.ACCEPT)

_OPEN_TEXT: Final = {
    "json/duplicate-key": "a key occurs twice",
    "json/byte-order-mark": "it begins with a byte order mark",
    "json/long-string": "a string is very long",
    "json/deep-nesting": "it is nested very deeply",
    "json/large-body": "it is very large",
}


def _in_all(readings: list[list[_Observation]]) -> list[_Observation]:
    """What is wrong in every reading of a text."""
    first, *others = readings
    return [
        observation
        for observation in first
        if all((observation.pointer, observation.rule) in {(s.pointer, s.rule) for s in other} for other in others)
    ]


def _brought_in(conditional: Conditional) -> tuple[tuple[str, str, bool], ...]:
    """Name and pointer of each property that only a branch uses, and whether it is the branch for `if` holding."""
    return tuple(
        (pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~"), pointer, when)
        for branch, when in ((conditional.then, True), (conditional.otherwise, False))
        if branch
        for pointer, _ in conditional_properties(branch)
    )


def _missing(error: ValidationError) -> str:
    # jsonschema makes one error for each missing name, and names it only in its message.
    names: list[str] = cast(Any, error.validator_value)
    return next(name for name in names if error.message.startswith(f"{name!r} "))


def _problem(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            return f"it is {json_type(error.instance)}, not {_either(wanted)}"
        case "enum":
            return "it is not one of the listed values"
        case "const":
            return f"it is not {wanted!r}"
    return f"it breaks {error.validator}: {wanted!r}"


def _either(names: str | list[str]) -> str:
    return " or ".join(_TYPE_NAMES[name] for name in ([names] if isinstance(names, str) else names))


_TYPE_NAMES: Final = {
    "null": "null",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "string": "a string",
    "array": "a list",
    "object": "an object",
}


def json_type(value: Any) -> str:
    """The JSON type of a value in plain words, `a string`."""
    match value:
        case None:
            return _TYPE_NAMES["null"]
        case bool():
            return _TYPE_NAMES["boolean"]
        case int() | float():
            return _TYPE_NAMES["number"]
        case str():
            return _TYPE_NAMES["string"]
        case list():
            return _TYPE_NAMES["array"]
    return _TYPE_NAMES["object"]


def _open_timestamp(location: Location, pointer: str) -> Iterator[_Observation]:
    timestamp = classify_timestamp(location.value)
    if timestamp.expectation is Expectation.UNSPECIFIED:
        for rule in timestamp.rules:
            yield _Observation(pointer, rule, location.path, "the document leaves this form open")


def _open_known_values(location: Location, known: list[Any], pointer: str) -> Iterator[_Observation]:
    value = location.value
    place = child(pointer, "x-known-values")
    is_number = location.keyword("type") in ("number", "integer")
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_number:
        if isinstance(value, str) and location.keyword("type") == "string" and value not in known:
            yield _Observation(place, "known-values/undeclared", location.path, "it is not declared to exist")
        return
    if value in known and not isinstance(value, WrittenFloat):
        return
    is_remarkable = False
    for rule, holds, problem in (
        ("fractional", isinstance(value, WrittenFloat), "it is written with a fraction or an exponent"),
        ("zero", value == 0, "it is zero"),
        ("negative", value < 0, "it is negative"),
        ("huge", abs(value) > _EXACT, "not every reader holds it exactly"),
    ):
        if holds:
            is_remarkable = True
            yield _Observation(place, f"known-values/{rule}", location.path, problem)
    if not is_remarkable:
        yield _Observation(place, "known-values/undeclared", location.path, "it is not declared to exist")


def _open_order(location: Location, names: list[str], pointer: str) -> Iterator[_Observation]:
    texts = [value for name in names if isinstance(value := location.value.get(name), str)]
    # A target may read a form that is left open, and then it counts in the order too.
    moments = [moment for text in texts if (moment := any_instant(text, UTC))]
    if len(moments) == len(names) and moments != sorted(moments):
        path = (*location.path, names[-1])
        yield _Observation(child(pointer, "x-ordered"), "x-ordered", path, f"{names[0]} is after {names[-1]}")
