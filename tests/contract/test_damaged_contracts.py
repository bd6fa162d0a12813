"""Contracts with one value replaced by something else: they load and work, or are refused in words."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from export_contract.contract import ContractError, classify, load_contract

from .bodies import enrollments, interactions
from .contract_files import OPENAPI, REQUIREMENTS

JUNK: Final[tuple[Any, ...]] = (None, 5, ["x"], {"x": 1})
Keys = tuple[str | int, ...]


def places(value: Any, path: Keys = ()) -> Iterator[Keys]:
    """The paths of all values below `value`."""
    parts: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in parts:
        yield (*path, key)
        yield from places(below, (*path, key))


def replaced(document: Any, path: Keys, value: Any) -> str:
    """A copy of `document` with another value at `path`, as JSON, which is YAML too."""
    damaged = copy.deepcopy(document)
    above = damaged
    for key in path[:-1]:
        above = above[key]
    above[path[-1]] = value
    return json.dumps(damaged)


def works(file: Path) -> None:
    """Load a contract and use it; raises ContractError where it is refused."""
    contract = load_contract(file)
    contract.examples()
    for body in (enrollments(), enrollments(startDate=1), interactions(), interactions(learningActivityId=1), b"null"):
        classify(body, contract=contract)


def failures(file: Path, document: Any, paths: list[Keys]) -> Iterator[str]:
    """What went wrong in another way than by a ContractError, over all places and all junk."""
    for path in paths:
        for value in JUNK:
            file.write_text(replaced(document, path, value), encoding="utf-8")
            try:
                works(file.with_name("openapi.yaml"))
            except ContractError:
                pass
            except Exception as error:
                yield f"{'/'.join(map(str, path))} = {value!r}: {error!r}"


@pytest.mark.parametrize("part", ["info", "paths", "security", "schemas"])
def test_openapi(part: str, tmp_path: Path) -> None:
    """No value in openapi.yaml can be replaced so that loading or using it ends in anything but a ContractError."""
    document = yaml.safe_load(OPENAPI)
    request = ("components", "schemas", "ExportRequest")
    paths = [path for path in places(document) if path[0] == part or (part == "schemas" and path[:3] == request)]
    assert paths
    assert list(failures(tmp_path / "openapi.yaml", document, paths)) == []


def test_requirements(tmp_path: Path) -> None:
    """No value in requirements.yaml can be replaced so that loading ends in anything but a ContractError."""
    document = yaml.safe_load(REQUIREMENTS)
    (tmp_path / "openapi.yaml").write_text(OPENAPI, encoding="utf-8")
    paths = [path for path in places(document) if len(path) < 3] + list(places(document))[::61]
    assert list(failures(tmp_path / "requirements.yaml", document, paths)) == []
