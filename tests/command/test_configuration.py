"""Settings: the command line counts before the environment, that before the file, and that before the defaults."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import jsonschema
import pytest

from export_contract import acceptance
from export_contract.cli import main
from export_contract.command.arguments import command_line
from export_contract.command.run import run as run_command
from export_contract.configuration import schema
from export_contract.configuration.settings import RunSettings, settle
from export_contract.exceptions import ConfigurationError
from export_contract.options import OPTIONS, PHASES, Door, Kind, options_of

if TYPE_CHECKING:
    pass


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and an environment without settings."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("EXPORT_CONTRACT_") or name == "NO_COLOR":
            monkeypatch.delenv(name)
    return tmp_path


def settled(*arguments: str, needs_target: bool = False) -> RunSettings:
    """What `run` would do with these arguments, here and now."""
    parent = click.Context(main, **main.context_settings)
    with run_command.make_context("run", list(arguments), parent=parent) as context:
        return settle(Door.RUN, command_line(Door.RUN, context), needs_target=needs_target)


def value_of(run: RunSettings, name: str) -> Any:
    """What a settled run has for an option."""
    plan = run.plan
    places = {
        "base_url": plan.base_url,
        "header": plan.headers,
        "authorization_file": plan.authorization,
        "phases": plan.phases,
        "max_requests": plan.limits.requests,
        "max_jobs": plan.limits.jobs,
        "max_time": plan.limits.seconds,
        "rate": plan.rate,
        "concurrency": plan.concurrency,
        "timeout": plan.seconds,
        "max_followed": plan.most_followed,
        "job_timeout": plan.job_seconds,
        "max_open_jobs": plan.max_open_jobs,
        "range": plan.date_range,
        "sandbox": plan.embedded,
        "debug": run.debug,
        "seed": plan.seed,
        "report": [(name, str(path)) for name, path in run.reports],
        "quiet": run.quiet,
        "verbose": run.verbose,
        "no_color": not run.color,
    }
    return places[name]


DAY, NEXT = "2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z"
FLAGS = {"sandbox", "debug", "quiet", "verbose", "no_color"}

# An option, how it is written in the environment and in the file, and what comes of each.
ROWS: list[tuple[str, str, Any, str, Any, Any]] = [
    ("base_url", "http://env:1/x/", "http://env:1/x", '"http://file:1"', "http://file:1", "http://line:1"),
    ("header", "X-A: env\nX-B: 2", (("X-A", "env"), ("X-B", "2")), '["X-A: file"]', (("X-A", "file"),), "X-A: line"),
    ("phases", "suite", ("suite",), '"probe,auth"', ("probe", "auth"), "protocol"),
    ("max_requests", "11", 11, "12", 12, "13"),
    ("max_jobs", "11", 11, "12", 12, "13"),
    ("max_time", "1.5", 1.5, "12", 12.0, "13"),
    ("rate", "11/s", 11.0, "12.5", 12.5, "13"),
    ("concurrency", "11", 11, "12", 12, "13"),
    ("timeout", "11", 11.0, "1.25", 1.25, "13"),
    ("max_followed", "11", 11, "12", 12, "13"),
    ("job_timeout", "11", 11.0, "1.25", 1.25, "13"),
    ("max_open_jobs", "11", 11, "12", 12, "13"),
    ("range", f"{DAY}/{DAY}", (DAY, DAY), f'"{DAY}/{NEXT}"', (DAY, NEXT), f"{NEXT}/{NEXT}"),
    ("sandbox", "1", True, "true", True, ""),
    ("debug", "1", True, "true", True, ""),
    ("seed", "11", 11, "-12", -12, "13"),
    ("report", "json=e.json", [("json", "e.json")], '["json=f.json"]', [("json", "f.json")], "json=l.json"),
    ("quiet", "1", True, "true", True, ""),
    ("verbose", "true", True, "true", True, ""),
    ("no_color", "yes", True, "true", True, ""),
]
NOT_IN_ROWS = {"target", "contract", "authorization_file", "activity_id", "allow_production", "config"}
NOT_IN_ROWS |= {"baseline", "update_baseline", "strict_baseline"}


def test_the_rows_are_whole() -> None:
    """Every option of `run` is in the table of these tests, or has a test of its own."""
    assert {row[0] for row in ROWS} | NOT_IN_ROWS == {option.parameter for option in options_of(Door.RUN)}


def test_phases_are_those_of_the_runner() -> None:
    """The table, which imports nothing, lists the phases that there are."""
    assert tuple(acceptance.PHASES) == PHASES


def long_name(name: str) -> str:
    return "--" + name.replace("_", "-")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_precedence(here: Path, monkeypatch: pytest.MonkeyPatch, row: tuple[str, str, Any, str, Any, Any]) -> None:
    """Default, file, environment, command line: each one counts before the one in front of it."""
    name, in_environment, from_environment, in_file, from_file, on_line = row
    default = value_of(settled(), name)
    assert default not in (from_environment, from_file) or name in FLAGS
    (here / "export-contract.toml").write_text(f"{name.replace('_', '-')} = {in_file}\n")
    assert value_of(settled(), name) == from_file
    monkeypatch.setenv(f"EXPORT_CONTRACT_{name.upper()}", in_environment)
    assert value_of(settled(), name) == from_environment
    if on_line:
        found = value_of(settled(long_name(name), on_line), name)
        assert found not in (default, from_environment, from_file)


@pytest.mark.parametrize("name", ["quiet", "verbose", "no_color", "allow_production"])
def test_flags_can_be_switched_off(here: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A flag that the file sets is off where the environment says so."""
    (here / "export-contract.toml").write_text(f"{name.replace('_', '-')} = true\n")
    monkeypatch.setenv(f"EXPORT_CONTRACT_{name.upper()}", "0")
    run = settled()
    assert name == "allow_production" or value_of(run, name) is False


def all_options() -> Iterator[tuple[str, click.Option]]:
    """Every option of every part of the command."""
    groups: list[tuple[str, click.Group]] = [("", main)]
    for above, group in groups:
        context = click.Context(group)
        for name in group.list_commands(context):
            one = group.get_command(context, name)
            assert one is not None
            if isinstance(one, click.Group):
                groups.append((f"{above}{name} ", one))
            for parameter in one.params:
                if isinstance(parameter, click.Option):
                    yield f"{above}{name}", parameter


def test_every_option_is_in_the_table() -> None:
    """No part of the command has an option that the table does not have, but for those that are questions."""
    found = {max(option.opts, key=len) for _, option in all_options()}
    assert found - {option.flag for option in OPTIONS} == {"--list-faults"}
    assert len({option.name for option in OPTIONS}) == len(OPTIONS)


def test_every_option_has_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every option of `run` can be set in the environment, by EXPORT_CONTRACT_ and its long name."""
    for option in options_of(Door.RUN):
        assert option.variable == "EXPORT_CONTRACT_" + option.name.replace("-", "_").upper()
        monkeypatch.setenv(option.variable, " ")
        with pytest.raises(ConfigurationError, match=f"^{option.variable}: it is empty; give it a value"):
            settled()
        monkeypatch.delenv(option.variable)


def test_every_option_has_a_key() -> None:
    """Every option of `run` has a key of the same name in the file, but for the name of the file."""
    file = {option.name for option in options_of(Door.FILE)}
    assert {option.name for option in options_of(Door.RUN)} - file == {"config"}
    assert file - {option.name for option in options_of(Door.RUN)} == {"checks", "production"}
    assert file - {option.name for option in options_of(Door.TARGET)} == {"target", "sandbox", "debug"}


def test_the_schema_is_current() -> None:
    """The published JSON Schema of the configuration is made from the table: run its module after a change."""
    assert json.loads(schema.FILE.read_text()) == schema.configuration_schema()
    jsonschema.Draft202012Validator.check_schema(schema.configuration_schema())


def test_the_schema_accepts_what_the_file_may_hold(here: Path) -> None:
    """A file that the schema accepts is accepted, and a key or type that it refuses is refused."""
    validator = jsonschema.Draft202012Validator(schema.configuration_schema())
    values = {
        Kind.TEXT: "x", Kind.INTEGER: 3, Kind.NUMBER: 1.5, Kind.FLAG: True,
    }  # fmt: skip
    for option in options_of(Door.FILE):
        value: Any = [values[option.kind]] if option.repeatable else values[option.kind]
        assert validator.is_valid({option.name: value}), option.name
        assert not validator.is_valid({option.name: {}}), option.name
    assert validator.is_valid({"targets": {"a": {"max-jobs": 3}}, "expectations": {"EXP-OPEN-ID-ZERO": "reject"}})
    assert not validator.is_valid({"targets": {"a": {"target": "b"}}})
    assert not validator.is_valid({"max_jobs": 3})
    assert not validator.is_valid({"max-jobs": 0})


@pytest.mark.parametrize("suffix", ["", "\n", "\r\n"])
def test_credentials(here: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    """Credentials come from the environment or a file, and white space around them is dropped."""
    assert settled().plan.authorization is None
    monkeypatch.setenv("EXPORT_CONTRACT_AUTHORIZATION", f" bln key=a{suffix}")
    assert settled().plan.authorization == "bln key=a"
    (here / "secret").write_text(f"bln key=b{suffix}")
    assert settled("--authorization-file", "secret").plan.authorization == "bln key=b"
    (here / "export-contract.toml").write_text('authorization-file = "secret"\n')
    assert settled().plan.authorization == "bln key=a"
    monkeypatch.delenv("EXPORT_CONTRACT_AUTHORIZATION")
    assert settled().plan.authorization == "bln key=b"
    assert "key=" not in repr(settled()) + str(settled())


def test_pyproject(here: Path) -> None:
    """The table [tool.export-contract] of pyproject.toml counts where there is no file of its own."""
    (here / "pyproject.toml").write_text("[tool.export-contract]\nmax-jobs = 7\nseed = 3\n")
    assert settled().plan.limits.jobs == 7
    (here / "export-contract.toml").write_text("max-jobs = 8\n")
    assert (settled().plan.limits.jobs, settled().plan.seed) == (8, 0)


@pytest.mark.parametrize("content", ["", "[project]\nname = 'x'\n", "[tool.other]\na = 1\n"])
def test_a_pyproject_that_says_nothing(here: Path, content: str) -> None:
    """A pyproject.toml of something else changes nothing."""
    (here / "pyproject.toml").write_text(content)
    assert settled().plan == settled("--seed", "0").plan or settled().plan.seed == 0


def test_expectations(here: Path) -> None:
    """What the contract leaves unspecified can be decided for one target, by requirement."""
    (here / "export-contract.toml").write_text('[expectations]\nEXP-OPEN-ID-ZERO = "reject"\n')
    contract = settled().plan.contract
    assert contract.by_id["EXP-OPEN-ID-ZERO"].expectation == "reject"
    assert contract.by_id["EXP-OPEN-ID-NEGATIVE"].expectation == "unspecified"


def test_named_targets(here: Path) -> None:
    """The settings of a named target count before those for all."""
    (here / "export-contract.toml").write_text(
        'max-jobs = 5\nseed = 5\n[expectations]\nEXP-OPEN-ID-ZERO = "reject"\n'
        '[targets.staging]\nbase-url = "http://staging:1"\nmax-jobs = 6\n'
        '[targets.staging.expectations]\nEXP-OPEN-ID-NEGATIVE = "reject"\n'
    )
    plan = settled("--target", "staging").plan
    assert (plan.base_url, plan.limits.jobs, plan.seed) == ("http://staging:1", 6, 5)
    assert {plan.contract.by_id[f"EXP-OPEN-ID-{name}"].expectation for name in ("ZERO", "NEGATIVE")} == {"reject"}
    assert settled("--target", "staging", "--max-jobs", "7").plan.limits.jobs == 7
    assert (settled().plan.base_url, settled().plan.limits.jobs) == ("", 5)
    (here / "other.toml").write_text('target = "x"\n[targets.x]\nbase-url = "http://x:1"\n')
    assert settled("--config", "other.toml").plan.base_url == "http://x:1"


def test_a_named_target_is_its_url(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names a target means its URL: a URL of a lower source does not take its place, and one beside it does."""
    (here / "export-contract.toml").write_text('[targets.staging]\nbase-url = "http://staging:1"\n')
    monkeypatch.setenv("EXPORT_CONTRACT_BASE_URL", "http://env:1")
    assert settled("--target", "staging").plan.base_url == "http://staging:1"
    assert settled("--target", "staging", "-u", "http://line:1").plan.base_url == "http://line:1"
    assert settled().plan.base_url == "http://env:1"


def test_no_target(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a target nothing is tested, the embedded sandbox least of all; the message names what there is."""
    with pytest.raises(ConfigurationError, match=r"no target is given: use --base-url URL, --target NAME, or --sandb"):
        settled(needs_target=True)
    (here / "export-contract.toml").write_text('[targets.staging]\nbase-url = "http://staging:1"\n[targets.b]\n')
    with pytest.raises(ConfigurationError, match=r"--target NAME \(staging, b\)"):
        settled(needs_target=True)
    with pytest.raises(ConfigurationError, match="no target is given"):
        settled("--target", "b", needs_target=True)
    for name in ("EXPORT_CONTRACT_URL", "EXPORT_CONTRACT_BASEURL", "EXPORT_CONTRACT_BASE_URI"):
        with monkeypatch.context() as inner:
            inner.setenv(name, "http://x")
            with pytest.raises(ConfigurationError, match=f"{name} is set, did you mean EXPORT_CONTRACT_BASE_URL\\?"):
                settled(needs_target=True)
    monkeypatch.setenv("EXPORT_CONTRACT_FAULT", "trace-sql")
    with pytest.raises(ConfigurationError, match=r"embedded sandbox$"):
        settled(needs_target=True)


def test_the_sandbox_and_a_url(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The higher source decides between the sandbox and a URL; in one source they contradict each other."""
    for arguments in (("--sandbox", "-u", "http://x"), ("--sandbox", "--target", "a")):
        (here / "export-contract.toml").write_text("[targets.a]\n")
        with pytest.raises(ConfigurationError, match="--sandbox: it cannot be combined with --"):
            settled(*arguments)
    (here / "export-contract.toml").write_text("sandbox = true\n")
    assert settled().plan.embedded
    monkeypatch.setenv("EXPORT_CONTRACT_BASE_URL", "http://env:1")
    assert (settled().plan.embedded, settled().plan.base_url) == (False, "http://env:1")
    assert settled("--sandbox").plan.embedded


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/tp-api",
        "https://API.example.com.:443/tp-api/",
        "https://api.example.com/x/../tp-api/v1",
        "https://api.example.com/%74p-api",
        "https://api.example.com",
        "https://live.customer.example/tp-api",
        "http://live.customer.example:8080",
        "https://real.example/of-staging",
    ],
)
def test_production(here: Path, url: str) -> None:
    """What is marked as production, however it is spelled, is tested only where that is allowed."""
    (here / "export-contract.toml").write_text(
        'production = ["https://live.customer.example/tp-api", "http://live.customer.example:8080/"]\n'
        '[targets.staging]\nproduction = ["https://real.example"]\n'
    )
    with pytest.raises(ConfigurationError, match=r"is marked as production in .*; use --allow-production to test it"):
        settled("-u", url, "--target", "staging")
    assert settled("-u", url, "--target", "staging", "--allow-production").plan.base_url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://sandbox.example.com/tp-api",
        "https://api.example.com/other",
        "https://api.example.com:8443/tp-api",
        "https://my-api.example.com/tp-api",
        "https://live.customer.example/staging",
    ],
)
def test_no_production(here: Path, url: str) -> None:
    """Another host, port or path is no production system."""
    (here / "export-contract.toml").write_text('production = ["https://live.customer.example/tp-api"]\n')
    assert settled("-u", url).plan.base_url == url


def test_production_named_in_the_file(here: Path) -> None:
    """A base URL of the file is guarded like one of the command line."""
    (here / "export-contract.toml").write_text(
        'base-url = "https://live.example"\nproduction = ["https://live.example"]\n'
    )
    with pytest.raises(ConfigurationError, match="marked as production in the configuration"):
        settled()


def test_the_folder_is_the_working_directory(here: Path) -> None:
    """A configuration in another folder does not count."""
    (here / "export-contract.toml").write_text("max-jobs = 7\n")
    (here / "below").mkdir()
    with contextlib.chdir(here / "below"):
        assert settled().plan.limits.jobs == 60
