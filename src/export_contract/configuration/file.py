"""The configuration file: export-contract.toml, or [tool.export-contract] in pyproject.toml.

Its keys are the long names of the options. Besides, `expectations` decides what the contract leaves unspecified, and
`[targets.NAME]` holds settings for `--target NAME`. Paths in it are relative to the working directory, as on the
command line.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from export_contract.configuration.sources import Given, Source
from export_contract.exceptions import ConfigurationError
from export_contract.options import Door, Kind, Option, options_of, shown

FILE: Final = "export-contract.toml"
EXPECTATIONS: Final = "expectations"
TARGETS: Final = "targets"
DECIDED: Final = ("accept", "reject")
"""What an expectation can be decided to be."""
_LONG: Final = 60
"""Characters of a key."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """What a configuration file says, for all targets or for one."""

    values: Mapping[str, Given] = {}
    """By the names of the options."""
    expectations: Mapping[str, str] = {}
    targets: Mapping[str, Configuration] = {}

    def for_target(self, name: Given) -> Configuration:
        """The settings for a named target, those for all included.

        Its base URL counts as given where the target was named: to name a target is to name its URL.
        """
        if name.value not in self.targets:
            known = f"the targets are {', '.join(self.targets)}" if self.targets else "the configuration has none"
            raise ConfigurationError(name.place, f"there is no target {shown(name.value)}; {known}")
        own = self.targets[name.value]
        values = {**self.values, **own.values}
        if "production" in self.values and "production" in own.values:
            both = (*self.values["production"].value, *own.values["production"].value)
            values["production"] = own.values["production"]._replace(value=both)
        if "base-url" in own.values:
            values["base-url"] = own.values["base-url"]._replace(source=name.source)
        return Configuration(
            values=values, expectations={**self.expectations, **own.expectations}, targets=self.targets
        )


def read_configuration(file: Given | None) -> Configuration:
    """The configuration in a file, or in the working directory where none is named; it may have none.

    Raises ConfigurationError for a file that cannot be read, an unknown key, and a value that cannot be used.
    """
    if file is not None:
        path = Path(file.value)
        table = _project_table(path) if path.name == "pyproject.toml" else _load(path)
        if table is None:
            raise ConfigurationError(file.place, f"{path} has no table [tool.export-contract]")
        return _decode(table, str(path), Door.FILE)
    if Path(FILE).is_file():
        return _decode(_load(Path(FILE)), FILE, Door.FILE)
    project = Path("pyproject.toml")
    table = _project_table(project) if project.is_file() else None
    return Configuration() if table is None else _decode(table, f"{project} [tool.export-contract]", Door.FILE)


def _project_table(path: Path) -> Any:
    tools = _load(path).get("tool", {})
    if not isinstance(tools, dict):
        raise ConfigurationError(str(path), "tool must be a table")
    return tools.get("export-contract")


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigurationError(str(path), "the file cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise ConfigurationError(str(path), f"the file cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ConfigurationError(str(path), "it is nested too deeply") from None
    except ValueError as error:  # tomllib's own, and that of int() for thousands of digits
        raise ConfigurationError(str(path), f"this is not valid TOML: {shown_error(error)}") from None


def shown_error(error: Exception) -> str:
    """The text of a library's error, printable."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in str(error))


def _decode(table: Any, place: str, door: Door) -> Configuration:
    if not isinstance(table, dict):
        raise ConfigurationError(place, "it must be a table")
    options = {option.name: option for option in options_of(door)}
    values: dict[str, Given] = {}
    expectations: dict[str, str] = {}
    targets: dict[str, Configuration] = {}
    for key, value in table.items():
        if key in options:
            values[key] = Given(_value(options[key], value, f"{place}: {key}"), f"{place}: {key}", Source.FILE)
        elif key == EXPECTATIONS:
            expectations = _expectations(value, f"{place}: {key}")
        elif key == TARGETS and door is Door.FILE:
            targets = _targets(value, f"{place}: {key}")
        else:
            raise ConfigurationError(place, f"{_unknown(key, [*options, EXPECTATIONS, TARGETS])}")
    return Configuration(values=values, expectations=expectations, targets=targets)


def _unknown(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key.replace("_", "-").lower(), known, n=1)
    name = key if key.isprintable() and len(key) < _LONG else shown(key)
    return f"{name}: unknown key" + (f"; did you mean {near[0]}?" if near else "")


def _value(option: Option, value: Any, place: str) -> Any:
    try:
        if not option.repeatable:
            return option.check(value)
        if not isinstance(value, list):
            kind = {Kind.TEXT: "texts", Kind.INTEGER: "integers"}.get(option.kind, "values")
            raise ValueError(f"it must be an array of {kind}")
        return tuple(option.check(one) for one in value)
    except ValueError as error:
        raise ConfigurationError(place, str(error)) from None


def _expectations(value: Any, place: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ConfigurationError(place, "it must be a table of requirements and expectations")
    for name, expectation in value.items():
        if expectation not in DECIDED:
            raise ConfigurationError(
                place, f"{shown(name)} must be {' or '.join(DECIDED)}, and is {shown(expectation)}"
            )
    return value


def _targets(value: Any, place: str) -> dict[str, Configuration]:
    if not isinstance(value, dict):
        raise ConfigurationError(place, "it must hold a table for each target")
    return {name: _decode(table, f"{place}.{name}", Door.TARGET) for name, table in value.items()}
