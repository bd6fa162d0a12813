"""Where requirements are written: a path that a report may show, and the line of each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from export_contract.acceptance.model.requirement_places import requirement_places
from export_contract.contract import load_contract

FILES = Path(load_contract().file).parent


def test_the_built_in_contract() -> None:
    """The built-in file has its name alone, and every requirement is found in it."""
    contract = load_contract()
    file, lines = requirement_places(contract)
    assert file == "requirements.yaml"
    assert lines.keys() == contract.by_id.keys()
    text = (FILES / file).read_text().splitlines()
    assert all(name in text[number - 1] for name, number in lines.items())


def test_a_contract_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file below the working directory is relative to it; another one shows its name, and no folder of anybody's."""
    for name in ("openapi.yaml", "requirements.yaml"):
        (tmp_path / "api").mkdir(exist_ok=True)
        shutil.copy(FILES / name, tmp_path / "api" / name)
    contract = load_contract(tmp_path / "api" / "openapi.yaml")
    monkeypatch.chdir(tmp_path)
    assert requirement_places(contract).file == "api/requirements.yaml"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert requirement_places(contract).file == "requirements.yaml"


def test_a_contract_without_requirements_of_its_own(tmp_path: Path) -> None:
    """It has the built-in ones."""
    shutil.copy(FILES / "openapi.yaml", tmp_path / "openapi.yaml")
    assert requirement_places(load_contract(tmp_path / "openapi.yaml")) == requirement_places(load_contract())
