"""Configuration: export-contract.toml, or [tool.export-contract] in pyproject.toml, in the working directory.

Its keys are the long options of `run`, without the hyphens in front; `expectations` decides what the contract leaves
unspecified, `checks` names a file with checks of the user's own, `production` lists URLs that are not to be tested, and
`[targets.NAME]` holds settings for `--target NAME`. The command line counts before the environment, that before the
file, and that before the defaults.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from export_contract.exceptions import ConfigurationError

FILE: Final = "export-contract.toml"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a configuration file may say, for all targets or for one; what it does not say is left to the defaults."""

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
    max_followed: int | None = None
    job_timeout: float | None = None
    seed: int | None = None
    report: tuple[str, ...] | None = None
    baseline: str | None = None
    update_baseline: bool | None = None
    strict_baseline: bool | None = None
    activity_id: tuple[float | int, ...] | None = None
    allow_production: bool | None = None
    quiet: bool | None = None
    verbose: bool | None = None
    no_color: bool | None = None
    checks: str | None = None
    """A file with checks of the user's own."""
    expectations: dict[str, Literal["accept", "reject"]] = {}
    production: tuple[str, ...] = ()
    """URLs of production systems, which are tested with `allow-production` alone."""


class Configuration(Settings, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a configuration file may hold."""

    targets: dict[str, Settings] = {}
    """Named targets, `[targets.staging]`: for one of them its settings count before those of the file."""

    def for_target(self, name: str | None) -> Settings:
        """The settings for a named target, or those for all; raises ConfigurationError for a name that is not there."""
        if name is None:
            return self
        if name not in self.targets:
            there_are = f"there are {', '.join(self.targets)}" if self.targets else "the configuration names none"
            raise ConfigurationError("--target", f"there is no target {name!r}; {there_are}")
        own = msgspec.structs.asdict(self.targets[name])
        both = {key: value if own[key] is None else own[key] for key, value in _shared(self).items()}
        together = {
            "expectations": {**self.expectations, **own["expectations"]},
            "production": (*self.production, *own["production"]),
        }
        return Settings(**{**both, **together})


def _shared(configuration: Configuration) -> dict[str, Any]:
    return {key: value for key, value in msgspec.structs.asdict(configuration).items() if key != "targets"}


def read_configuration(directory: Path) -> Configuration:
    """The configuration in `directory`; an empty one where it has none.

    Raises ConfigurationError for a file that cannot be read, an unknown key, and a value of the wrong type.
    """
    own = directory / FILE
    if own.is_file():
        return _decode(_load(own), str(own))
    project = directory / "pyproject.toml"
    if project.is_file():
        tools = _load(project).get("tool")
        if not isinstance(tools, dict | type(None)):
            raise ConfigurationError(str(project), "tool must be a table")
        table = (tools or {}).get("export-contract")
        if table is not None:
            return _decode(table, f"{project} [tool.export-contract]")
    return Configuration()


def _load(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(str(file), f"the file cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(str(file), f"this is not valid TOML: {error}") from error


def _decode(table: Any, place: str) -> Configuration:
    try:
        return msgspec.convert(table, Configuration)
    except msgspec.ValidationError as error:
        raise ConfigurationError(place, str(error)) from error
