"""How the command ends: a defect of ours, a reader that leaves, and files that are written whole or not at all."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from export_contract import conduct
from export_contract.acceptance.engine import recorder
from export_contract.acceptance.model.results_file import read_results
from export_contract.acceptance.phases.table import PHASES
from export_contract.acceptance.verdict import summary
from export_contract.acceptance.verdict.saved_run import read_saved_run
from export_contract.exceptions import describe_defect
from export_contract.reports import console, html

if TYPE_CHECKING:
    from tests.command.conftest import Command

SCRIPT = Path(sys.executable).with_name("export-contract")
SMALL = ("run", "--sandbox", "-q", "--phases", "probe,auth")
SECRET = "bln key=s3cret"


def broken(*_: Any, **__: Any) -> Any:
    """Fails as nothing should, with a secret in its text."""
    raise KeyError(SECRET)


def said(stderr: str) -> list[str]:
    """The sentences about a defect."""
    return [line for line in stderr.splitlines() if "this is a defect of export-contract" in line]


@pytest.fixture
def break_(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Break a function of ours."""

    def break_it(place: Any, name: str) -> None:
        monkeypatch.setattr(place, name, broken)

    return break_it


def test_a_format_that_fails(command: Command, break_: Callable[..., None]) -> None:
    """A format that fails is not written, the others are, one sentence says whose fault it is, and the status is 3."""
    break_(html, "render")
    result = command.invoke(*SMALL, "--report", "html=a.html", "--report", "json=b.json", "--report", "junit=c.xml")
    assert result.exit_code == 3
    (sentence,) = said(result.stderr)
    assert sentence.startswith("export-contract: export-contract itself failed (KeyError")
    assert sentence.endswith("; --debug shows the traceback")
    assert "s3cret" not in result.output
    assert "a.html was not written, since the format html failed" in result.stderr
    assert not (command.folder / "a.html").exists()
    assert read_results(command.folder / "b.json").counts["requests"] == 17
    assert (command.folder / "c.xml").exists()
    # What was found can still be read where the first report is missing.
    assert (command.folder / "a.html.journal").exists()
    result = command.invoke("report", "b.json", "--report", "html=d.html", "--report", "sarif=e.sarif")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    assert (command.folder / "e.sarif").exists()


def test_a_listener_that_fails(command: Command, break_: Callable[..., None]) -> None:
    """Where the progress fails the run goes on to its end; what it found is written, and it is inconclusive."""
    break_(console.ProgressListener, "__call__")
    result = command.invoke(*SMALL, "--report", "json=r.json")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    results = read_results(command.folder / "r.json")
    assert (results.verdict, results.cause, results.counts["requests"]) == ("inconclusive", "defect", 17)
    assert results.reason
    assert "defect of export-contract" in results.reason


def test_a_check_that_fails(command: Command, break_: Callable[..., None]) -> None:
    """Where one of our checks fails the run ends there, with what it has seen, and the traceback is there to be had."""
    break_(recorder, "judge")
    result = command.invoke(*SMALL, "--report", "json=r.json", "--report", "html=r.html")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    results = read_results(command.folder / "r.json")
    assert (results.verdict, results.cause) == ("inconclusive", "defect")
    assert results.exchanges
    assert (command.folder / "r.html").exists()
    assert "s3cret" not in result.output + (command.folder / "r.html").read_text()
    assert "in broken" in command.invoke(*SMALL, "--debug").stderr


@pytest.mark.parametrize("name", ["run", "expected"])
def test_a_phase_that_fails(command: Command, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Where a phase fails the run ends there, and what the phases before it saw is in every report."""
    monkeypatch.setitem(PHASES, "auth", PHASES["auth"]._replace(**{name: broken}))
    result = command.invoke(*SMALL, "--report", "json=r.json", "--report", "junit=j.xml")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    results = read_results(command.folder / "r.json")
    assert (results.verdict, results.cause) == ("inconclusive", "defect")
    assert {one.phase for one in results.exchanges} == {"probe"}
    assert (command.folder / "j.xml").exists()


def test_a_summary_that_fails(command: Command, break_: Callable[..., None]) -> None:
    """Where what was seen cannot even be summed up: status 3 and one sentence, and the journal stays where it is."""
    break_(summary, "triage")
    result = command.invoke(*SMALL, "--report", "json=r.json")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    assert (command.folder / "r.json.journal").stat().st_size


def test_a_run_that_fails(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the run itself fails, what its journal holds is written."""
    genuine = conduct.run

    def run(*arguments: Any, **named: Any) -> Any:
        genuine(*arguments, **named)
        return broken()

    monkeypatch.setattr(conduct, "run", run)
    result = command.invoke(*SMALL, "--report", "json=r.json", "--report", "html=r.html")
    assert result.exit_code == 3
    assert len(said(result.stderr)) == 1
    results = read_results(command.folder / "r.json")
    assert (results.verdict, results.cause) == ("inconclusive", "defect")
    assert len(results.exchanges) >= 15
    assert (command.folder / "r.html").exists()


@pytest.mark.parametrize(
    ("module", "name", "arguments"),
    [
        ("export_contract.contract", "load_contract", ["contract", "diff", "a", "b"]),
        ("export_contract.configuration.settings", "load_contract", ["suite"]),
        ("export_contract.configuration.settings", "load_contract", ["contract", "lint"]),
        ("export_contract.configuration.settings", "load_contract", ["run", "--sandbox"]),
        ("export_contract.configuration.settings", "load_contract", ["replay", "RESULTS", "1"]),
        ("export_contract.command.listings.job_ids", "read_job_id", ["decode", "am9i"]),
        ("export_contract.acceptance.verdict.saved_run", "read_results", ["report", "RESULTS"]),
        ("export_contract.acceptance.verdict.saved_run", "read_results", ["compare", "RESULTS", "RESULTS"]),
        ("export_contract.reports.console", "print_results", ["report", "RESULTS"]),
    ],
)
def test_a_command_that_fails(
    command: Command, results_file: Path, monkeypatch: pytest.MonkeyPatch, module: str, name: str, arguments: list[str]
) -> None:
    """Whichever command fails: status 3, one sentence without the error's text; --debug shows the traceback."""
    monkeypatch.setattr(f"{module}.{name}", broken)
    words = [str(results_file) if word == "RESULTS" else word for word in arguments]
    result = command.invoke(*words)
    assert result.exit_code == 3, result.output
    assert len(said(result.stderr)) == 1
    assert result.stderr.count("\n") == 1
    assert "s3cret" not in result.output
    result = command.invoke(*words, EXPORT_CONTRACT_DEBUG="1")
    assert "Traceback" in result.stderr
    assert "Traceback" in command.invoke(*words, "--debug").stderr


def test_what_is_said_of_a_defect() -> None:
    """The kind of error and our own line, nothing of its text."""
    try:
        describe_defect(None)  # type: ignore[arg-type]
    except AttributeError as error:
        text = describe_defect(error)
    assert text.startswith("export-contract itself failed (AttributeError in export_contract.exceptions, line ")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "RESULTS"], 0),
        (["suite"], 0),
        (["contract", "show"], 0),
        (["compare", "BETTER", "RESULTS"], 1),
        (["replay", "RESULTS", "1"], 0),
        (["decode", "xx"], 1),
        (["run", "--sandbox", "--phases", "probe"], 3),
        (["run", "--sandbox", "--phases", "probe,load,auth,protocol,jobs,suite,relations"], 0),
    ],
)
def test_a_reader_that_leaves(command: Command, results_file: Path, arguments: list[str], status: int) -> None:
    """Output into a pipe that nobody reads, as after `| head`, ends quietly, and with the status of what was done."""
    better = command.folder / "better.json"
    better.write_text(json.dumps({**json.loads(results_file.read_text()), "findings": []}))
    names = {"RESULTS": str(results_file), "BETTER": str(better)}
    line = (
        f"{shlex.join([str(SCRIPT), *(names.get(word, word) for word in arguments)])} | true; exit ${{PIPESTATUS[0]}}"
    )
    process = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, cwd=command.folder)
    assert (process.returncode, process.stderr) == (status, "")


def test_an_older_run_does_not_hide_a_newer_one(
    command: Command, results_file: Path, break_: Callable[..., None]
) -> None:
    """The journal of a killed run is shown in place of older results beside it, and that is said."""
    break_(conduct, "conclude")
    assert command.invoke("run", "--sandbox", "-q", "--phases", "probe", "--report", "json=r.json").exit_code == 3
    journal = command.folder / "r.json.journal"
    path = command.folder / "r.json"
    saved = read_saved_run(path)
    assert (saved.results.cause, len(saved.results.exchanges)) == ("journal", 2)
    assert saved.note == f"{path} was not written; these are the results in {journal}"
    path.write_bytes(results_file.read_bytes())
    os.utime(path, (1, 1))
    shown = command.invoke("report", "r.json")
    assert "2 requests" in shown.stdout
    assert shown.stderr == (
        "export-contract: r.json is of an earlier run; "
        "these are the results in r.json.journal, of a run that was killed\n"
    )
    os.utime(journal, (0, 0))
    assert read_saved_run(path).results == read_results(results_file)


@pytest.mark.parametrize("arguments", [["run", "--sandbox"], ["report", "r.json"], ["suite"]], ids=lambda one: one[0])
def test_a_working_directory_that_is_gone(command: Command, arguments: list[str]) -> None:
    """Whichever command is started in a folder that was removed says so in one sentence."""
    folder = command.folder / "gone"
    folder.mkdir()
    inside = f"cd {folder} && rmdir {folder} && exec {SCRIPT} {' '.join(arguments)}"
    process = subprocess.run(["sh", "-c", inside], capture_output=True, text=True, timeout=30)
    assert (process.returncode, process.stdout) == (2, "")
    assert process.stderr == "export-contract: the working directory cannot be used: No such file or directory\n"
