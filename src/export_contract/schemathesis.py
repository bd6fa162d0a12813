"""Hooks for Schemathesis: `SCHEMATHESIS_HOOKS=export_contract.schemathesis st run openapi.yaml --url URL`.

They add checks of the job id and of what is refused, each standing on a requirement, and draw some of the bodies from
our strategies. They also silence Schemathesis where it asks for more than the document promises: whether a body must be
accepted or refused is said by the oracle. The contract is the built-in one, or that which EXPORT_CONTRACT_CONTRACT
names; other operations of the API are left to Schemathesis.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any, Final

import schemathesis
from hypothesis import strategies as st

from export_contract.acceptance.checks.check import Check
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.echoed_credentials import NO_CREDENTIALS
from export_contract.acceptance.checks.job_id import JOB_ID_BASE64, JOB_ID_FORM, JOB_ID_MATCH
from export_contract.acceptance.checks.refusal import INTERNALS, NO_JOB
from export_contract.acceptance.checks.registry import is_unjudged
from export_contract.acceptance.checks.status_code import STATUS
from export_contract.acceptance.checks.uniqueness import unique_job_ids
from export_contract.acceptance.engine.interop import case_of, response_of
from export_contract.acceptance.model.exchange import Exchange, is_capacity
from export_contract.acceptance.model.outcome import Outcome
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.verdict.findings import findings_of
from export_contract.contract import Contract, Expectation, load_contract, oracle
from export_contract.contract.job_id import read_job_id
from export_contract.reports.rows import finding_text
from export_contract.strategies import Case, cases, invalid_requests
from export_contract.strategies.data.case import JSON
from export_contract.strategies.data.writers import spell
from export_contract.strategies.drawn.requests import as_one_lane

_BY_ORACLE: Final = {
    "RejectedPositiveData": Expectation.ACCEPT,
    "AcceptedNegativeData": Expectation.REJECT,
}
"""Failures of Schemathesis that stand only where the contract has this expectation of the request."""
_NUMBERS: Final = count(1)
_OURS: Final = 3
"""How many of our bodies are drawn for one of Schemathesis'."""


@cache
def _contract() -> Contract:
    return load_contract(os.environ.get("EXPORT_CONTRACT_CONTRACT"))


@cache
def _bench(authorization: str | None) -> CheckContext:
    contract = _contract()
    return CheckContext(contract=contract, seconds=contract.operation.seconds, redaction=Redaction(authorization))


def _is_ours(operation: Any) -> bool:
    """Whether an operation is the one whose bodies the contract describes."""
    return _has_our_path(operation) and str(operation.method).upper() == "POST"


def _has_our_path(operation: Any) -> bool:
    return str(operation.path) == _contract().operation.path


def _exchange(response: Any, case: Any) -> tuple[Exchange, CheckContext] | None:
    """What was sent and answered, as it went over the wire; None where the contract says nothing about it."""
    sent = response.request
    if not _is_ours(case.operation) or sent.method != "POST":
        return None
    context = _bench(sent.headers.get("Authorization"))
    exchange = Exchange(next(_NUMBERS), "schemathesis", case_of(sent, context.contract), response_of(response))
    return None if is_unjudged(exchange) else (exchange, context)


def _refuse(exchange: Exchange, outcomes: Iterable[Outcome], context: CheckContext, url: str) -> None:
    """Raise AssertionError with the findings, where there are any."""
    findings = findings_of(outcomes, {exchange.number: exchange}, context, url)
    lines = [finding_text(one, context.contract.by_id[one.requirement]) for one in findings]
    if lines:
        raise AssertionError(context.redaction.text("\n".join(lines)))


def _add(name: str, *of_check: Check) -> Callable[..., None]:
    def judge(ctx: Any, response: Any, case: Any) -> None:
        if judged := _exchange(response, case):
            exchange, context = judged
            outcomes = [one for check in of_check for one in check.outcomes(exchange, context)]
            _refuse(exchange, outcomes, context, response.request.url)

    judge.__name__ = judge.__qualname__ = f"export_contract_{name}"
    judge.__doc__ = " ".join(check.promise for check in of_check)
    added: Callable[..., None] = schemathesis.check(judge)
    return added


# Schemathesis has checks of its own for the media type and the schema of an answer, and for its time.
for _name, _checks in {
    "status": (STATUS,),
    "base64": (JOB_ID_BASE64,),
    "documented_form": (JOB_ID_FORM, JOB_ID_MATCH),
    "no_job_on_refusal": (NO_JOB,),
    "no_internals": (INTERNALS,),
    "no_credentials": (NO_CREDENTIALS,),
}.items():
    _add(_name, *_checks)


@schemathesis.check
class export_contract_unique:  # noqa: N801  # the name under which it is switched on and off
    """Different requests never get the same job id, nor ids with the same UUID."""

    def __init__(self) -> None:
        self._first: dict[str, Exchange] = {}

    def after_response(self, ctx: Any, response: Any, case: Any) -> None:
        """Judge one answer beside those that had its id, or its UUID, before."""
        judged = _exchange(response, case)
        if judged is None:
            return
        exchange, context = judged
        before = [self._first[mark] for mark in _marks(exchange) if mark in self._first]
        outcomes = [one for one in unique_job_ids([*before, exchange], context) if one.exchange == exchange.number]
        _refuse(exchange, outcomes, context, response.request.url)
        if exchange.case.expectation is Expectation.ACCEPT:
            for mark in _marks(exchange):
                self._first.setdefault(mark, exchange)


def _marks(exchange: Exchange) -> Iterator[str]:
    job_id = exchange.response.job_id
    if isinstance(job_id, str) and job_id:
        yield f"id {job_id}"
        if uuid := read_job_id(job_id).uuid:
            yield f"uuid {uuid.lower()}"


@schemathesis.hook
def flatmap_body(context: Any, body: Any) -> st.SearchStrategy[Any]:
    """The body that Schemathesis drew, or more often one of ours."""
    if context.operation is None or not _is_ours(context.operation):
        return st.just(body)
    contract = _contract()
    try:
        payload = body if isinstance(body, bytes) else spell(body)
        expectation = oracle(contract).classify(payload).expectation
    except (TypeError, ValueError):  # nothing that JSON can hold
        return st.just(body)
    # What Schemathesis holds for valid is mostly open, so there all of ours take turns; the oracle has the last word.
    lane = invalid_requests(contract=contract) if expectation is Expectation.REJECT else cases(contract=contract)
    ours = lane.filter(_is_plain).map(lambda case: case.payload)
    return st.one_of(*(as_one_lane(ours) for _ in range(_OURS)), st.just(body))


def _is_plain(case: Case) -> bool:
    """Whether it differs from other requests in its body alone."""
    return case.headers == (("Content-Type", JSON),) and bool(case.payload)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether a failure stands: what the document leaves open, or another check of ours judges, is none."""
    if response is None or not _has_our_path(case.operation):
        return True
    answer = response_of(response)
    if is_capacity(answer):
        return False
    match type(failure).__name__:
        case "RejectedPositiveData" | "AcceptedNegativeData" as name if response.request.method == "POST":
            return case_of(response.request, _contract()).expectation is _BY_ORACLE[name]
        case "UndefinedContentType":
            return not answer.media_type.endswith("+json")
        case "MissingHeaderNotRejected":
            return answer.status not in (401, 403)
    return True
