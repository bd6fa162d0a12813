"""Contracts other than the built-in one: what is understood without a change of code, and what a user can decide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from export_contract.contract import Contract, ContractError, Expectation, classify, load_contract

from .bodies import ENROLLMENTS, INTERACTIONS, PAIRS, enrollments, interactions, spell
from .contract_files import OPENAPI, REQUIREMENTS, edited, write

NEW_TYPE = edited(
    OPENAPI,
    "            - LEARNING_ACTIVITY_INTERACTIONS\n        format:",
    "            - LEARNING_ACTIVITY_INTERACTIONS\n            - COURSES\n        format:",
)


def test_a_new_export_type_is_understood(tmp_path: Path) -> None:
    """An export type that is added to openapi.yaml alone is accepted with both formats, and the others still are."""
    contract = load_contract(write(tmp_path, NEW_TYPE))
    for kind, form in (*PAIRS, ("COURSES", "CSV"), ("COURSES", "JSONL")):
        body = enrollments(exportType=kind, format=form)
        assert classify(body, contract=contract).expectation is Expectation.ACCEPT
    assert classify(enrollments(exportType="COURSE"), contract=contract).broken == ("EXP-EXPORTTYPE-ENUM",)
    assert classify(enrollments(exportType="COURSES")).broken == ("EXP-EXPORTTYPE-ENUM",)
    assert contract.sha256 != load_contract().sha256


def test_a_property_that_only_a_condition_names(tmp_path: Path) -> None:
    """The id is known beside other export types even where its property stands under the condition alone."""
    text = re.sub(
        r"        learningActivityId:\n          description: >-\n(?:            .*\n)+", "", OPENAPI, count=1
    )
    assert text != OPENAPI
    contract = load_contract(write(tmp_path, text))
    assert classify(enrollments(learningActivityId=1), contract=contract).open == ("EXP-OPEN-ID-ELSEWHERE",)
    assert classify(interactions(), contract=contract).expectation is Expectation.ACCEPT


@pytest.fixture
def older(tmp_path: Path) -> Contract:
    """The contract of an older page of the guide: ENROLLMENTS, and no interactions."""
    openapi = edited(OPENAPI, "            - ELEARNING_ENROLLMENTS\n", "            - ENROLLMENTS\n")
    openapi = edited(openapi, "            - LEARNING_ACTIVITY_INTERACTIONS\n", "")
    openapi = edited(openapi, "exportType: ELEARNING_ENROLLMENTS", "exportType: ENROLLMENTS")
    openapi = re.sub(r"      allOf:\n(?:        .*\n)+", "", openapi, count=1)
    openapi = re.sub(r"        learningActivityId:\n(?:          .*\n)+", "", openapi, count=1)
    openapi = re.sub(r"              interactions:\n(?:                .*\n)+", "", openapi, count=1)
    blocks = re.split(r"(?=^      - |^  - title)", REQUIREMENTS, flags=re.MULTILINE)
    kept = [block for block in blocks if "allOf" not in block]
    requirements = "".join(block for block in kept if "title: LEARNING_ACTIVITY_INTERACTIONS" not in block)
    return load_contract(write(tmp_path, openapi, requirements))


def test_the_older_contract(older: Contract) -> None:
    """An older contract is a matter of its two files alone: other names, no interactions, the same rules."""
    assert not any(name.startswith("EXP-OPEN-ID") for name in older.by_id)
    for kind in ("ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS"):
        assert classify(enrollments(exportType=kind), contract=older).expectation is Expectation.ACCEPT
    assert classify(enrollments(), contract=older).broken == ("EXP-EXPORTTYPE-ENUM",)
    found = classify(interactions(), contract=older)
    assert (found.broken, found.open) == (("EXP-EXPORTTYPE-ENUM",), ("EXP-OPEN-UNKNOWN-PROPERTY",))
    assert classify(enrollments(exportType="USERS", endDate=5), contract=older).broken == ("EXP-END-TYPE",)
    assert [classify(spell(body), contract=older).expectation for body in older.examples().values()] == ["accept"]


def test_known_values() -> None:
    """Ids that the user declares take the place of the documented example."""
    declared = load_contract().with_known_values((7, 2**40))

    def found(number: int, contract: Contract) -> str:
        classification = classify(interactions(learningActivityId=number), contract=contract)
        return (*classification.open, classification.expectation.value)[0]

    assert [found(number, declared) for number in (7, 2**40)] == ["accept", "accept"]
    assert found(12345, declared) == "EXP-OPEN-ID-UNDECLARED"
    assert found(12345, load_contract()) == "accept"
    assert found(7, load_contract()) == "EXP-OPEN-ID-UNDECLARED"
    assert found(12345, declared.with_known_values(())) == "EXP-OPEN-ID-UNDECLARED"


@pytest.mark.parametrize("number", [2**53, 2**63, -5, 0])
def test_an_id_that_is_declared_is_accepted(number: int) -> None:
    """The ids that the user declares to exist on the target are accepted, whatever they look like."""
    declared = load_contract().with_known_values((number,))
    body = interactions(learningActivityId=number)
    assert classify(body, contract=declared).expectation is Expectation.ACCEPT


def test_a_declared_id_with_a_fraction_is_still_open() -> None:
    """How a number is written is not covered by its being declared."""
    body = spell(INTERACTIONS).replace(b"12345", b"12345.0")
    assert classify(body).open == ("EXP-OPEN-ID-FRACTIONAL",)


def test_expectations_are_decided_for_a_copy() -> None:
    """Deciding an open requirement changes that requirement alone, and in a new contract alone."""
    contract = load_contract()
    name = "EXP-OPEN-UNKNOWN-PROPERTY"
    strict = contract.with_expectations({name: Expectation.REJECT})
    assert contract.by_id[name].expectation is Expectation.UNSPECIFIED
    assert strict.by_id[name].expectation is Expectation.REJECT
    assert [r.id for r in strict.requirements if r != contract.by_id[r.id]] == [name]
    assert classify(enrollments(note=1), contract=contract).expectation is Expectation.UNSPECIFIED
    both = enrollments(note=1, startDate="2012-09-05")
    assert classify(both, contract=strict).broken == (name,)
    assert classify(both, contract=strict).open == ("EXP-OPEN-TIME-DATE-ONLY",)


def test_decisions_and_known_values_go_together() -> None:
    """Neither of the two forgets the other, in whichever order they are made."""
    name = "EXP-OPEN-ID-UNDECLARED"

    def decide(contract: Contract) -> Contract:
        return contract.with_expectations({name: Expectation.REJECT})

    for contract in (decide(load_contract().with_known_values((7,))), decide(load_contract()).with_known_values((7,))):
        assert classify(interactions(learningActivityId=7), contract=contract).expectation is Expectation.ACCEPT
        assert classify(interactions(), contract=contract).broken == (name,)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("EXP-OPEN-NOTHING", "no such requirement"),
        ("exp-open-time-space", "no such requirement"),
        ("EXP-START-FORMAT", "only what the contract leaves unspecified"),
        ("EXP-ACCEPT-PAIRS", "only what the contract leaves unspecified"),
    ],
)
def test_wrong_decisions(name: str, problem: str) -> None:
    """Only what a contract leaves unspecified can be decided, and the id is named where it cannot."""
    with pytest.raises(ContractError, match=problem) as caught:
        load_contract().with_expectations({"EXP-OPEN-TIME-SPACE": Expectation.ACCEPT, name: Expectation.ACCEPT})
    assert caught.value.place == name


def test_references_may_be_percent_encoded(tmp_path: Path) -> None:
    """A $ref is a URI, so its pointer may be percent-encoded."""
    form = "          description: The form of the file.\n          type: string\n          enum: [CSV, JSONL]\n"
    text = edited(OPENAPI, form, '          $ref: "#/components/schemas/%46ile%20form"\n')
    text = edited(
        text,
        "    ExportCreated:\n",
        "    File form:\n      type: string\n      enum: [CSV, JSONL]\n    ExportCreated:\n",
    )
    requirements = re.sub(r"ExportRequest/properties/format/(type|enum)", r"File form/\1", REQUIREMENTS)
    contract = load_contract(write(tmp_path, text, requirements))
    assert classify(enrollments(), contract=contract).expectation is Expectation.ACCEPT
    assert classify(enrollments(format="XML"), contract=contract).broken == ("EXP-FORMAT-ENUM",)
    assert classify(enrollments(format=1), contract=contract).broken == ("EXP-FORMAT-TYPE",)


@pytest.mark.parametrize("status", ["'201'", "201", "2XX"])
def test_the_status_of_success_may_be_any(status: str, tmp_path: Path) -> None:
    """The answer to an accepted request is found under a number, with quotes or without, as under 2XX."""
    success = "        2XX:\n          description: The job was created."
    text = edited(OPENAPI, success, success.replace("2XX", status))
    requirements = REQUIREMENTS.replace("post/responses/2XX/", "post/responses/" + status.strip("'") + "/")
    contract = load_contract(write(tmp_path, text, requirements))
    assert contract.operation.answer_schema == "/components/schemas/ExportCreated"


def test_an_example_without_a_value_is_passed_over(tmp_path: Path) -> None:
    """An example may be given by a URL alone, which is not for this kit to fetch."""
    text = re.sub(
        r"                value:\n(?:                  .*\n)+",
        "                externalValue: https://example.com/example.json\n",
        OPENAPI,
        count=1,
    )
    assert list(load_contract(write(tmp_path, text)).examples()) == ["interactions"]


def test_the_copied_files_are_the_same_contract(tmp_path: Path) -> None:
    """A contract is its two files: copies have the same digest, and one that is changed has another."""
    same = load_contract(write(tmp_path, OPENAPI, REQUIREMENTS))
    assert same.sha256 == load_contract().sha256
    assert same.requirements == load_contract().requirements
    assert load_contract(write(tmp_path, OPENAPI + "\n", REQUIREMENTS)).sha256 != same.sha256
    assert load_contract(write(tmp_path, OPENAPI, REQUIREMENTS + "\n")).sha256 != same.sha256


def test_dates_without_quotes_are_texts(tmp_path: Path) -> None:
    """A timestamp that stands in the file without quotes is a text, as it is in JSON."""
    text = OPENAPI.replace('"2012-09-05T11:12:47.000Z"', "2012-09-05T11:12:47.000Z")
    assert text != OPENAPI
    examples = load_contract(write(tmp_path, text)).examples()
    assert list(examples.values()) == [ENROLLMENTS, INTERACTIONS]
