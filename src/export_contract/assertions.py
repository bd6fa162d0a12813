"""assert_conforms: whether an answer, of whichever library, is one that the contract allows for its request."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.registry import is_unjudged, judge
from export_contract.acceptance.engine.interop import case_of, response_of
from export_contract.acceptance.model.exchange import Exchange, is_capacity
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import Cause, Finding
from export_contract.acceptance.verdict.findings import findings_of
from export_contract.contract import Contract, load_contract
from export_contract.exceptions import DoesNotConform, Inconclusive
from export_contract.reports.rows import finding_text


def assert_conforms(response: Any, request: Any, *, contract: Contract | None = None) -> None:
    """Assert that an answer keeps the contract, the built-in one where none is given.

    `response` is an answer of httpx, requests, Werkzeug or the like, or of our own client. `request` is what was sent:
    a Case, a body, or the request object of the library. Raises DoesNotConform, an AssertionError, with the findings;
    and Inconclusive where the answer says nothing about the request: the credentials were refused, or the target limits
    requests.
    """
    __tracebackhide__ = True
    contract = contract or load_contract()
    context = CheckContext(contract=contract, seconds=contract.operation.seconds, redaction=Redaction())
    asserting(context, contract.operation.path)(response, request)


def asserting(context: CheckContext, url: str) -> Callable[[Any, Any], None]:
    """`assert_conforms` for one contract, and for credentials that no answer may repeat."""

    def assert_conforms(response: Any, request: Any) -> None:
        __tracebackhide__ = True
        exchange = Exchange(0, "own tests", case_of(request, context.contract), response_of(response))
        if is_unjudged(exchange):
            raise _says_nothing(exchange)
        findings = _findings(exchange, context, url)
        if findings:
            raise DoesNotConform(tuple(one.requirement for one in findings), _report(findings, context))

    return assert_conforms


def _says_nothing(exchange: Exchange) -> Inconclusive:
    answer = exchange.response
    if answer.failure:
        return Inconclusive(f"there is no response to judge: {answer.problem}", Cause.UNREACHABLE)
    if is_capacity(answer):
        return Inconclusive(
            f"status {answer.status} says nothing about the request: the target limits requests", Cause.RATE_LIMITED
        )
    problem = f"status {answer.status} says nothing about the request: the credentials that were sent are not taken"
    return Inconclusive(problem, Cause.GATE)


def _findings(exchange: Exchange, context: CheckContext, url: str) -> list[Finding]:
    """What fails in an answer."""
    findings = findings_of(judge(exchange, context), {exchange.number: exchange}, context, url)
    return [finding for finding in findings if finding.severity == "failure"]


def _report(findings: Iterable[Finding], context: CheckContext) -> str:
    lines = [finding_text(one, context.contract.by_id[one.requirement]) for one in findings]
    return context.redaction.text("\n".join(["the answer does not keep the contract", *lines]))
