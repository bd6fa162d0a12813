"""What drawing takes from Hypothesis, and what it leaves behind: no private module, no folder, no large tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

NAMES: Final = ("hypothesis.internal.conjecture.providers", "hypothesis.internal.constants_ast")
_BLOCKED: Final = f"""
import importlib.abc, sys
import hypothesis, hypothesis.strategies
import hypothesis.internal, hypothesis.internal.conjecture


class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {NAMES!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


for name in {NAMES!r}:
    room, _, module = name.rpartition(".")
    delattr(sys.modules[room], module)
    del sys.modules[name]
sys.meta_path.insert(0, Blocked())
from export_contract import valid_requests
valid_requests()
"""
# Hypothesis imports them itself as it draws, so here they are missing for this package alone.
_MOVED: Final = f"""
import builtins

really = builtins.__import__
missed = []


def find(name, globals=None, locals=None, fromlist=(), level=0):
    wanted = {{name, *(f"{{name}}.{{one}}" for one in fromlist or ())}} & {{*{NAMES!r}}}
    if wanted and (globals or {{}}).get("__name__", "").startswith("export_contract"):
        missed.append(name)
        raise ImportError(f"No module named {{name!r}}")
    return really(name, globals, locals, fromlist, level)


builtins.__import__ = find
"""
_USE: Final = """
from export_contract import Expectation, valid_requests
from export_contract.strategies import explore, explored_cases

valid_requests()
found = explore(explored_cases(), lambda case: case.expectation is Expectation.REJECT, examples=30)
assert found
"""
_HOME: Final = """
import sys
from pathlib import Path
from hypothesis import configuration, given, settings
from hypothesis import strategies as st
from export_contract.strategies import explore, explored_cases

if len(sys.argv) > 1:
    configuration.set_hypothesis_home_dir(sys.argv[1])
explore(explored_cases(), lambda case: False, examples=30)
assert list(Path().iterdir()) == []


settings.load_profile("default")  # in CI, Hypothesis keeps no examples


@settings(max_examples=200)
@given(st.integers())
def fails(number):
    assert number < 100


try:
    fails()
except AssertionError:
    pass
"""
_MEMORY: Final = """
import sys
from pathlib import Path
from export_contract import strategies

strategies.explore(getattr(strategies, sys.argv[1])(), lambda case: False, examples=100)
status = Path("/proc/self/status").read_text().split()
print(int(status[status.index("VmHWM:") + 1]) // 1024)
"""

_TABLES: Final = """
import sys
from contextlib import nullcontext
from hypothesis.internal import charmap
from export_contract.strategies.data.hypothesis_home import temporary_home

written = sys.argv[1] == "written"
with temporary_home() if written else nullcontext():
    files = charmap.charmap_file(), charmap.charmap_file("codec-v2-utf-8")
    assert [file.exists() for file in files] == [written, written]
    print(sorted(charmap.charmap().items()), charmap.intervals_from_codec("utf-8"))
    assert [file.exists() for file in files] == [True, True]
"""


def _run(program: str, folder: Path, *arguments: str) -> str:
    """What a program prints, in a process of its own that works in `folder`."""
    environment = {**os.environ, "TMPDIR": str(folder.parent)}
    environment.pop("HYPOTHESIS_STORAGE_DIRECTORY", None)
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to work in, within another that is the place for temporary files."""
    made = tmp_path / "work"
    made.mkdir()
    return made


def test_strategies_need_no_private_module(folder: Path) -> None:
    """Without the private modules that make draws the same everywhere, strategies are imported and made."""
    _run(_BLOCKED, folder)


def test_private_modules_may_move(folder: Path) -> None:
    """Where they cannot be found, cases are explored without them, and still nothing is left behind."""
    _run(_MOVED + _USE + "assert missed\n", folder)
    assert list(folder.iterdir()) == []


def test_exploration_leaves_nothing_behind(folder: Path) -> None:
    """Neither the working directory nor the one for temporary files holds anything after it."""
    _run(_USE, folder)
    assert [entry.name for entry in folder.parent.iterdir()] == ["work"]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("own", [False, True], ids=["the default", "one that was set"])
def test_the_users_own_tests_keep_their_home(own: bool, folder: Path) -> None:
    """What failed in the user's own tests is kept where it would be without exploration."""
    home = folder.parent / "home" if own else folder / ".hypothesis"
    _run(_HOME, folder, *([str(home)] if own else []))
    assert (home / "examples").is_dir()


def test_without_a_temporary_folder_hypothesis_keeps_its_own(folder: Path) -> None:
    """A machine without room for temporary files can explore all the same."""
    failing = "import tempfile\ndef fails(**_):\n    raise OSError('full')\ntempfile.mkdtemp = fails\n"
    _run(failing + _USE, folder)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the memory in use is read from Linux")
@pytest.mark.parametrize(("lane", "most"), [("explored_cases", 80), ("foreign_cases", 120)])
def test_drawing_takes_little_memory(lane: str, most: int, folder: Path) -> None:
    """The table that Hypothesis would make of all characters takes 200 MB by itself."""
    if "foreign" in lane:
        pytest.importorskip("schemathesis")
    assert int(_run(_MEMORY, folder, lane)) < most


def test_the_tables_are_those_of_hypothesis(folder: Path) -> None:
    """The tables that are written for Hypothesis are what it would find out by itself, under the names it looks for."""
    tables = {name: _run(_TABLES, folder, name) for name in ("its own", "written")}
    assert tables["its own"] == tables["written"]
