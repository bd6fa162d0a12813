"""Loading contracts: what is refused, and in which words."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Final

import pytest
import yaml

from export_contract.contract import ContractError, Expectation, load_contract, rules
from export_contract.contract.yaml_reader import read_yaml

from .contract_files import OPENAPI, REQUIREMENTS, edited, write
from .edits import UNREADABLE, Edit
from .edits_openapi import OPENAPI_EDITS
from .edits_requirements import REQUIREMENTS_EDITS


def refusal(file: Path | str) -> ContractError:
    """The error that loading `file` ends in; it must be one line that begins with the file it speaks of."""
    with pytest.raises(ContractError) as caught:
        load_contract(file)
    error = caught.value
    assert "\n" not in str(error)
    assert str(error) == ": ".join(part for part in (error.file, error.place, error.problem) if part)
    assert error.problem
    return error


@pytest.mark.parametrize("edit", OPENAPI_EDITS, ids=lambda edit: edit.name)
def test_openapi_refused(edit: Edit, tmp_path: Path) -> None:
    """A contract that cannot be used is refused with its file, the place in it, and what is wrong there."""
    file = write(tmp_path, edited(OPENAPI, edit.old, edit.new))
    error = refusal(file)
    assert error.file == str(file)
    assert re.fullmatch(edit.place, error.place), error
    assert edit.problem in error.problem, error


@pytest.mark.parametrize("edit", REQUIREMENTS_EDITS, ids=lambda edit: edit.name)
def test_requirements_refused(edit: Edit, tmp_path: Path) -> None:
    """Requirements that cannot be used are refused with their file, the requirement, and what is wrong with it."""
    file = write(tmp_path, OPENAPI, edited(REQUIREMENTS, edit.old, edit.new))
    error = refusal(file)
    assert error.file == str(file.with_name("requirements.yaml"))
    assert re.fullmatch(edit.place, error.place), error
    assert edit.problem in error.problem, error


@pytest.mark.parametrize(("name", "content", "place", "problem"), UNREADABLE)
@pytest.mark.parametrize("which", ["openapi.yaml", "requirements.yaml"])
def test_unreadable(which: str, name: str, content: bytes, place: str, problem: str, tmp_path: Path) -> None:
    """What is no YAML mapping is refused, with line and column where there are any."""
    file = write(tmp_path)
    file.with_name(which).write_bytes(content)
    error = refusal(file)
    assert Path(error.file).name == which, name
    assert re.fullmatch(place, error.place), error
    assert problem in error.problem, error


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is named."""
    error = refusal(tmp_path / "nowhere.yaml")
    assert (error.file, error.place) == (str(tmp_path / "nowhere.yaml"), "")
    assert "No such file" in error.problem


def test_directory(tmp_path: Path) -> None:
    """A directory is no contract."""
    error = refusal(tmp_path)
    assert (error.file, error.place) == (str(tmp_path), "")
    assert "directory" in error.problem


@pytest.mark.parametrize("name", ["", ".", "/", "..", "nowhere/openapi.yaml", "a\0b"])
def test_a_name_that_is_no_file(name: str) -> None:
    """A name that can be no file's is refused; it is not taken for the built-in contract."""
    refusal(name)


def test_schemas_that_refer_to_each_other(tmp_path: Path) -> None:
    """A request schema that leads back to itself by way of another is refused, and so is one of references alone."""
    for there, back in (
        ('{$ref: "#/components/schemas/B"}', '{$ref: "#/components/schemas/A"}'),
        ('{properties: {b: {$ref: "#/components/schemas/B"}}}', '{items: {$ref: "#/components/schemas/A"}}'),
    ):
        text = edited(OPENAPI, "    ExportCreated:\n", f"    A: {there}\n    B: {back}\n    ExportCreated:\n")
        error = refusal(write(tmp_path, edited(text, 'schemas/ExportRequest"\n', 'schemas/A"\n')))
        assert error.place in ("/components/schemas/A", "/components/schemas/B")
        assert "refers to itself" in error.problem


SELF: Final = '{$ref: "#/components/schemas/ExportRequest"}'


@pytest.mark.parametrize(
    "condition",
    [f"{{if: {SELF}}}", f"{{if: {{allOf: [{{not: {SELF}}}]}}}}", f"{{if: {{anyOf: [true, {SELF}]}}}}"],
)
def test_a_condition_that_asks_about_itself(condition: str, tmp_path: Path) -> None:
    """A schema whose condition is the schema itself has no answer, and is refused before anything asks for it."""
    error = refusal(write(tmp_path, edited(OPENAPI, "      allOf:\n", f"      allOf:\n        - {condition}\n")))
    assert error.place.startswith("/components/schemas/ExportRequest")
    assert "refers to itself" in error.problem


def test_a_response_that_contains_its_like(tmp_path: Path) -> None:
    """A schema may refer to itself by way of a property, as long as no request is made from it."""
    text = edited(OPENAPI, "    Problem:\n      type: object\n", PROBLEM)
    assert load_contract(write(tmp_path, text)).validator("/components/schemas/Problem").is_valid({"cause": {}})


PROBLEM: Final = """    Problem:
      type: object
      allOf: [{properties: {cause: {$ref: "#/components/schemas/Problem"}}}]
"""


@pytest.mark.parametrize(
    "repeated",
    ["[*a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}, *a{0}]", "{{<<: [*a{0}, *a{0}, *a{0}, *a{0}, *a{0}]}}"],
    ids=["lists", "merged mappings"],
)
def test_a_billion_laughs(repeated: str, tmp_path: Path) -> None:
    """Aliases of aliases that would be gigabytes when they are written out are refused at once."""
    first = "x-a0: &a0 {a: 1}\n" if "<<" in repeated else "x-a0: &a0 [lol]\n"
    lines = [f"x-a{level + 1}: &a{level + 1} {repeated.format(level)}\n" for level in range(11)]
    before = time.process_time()
    error = refusal(write(tmp_path, OPENAPI + first + "".join(lines)))
    assert "aliases" in error.problem
    assert time.process_time() - before < 2


def test_aliases_are_read(tmp_path: Path) -> None:
    """Aliases that keep a file short, and no more, are fine."""
    text = edited(OPENAPI, "        startDate:\n", "        startDate: &date\n") + "x-dates: [*date, *date, *date]\n"
    assert len(load_contract(write(tmp_path, text)).document["x-dates"]) == 3


@pytest.mark.parametrize("text", ["x: " + "[" * 1_000 + "]" * 1_000, "x: " + "{a: " * 1_000 + "}" * 1_000])
def test_a_file_nested_deeply(text: str, tmp_path: Path) -> None:
    """A file that is nested too deeply to be read is refused like any other."""
    refusal(write(tmp_path, text))


def test_a_keyword_that_no_requirement_covers(tmp_path: Path) -> None:
    """Where a requirement is dropped, the keyword that it stood for is missed, and the requirements file is named."""
    block = re.search(r"      - id: EXP-START-TYPE\n(?:        .*\n)+", REQUIREMENTS)
    assert block
    file = write(tmp_path, OPENAPI, REQUIREMENTS.replace(block[0], ""))
    error = refusal(file)
    assert (error.file, error.place) == (str(file), "/components/schemas/ExportRequest/properties/startDate/type")
    assert "no requirement" in error.problem
    assert str(file.with_name("requirements.yaml")) in error.problem


NEEDED = [
    requirement.id
    for requirement in load_contract().requirements
    if requirement.expectation is not Expectation.ACCEPT and requirement.rule not in rules.ANSWERS
]


@pytest.mark.parametrize("name", NEEDED)
def test_no_requirement_on_requests_can_be_dropped(name: str, tmp_path: Path) -> None:
    """A contract without one of the requirements that the oracle could name is refused."""
    areas = yaml.safe_load(REQUIREMENTS)["areas"]
    for area in areas:
        area["requirements"] = [each for each in area["requirements"] if each["id"] != name]
    error = refusal(write(tmp_path, OPENAPI, json.dumps({"areas": areas})))
    assert "covers this" in error.problem
    assert error.place.startswith(load_contract().by_id[name].pointers)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("[NO, yes, On, Y]", ["NO", "yes", "On", "Y"]),
        ("[true, False, null, ~]", [True, False, None, None]),
        ("[1e-06, 1E5, -0.5, .5]", [1e-06, 1e5, -0.5, 0.5]),
        ("[7, -3, +4, 0]", [7, -3, 4, 0]),
        (
            "[12:30, 12:30:45, 010, 1_000, 0x1F, 2012-09-05]",
            ["12:30", "12:30:45", "010", "1_000", "0x1F", "2012-09-05"],
        ),
    ],
)
def test_words_of_yaml(written: str, value: list[object], tmp_path: Path) -> None:
    """Values are what YAML 1.2 and JSON make of them, as OpenAPI asks, and not what YAML 1.1 does."""
    (tmp_path / "words.yaml").write_text(f"words: {written}\n", encoding="utf-8")
    assert read_yaml(tmp_path / "words.yaml")[1] == {"words": value}
