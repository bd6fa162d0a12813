"""The public API as type checkers see it. Nothing here runs: tests/house/test_public_api.py has it checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import assert_type

from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from export_contract import (
    BudgetSpent,
    Case,
    Cause,
    Classification,
    Client,
    ConfigurationError,
    Contract,
    ContractError,
    DoesNotConform,
    Expectation,
    ExportContractError,
    Finding,
    Inconclusive,
    Limits,
    Requirement,
    RequirementResult,
    Response,
    Results,
    ResultsError,
    RunPlan,
    SchemathesisMissing,
    UnsupportedContract,
    UserCheckError,
    assert_conforms,
    cases,
    check,
    classify,
    invalid_requests,
    load_contract,
    malformed_payloads,
    read_results,
    run,
    suite,
    timestamps,
    unspecified_requests,
    valid_requests,
)

contract = load_contract()
assert_type(contract, Contract)
assert_type(load_contract("openapi.yaml").by_id["EXP-FORMAT-ENUM"], Requirement)

classification = classify(b"{}", contract=contract)
assert_type(classification, Classification)
assert_type(classification.expectation, Expectation)
assert_type(classify(b"{}", "text/plain").broken, tuple[str, ...])

assert_type(suite(), tuple[Case, ...])
assert_type(cases(), SearchStrategy[Case])
assert_type(valid_requests(contract=contract), SearchStrategy[Case])
assert_type(invalid_requests(requirement="EXP-FORMAT-ENUM"), SearchStrategy[Case])
assert_type(unspecified_requests(), SearchStrategy[Case])
assert_type(malformed_payloads(), SearchStrategy[bytes])
assert_type(timestamps(Expectation.REJECT), SearchStrategy[str])


@settings(max_examples=5, deadline=None)
@given(case=invalid_requests(requirement="EXP-FORMAT-ENUM"))
def test_formats(export_target: Client, assert_conforms: Callable[[object, object], None], case: Case) -> None:
    """A test as the README shows it, with types."""
    response = export_target.send(case)
    assert_type(response, Response)
    assert_type(response.status, int | None)
    assert_type(response.body, bytes)
    assert_conforms(response, case)


@check(requirement="EXP-ANSWER-JOB-ID")
def ids_are_long(request: Case, response: Response) -> str | bool | None:
    """A check of the user's own, which stays the function that it is."""
    return None if response.failure else len(request.payload) > 0


assert_type(ids_are_long.__name__, str)

plan = RunPlan(base_url="http://127.0.0.1:8080", limits=Limits(requests=100, jobs=10), date_range=None)
results = run(plan)
assert_type(results, Results)
assert_type(read_results(Path("results.json")), Results)
assert_type(results.cause, Cause | None)
assert_type(results.findings, tuple[Finding, ...])
assert_type(results.requirements, tuple[RequirementResult, ...])
assert_type(results.findings[0].fingerprint, str)


def handle(response: Response, case: Case) -> str:
    """Each error is a record with fields."""
    try:
        assert_conforms(response, case, contract=contract)
    except DoesNotConform as error:
        return ", ".join(assert_type(error.requirements, tuple[str, ...]))
    except Inconclusive as error:
        return error.reason
    except BudgetSpent as error:
        return error.resource
    except (ContractError, UnsupportedContract) as error:
        return f"{error.file} {error.place} {error.problem}"
    except ConfigurationError as error:
        return error.place
    except UserCheckError as error:
        return f"{error.file} {error.check}"
    except ResultsError as error:
        return error.file
    except SchemathesisMissing as error:
        return str(assert_type(error, SchemathesisMissing))
    except ExportContractError as error:
        return str(error)
    return ""
