"""The plugin's options: those of the command under another name, from the same table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest

from export_contract.options import Door, Kind, Option, options_of

if TYPE_CHECKING:
    from export_contract.configuration.settings import RunSettings
    from export_contract.configuration.sources import Given

OPTIONS: Final = options_of(Door.PLUGIN)
DEFECT: Final = 3
"""The exit status where export-contract itself fails: that of the command, and of pytest's own internal errors."""
_PREFIX: Final = "--export-contract-"
_SHORTER: Final = {"base-url": "url"}
_INI_TYPES: Final = {Kind.TEXT: "string", Kind.INTEGER: "int", Kind.NUMBER: "float", Kind.FLAG: "bool"}
_OF_THE_COMMAND: Final = re.compile(r"(?<![\w-])--(?!export-contract-)([a-z][a-z-]*)")
_SETTLED: Final[pytest.StashKey[RunSettings]] = pytest.StashKey()


def flag(option: Option) -> str:
    """The long name of an option in pytest."""
    return _PREFIX + _SHORTER.get(option.name, option.name)


def key(option: Option) -> str:
    """The ini key of an option, which is also its name among pytest's options."""
    return flag(option)[2:].replace("-", "_")


def ini_type(option: Option) -> str:
    """The type of the ini key, as pytest names it; what holds several values has a line for each."""
    # A rate may be written as 5/s.
    return "linelist" if option.repeatable else "string" if option.suffix else _INI_TYPES[option.kind]


def add_options(parser: pytest.Parser) -> None:
    """Add the options and their ini keys."""
    group = parser.getgroup("export-contract", "contract testing of an export API (export-contract)")
    for option in OPTIONS:
        if option.kind is Kind.FLAG:
            how: dict[str, Any] = {"action": "store_true"}
        else:
            how = {"metavar": option.metavar, "action": "append" if option.repeatable else "store"}
        text = option.help_with_default.replace("%", "%%")
        group.addoption(flag(option), dest=key(option), default=None, help=text, **how)
        parser.addini(key(option), option.help, type=ini_type(option), default=None)  # type: ignore[arg-type]  # one of its kinds


def settled(config: pytest.Config, *, needs_target: bool = False) -> RunSettings:
    """The run that the options describe: command line over environment over ini over configuration file.

    Raises pytest.UsageError with one sentence where something cannot be used, and where `needs_target` and there is
    none.
    """
    if _SETTLED not in config.stash:
        config.stash[_SETTLED] = _settle(config)
    settings = config.stash[_SETTLED]
    if needs_target and not settings.has_target:
        import os

        from export_contract.configuration.target import missing_target

        raise _usage_error(str(missing_target(settings.targets, os.environ)))
    return settings


def is_used(config: pytest.Config) -> bool:
    """Whether anything of the plugin was used in this process."""
    return _SETTLED in config.stash


def is_requested(config: pytest.Config) -> bool:
    """Whether the command line has an option of this plugin, or names the bundled suite."""
    return is_suite_requested(config) or any(config.getoption(key(option)) is not None for option in OPTIONS)


def is_suite_requested(config: pytest.Config) -> bool:
    """Whether the command line names the bundled suite."""
    return any("acceptance_suite" in argument for argument in config.args)


def _settle(config: pytest.Config) -> RunSettings:
    from export_contract.configuration.settings import settle
    from export_contract.exceptions import ExportContractError, describe_defect

    try:
        return settle(Door.PLUGIN, _command_line(config), ini=_ini(config), needs_target=False)
    except ExportContractError as error:
        problem = str(error)
    except Exception as error:
        if config.getoption("export_contract_debug"):
            raise
        pytest.exit(describe_defect(error), returncode=DEFECT)
    # Here, where no variable of a frame holds a secret.
    raise _usage_error(problem)


def _command_line(config: pytest.Config) -> dict[str, Given]:
    from export_contract.configuration.sources import Source, read_texts

    texts = {option.name: config.getoption(key(option)) for option in OPTIONS}
    return read_texts(OPTIONS, texts, Source.COMMAND_LINE, flag)


def _ini(config: pytest.Config) -> dict[str, Given]:
    from export_contract.configuration.sources import Source, read_texts

    texts = {option.name: config.getini(key(option)) for option in OPTIONS}
    return read_texts(OPTIONS, texts, Source.INI, key)


def _usage_error(problem: str) -> pytest.UsageError:
    return pytest.UsageError(f"export-contract: {problem_with_pytest_names(problem)}")


def problem_with_pytest_names(problem: str) -> str:
    """A sentence that may quote a file, as it can be printed, with the names that options have in pytest."""
    from export_contract.reports.escaping import message

    return with_pytest_names(message(problem))


def with_pytest_names(text: str) -> str:
    """A sentence of the command, with the names that its options have in pytest.

    >>> with_pytest_names("Check --base-url.")
    'Check --export-contract-url.'
    """
    names = {option.name: flag(option) for option in OPTIONS}
    return _OF_THE_COMMAND.sub(lambda match: names.get(match[1], match[0]), text)
