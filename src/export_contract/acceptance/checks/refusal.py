"""Refusals: what must not be in them."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.leaks import find_leak
from export_contract.acceptance.checks.wording import brief
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.contract import Expectation
from export_contract.strategies.data.case import Call


def _observe_status(exchange: Exchange, context: CheckContext) -> Observation | None:
    # That errors come with 2xx is seen by the status of each request; triage puts them together here.
    is_refused = exchange.response.refused and exchange.case.expectation is Expectation.REJECT
    return Observation() if is_refused else None


def _observe_no_job(exchange: Exchange, context: CheckContext) -> Observation | None:
    response = exchange.response
    if not response.refused or exchange.case.method != "POST":
        return None
    job_id = response.job_id
    observed = f"status {response.status} with a job id: {brief(job_id)}" if job_id is not None else ""
    return kept_or(Kind.JOB_IN_REFUSAL, observed)


def _observe_internals(exchange: Exchange, context: CheckContext) -> Observation | None:
    # A server error is a finding already; what it shows of the server helps to mend it.
    if not exchange.response.refused:
        return None
    leak = find_leak(exchange.response.body.decode("utf-8", "replace"))
    # The request's own text may come back in the response.
    if leak is None or leak[1] in exchange.case.payload.decode("utf-8", "replace"):
        return Observation()
    what, text = leak
    return Observation(kind=what, observed=f"{what}: {text}")


REFUSAL_STATUS: Final = Check(
    name=CheckName.STATUS,
    promise="A refused request is answered 4xx.",
    expected="4xx",
    rule="refusal/status",
    observe=_observe_status,
)
NO_JOB: Final = Check(
    name=CheckName.NO_JOB,
    promise="A refusal carries no job id.",
    expected="no job.id",
    rule="refusal/no-job",
    observe=_observe_no_job,
)
INTERNALS: Final = Check(
    name=CheckName.INTERNALS,
    promise="A refusal leaks no internals of the server.",
    expected="no internals",
    rule="refusal/no-internals",
    calls=frozenset({Call.CREATE, Call.STATUS}),
    observe=_observe_internals,
)
