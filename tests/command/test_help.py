"""Help: at once, for every part of the command."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner

from export_contract.cli import main

if TYPE_CHECKING:
    from tests.command.conftest import Command

HEAVY = (
    "httpx",
    "httpcore",
    "hypothesis",
    "jsonschema",
    "starlette",
    "uvicorn",
    "schemathesis",
    "rich",
    "yaml",
    "sqlite3",
)


def parts(group: click.Group = main, *above: str) -> Iterator[tuple[str, ...]]:
    """The names of every command and group."""
    yield above
    context = click.Context(group)
    for name in group.list_commands(context):
        one = group.get_command(context, name)
        if isinstance(one, click.Group):
            yield from parts(one, *above, name)
        else:
            yield (*above, name)


def found(names: tuple[str, ...]) -> click.Command:
    """The command or group of these names."""
    one: click.Command = main
    for name in names:
        assert isinstance(one, click.Group)
        below = one.get_command(click.Context(one), name)
        assert below
        one = below
    return one


@pytest.mark.parametrize("names", list(parts()), ids=" ".join)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(names: tuple[str, ...], option: str) -> None:
    """Every part says what it does, and every option of it what it is for."""
    result = CliRunner().invoke(main, [*names, option], prog_name="export-contract")
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: {' '.join(('export-contract', *names))}")
    one = found(names)
    assert one.help
    assert one.help.splitlines()[0] in " ".join(result.output.split())
    for parameter in one.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.opts[-1] in result.output
    assert max(map(len, result.output.splitlines())) <= 110


def test_the_commands() -> None:
    """The commands that the design names are there."""
    assert {("run",), ("sandbox",), ("suite",), ("decode",), ("report",)} <= set(parts())
    assert {("contract", "show"), ("contract", "lint")} <= set(parts())


def test_the_script(command: Command) -> None:
    """The installed script shows the help, on standard output, and its version."""
    process = command("--help")
    assert process.stdout.startswith("Usage: export-contract ")
    assert process.stderr == ""
    assert command("--version").stdout.startswith("export-contract, version ")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["sandbox", "--help"]])
def test_help_comes_at_once(arguments: list[str]) -> None:
    """Help takes under a tenth of a second of CPU, measured as the least of five."""
    code = (
        "import resource, subprocess, sys; "
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "used = resource.getrusage(resource.RUSAGE_CHILDREN); print(used.ru_utime + used.ru_stime)"
    )
    script = str(Path(sys.executable).with_name("export-contract"))
    used = [
        float(subprocess.run([sys.executable, "-c", code, script, *arguments], capture_output=True, check=True).stdout)
        for _ in range(5)
    ]
    assert min(used) < 0.1


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["sandbox", "--help"], ["--version"]])
def test_help_imports_little(arguments: list[str]) -> None:
    """No heavy library is imported for help."""
    code = (
        "import json, sys\n"
        "from export_contract.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    modules = set(json.loads(process.stderr))
    assert "click" in modules
    assert modules & set(HEAVY) == set()


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["run", "--nothing"], ["run", "extra"], ["contract", "nothing"], ["decode"]]
)
def test_wrong_usage(command: Command, arguments: list[str]) -> None:
    """What is no command or option is refused with status 2, and the way to the help."""
    process = command(*arguments)
    assert process.returncode == 2
    assert process.stdout == ""
    assert "--help" in process.stderr or "-h" in process.stderr
