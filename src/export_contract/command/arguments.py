"""The options of the table as click has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from export_contract.configuration.sources import Given, Source, Values, from_environment, read_texts
from export_contract.options import Door, Kind, Option, options_of

_F = TypeVar("_F", bound=Callable[..., Any])
DEBUG = "export_contract.debug"
"""In the context's `meta`: whether tracebacks are to be shown."""


def options(door: Door) -> Callable[[_F], _F]:
    """Decorate a command with the options of a door, in the order of the table."""

    def add(command: _F) -> _F:
        for option in reversed(options_of(door)):
            command = as_click_has_it(option)(command)
        return command

    return add


def as_click_has_it(option: Option, text: str = "") -> Callable[[_F], _F]:
    """An option, whose value is read later, so that a message can name its source; `text` replaces its help."""
    names = (*((option.short,) if option.short else ()), option.flag)
    settings: dict[str, Any] = {"help": text or option.help_with_default}
    if option.kind is Kind.FLAG:
        settings |= {"is_flag": True, "default": False}
    else:
        settings |= {"metavar": option.metavar, "multiple": option.repeatable, "type": click.UNPROCESSED}
    if option.name == "debug":
        settings |= {"callback": _keep_debug, "is_eager": True}
    return click.option(*names, **settings)


def _keep_debug(context: click.Context, parameter: click.Parameter, value: bool) -> bool:
    context.meta[DEBUG] = context.meta.get(DEBUG, False) or value
    return value


def command_line(door: Door, context: click.Context) -> Mapping[str, Given]:
    """What was given on the command line."""
    texts = {
        option.name: context.params.get(option.parameter)
        for option in options_of(door)
        if context.get_parameter_source(option.parameter) is ParameterSource.COMMANDLINE
    }
    return read_texts(options_of(door), texts, Source.COMMAND_LINE, lambda option: option.flag)


def values_of(door: Door, context: click.Context, environment: Mapping[str, str]) -> Values:
    """The values for a command that reads no configuration file."""
    return Values(door, [from_environment(door, environment), command_line(door, context)])
