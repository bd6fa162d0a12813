"""`suite` and `contract`: what would be sent, and what it stands on; nothing is sent."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from export_contract.contract import BUILT_IN, load_contract

if TYPE_CHECKING:
    from tests.command.conftest import Command

Written = tuple[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, command_in: Callable[[Path], Command]) -> Written:
    """What `suite` says, and the cases that it writes."""
    folder = tmp_path_factory.mktemp("suite")
    command = command_in(folder)
    # A proxy that nobody serves, and a target that is not there: nothing is sent, so neither matters.
    environment = {"EXPORT_CONTRACT_BASE_URL": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    process = command("suite", "--report", "json=cases.json", **environment)
    assert (process.returncode, process.stderr) == (0, "")
    return process.stdout, json.loads((folder / "cases.json").read_text())["cases"]


def test_the_file_and_the_list_agree(written: Written) -> None:
    """The list shows each case of the file, in its order, with expectation, id and title."""
    text, cases = written
    lines = text.partition("\n\n")[0].splitlines()
    assert [line.split()[:2] for line in lines] == [[case["expectation"], case["id"]] for case in cases]
    assert all(line.isprintable() for line in lines)


def test_how_many(written: Written) -> None:
    """The suite fits into the budget of a run: 480 cases, of which 40 are accepted and 60 left open, at most."""
    text, cases = written
    counts = Counter(case["expectation"] for case in cases)
    assert len(cases) <= 480
    assert 0 < counts["accept"] <= 40
    assert 0 < counts["unspecified"] <= 60
    jobs = counts["accept"] + counts["unspecified"]
    last = text.rstrip().splitlines()[-1]
    assert last.startswith(f"{len(cases)} cases (")
    assert all(f"{number} {name}" in last for name, number in counts.items())
    assert f"at most {jobs} jobs" in last


def test_ids_are_unique(written: Written) -> None:
    """No two cases have the same id, or are the same request; each id begins with its requirement."""
    _, cases = written
    assert len({case["id"] for case in cases}) == len(cases)
    requests = Counter(
        json.dumps(
            [case["method"], case["headers"], case.get("body"), case.get("body_base64"), case.get("credentials")]
        )
        for case in cases
    )
    assert [request for request, number in requests.items() if number > 1] == []
    assert all(case["id"].startswith(case["requirement"] + "/") for case in cases)
    assert {case["requirement"] for case in cases} <= set(load_contract().by_id)


def test_every_requirement_is_counted(written: Written) -> None:
    """The number of cases of each requirement is the number of its cases."""
    text, cases = written
    counted = {name: int(number) for number, name in re.findall(r"^ +(\d+)  (\S+)$", text, re.MULTILINE)}
    counts = Counter(case["requirement"] for case in cases)
    assert counted.items() >= counts.items()
    assert counted.keys() <= set(load_contract().by_id)


def test_the_same_in_every_process(command: Command) -> None:
    """Two processes with different hash seeds write the same bytes, and say the same."""
    said = []
    for seed in ("1", "2"):
        process = command("suite", "--report", f"json={seed}.json", PYTHONHASHSEED=seed)
        said.append((process.stdout, (command.folder / f"{seed}.json").read_bytes()))
    assert said[0] == said[1]


def test_known_ids(command: Command) -> None:
    """Ids that exist on the target take the place of the example's."""
    process = command.invoke("suite", "--activity-id", "77001", "--activity-id", "77002", "--report", "json=c.json")
    assert process.exit_code == 0
    accepted = [
        json.loads(case["body"])
        for case in json.loads((command.folder / "c.json").read_text())["cases"]
        if case["expectation"] == "accept" and "learningActivityId" in case.get("body", "")
    ]
    assert accepted
    assert {body["learningActivityId"] for body in accepted} <= {77001, 77002}


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--report", "html=x"], "html"),
        (["--activity-id", "x"], "x"),
        (["--contract", "nothing.yaml"], "nothing.yaml"),
        (["--report", "json=/proc/nothing/x.json"], "/proc/nothing/x.json"),
    ],
)
def test_wrong_usage(command: Command, arguments: list[str], part: str) -> None:
    """What cannot be used is refused in one sentence."""
    process = command.invoke("suite", *arguments)
    assert process.exit_code == 2
    assert part in process.stderr
    assert len(process.stderr.splitlines()) == 1


def test_show(command: Command) -> None:
    """Every requirement is shown with level, expectation, statement, source and places."""
    process = command.invoke("contract", "show")
    assert process.exit_code == 0
    contract = load_contract()
    assert contract.sha256 in process.stdout
    for one in contract.requirements:
        assert (
            f"  {one.id}  {one.level}, {one.expectation}\n      {one.statement}\n      {one.source}\n" in process.stdout
        )
        assert all(f"      {pointer}\n" in process.stdout for pointer in one.pointers)


def test_lint(command: Command) -> None:
    """The built-in contract can be used, and so can a copy of it."""
    process = command.invoke("contract", "lint")
    assert (process.exit_code, process.stderr) == (0, "")
    assert re.fullmatch(r".*openapi\.yaml: \d+ requirements, \d+ cases aimed at \d+ of them\n", process.stdout)
    copy = command.folder / "copy.yaml"
    shutil.copy(BUILT_IN, copy)
    assert str(copy) in command.invoke("contract", "lint", "--contract", copy).stdout
    assert "copy.yaml" in command.invoke("contract", "lint", EXPORT_CONTRACT_CONTRACT="copy.yaml").stdout


def spoilt(folder: Path, **changes: Any) -> Path:
    document = yaml.safe_load(BUILT_IN.read_text())
    schema = document["components"]["schemas"]["ExportRequest"]
    for name, value in changes.items():
        if value is None:
            del schema[name]
        else:
            schema[name] = value
    path = folder / "contract.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("", "not hold a mapping"),
        ("a: [", "line "),
        ("a: 1\na: 2", "occurs twice"),
        ("- a", "not hold a mapping"),
        ("openapi: 3.1.0", "/paths"),
        ("\x00", "not valid YAML"),
        (
            "paths: {/a: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/nothing'}}}}}}}",
            "points at nothing",
        ),
        ("&a [*a]", "not valid YAML"),
        ("a: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ],
)
@pytest.mark.parametrize(
    "part_of_command", [["contract", "lint"], ["contract", "show"], ["suite"], ["run", "--sandbox"]]
)
def test_damaged_contracts(command: Command, content: str, part: str, part_of_command: list[str]) -> None:
    """A contract that cannot be used is refused, by every part of the command, in one sentence with file and place."""
    path = command.folder / "c.yaml"
    path.write_text(content)
    sentence = command.refused(*part_of_command, "--contract", str(path))
    assert sentence.startswith(f"export-contract: {path}: ")
    assert part in sentence


@pytest.mark.parametrize("changes", [{"minProperties": "x"}, {"minProperties": 3}, {"required": None}])
def test_contracts_that_contradict_themselves(command: Command, changes: dict[str, Any]) -> None:
    """A keyword that no requirement covers, or a requirement whose place is gone, is told with its pointer."""
    sentence = command.refused("contract", "lint", "--contract", spoilt(command.folder, **changes))
    assert "/components/schemas/ExportRequest" in sentence


def test_contracts_that_are_not_there(command: Command) -> None:
    """A file that is not there, and a folder, are told in one sentence."""
    assert "No such file" in command.refused("contract", "show", "--contract", "nothing.yaml")
    assert "directory" in command.refused("contract", "show", "--contract", command.folder)
