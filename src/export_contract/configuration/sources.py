"""Where the value of an option came from: command line, environment, pytest's ini file, configuration file, default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import Any, NamedTuple, TypeVar

from export_contract.exceptions import ConfigurationError
from export_contract.options import Door, Option, options_of

_T = TypeVar("_T")


class Source(IntEnum):
    """The higher one counts."""

    DEFAULT = 0
    FILE = 1
    INI = 2
    ENVIRONMENT = 3
    COMMAND_LINE = 4


class Given(NamedTuple):
    """The value of an option, and where it was given."""

    value: Any
    place: str
    """As a message names it: `--rate`, `EXPORT_CONTRACT_RATE`, `export-contract.toml: rate`."""
    source: Source


class Values:
    """The values of all options of a door, each from the highest source that gives it."""

    def __init__(self, door: Door, sources: Iterable[Mapping[str, Given]]) -> None:
        self._given = {option.name: _default(option) for option in options_of(door)}
        for values in sources:
            for name, given in values.items():
                if name in self._given and given.source >= self._given[name].source:
                    self._given[name] = given

    def __getitem__(self, name: str) -> Any:
        """The value; None, False or () where none was given, and for what this door does not have."""
        return self._given[name].value if name in self._given else None

    def given(self, name: str) -> Given:
        """The value, and where it was given."""
        return self._given[name]

    def parsed(self, name: str, parse: Callable[[Any], _T]) -> _T | None:
        """The value as `parse` reads it, None where there is none; a ValueError gets the place in front."""
        given = self._given.get(name)
        if given is None or given.value is None:
            return None
        try:
            return parse(given.value)
        except ConfigurationError:
            raise
        except ValueError as error:
            raise ConfigurationError(given.place, str(error)) from None


def _default(option: Option) -> Given:
    return Given(() if option.repeatable else option.default, option.flag, Source.DEFAULT)


def read_texts(
    options: Iterable[Option], texts: Mapping[str, Any], source: Source, place: Callable[[Option], str]
) -> dict[str, Given]:
    """Values that were given as text, by the names of their options.

    `texts` has them by the same names: a text, a sequence of them for what is repeatable, True or False for a flag;
    None where none was given. `place` names an option in messages.
    """
    found: dict[str, Given] = {}
    for option in options:
        raw = texts.get(option.name)
        if raw is None or raw == () or raw == []:
            continue
        try:
            value = _read(option, raw)
        except ValueError as error:
            raise ConfigurationError(place(option), str(error)) from None
        found[option.name] = Given(value, place(option), source)
    return found


def _read(option: Option, raw: Any) -> Any:
    if isinstance(raw, bool):
        return raw
    if option.repeatable:
        return tuple(option.read(one) for one in ([raw] if isinstance(raw, str) else raw))
    return option.read(raw if isinstance(raw, str) else str(raw))


def from_environment(door: Door, environment: Mapping[str, str]) -> dict[str, Given]:
    """The values in the environment. One that is set and empty is an error: CI did not fill it in."""
    options = options_of(door)
    texts: dict[str, Any] = {}
    for option in options:
        text = environment.get(option.variable)
        if text is not None:
            is_list = option.repeatable and text.strip()
            texts[option.name] = [one for one in text.split(option.separator) if one.strip()] if is_list else text
    return read_texts(options, texts, Source.ENVIRONMENT, lambda option: option.variable)
