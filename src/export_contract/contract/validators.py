"""Validators of JSON Schema 2020-12 with this kit's reading of formats, patterns and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from export_contract.contract.decimals import KEYWORDS, is_integer
from export_contract.contract.requirements import Expectation
from export_contract.contract.timestamps import classify_timestamp

_URI: Final = "urn:contract"

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


def validator(document: Mapping[str, Any], pointer: str) -> Draft202012Validator:
    """A validator of the schema at `pointer`, whose references lead into `document`."""
    registry: Registry[Any] = Registry().with_resource(_URI, DRAFT202012.create_resource(document))
    reference = f"{_URI}#{quote(pointer, safe='/~')}"
    return _Validator({"$ref": reference}, registry=registry, format_checker=_FORMATS)
