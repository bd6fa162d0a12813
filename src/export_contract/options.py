"""The one table of options: what the command, the plugin, the environment and the configuration file all read.

Importing this module costs next to nothing, so that help comes at once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NamedTuple

ENVIRONMENT: Final = "EXPORT_CONTRACT_"
AUTHORIZATION: Final = "EXPORT_CONTRACT_AUTHORIZATION"
"""The variable that holds the Authorization header's value, for which there is no option."""
PHASES: Final = ("probe", "load", "auth", "protocol", "jobs", "suite", "relations", "explore")

Value = str | int | float | bool

_MOST_SHOWN: Final = 60
_LARGEST: Final = 2**63 - 1
_LONGEST: Final = 1_000_000
"""Seconds, eleven days: operating systems refuse to wait much longer."""
_SHORTEST: Final = 0.001
_YES: Final = frozenset({"1", "true", "t", "yes", "y", "on"})
_NO: Final = frozenset({"0", "false", "f", "no", "n", "off"})


class Kind(StrEnum):
    """The type of a value, by its name in JSON Schema."""

    TEXT = "string"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "boolean"


class Door(StrEnum):
    """Where an option can be given."""

    RUN = "run"
    REPLAY = "replay"
    SUITE = "suite"
    CONTRACT = "contract"
    REPORT = "report"
    COMPARE = "compare"
    SANDBOX = "sandbox"
    DECODE = "decode"
    PLUGIN = "plugin"
    FILE = "file"
    """The top of a configuration file."""
    TARGET = "target"
    """A table `[targets.NAME]` of a configuration file."""


_DESCRIPTION: Final = {
    Kind.TEXT: "text",
    Kind.INTEGER: "an integer",
    Kind.NUMBER: "a number",
    Kind.FLAG: "true or false",
}


class Option(NamedTuple):
    """One option."""

    name: str
    """The long name, without hyphens in front; the key in the configuration file."""
    help: str
    doors: frozenset[Door]
    kind: Kind = Kind.TEXT
    metavar: str = ""
    default: Value | None = None
    short: str = ""
    repeatable: bool = False
    separator: str | None = None
    """What separates the values of a repeatable option in the environment; None for white space."""
    least: float | None = None
    most: float | None = None
    suffix: str = ""
    """What may stand behind a number: `/s`."""

    @property
    def flag(self) -> str:
        """As the command line has it."""
        return f"--{self.name}"

    @property
    def parameter(self) -> str:
        """As Python has it."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """As the environment has it."""
        return ENVIRONMENT + self.parameter.upper()

    @property
    def help_with_default(self) -> str:
        """What help shows."""
        if self.default is None:
            return self.help
        default = f"{self.default:g}" if isinstance(self.default, float) else self.default
        return f"{self.help} [default: {default}]"

    def read(self, text: str) -> Value:
        """A value that was given as text; raises ValueError with the problem."""
        if not text.strip():
            raise ValueError("it is empty; give it a value, or leave it out")
        match self.kind:
            case Kind.TEXT:
                return self.check(text)
            case Kind.FLAG:
                if text.strip().lower() not in _YES | _NO:
                    raise ValueError(f"{shown(text)} is not {_DESCRIPTION[self.kind]}")
                return text.strip().lower() in _YES
            case Kind.INTEGER | Kind.NUMBER:
                try:
                    number = int(text) if self.kind is Kind.INTEGER else float(text.removesuffix(self.suffix))
                except ValueError:
                    raise ValueError(f"{shown(text)} is not {_DESCRIPTION[self.kind]}{self._example()}") from None
                return self.check(number)

    def check(self, value: Any) -> Value:
        """A value that has a type already, as in a TOML file; raises ValueError with the problem."""
        if isinstance(value, bool) is not (self.kind is Kind.FLAG) or not isinstance(value, _TYPES[self.kind]):
            raise ValueError(f"{shown(value)} is not {_DESCRIPTION[self.kind]}")
        if isinstance(value, str):
            if not value.strip():
                raise ValueError("it is empty; give it a value, or leave it out")
            if any((character < " " and character != "\t") or character == "\x7f" for character in value):
                raise ValueError(f"{shown(value)} has a control character in it")
        elif not isinstance(value, bool):
            number: float = value  # type: ignore[assignment]  # what is left of the kinds
            if problem := self._out_of_bounds(number):
                raise ValueError(f"{shown(number)} {problem}{self._example()}")
            return float(number) if self.kind is Kind.NUMBER else number
        checked: Value = value
        return checked

    def _out_of_bounds(self, value: float) -> str:
        if self.least is not None and self.most is not None:
            # Written so that what is not a number is out of bounds too.
            return "" if self.least <= value <= self.most else f"is not between {self.least:,} and {self.most:,}"
        if self.least is not None and value < self.least:
            return f"is less than {self.least:,}"
        return "" if abs(value) <= _LARGEST else "is too large"

    def _example(self) -> str:
        return f", as in 5{self.suffix}" if self.suffix else ""


_TYPES: Final[dict[Kind, type | tuple[type, ...]]] = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.NUMBER: (int, float),
    Kind.FLAG: bool,
}


def shown(value: object) -> str:
    """A value as a message quotes it: printable, and not long."""
    text = ascii(value) if isinstance(value, str) else str(value)
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


_SENDING = frozenset({Door.RUN, Door.REPLAY, Door.PLUGIN, Door.FILE, Door.TARGET})
_RUNNING = _SENDING - {Door.REPLAY}
_CHOOSING = _SENDING - {Door.TARGET}
"""Options that choose the target, which a table of one target cannot."""
_SHOWING = frozenset({Door.RUN, Door.REPORT, Door.FILE, Door.TARGET})
_COMMANDS = frozenset(
    {Door.RUN, Door.REPLAY, Door.SUITE, Door.CONTRACT, Door.REPORT, Door.COMPARE, Door.SANDBOX, Door.DECODE}
)

# fmt: off
OPTIONS: Final = (
    Option(name="base-url", short="-u", metavar="URL", help="Base URL of the API.", doors=_SENDING),
    Option(name="target", metavar="NAME",
           help="A target that the configuration file names.", doors=_CHOOSING | {Door.SUITE, Door.CONTRACT}),
    Option(name="sandbox", kind=Kind.FLAG, help="Test the embedded sandbox.", doors=_CHOOSING),
    Option(name="contract", metavar="FILE",
           help="OpenAPI document of the contract, with requirements.yaml beside it (default: the built-in contract).",
           doors=_SENDING | {Door.SUITE, Door.CONTRACT}),
    Option(name="header", short="-H", metavar="'NAME: VALUE'", repeatable=True, separator="\n",
           help="Send this header with every request; repeatable.", doors=_SENDING),
    Option(name="authorization-file", metavar="FILE",
           help=f"Read the Authorization header's value from FILE (default: ${AUTHORIZATION}).", doors=_SENDING),
    Option(name="phases", metavar="A,B", default=",".join(PHASES), help="Phases to run.", doors=_RUNNING),
    Option(name="max-requests", kind=Kind.INTEGER, metavar="N", default=700, least=1,
           help="Send at most N requests.", doors=_RUNNING),
    Option(name="max-jobs", kind=Kind.INTEGER, metavar="N", default=60, least=1,
           help="Create at most N jobs.", doors=_RUNNING),
    Option(name="max-open-jobs", kind=Kind.INTEGER, metavar="N", least=1,
           help="Have at most N jobs running at the same time (default: as many as the target lets).", doors=_RUNNING),
    Option(name="max-time", kind=Kind.NUMBER, metavar="SECONDS", least=_SHORTEST, most=_LONGEST,
           help="Stop sending after SECONDS.", doors=_RUNNING),
    Option(name="rate", kind=Kind.NUMBER, metavar="N/s", suffix="/s", least=0.001, most=10_000,
           help="Send at most N requests a second.", doors=_RUNNING),
    Option(name="concurrency", kind=Kind.INTEGER, metavar="N", default=4, least=1, most=64,
           help="Send at most N requests at the same time.", doors=_RUNNING),
    Option(name="timeout", kind=Kind.NUMBER, metavar="SECONDS", least=_SHORTEST, most=_LONGEST,
           help="Report responses slower than SECONDS (default: the contract's limit, else 4).", doors=_SENDING),
    Option(name="max-followed", kind=Kind.INTEGER, metavar="N", default=9, least=0,
           help="Follow at most N jobs to their files.", doors=_RUNNING),
    Option(name="job-timeout", kind=Kind.NUMBER, metavar="SECONDS", default=60.0, least=_SHORTEST, most=_LONGEST,
           help="Report jobs that are not completed after SECONDS.", doors=_RUNNING),
    Option(name="range", metavar="START/END",
           help="Where the target has data: two timestamps, for the requests whose files are read.", doors=_RUNNING),
    Option(name="seed", kind=Kind.INTEGER, metavar="N", default=0, help="Random seed.", doors=_RUNNING),
    Option(name="report", metavar="FORMAT[=PATH]", repeatable=True,
           help="Write a report: json, html, junit, markdown, sarif, har or ctrf; repeatable.",
           doors=_RUNNING | {Door.REPORT}),
    Option(name="baseline", metavar="FILE",
           help="Known findings, which do not fail the run; TOML or JSON.", doors=_RUNNING),
    Option(name="update-baseline", kind=Kind.FLAG,
           help="Rewrite the baseline: add new findings, remove fixed ones.", doors=_RUNNING),
    Option(name="strict-baseline", kind=Kind.FLAG,
           help="Also fail when a baselined finding no longer occurs.", doors=_RUNNING),
    Option(name="activity-id", kind=Kind.INTEGER, metavar="N", repeatable=True,
           help="A learningActivityId that exists on the target; repeatable.", doors=_SENDING | {Door.SUITE}),
    Option(name="allow-production", kind=Kind.FLAG,
           help="Also test a server that is marked as production.", doors=_SENDING),
    Option(name="config", metavar="FILE",
           help="Configuration file (default: export-contract.toml, else pyproject.toml, in the working directory).",
           doors=frozenset({Door.RUN, Door.REPLAY, Door.SUITE, Door.CONTRACT, Door.PLUGIN})),
    Option(name="quiet", kind=Kind.FLAG, short="-q", help="Show only findings and the verdict.", doors=_SHOWING),
    Option(name="verbose", kind=Kind.FLAG, short="-v",
           help="Also show the source of each requirement.", doors=_SHOWING),
    Option(name="no-color", kind=Kind.FLAG, help="Do not use colors.", doors=_SHOWING),
    Option(name="debug", kind=Kind.FLAG,
           help="Show the traceback if export-contract itself fails.", doors=_COMMANDS | {Door.PLUGIN, Door.FILE}),
    Option(name="checks", metavar="FILE",
           help="A Python file with checks of your own.", doors=frozenset({Door.FILE, Door.TARGET})),
    Option(name="production", metavar="URL", repeatable=True,
           help="URLs of production systems, which are tested only with allow-production.",
           doors=frozenset({Door.FILE, Door.TARGET})),
    Option(name="slower-than", kind=Kind.NUMBER, metavar="FACTOR", default=2.0, least=1, most=_LONGEST,
           help="Report latencies that grew by more than FACTOR, and by at least 0.1 s.",
           doors=frozenset({Door.COMPARE})),
    Option(name="port", kind=Kind.INTEGER, metavar="N", default=8080, least=0, most=65_535,
           help="Port to listen on; 0 takes any free port.", doors=frozenset({Door.SANDBOX})),
    Option(name="fault", metavar="NAME", repeatable=True,
           help="Break the contract in this way; repeatable.", doors=frozenset({Door.SANDBOX})),
    Option(name="variant", metavar="NAME", repeatable=True,
           help="Keep the contract in another way; repeatable.", doors=frozenset({Door.SANDBOX})),
)
# fmt: on

BY_NAME: Final = {option.name: option for option in OPTIONS}


def options_of(door: Door) -> tuple[Option, ...]:
    """The options that can be given there."""
    return tuple(option for option in OPTIONS if door in option.doors)
