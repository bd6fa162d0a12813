"""What is installed: the package, whole, and nothing beside it, whichever way it was built."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import export_contract

if TYPE_CHECKING:
    from tests.house.conftest import Built

DATA = {
    "py.typed",
    "contract/openapi.yaml",
    "contract/requirements.yaml",
    "reports/results-1.schema.json",
    "reports/page/page.html",
    "reports/page/page.css",
    "reports/page/page.js",
}


def files_of(package: Path) -> set[str]:
    return {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".hypothesis" not in path.parts
    }


def source_files(root: Path, repository_files: list[Path]) -> set[str]:
    package = Path("src/export_contract")
    return {path.relative_to(package).as_posix() for path in repository_files if path.is_relative_to(package)}


def test_wheel_of_the_tree(built: Built, root: Path, repository_files: list[Path]) -> None:
    """A wheel of the repository holds every module and every data file of the package, and no more."""
    assert files_of(built.from_tree / "export_contract") == source_files(root, repository_files)
    assert files_of(built.from_tree / "export_contract") >= DATA


def test_wheel_of_the_sdist(built: Built) -> None:
    """A wheel of the source distribution holds the same files, byte for byte."""
    names = files_of(built.from_tree / "export_contract")
    assert files_of(built.from_sdist / "export_contract") == names
    for name in names:
        one, other = (place / "export_contract" / name for place in (built.from_tree, built.from_sdist))
        assert one.read_bytes() == other.read_bytes(), name


def test_the_installed_package(built: Built) -> None:
    """The package that these tests run with holds the same modules and data files."""
    installed = Path(export_contract.__file__).parent
    assert files_of(installed) == files_of(built.from_tree / "export_contract")


@pytest.mark.parametrize("way", ["from_tree", "from_sdist"])
def test_nothing_else_lands_in_site_packages(built: Built, way: str) -> None:
    """Beside the package there is its metadata, and nothing else."""
    names = {path.name for path in getattr(built, way).iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"export_contract"}
    assert len(names) == 2


def test_metadata(built: Built) -> None:
    """The wheel has its licence, its command and no dependency that is not in pyproject.toml."""
    (metadata,) = built.from_tree.glob("*.dist-info")
    text = (metadata / "METADATA").read_text()
    assert "License-Expression: MIT\n" in text
    assert [path.name for path in metadata.rglob("LICENSE*")] == ["LICENSE"]
    assert "export-contract = export_contract.cli:main" in (metadata / "entry_points.txt").read_text()
    assert (metadata / "top_level.txt").read_text().split() == ["export_contract"]


def test_the_sdist_is_whole(built: Built) -> None:
    """The source distribution has what it takes to build, and no environment or cache."""
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "src/export_contract/contract/openapi.yaml"} <= names
    assert [name for name in names if ".venv" in name or "__pycache__" in name or ".hypothesis" in name] == []


def run(folder: Path, built: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code with the unpacked wheel in front of everything else, in another folder."""
    environment = {**os.environ, "PYTHONPATH": str(built)}
    return subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=60
    )


def test_the_wheel_works(built: Built, tmp_path: Path) -> None:
    """What the wheel installed loads its contract, lists its suite, and is found where it was put."""
    code = (
        "import export_contract, export_contract.contract as c, export_contract.strategies as s\n"
        "contract = c.load_contract()\n"
        "print(export_contract.__file__, len(contract.requirements) > 50, len(s.suite(contract=contract)) > 200)"
    )
    process = run(tmp_path, built.from_sdist, code)
    assert process.stdout.split() == [str(built.from_sdist / "export_contract" / "__init__.py"), "True", "True"], (
        process.stderr
    )


@pytest.mark.parametrize("name", ["contract", "strategies", "reports", "acceptance", "sandbox", "tests", "cli"])
def test_no_generic_name_is_installed(built: Built, tmp_path: Path, name: str) -> None:
    """The rooms are only there as parts of the package."""
    code = f"import importlib.util, sys; print(importlib.util.find_spec({name!r}))"
    assert run(tmp_path, built.from_tree, code).stdout == "None\n"


def test_the_command_of_the_package() -> None:
    """The installed distribution has one command."""
    scripts = [one for one in distribution("export-contract").entry_points if one.group == "console_scripts"]
    assert [(one.name, one.value) for one in scripts] == [("export-contract", "export_contract.cli:main")]
