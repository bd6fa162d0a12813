"""Configuration: export-contract.toml, or [tool.export-contract] in pyproject.toml, in the working directory.

Its keys are the long options of `run`, without the hyphens in front; `expectations` decides what the contract leaves
unspecified, for this target. The command line counts before the environment, that before the file, and that before
the defaults.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

FILE: Final = "export-contract.toml"


class ConfigurationError(ValueError):
    """A configuration that cannot be used: one sentence with the file, the key and what is wrong."""


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", omit_defaults=True):
    """What a configuration file may hold; what it does not hold is left to the defaults of the command."""

    base_url: str | None = None
    contract: str | None = None
    header: tuple[str, ...] | None = None
    authorization_file: str | None = None
    phases: str | None = None
    max_requests: int | None = None
    max_jobs: int | None = None
    max_time: float | None = None
    rate: float | None = None
    concurrency: int | None = None
    timeout: float | None = None
    seed: int | None = None
    report: tuple[str, ...] | None = None
    activity_id: tuple[float | int, ...] | None = None
    allow_production: bool | None = None
    expectations: dict[str, Literal["accept", "reject"]] = {}


def read_configuration(directory: Path) -> Configuration:
    """The configuration in `directory`; an empty one where it has none.

    Raises ConfigurationError for a file that cannot be read, an unknown key, and a value of the wrong type.
    """
    own = directory / FILE
    if own.is_file():
        return _decode(_load(own), str(own))
    project = directory / "pyproject.toml"
    if project.is_file():
        table = _load(project).get("tool", {}).get("export-contract")
        if table is not None:
            return _decode(table, f"{project} [tool.export-contract]")
    return Configuration()


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file}: the file cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: this is no TOML: {error}") from error


def _decode(table: Any, place: str) -> Configuration:
    try:
        return msgspec.convert(table, Configuration)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{place}: {error}") from error
