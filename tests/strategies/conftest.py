"""What the tests of the strategies share: contracts, independent readings of a request, and a way to draw."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from export_contract.contract import Contract, load_contract
from export_contract.strategies import Case

WHOLES = ("the body is an empty object", "the body is an object of nulls")
"""The cases that break many requirements at once."""

_TIMESTAMP = re.compile(
    r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|([+-])([0-9]{2}):([0-5][0-9]))"
)


def _moment_of(text: str) -> datetime | None:
    """The moment that a text names in the promised form, by a reading of the test's own; None for any other text."""
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        return None
    sign, hours, minutes = found.groups()
    if sign and (int(hours) * 60 + int(minutes) > 840 or (sign == "-" and hours == minutes == "00")):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # no such day, or no such time of the day
        return None


def _multiple_of(_: Any, step: float, number: Any, __: Any) -> Iterator[ValidationError]:
    """Exactly: 0.07 is a multiple of 0.01, and the doubles that stand for them are none of each other."""
    is_number = isinstance(number, int | float) and not isinstance(number, bool)
    if is_number and (Fraction(str(number)) / Fraction(str(step))).denominator != 1:
        yield ValidationError(f"{number!r} is no multiple of {step}")


def _validator(document: Mapping[str, Any], name: str) -> Draft202012Validator:
    formats = FormatChecker(formats=())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or _moment_of(value) is not None)
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    extend: Any = validators.extend  # it has no types
    exact = extend(Draft202012Validator, {"multipleOf": _multiple_of})
    validator: Draft202012Validator = exact(schema, format_checker=formats)
    return validator


def _drawn(strategy: st.SearchStrategy[Any], examples: int) -> list[Any]:
    found: list[Any] = []

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        found.append(value)

    collect()
    return found


def _is_about_its_body(case: Case) -> bool:
    names = {name.lower() for name, _ in case.headers}
    is_plain = case.method == "POST" and case.credentials == "configured" and names <= {"content-type"}
    return is_plain and case.title not in WHOLES


@pytest.fixture(scope="session")
def is_about_its_body() -> Callable[[Case], bool]:
    """Whether a case is judged by its body and content type alone, and breaks or leaves open one thing in them.

    The oracle knows no methods and no credentials, and a few bodies break many requirements at once.
    """
    return _is_about_its_body


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that comes with the package."""
    return load_contract()


@pytest.fixture(scope="session")
def draw() -> Callable[[st.SearchStrategy[Any], int], list[Any]]:
    """Draws so many examples of a strategy, the same in every run; fewer where the strategy has no more."""
    return _drawn


@pytest.fixture(scope="session")
def moment_of() -> Callable[[str], datetime | None]:
    """The moment of a text in the promised form, or None: the tests' own reading, with a regex and datetime."""
    return _moment_of


@pytest.fixture(scope="session")
def plain_validator() -> Callable[[Mapping[str, Any], str], Draft202012Validator]:
    """A jsonschema validator of a named schema of a document, with the tests' own checks of dates and multiples."""
    return _validator


@pytest.fixture(scope="session")
def write_contract(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Any, Any], Path]:
    """Writes a contract of two documents into a folder of its own, and gives the file to load."""

    def write(openapi: Any, requirements: Any) -> Path:
        folder = tmp_path_factory.mktemp("contract")
        file = folder / "openapi.yaml"
        file.write_text(json.dumps(openapi, indent=1), encoding="utf-8")  # JSON is YAML
        (folder / "requirements.yaml").write_text(json.dumps(requirements, indent=1), encoding="utf-8")
        return file

    return write
