"""The status of a response: whether a request was accepted or refused as it should be."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.check import Check, Observation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.leaks import find_leak
from export_contract.acceptance.model.exchange import Exchange, may_create_job
from export_contract.acceptance.model.outcome import CheckName, Choice, Kind
from export_contract.contract import Expectation
from export_contract.strategies.data.case import CONFIGURED, Call

UNAUTHORIZED: Final = (401, 403)
_NOT_IMPLEMENTED: Final = 501
"""What a server answers to a method that it does not know (RFC 9110 section 15.6.2): it refuses, and has not failed."""
_EXPECTED: Final = {
    Expectation.ACCEPT: "2xx with a job",
    Expectation.REJECT: "4xx, and no job",
    Expectation.UNSPECIFIED: "2xx or 4xx",
}


def _observe(exchange: Exchange, context: CheckContext) -> Observation | None:
    case, response = exchange.case, exchange.response
    status = response.status or 0
    is_unauthorized = case.credentials != CONFIGURED
    if response.failure:
        return _deviation(exchange, response.failure.value, response.problem)
    if status == _NOT_IMPLEMENTED and case.method not in context.contract.operation.methods:
        return Observation()
    if status >= 500:
        return _deviation(exchange, Kind.SERVER_ERROR, f"server error, status {status}")
    if is_unauthorized and status not in UNAUTHORIZED:
        return _deviation(exchange, Kind.NOT_UNAUTHORIZED, f"status {status}, where only 401 or 403 is right")
    is_soft_refusal = response.accepted and response.has_errors_only
    if case.expectation is Expectation.UNSPECIFIED and (response.accepted or response.refused):
        if response.refused or is_soft_refusal:
            # Of several open things in one request, it is not known which was refused.
            return None if case.features else Observation(choice=Choice.REFUSED)
        return Observation(choice=Choice.ACCEPTED, also=tuple(feature.requirement for feature in case.features))
    if case.expectation is Expectation.ACCEPT and is_soft_refusal:
        return _deviation(exchange, Kind.REFUSED, f"refused, with status {status} and errors in the body")
    if case.expectation is Expectation.ACCEPT and response.accepted:
        # One request has several features, and the requirement of each was kept.
        return Observation(also=tuple(feature.requirement for feature in case.features))
    if case.expectation is Expectation.REJECT and response.refused:
        return Observation()
    if response.accepted:
        return _deviation(exchange, Kind.ACCEPTED, _accepted(exchange))
    if response.refused:
        return _deviation(exchange, Kind.REFUSED, f"refused, with status {status}")
    return _deviation(exchange, Kind.REDIRECTED, f"status {status}, neither accepted nor refused")


def _accepted(exchange: Exchange) -> str:
    """What a 2xx says that should not have come: an error page of PHP has status 200 too."""
    case, response = exchange.case, exchange.response
    if not may_create_job(case) or response.job_id is not None:
        return f"accepted, with status {response.status}"
    leak = find_leak(response.body.decode("utf-8", "replace"))
    return f"status {response.status} without a job{f', but with {leak[0]}' if leak else ''}"


def _deviation(exchange: Exchange, kind: str, summary: str) -> Observation:
    case, response = exchange.case, exchange.response
    return Observation(
        kind=kind,
        observed=response.problem or f"status {response.status}",
        expected="401 or 403" if case.credentials != CONFIGURED else _EXPECTED[case.expectation],
        summary=summary,
    )


STATUS: Final = Check(
    name=CheckName.STATUS,
    promise="An accepted request is answered 2xx, a rejected one 4xx, and one that the document leaves open either.",
    calls=frozenset({Call.CREATE, Call.STATUS}),
    observe=_observe,
)
