"""Cases that are not about a body: methods that the contract does not declare, and credentials that are wrong."""

from __future__ import annotations

from functools import cache

from export_contract.contract import Contract, Expectation
from export_contract.strategies import credentials
from export_contract.strategies.accepting import plainest_case
from export_contract.strategies.case import Case, case_id

# OPTIONS is not asked for: frameworks answer it with 2xx to tell which methods there are (RFC 9110 section 9.3.7).
_METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "TRACE")
_WITHOUT_BODY = ("HEAD", "TRACE")


@cache
def method_cases(contract: Contract) -> tuple[Case, ...]:
    """One case for each common method that the contract does not declare, with an accepted body."""
    requirement = contract.by_rule("method/undeclared")
    if requirement is None:
        return ()
    plain = plainest_case(contract)
    return tuple(
        Case(
            id=case_id(requirement.id, method),
            title=f"{method} {contract.operation.path}: a method that is not declared",
            expectation=Expectation.REJECT,
            requirement=requirement.id,
            method=method,
            headers=() if method in _WITHOUT_BODY else plain.headers,
            payload=b"" if method in _WITHOUT_BODY else plain.payload,
            base=plain.base,
        )
        for method in _METHODS
        if method not in contract.operation.methods
    )


@cache
def credential_cases(contract: Contract) -> tuple[Case, ...]:
    """One case for each way in which the credentials of an accepted request can be wrong."""
    plain = plainest_case(contract)
    cases = []
    for scheme in contract.document.get("components", {}).get("securitySchemes", {}).values():
        for way, rule, title in credentials.ways(scheme):
            requirement = contract.by_rule(rule)
            if requirement:
                cases.append(
                    Case(
                        id=case_id(requirement.id, title),
                        title=title,
                        expectation=Expectation.REJECT,
                        requirement=requirement.id,
                        headers=plain.headers,
                        payload=plain.payload,
                        base=plain.base,
                        credentials=way,
                    )
                )
    return tuple(cases)
