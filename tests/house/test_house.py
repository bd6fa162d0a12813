"""The house: its rooms, its doors, and what may not lie about in it."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

ROOMS = ("acceptance", "contract", "reports", "sandbox", "strategies")
LINKS = ("contract", "reports", "strategies")
HTTPCORE = ("connections", "failures", "proxies", "target", "wire")
PLUGIN = ("hooks", "items", "options", "reporting", "shared_run", "sharing", "user_tests")
MOST_LINES = 400
DATA_SUFFIXES = (".py", ".pyc", ".yaml", ".json", ".html", ".css", ".js")


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    """pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())


@pytest.mark.parametrize("name", LINKS)
def test_links(root: Path, name: str) -> None:
    """The links at the top lead into the package, by relative paths, and are committed as links."""
    link = root / name
    assert link.is_symlink()
    target = str(link.readlink())
    assert target == f"src/export_contract/{name}"
    assert link.resolve() == (root / "src" / "export_contract" / name).resolve()
    assert (link / "__init__.py").is_file()


def test_the_top_level(root: Path) -> None:
    """What the repository promises at its top is there."""
    for name in ("contract", "strategies", "reports", "tests", "README.md", "LICENSE", "Makefile", "pyproject.toml"):
        assert (root / name).exists(), name
    assert os.access(root / ".ci" / "run", os.X_OK)
    assert "make test" in (root / ".ci" / "run").read_text()


def test_modules_are_short(root: Path, repository_files: list[Path]) -> None:
    """No module is longer than 500 lines, and no test module either."""
    sizes = {
        str(path): len((root / path).read_text().splitlines())
        for path in repository_files
        if path.suffix == ".py" and not (root / path).is_symlink()
    }
    assert len(sizes) > 60
    assert {name: size for name, size in sizes.items() if size > MOST_LINES} == {}


def imports_of(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize(
    ("library", "places"),
    [
        ("httpx", [f"acceptance/transport/{name}.py" for name in ("addresses", "connections", "proxies", "target")]),
        ("httpcore", [f"acceptance/transport/{name}.py" for name in HTTPCORE]),
        ("starlette", ["sandbox/service/app.py"]),
        ("uvicorn", ["sandbox/connection.py", "sandbox/server.py"]),
        ("requests", []),
        ("urllib3", []),
        ("pytest", ["pytest_plugin.py", *(f"plugin/{name}.py" for name in PLUGIN)]),
        ("schemathesis", ["schemathesis.py", "strategies/drawn/exploration.py"]),
    ],
)
def test_libraries_stay_in_their_places(root: Path, library: str, places: list[str]) -> None:
    """One room knows the HTTP client, and few modules know the server."""
    package = root / "src" / "export_contract"
    found = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if library in imports_of(path)]
    assert set(found) <= set(places)


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_public_names(room: str) -> None:
    """The public names of each room are sorted, stand there once, and can be imported."""
    module = importlib.import_module(f"export_contract.{room}".rstrip("."))
    names = module.__all__
    assert len(set(names)) == len(names)
    assert sorted(names, key=_sorted_as_ruff_does) == list(names)
    assert [name for name in names if getattr(module, name, None) is None] == []
    assert [name for name in names if name.startswith("_") and name != "__version__"] == []


def _sorted_as_ruff_does(name: str) -> tuple[int, str]:
    """Constants, classes, and everything else, each in the order of the alphabet."""
    return 0 if name.isupper() else 1 if name[0].isupper() else 2, name


def test_public_names_are_documented() -> None:
    """Every public function and class says what it is."""
    undocumented = []
    for room in ROOMS:
        module = importlib.import_module(f"export_contract.{room}")
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing) and getattr(thing, "__module__", "").startswith("export_contract") and not thing.__doc__:
                undocumented.append(f"{room}.{name}")
    assert undocumented == []


def test_dependencies_are_bounded(project: dict[str, Any]) -> None:
    """Every dependency, the optional ones too, has a lower and an upper bound."""
    required = [*project["project"]["dependencies"], *chain(*project["project"]["optional-dependencies"].values())]
    assert len(required) > 8
    for one in required:
        assert re.fullmatch(r"[A-Za-z0-9.-]+(\[[a-z,-]+\])?>=[0-9.]+,<[0-9.]+", one), one


def test_imports_are_dependencies(root: Path, project: dict[str, Any]) -> None:
    """What the package imports is the standard library, itself, or a dependency that it declares."""
    declared = {re.split(r"[\[>]", one)[0].lower() for one in project["project"]["dependencies"]}
    optional = {
        re.split(r"[\[>]", one)[0].lower()
        for ones in project["project"]["optional-dependencies"].values()
        for one in ones
    }
    known = {"yaml": "pyyaml", "tomli_w": "tomli-w"}
    for path in (root / "src").rglob("*.py"):
        foreign = imports_of(path) - set(sys.stdlib_module_names) - {"export_contract"}
        missing = {name for name in foreign if known.get(name, name) not in declared | optional}
        assert missing == set(), (path.name, missing)


def test_pins_name_no_registry(root: Path) -> None:
    """The pins are names and versions: no address, no option, no file."""
    for line in (root / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line), line
    assert "://" not in (root / "constraints.txt").read_text()


def test_pins_keep_the_bounds(root: Path, project: dict[str, Any]) -> None:
    """Every dependency is pinned, within its bounds."""
    pins = dict(
        line.lower().split("==") for line in (root / "constraints.txt").read_text().splitlines() if "==" in line
    )

    def number(text: str) -> tuple[int, ...]:
        return tuple(int(part) for part in text.split("."))

    for one in project["project"]["dependencies"]:
        name, low, high = re.split(r">=|,<", one)
        assert number(low) <= number(pins[name.lower()])[:4] < number(high), name


def test_no_place_of_this_machine(root: Path, repository_files: list[Path]) -> None:
    """No file names a folder of the machine that it was written on."""
    # Written in two pieces each, so that this file does not name them either.
    places = re.compile("|".join(re.escape("/" + folder) for folder in ("work/", "tmp/v/", "root/")))
    found = {}
    for path in repository_files:
        if (root / path).is_symlink() or not (root / path).is_file():
            continue
        text = (root / path).read_bytes().decode("utf-8", "replace")
        if match := places.search(text):
            found[str(path)] = match.group()
    assert found == {}


def test_nothing_is_lost_in_the_package(root: Path) -> None:
    """The package holds modules and its data files, and no caches of other tools."""
    package = root / "src" / "export_contract"
    strange = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file()
        and path.suffix not in (".py", ".pyc", ".yaml", ".json", ".html", ".css", ".js")
        and path.name != "py.typed"
    ]
    assert [name for name in strange if ".hypothesis" not in name and "cache" not in name] == []


def test_layers(root: Path) -> None:
    """The import linter finds the layers kept."""
    linter = Path(sys.executable).with_name("lint-imports")
    process = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=root, capture_output=True, text=True, timeout=60)
    assert process.returncode == 0, process.stdout
    assert "kept" in process.stdout
