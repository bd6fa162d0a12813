"""The id of a job: its encoding, and what the documented form inside it says of the request."""

from __future__ import annotations

from typing import Any, Final

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.response_body import is_created
from export_contract.acceptance.checks.wording import brief
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.kept import shortened
from export_contract.acceptance.model.outcome import CheckName, Choice, Kind
from export_contract.contract import Expectation
from export_contract.contract.job_id import JobId, base64_problem, mismatches, read_job_id
from export_contract.contract.json_text import read_json


def created_job_id(exchange: Exchange) -> str | None:
    """The job id in a response that the contract describes; None where there is none, or none that is a string."""
    job_id = exchange.response.job_id if is_created(exchange) else None
    return job_id if isinstance(job_id, str) and job_id else None


def job_id_text(response: Response) -> str | None:
    """What a response has for a job id, in a text that is not long, whatever it is; None where there is nothing."""
    job_id = response.job_id
    return None if job_id is None else shortened(job_id) if isinstance(job_id, str) else brief(job_id)


def request_body(exchange: Exchange) -> dict[str, Any] | None:
    """The body that was sent, where it is an object and there is only one way to read it."""
    values = read_json(exchange.case.payload).values
    return values[0] if len(values) == 1 and isinstance(values[0], dict) else None


def _documented(exchange: Exchange) -> JobId | None:
    """The job id, where it carries the documented form."""
    text = created_job_id(exchange)
    job_id = read_job_id(text) if text is not None else None
    return job_id if job_id and job_id.documented else None


def _form_problem(job_id: JobId) -> str:
    return "; ".join(flaw.problem for flaw in job_id.flaws if flaw.rule == "job-id/form")


def _observe_base64(exchange: Exchange, context: CheckContext) -> Observation | None:
    text = created_job_id(exchange)
    if text is None:
        return None
    problem = base64_problem(text)
    return kept_or(Kind.NOT_BASE64, f"{brief(text)}: {problem}" if problem else "")


def _observe_form(exchange: Exchange, context: CheckContext) -> Observation | None:
    job_id = _documented(exchange)
    return kept_or(Kind.DAMAGED, _form_problem(job_id)) if job_id else None


def _observe_match(exchange: Exchange, context: CheckContext) -> Observation | None:
    job_id, request = _documented(exchange), request_body(exchange)
    if job_id is None or request is None or _form_problem(job_id):
        return None
    return kept_or(Kind.OTHER_REQUEST, "; ".join(flaw.problem for flaw in mismatches(job_id, request)))


def _observe_opaque(exchange: Exchange, context: CheckContext) -> Observation | None:
    requirement = context.contract.by_rule("job-id/opaque")
    text = created_job_id(exchange)
    if text is None or requirement is None:
        return None
    is_opaque = not read_job_id(text).documented
    if requirement.expectation is Expectation.UNSPECIFIED:
        return Observation(choice=Choice.OPAQUE if is_opaque else Choice.DOCUMENTED)
    is_wrong = is_opaque and requirement.expectation is Expectation.REJECT
    return kept_or(Kind.OPAQUE, "an opaque job id" if is_wrong else "")


JOB_ID_BASE64: Final = Check(
    name=CheckName.JOB_ID_BASE64,
    promise="The job id is strict Base64.",
    expected="Base64 (RFC 4648 section 4): standard alphabet, padded, canonical, no white space",
    rule="job-id/base64",
    observe=_observe_base64,
)
JOB_ID_FORM: Final = Check(
    name=CheckName.JOB_ID_FORM,
    promise="A job id that carries the documented form carries all of it.",
    expected="the whole documented form",
    rule="job-id/form",
    observe=_observe_form,
)
JOB_ID_MATCH: Final = Check(
    name=CheckName.JOB_ID_MATCH,
    promise="A job id that carries the documented form names its own request.",
    expected="the fields of its own request",
    rule="job-id/match",
    observe=_observe_match,
)
JOB_ID_OPAQUE: Final = Check(
    name=CheckName.JOB_ID_OPAQUE,
    promise="Whether job ids carry the documented form is the target's choice, or decided in the configuration.",
    expected="a job id in the documented form",
    rule="job-id/opaque",
    observe=_observe_opaque,
)
