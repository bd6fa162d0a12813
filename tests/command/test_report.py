"""`report`: saved results shown again, at terminals and elsewhere; and how output behaves."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.command.conftest import Command

SCRIPT = Path(sys.executable).with_name("export-contract")


def test_the_same_again(command: Command, results_file: Path) -> None:
    """A report of saved results shows their findings, requirements and verdict."""
    results = json.loads(results_file.read_text())
    out = command("report", results_file).stdout
    assert all(finding["fingerprint"] in out for finding in results["findings"])
    assert all(f" {one['id']} " in out for one in results["requirements"])
    assert out.rstrip().splitlines()[-1].startswith("violates  3 findings; ")


def test_the_status_of_a_report(command: Command, results_file: Path) -> None:
    """Showing results again is no run: the status tells whether they could be shown."""
    assert command("report", results_file).returncode == 0


def test_verbosity(command: Command, results_file: Path) -> None:
    """-q leaves the requirements out, -v tells where they are written."""
    quiet, plain, verbose = (command("report", *more, results_file).stdout for more in (["-q"], [], ["-v"]))
    assert "EXP-ACCEPT-PAIRS  " not in quiet
    assert "EXP-ACCEPT-PAIRS  " in plain
    assert plain.count("document: ") < verbose.count("document: ")
    assert "violates" in quiet


@pytest.mark.parametrize(
    ("arguments", "environment", "has_colours"),
    [
        ([], {}, True),
        (["--no-color"], {}, False),
        ([], {"NO_COLOR": "1"}, False),
        ([], {"EXPORT_CONTRACT_NO_COLOR": "1"}, False),
    ],
)
def test_colours(
    command: Command, results_file: Path, arguments: list[str], environment: dict[str, str], has_colours: bool
) -> None:
    """A terminal gets colours, unless somebody does not want them."""
    written = command.at_a_terminal("report", *arguments, results_file, **environment)
    assert b"violates" in written
    assert bool({code for code in (b"\x1b[1;31m", b"\x1b[32m", b"\x1b[31m") if code in written}) == has_colours


def test_colours_of_a_run(command: Command, sandbox_url: str, demo: dict[str, str]) -> None:
    """A run at a terminal without colours shows its progress, and leaves nothing of it behind but the results."""
    small = ("run", "-u", sandbox_url, "--phases", "probe", "--no-color")
    written = command.at_a_terminal(*small, **demo)
    assert b"inconclusive" in written
    assert [
        code for code in (b"\x1b[32m", b"\x1b[1;32m", b"\x1b[33m", b"\x1b[1;33m", b"\x1b[31m") if code in written
    ] == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_terminals_that_cannot_show_everything(results_file: Path, encoding: str) -> None:
    """Where the terminal's encoding lacks a character, the results are shown all the same."""
    process = subprocess.run(
        [SCRIPT, "report", results_file],
        env={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=30,
    )
    assert process.returncode == 0, process.stderr
    assert b"violates" in process.stdout
    assert b"Traceback" not in process.stderr


@pytest.mark.parametrize(
    "arguments", [["report", "RESULTS"], ["suite"], ["contract", "show"], ["sandbox", "--list-faults"], ["--help"]]
)
def test_a_reader_that_leaves(results_file: Path, arguments: list[str]) -> None:
    """Output into a pipe that is closed early, as `| head -1` does, ends quietly."""
    words = [str(results_file) if word == "RESULTS" else word for word in arguments]
    line = f"{shlex.join([str(SCRIPT), *words])} | head -1"
    process = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=30)
    assert len(process.stdout.splitlines()) == 1
    assert process.stderr == ""


def edited(results_file: Path, folder: Path, **changes: Any) -> Path:
    path = folder / "edited.json"
    path.write_text(json.dumps({**json.loads(results_file.read_text()), **changes}))
    return path


def test_other_versions(command: Command, results_file: Path) -> None:
    """Results of another version are refused in one sentence."""
    path = edited(results_file, command.folder, schema_version=99)
    assert "is of schema version 99; this release reads " in command.refused("report", path)


@pytest.mark.parametrize("content", [b"", b"no JSON", b"{}", b"[]", b"\xff\x00", b'{"schema_version": null}'])
def test_what_is_no_results_file(command: Command, content: bytes) -> None:
    """What is no results file is refused in one sentence that names it."""
    path = command.folder / "x.json"
    path.write_bytes(content)
    assert str(path) in command.refused("report", path)


def test_what_is_not_there(command: Command) -> None:
    """A file that is not there, and a folder, are wrong usage."""
    assert "nothing.json" in command.refused("report", "nothing.json")
    assert "directory" in command.refused("report", command.folder)


@pytest.mark.parametrize("changes", [{"requirements": []}, {"counts": {}}, {"findings": [], "verdict": "conforms"}])
def test_incomplete_results(command: Command, results_file: Path, changes: dict[str, Any]) -> None:
    """Results in which something is missing are shown as far as they go, or refused; nothing breaks."""
    process = command("report", edited(results_file, command.folder, **changes))
    assert process.returncode in (0, 2)
    assert process.stdout or process.stderr
