"""The baseline as users have it: written by one run, filled in by a person, read by the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.command.conftest import Command

QUICK = (
    "run",
    "--sandbox",
    "-q",
    "--phases",
    "probe,load,auth,protocol,jobs,suite,relations",
    "--baseline",
    "known.toml",
)
PROBE = ("run", "--sandbox", "-q", "--phases", "probe")
FAULT = {"EXPORT_CONTRACT_FAULT": "interactions-csv"}


def test_a_life(command: Command) -> None:
    """Written, it waives nothing; with reasons the run conforms; once fixed that is told, and fails where strict."""
    first = command.invoke(*QUICK, "--update-baseline", **FAULT)
    assert first.exit_code == 1
    assert first.stderr.startswith("export-contract: known.toml holds 1 known finding; 1 without a reason, ")
    path = command.folder / "known.toml"
    path.write_text(path.read_text().replace('reason = ""', 'reason = "EX-12"'))
    known = command.invoke(*QUICK, "--strict-baseline", "--report", "json", **FAULT)
    assert known.exit_code == 0, known.stdout
    assert "known: EX-12" in known.stdout
    assert known.stdout.rstrip().splitlines()[-1].startswith("conforms  1 finding; ")
    assert ", 1 waived, " in known.stdout
    fixed = command.invoke(*QUICK, "--strict-baseline")
    assert fixed.exit_code == 1
    assert "Fixed       EXP-INTERACTIONS-FORMAT" in fixed.stdout
    fixed = command.invoke(*QUICK, "--update-baseline")
    assert fixed.exit_code == 0
    assert "Fixed       EXP-INTERACTIONS-FORMAT" in fixed.stdout
    assert "known = []" in path.read_text()


def test_what_cannot_be_used(command: Command) -> None:
    """A baseline that is not there, or is none, and options that need one, are refused before anything is sent."""
    assert "known.toml: the baseline cannot be read" in command.refused(*QUICK)
    (command.folder / "known.toml").write_text("known = 1")
    assert "known.toml: the baseline cannot be used" in command.refused(*QUICK)
    for option in ("--update-baseline", "--strict-baseline"):
        assert command.refused("run", "--sandbox", option) == f"export-contract: {option}: it needs --baseline FILE"


def test_where_it_cannot_be_written(command: Command) -> None:
    """A baseline that cannot be written is told after the results, and the status is not that of success."""
    (command.folder / "file").write_text("")
    arguments = (
        "run",
        "--sandbox",
        "-q",
        "--phases",
        "probe,load,auth,protocol,jobs,suite,relations",
        "--update-baseline",
        "--baseline",
    )
    process = command.invoke(*arguments, "file/known.toml")
    assert process.exit_code == 2
    assert "file/known.toml cannot be written" in process.stderr
    assert "conforms" in process.stdout


@pytest.mark.parametrize("has_summary", [True, False])
def test_on_github(command: Command, has_summary: bool) -> None:
    """In GitHub Actions a run adds annotations and the summary of the step, and elsewhere neither."""
    summary = {"GITHUB_STEP_SUMMARY": "summary.md"} if has_summary else {"GITHUB_STEP_SUMMARY": ""}
    process = command.invoke(*PROBE, GITHUB_ACTIONS="true", **summary)
    lines = process.stdout.splitlines()
    assert lines[0].startswith("::stop-commands::")
    assert lines[-2] == f"::{lines[0].removeprefix('::stop-commands::')}::"
    assert lines[-1].startswith("::warning title=inconclusive::Too little was exercised: the phase suite ")
    assert (command.folder / "summary.md").exists() == has_summary
    assert "::" not in command.invoke(*PROBE, GITHUB_ACTIONS="").stdout
