"""Contract testing and acceptance of asynchronous export APIs.

What is listed here is the public API; docs/compatibility.md says what may change in it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from export_contract.acceptance import (
        Finding,
        Limits,
        Results,
        RunPlan,
        run,
    )
    from export_contract.acceptance.checks.user_checks import (
        check,
    )
    from export_contract.acceptance.engine.client import (
        Client,
    )
    from export_contract.acceptance.model.exchange import (
        Response,
    )
    from export_contract.acceptance.model.results import (
        Cause,
        RequirementResult,
    )
    from export_contract.acceptance.model.results_file import (
        read_results,
    )
    from export_contract.assertions import (
        assert_conforms,
    )
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
    "Cause",
    "Classification",
    "Client",
    "ConfigurationError",
    "Contract",
    "ContractError",
    "DoesNotConform",
    "Expectation",
    "ExportContractError",
    "Finding",
    "Inconclusive",
    "Limits",
    "Requirement",
    "RequirementResult",
    "Response",
    "Results",
    "ResultsError",
    "RunPlan",
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
    "read_results",
    "run",
    "suite",
    "timestamps",
    "unspecified_requests",
    "valid_requests",
]

# Most of it is heavy to import, and the help of the command needs none of it.
_MODULES: Final = {
    "BudgetSpent": "export_contract.exceptions",
    "Case": "export_contract.strategies",
    "Cause": "export_contract.acceptance.model.results",
    "Classification": "export_contract.contract",
    "Client": "export_contract.acceptance.engine.client",
    "ConfigurationError": "export_contract.exceptions",
    "Contract": "export_contract.contract",
    "ContractError": "export_contract.exceptions",
    "DoesNotConform": "export_contract.exceptions",
    "Expectation": "export_contract.contract",
    "ExportContractError": "export_contract.exceptions",
    "Finding": "export_contract.acceptance",
    "Inconclusive": "export_contract.exceptions",
    "Limits": "export_contract.acceptance",
    "Requirement": "export_contract.contract",
    "RequirementResult": "export_contract.acceptance.model.results",
    "Response": "export_contract.acceptance.model.exchange",
    "Results": "export_contract.acceptance",
    "ResultsError": "export_contract.exceptions",
    "RunPlan": "export_contract.acceptance",
    "SchemathesisMissing": "export_contract.exceptions",
    "UnsupportedContract": "export_contract.exceptions",
    "UserCheckError": "export_contract.exceptions",
    "assert_conforms": "export_contract.assertions",
    "cases": "export_contract.strategies",
    "check": "export_contract.acceptance.checks.user_checks",
    "classify": "export_contract.contract",
    "invalid_requests": "export_contract.strategies",
    "load_contract": "export_contract.contract",
    "malformed_payloads": "export_contract.strategies",
    "read_results": "export_contract.acceptance.model.results_file",
    "run": "export_contract.acceptance",
    "suite": "export_contract.strategies",
    "timestamps": "export_contract.strategies",
    "unspecified_requests": "export_contract.strategies",
    "valid_requests": "export_contract.strategies",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return [*__all__, *(name for name in globals() if name.startswith("__"))]
