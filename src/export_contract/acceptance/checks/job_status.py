"""Checks of the status of a job: of one answer at a time, and of the moves that several tell of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any, Final
from urllib.parse import parse_qs

from export_contract.acceptance.checks.context import Check, CheckContext
from export_contract.acceptance.checks.exchange import kept_or
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Outcome
from export_contract.contract import Contract, Expectation
from export_contract.contract.json_text import read_json
from export_contract.contract.status import COMPLETED, FINAL_STATES, STATES, status_call
from export_contract.contract.timestamps import any_instant

_WITHOUT_ZONE: Final = timedelta(hours=14)
"""How far ahead a clock without a zone may be."""


def status_schema(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A status is JSON, says so, and has the form that the contract gives it."""
    requirement = context.requirement("status/schema")
    call = status_call(context.contract)
    if requirement is None or call is None or not _is_status(exchange):
        return
    answer = exchange.response
    problem = ""
    if answer.media_type != "application/json" and not answer.media_type.endswith("+json"):
        problem = f"Content-Type {answer.header('content-type')!r}"
    elif text_problem := read_json(answer.body).problem:
        problem = f"a body of which {text_problem}"
    else:
        errors = context.contract.validator(call.answer_schema).iter_errors(answer.json())
        first = min(errors, key=lambda error: [str(step) for step in error.absolute_path], default=None)
        place = ".".join(str(step) for step in first.absolute_path) if first else ""
        problem = f"{place or 'the body'}: {first.message[:200]}" if first else ""
    wanted = f"JSON with job.id and job.status, one of {', '.join(STATES)}"
    yield kept_or(requirement, "status schema", "other form", exchange, wanted, problem)


def same_id(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The id that a status carries is the id that was asked for."""
    requirement = context.requirement("status/same-id")
    told = exchange.response.job_id
    if requirement is None or not _is_status(exchange) or not isinstance(told, str):
        return
    asked = asked_id(exchange, context.contract)
    problem = f"the id {told[:80]!r}" if told != asked else ""
    yield kept_or(requirement, "same id", "another id", exchange, f"the id {asked[:80]!r}", problem)


def download_told(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A completed job carries a download URL, and an expiry in the future."""
    requirement = context.requirement("status/download")
    if requirement is None or not _is_status(exchange) or state_of(exchange.response) != COMPLETED:
        return
    data = export_data(exchange.response)
    url, expiry = data.get("downloadUrl"), data.get("downloadExpiresAt")
    if not data:
        problem, kind = "no exportData", "no data"
    elif not isinstance(url, str) or not url:
        problem, kind = f"downloadUrl is {_shown(url)}", "no url"
    else:
        problem, kind = _expiry_problem(expiry, exchange.response), "expiry"
    wanted = "exportData with a downloadUrl, and a downloadExpiresAt in the future"
    yield kept_or(requirement, "download", kind, exchange, wanted, problem)


def no_job_for_no_id(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A status that is refused carries no job."""
    case, answer = exchange.case, exchange.response
    if case.method != "GET" or case.expectation is not Expectation.REJECT or not answer.refused:
        return
    if case.requirement in (context.requirement("status/unknown-id"), context.requirement("status/missing-id")):
        problem = f"status {answer.status} with a job" if answer.job_id is not None else ""
        yield kept_or(case.requirement, "no job", "job in a refusal", exchange, "4xx, and no job", problem)


STATUS_CHECKS: Final[tuple[Check, ...]] = (status_schema, same_id, download_told, no_job_for_no_id)


def move_problem(states: list[str]) -> str:
    """Why the states that a job was told to be in, one look after the other, are no legal moves; empty if they are.

    >>> move_problem(["PENDING", "COMPLETED", "COMPLETED"])
    ''
    >>> move_problem(["COMPLETED", "PENDING"])
    'it was COMPLETED, and then PENDING'
    """
    for before, after in pairwise(states):
        if before in FINAL_STATES and after != before:
            return f"it was {before}, and then {after}"
    return ""


def state_of(answer: Response) -> str | None:
    """The state that a status tells; None where it tells none."""
    body = answer.json() if answer.accepted else None
    job = body.get("job") if isinstance(body, dict) else None
    state = job.get("status") if isinstance(job, dict) else None
    return state if isinstance(state, str) else None


def export_data(answer: Response) -> dict[str, Any]:
    """What a status says of the file: inside the job, or beside it; empty where it says nothing."""
    body = answer.json()
    job = body.get("job") if isinstance(body, dict) else None
    for place in (job, body):
        data = place.get("exportData") if isinstance(place, dict) else None
        if isinstance(data, dict) and data:
            return data
    return {}


def asked_id(exchange: Exchange, contract: Contract) -> str:
    """The id that a status was asked for."""
    call = status_call(contract)
    values = parse_qs(exchange.case.query, keep_blank_values=True).get(call.parameter if call else "", [""])
    return values[0]


def _is_status(exchange: Exchange) -> bool:
    """Whether the answer is one that the contract describes as the status of a job."""
    case = exchange.case
    return (
        case.method == "GET"
        and case.expectation is Expectation.ACCEPT
        and exchange.response.accepted
        and not exchange.url
    )


def _expiry_problem(expiry: Any, answer: Response) -> str:
    if not isinstance(expiry, str) or not expiry:
        return f"downloadExpiresAt is {_shown(expiry)}"
    moment = any_instant(expiry) or _http_date(expiry)
    ahead = timedelta()
    if moment is None:
        moment, ahead = any_instant(expiry, UTC), _WITHOUT_ZONE
    if moment is None:
        return f"downloadExpiresAt is {_shown(expiry)}, which is no timestamp"
    now = _http_date(answer.header("date") or "") or datetime.fromtimestamp(answer.sent_at, UTC)
    return f"downloadExpiresAt is {_shown(expiry)}, which has passed" if moment + ahead < now else ""


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shown(value: Any) -> str:
    return "missing" if value is None else f"{str(value)[:80]!r}"
