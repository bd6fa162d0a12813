"""The plugin's options: those of the command `run` by another name, settled by the same code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

if TYPE_CHECKING:
    from export_contract.running import SettledRun

_PREFIX: Final = "--export-contract-"
_SHORTER: Final = {"base-url": "url"}
_OF_THE_COMMAND: Final = re.compile(r"(?<![\w-])--(?!export-contract-)([a-z][a-z-]*)")


class Option(NamedTuple):
    """An option of `run`, as pytest has it."""

    name: str
    """Its long name there, without the hyphens in front."""
    kind: str
    """The type of its ini key: `string`, `int`, `float`, `bool`, or `linelist` where it is repeatable."""
    metavar: str
    help: str

    @property
    def flag(self) -> str:
        """Its long name in pytest."""
        return _PREFIX + _SHORTER.get(self.name, self.name)

    @property
    def key(self) -> str:
        """Its ini key, which is also its name among pytest's options."""
        return self.flag[2:].replace("-", "_")


OPTIONS: Final = (
    Option("base-url", "string", "URL", "Where the API lives; without it, the embedded sandbox is tested."),
    Option("target", "string", "NAME", "A target that the configuration file names."),
    Option("contract", "string", "FILE", "The OpenAPI document; requirements.yaml beside it counts."),
    Option("header", "linelist", "'NAME: VALUE'", "Sent with every request; repeatable."),
    Option("authorization-file", "string", "FILE", "Holds the Authorization header's value."),
    Option("phases", "string", "A,B", "What to run."),
    Option("max-requests", "int", "N", "Send at most N requests."),
    Option("max-jobs", "int", "N", "Create at most N jobs."),
    Option("max-time", "float", "SECONDS", "Send nothing after so long."),
    Option("rate", "string", "N/s", "Send at most N requests a second."),
    Option("concurrency", "int", "N", "Requests at once."),
    Option("timeout", "float", "SECONDS", "A later answer is a finding; 4 where the contract says nothing else."),
    Option("max-followed", "int", "N", "Follow at most N jobs to their files."),
    Option("job-timeout", "float", "SECONDS", "A job that is not completed by then is a finding."),
    Option("seed", "int", "N", "Of what is drawn by chance."),
    Option("report", "linelist", "FORMAT[=PATH]", "Write a report too; repeatable."),
    Option("baseline", "string", "FILE", "Findings that are known, and fail nothing; TOML or JSON."),
    Option("update-baseline", "bool", "", "Write the baseline anew: add what is new, remove what was fixed."),
    Option("strict-baseline", "bool", "", "Fail also for entries that do not occur any more."),
    Option("activity-id", "linelist", "N", "A learningActivityId that exists on the target; repeatable."),
    Option("allow-production", "bool", "", "Also test a server that is marked as production."),
)


def add_options(parser: pytest.Parser) -> None:
    """Add the options and their ini keys."""
    group = parser.getgroup("export-contract", "contract testing of an export API (export-contract)")
    for option in OPTIONS:
        if option.kind == "bool":
            how: dict[str, Any] = {"action": "store_true"}
        else:
            how = {"metavar": option.metavar, "action": "append" if option.kind == "linelist" else "store"}
        group.addoption(option.flag, dest=option.key, default=None, help=option.help, **how)
        parser.addini(option.key, option.help, type=option.kind, default=None)  # type: ignore[arg-type]  # one of its kinds


_SETTLED: Final[pytest.StashKey[SettledRun]] = pytest.StashKey()


def settled(config: pytest.Config) -> SettledRun:
    """The run that the options ask for: command line over environment over ini over export-contract.toml.

    Raises pytest.UsageError with one sentence where something cannot be used.
    """
    if _SETTLED not in config.stash:
        config.stash[_SETTLED] = _settle(config)
    return config.stash[_SETTLED]


def is_used(config: pytest.Config) -> bool:
    """Whether anything of the plugin was used in this process."""
    return _SETTLED in config.stash


def is_asked_for(config: pytest.Config) -> bool:
    """Whether the command line has an option of this plugin, or names the bundled suite."""
    has_option = any(config.getoption(option.key) is not None for option in OPTIONS)
    return has_option or any("acceptance_suite" in argument for argument in config.args)


def _settle(config: pytest.Config) -> SettledRun:
    import click

    from export_contract.cli import run as command
    from export_contract.running import settle

    arguments = [text for option in OPTIONS for text in _arguments(option, config.getoption(option.key))]
    keys = {option.name.replace("-", "_"): config.getini(option.key) for option in OPTIONS}
    given = {name: value for name, value in keys.items() if value is not None}
    try:
        with command.make_context("pytest", arguments, default_map=given) as context:
            return settle(context, context.params)
    except click.UsageError as error:
        problem = error.format_message()
    except ValueError as error:
        problem = str(error)
    # Here, where no variable of a frame holds a secret.
    raise pytest.UsageError(f"export-contract: {as_pytest_says(problem)}")


def _arguments(option: Option, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [f"--{option.name}"]
    return [f"--{option.name}={one}" for one in (value if isinstance(value, list) else [value])]


def as_pytest_says(text: str) -> str:
    """A sentence of the command, with the names that its options have here.

    >>> as_pytest_says("Check --base-url.")
    'Check --export-contract-url.'
    """
    names = {option.name: option.flag for option in OPTIONS}
    return _OF_THE_COMMAND.sub(lambda match: names.get(match[1], match[0]), text)
