"""Contract testing and acceptance of asynchronous export APIs."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from export_contract.acceptance.checks.user_checks import check
    from export_contract.assertions import assert_conforms
    from export_contract.contract import (
        Classification,
        Contract,
        Expectation,
        Requirement,
        classify,
        load_contract,
    )
    from export_contract.exceptions import (
        BudgetSpent,
        ConfigurationError,
        ContractError,
        DoesNotConform,
        ExportContractError,
        Inconclusive,
        ResultsError,
        SchemathesisMissing,
        UnsupportedContract,
        UserCheckError,
    )
    from export_contract.strategies import (
        Case,
        cases,
        invalid_requests,
        malformed_payloads,
        suite,
        timestamps,
        unspecified_requests,
        valid_requests,
    )

__all__ = [
    "BudgetSpent",
    "Case",
    "Classification",
    "ConfigurationError",
    "Contract",
    "ContractError",
    "DoesNotConform",
    "Expectation",
    "ExportContractError",
    "Inconclusive",
    "Requirement",
    "ResultsError",
    "SchemathesisMissing",
    "UnsupportedContract",
    "UserCheckError",
    "assert_conforms",
    "cases",
    "check",
    "classify",
    "invalid_requests",
    "load_contract",
    "malformed_payloads",
    "suite",
    "timestamps",
    "unspecified_requests",
    "valid_requests",
]

# `contract`, `strategies` and `suite` are heavy to import, and the command's help needs none of them.
_ROOMS: Final = {
    "export_contract.acceptance.checks.user_checks": ("check",),
    "export_contract.contract": (
        "Classification",
        "Contract",
        "Expectation",
        "Requirement",
        "classify",
        "load_contract",
    ),
    "export_contract.assertions": ("assert_conforms",),
    "export_contract.exceptions": (
        "BudgetSpent",
        "ConfigurationError",
        "ContractError",
        "DoesNotConform",
        "ExportContractError",
        "Inconclusive",
        "ResultsError",
        "SchemathesisMissing",
        "UnsupportedContract",
        "UserCheckError",
    ),
    "export_contract.strategies": (
        "Case",
        "cases",
        "invalid_requests",
        "malformed_payloads",
        "suite",
        "timestamps",
        "unspecified_requests",
        "valid_requests",
    ),
}


def __getattr__(name: str) -> Any:
    for room, names in _ROOMS.items():
        if name in names:
            return getattr(import_module(room), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
