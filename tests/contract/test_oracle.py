"""The oracle beside what its table shows: where a requirement counts, what is told, and contracts of other forms."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from export_contract.contract import Contract, Expectation, classify, load_contract
from export_contract.contract.oracle import Oracle, oracle
from export_contract.contract.requirements import Area

from .bodies import ENROLLMENTS, INTERACTIONS, enrollments, interactions
from .contract_files import OPENAPI, REQUIREMENTS, edited, write
from .oracle_rows import ROWS

THEN = "/components/schemas/ExportRequest/allOf/0/then"
LISTED = "                type: number\n                x-known-values: [12345]\n"

Load = Callable[..., Contract]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """The built-in contract with edits of its document, further requirements, and pointers that are moved."""

    def load(*edits: tuple[str, str], more: str = "", moved: tuple[str, str] | None = None) -> Contract:
        openapi = OPENAPI
        for old, new in edits:
            openapi = edited(openapi, old, new)
        requirements = re.sub(*moved, REQUIREMENTS) if moved else REQUIREMENTS
        if more:
            requirements += f"  - title: More\n    requirements:\n{more}"
        return load_contract(write(tmp_path, openapi, requirements))

    return load


def requirement(name: str, pointer: str, expectation: str = "reject", rule: str = "") -> str:
    """A requirement as its file writes it."""
    level = "MAY" if expectation == "unspecified" else "MUST"
    return (
        f"      - id: {name}\n        level: {level}\n        expectation: {expectation}\n"
        f"        statement: It is so.\n        source: 'decision: it is so'\n        pointers: ['{pointer}']\n"
        + (f"        rule: '{rule}'\n" if rule else "")
    )


def beside_strangers(contract: Contract) -> Contract:
    """The same contract behind requirements by the same rules at a place that no body has, which all accept."""
    strangers = tuple(
        msgspec.structs.replace(one, id=f"OTHER-{number}", pointers=("/elsewhere",), expectation=Expectation.ACCEPT)
        for number, one in enumerate(contract.requirements)
    )
    return dataclasses.replace(contract, areas=(Area(title="Other", requirements=strangers), *contract.areas))


def test_requirements_of_other_places_change_nothing() -> None:
    """A requirement counts at its own place: others by the same rules are not named, and nothing is right by them."""
    beside = Oracle(beside_strangers(load_contract()))
    for row in ROWS:
        assert beside.classify(row.body, row.content_type) == classify(row.body, row.content_type), row.name


def test_a_contract_without_requirements() -> None:
    """What no requirement covers is an error of ours, which names the rule and its place."""
    contract = dataclasses.replace(load_contract(), areas=())
    with pytest.raises(LookupError, match=re.escape(f"covers content-type at {contract.operation.media_type}")):
        Oracle(contract)


def test_json_is_what_is_sent_by_default() -> None:
    """Without a content type that is named, a body is sent as JSON."""
    for body in (enrollments(), b"{}", b"{"):
        as_json = classify(body, "application/json")
        assert as_json.open == ()
        assert classify(body) == oracle().classify(body) == as_json


def test_values_are_judged_as_bodies_are() -> None:
    """A value breaks and leaves open what it would as a body."""
    value = {**ENROLLMENTS, "startDate": "2012-09-05", "format": "XML", "note": 1}
    found = oracle().classify_value(value)
    assert found.broken == ("EXP-FORMAT-ENUM",)
    assert set(found.open) == {"EXP-OPEN-UNKNOWN-PROPERTY", "EXP-OPEN-TIME-DATE-ONLY"}
    assert found == classify(enrollments(**value))


@pytest.mark.parametrize("decided", [False, True])
def test_no_json_under_another_content_type(decided: bool) -> None:
    """What is no JSON may be a perfect something else, unless every content type is decided to be read as JSON."""
    contract = load_contract()
    if decided:
        contract = contract.with_expectations({"EXP-OPEN-CONTENT-TYPE": Expectation.ACCEPT})
    found = classify(b"<a/>", "text/xml", contract=contract)
    assert bool(found.broken) is decided
    assert found.open == (() if decided else ("EXP-OPEN-CONTENT-TYPE",))
    assert classify(b" ", "text/xml", contract=contract).broken


def test_reasons_stand_in_order() -> None:
    """The reasons of one requirement stand in the order of their places."""
    found = classify(enrollments(zeta=1, alpha=2))
    assert [(one.path, one.problem) for one in found.reasons] == [
        (("alpha",), "it is not documented"),
        (("zeta",), "it is not documented"),
    ]


def test_each_wrong_type_is_a_breach() -> None:
    """A value of the wrong type is one breach, and hides none of another."""
    found = classify(enrollments(exportType=5, format=5, startDate=5, endDate=5))
    assert found.broken == ("EXP-START-TYPE", "EXP-END-TYPE", "EXP-EXPORTTYPE-TYPE", "EXP-FORMAT-TYPE")


@pytest.mark.parametrize("kind", ["additionalProperties: true", "additionalProperties: {type: string}"])
def test_properties_that_are_documented_as_others(load: Load, kind: str) -> None:
    """Where the document speaks of all other properties, none is unknown."""
    place = "/components/schemas/ExportRequest/additionalProperties"
    contract = load(
        ("      x-ordered: [startDate, endDate]\n", f"      x-ordered: [startDate, endDate]\n      {kind}\n"),
        more=requirement("EXP-OTHERS", place),
    )
    assert classify(enrollments(note="x"), contract=contract).expectation is Expectation.ACCEPT


def test_a_reference_to_a_reference(load: Load) -> None:
    """The requirement of a keyword is found behind any number of references."""
    form = "          description: The form of the file.\n          type: string\n          enum: [CSV, JSONL]\n"
    schemas = (
        '    Form:\n      $ref: "#/components/schemas/Real"\n    Real:\n      type: string\n      enum: [CSV, JSONL]\n'
    )
    contract = load(
        (form, '          $ref: "#/components/schemas/Form"\n'),
        ("    ExportCreated:\n", f"{schemas}    ExportCreated:\n"),
        moved=(r"ExportRequest/properties/format/(type|enum)", r"Real/\1"),
    )
    assert classify(enrollments(format="XML"), contract=contract).broken == ("EXP-FORMAT-ENUM",)
    assert classify(enrollments(format=1), contract=contract).broken == ("EXP-FORMAT-TYPE",)


def test_a_property_of_the_other_branch(load: Load) -> None:
    """A property that only the other branch uses is left open where the condition holds, whatever its name is."""
    name = "a/b~c"
    place = "/components/schemas/ExportRequest/allOf/0/else"
    contract = load(
        (
            LISTED,
            f"{LISTED}          else:\n            required: [{name}]\n"
            f"            properties:\n              {name}:\n                type: string\n",
        ),
        more=requirement("EXP-ELSE-REQUIRED", f"{place}/required", rule=f"required/{name}")
        + requirement("EXP-ELSE-TYPE", f"{place}/properties/a~1b~0c/type")
        + requirement("EXP-ELSE-OPEN", f"{place}/properties/a~1b~0c", "unspecified", "conditional-property"),
    )
    assert classify(enrollments(), contract=contract).broken == ("EXP-ELSE-REQUIRED",)
    assert classify(enrollments(**{name: "x"}), contract=contract).expectation is Expectation.ACCEPT
    assert classify(enrollments(**{name: 1}), contract=contract).broken == ("EXP-ELSE-TYPE",)
    assert classify(interactions(), contract=contract).expectation is Expectation.ACCEPT
    assert classify(interactions(**{name: "x"}), contract=contract).open == ("EXP-ELSE-OPEN",)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("known", ""),
        ("other", "EXP-OPEN-ID-UNDECLARED"),
        ("", "EXP-OPEN-ID-UNDECLARED"),
        (7, "EXP-INTERACTIONS-ID-TYPE"),
    ],
)
def test_texts_that_are_known(load: Load, value: Any, name: str) -> None:
    """A text that is not declared to exist is left open, as a number is."""
    known = load(
        (LISTED, "                type: string\n                x-known-values: [known]\n"),
        ("                  learningActivityId: 12345\n", "                  learningActivityId: known\n"),
    )
    contract = beside_strangers(known)
    found = classify(interactions(learningActivityId=value), contract=contract)
    assert (*found.broken, *found.open) == ((name,) if name else ())
    if found.open:
        (reason,) = found.reasons
        assert (reason.path, reason.problem) == (("learningActivityId",), "it is not declared to exist")


@pytest.mark.parametrize(
    ("number", "problems"),
    [
        (12345, []),
        (7, ["it is not declared to exist"]),
        (0, ["it is zero"]),
        (-7, ["it is negative"]),
        (2**53 - 1, ["it is not declared to exist"]),
        (2**53, ["not every reader holds it exactly"]),
        (-(2**53), ["it is negative", "not every reader holds it exactly"]),
    ],
)
@pytest.mark.parametrize("kind", ["number", "integer"])
def test_numbers_that_are_known(load: Load, kind: str, number: int, problems: list[str]) -> None:
    """What is remarkable of a number is told; that it is not declared, where nothing else is."""
    contract = load((LISTED, LISTED.replace("number", kind)))
    found = classify(interactions(learningActivityId=number), contract=contract)
    assert [one.problem for one in found.reasons] == problems
    assert {one.path for one in found.reasons} <= {("learningActivityId",)}


def test_a_value_that_is_called_like_a_format(load: Load) -> None:
    """Another keyword whose value is the name of a format is no format."""
    contract = load(("                const: JSONL\n", "                const: date-time\n"))
    (reason,) = classify(interactions(), contract=contract).reasons
    assert (reason.requirement, reason.problem) == ("EXP-INTERACTIONS-FORMAT", "it is not 'date-time'")


def test_what_is_told_of_members() -> None:
    """A reason names the member that it is about, also one that is missing or not used there."""
    body = {name: value for name, value in INTERACTIONS.items() if name != "learningActivityId"}
    (reason,) = oracle().classify_value(body).reasons
    assert (reason.path, reason.problem) == (("learningActivityId",), "learningActivityId is missing")
    (reason,) = classify(enrollments(learningActivityId=7)).reasons
    assert (reason.path, reason.problem) == (("learningActivityId",), "learningActivityId is not used here")


def test_an_order_of_three(load: Load) -> None:
    """Of more than two members that are out of order, the last is named."""
    between = '        between:\n          $ref: "#/components/schemas/ExportRequest/properties/startDate"\n'
    contract = load(
        (
            "        exportType:\n          description: What",
            f"{between}        exportType:\n          description: What",
        ),
        ("x-ordered: [startDate, endDate]", "x-ordered: [startDate, between, endDate]"),
    )
    assert classify(enrollments(between="2013-01-01T00:00:00Z"), contract=contract).reasons == ()
    (reason,) = classify(enrollments(between="2016-01-01T00:00:00Z"), contract=contract).reasons
    assert (reason.path, reason.problem) == (("endDate",), "startDate is after endDate")
