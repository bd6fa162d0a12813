"""Everything that this package raises on purpose.

    ExportContractError
    ├── ContractError (ValueError)          a contract cannot be used
    │   └── UnsupportedContract             no requests can be made from it
    ├── ConfigurationError (ValueError)     an option, a variable or a configuration file cannot be used
    ├── UserCheckError (ValueError)         a check of the user's own cannot be loaded, or failed
    ├── ResultsError (ValueError)           a results file, a baseline or a journal cannot be read
    ├── SchemathesisMissing (ImportError)   the extra `schemathesis` is not installed
    ├── BudgetSpent                         a request was not sent, since the budget is used up
    ├── Inconclusive                        nothing can be said about the target
    └── DoesNotConform (AssertionError)     a response does not keep the contract

    KeyboardInterrupt
    └── Terminated                          the process received SIGTERM

Each is a record with fields, and its text is one plain sentence to show to a user.
The sandbox, which imports no other part of the package, has its own.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BudgetSpent",
    "ConfigurationError",
    "ContractError",
    "DoesNotConform",
    "ExportContractError",
    "Inconclusive",
    "ResultsError",
    "SchemathesisMissing",
    "Terminated",
    "UnsupportedContract",
    "UserCheckError",
    "describe_defect",
]


class ExportContractError(Exception):
    """The base class of all errors of this package."""


@dataclass(eq=False)
class ContractError(ExportContractError, ValueError):
    """A contract cannot be used."""

    file: str
    place: str
    """A JSON pointer, a line and column, or a requirement's id; empty where the whole file is meant."""
    problem: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.place, self.problem) if part)


class UnsupportedContract(ContractError):
    """The request schema holds something that no requests can be made from."""


@dataclass(eq=False)
class ConfigurationError(ExportContractError, ValueError):
    """An option, an environment variable or a configuration file cannot be used."""

    place: str
    """The option as the command line spells it (`--rate`), the variable, or the file and the key in it."""
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else self.problem


@dataclass(eq=False)
class UserCheckError(ExportContractError, ValueError):
    """A file of user checks cannot be used, or one of its checks raised an exception."""

    file: str
    check: str
    """The name of the function; empty where the whole file is meant."""
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.check} {self.problem}" if self.check else f"{self.file}: {self.problem}"


@dataclass(eq=False)
class ResultsError(ExportContractError, ValueError):
    """A results file, a baseline or a journal cannot be read."""

    file: str
    problem: str

    def __str__(self) -> str:
        return f"{self.file}: {self.problem}"


class SchemathesisMissing(ExportContractError, ImportError):
    """Schemathesis is not installed."""

    def __str__(self) -> str:
        return "Schemathesis is not installed; pip install 'export-contract[schemathesis]'"


@dataclass(eq=False)
class BudgetSpent(ExportContractError):
    """A request was not sent, since the budget is used up."""

    resource: str
    """What is used up: `requests`, `jobs` or `time`."""

    def __str__(self) -> str:
        return (
            f"the budget of {self.resource} is used up, so this request was not sent; "
            f"--export-contract-max-{self.resource} allows more"
        )


@dataclass(eq=False)
class Inconclusive(ExportContractError):
    """Nothing can be said about the target: it is unreachable, refuses the credentials, or the like."""

    reason: str
    """Why, and what to correct."""
    cause: str | None = None
    """The kind of reason: a value of `Cause`, the results' `cause`."""

    def __str__(self) -> str:
        return self.reason


@dataclass(eq=False)
class DoesNotConform(ExportContractError, AssertionError):
    """A response does not keep the contract."""

    requirements: tuple[str, ...]
    """The ids of the requirements that are not kept."""
    report: str
    """The findings, as the console shows them."""

    def __str__(self) -> str:
        return self.report


class Terminated(KeyboardInterrupt):
    """The process received SIGTERM: it ends as after Ctrl-C, with everything written."""


def describe_defect(error: BaseException) -> str:
    """One sentence for an exception that nobody expected: where it came from, and nothing of what it says.

    Its text may hold a part of a request or a response.
    """
    place, trace = "", error.__traceback__
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("export_contract"):
            place = f" in {module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    name = type(error).__name__
    return f"export-contract itself failed ({name}{place}): this is a defect of export-contract, not of the target"
