"""The status of a job: each response by itself, and the moves that several of them show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.response_body import form_problem, json_problem
from export_contract.acceptance.checks.wording import brief
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.contract import Contract, Expectation
from export_contract.contract.status import COMPLETED, FINAL_STATES, STATES, status_call
from export_contract.contract.timestamps import any_instant, classify_timestamp
from export_contract.strategies.data.case import Call

_WITHOUT_ZONE: Final = timedelta(hours=14)
"""How far ahead a clock without a zone may be."""
_NEVER: Final = re.compile(r"\+?0*(?:[1-9][0-9]{4,8}-|9999)")
"""Timestamps of the year 9999 and later: "never expires" is often written so, and datetime cannot compute with it."""


def move_problem(states: list[str]) -> str:
    """Why the states that a job reported, one after the other, are not legal moves; the empty string if they are.

    >>> move_problem(["PENDING", "COMPLETED", "COMPLETED"])
    ''
    >>> move_problem(["COMPLETED", "PENDING"])
    'it was COMPLETED, and then PENDING'
    """
    for before, after in pairwise(states):
        if before in FINAL_STATES and after != before:
            return f"it was {before}, and then {after}"
    return ""


def state_of(response: Response) -> str | None:
    """The state that a status reports; None where it reports none."""
    body = response.json() if response.accepted else None
    job = body.get("job") if isinstance(body, dict) else None
    state = job.get("status") if isinstance(job, dict) else None
    return state if isinstance(state, str) else None


def export_data(response: Response) -> dict[str, Any]:
    """What a status says of the file: inside the job, or beside it; empty where it says nothing."""
    body = response.json()
    job = body.get("job") if isinstance(body, dict) else None
    for place in (job, body):
        data = place.get("exportData") if isinstance(place, dict) else None
        if isinstance(data, dict) and data:
            return data
    return {}


def requested_id(exchange: Exchange, contract: Contract) -> str:
    """The id whose status was requested."""
    call = status_call(contract)
    values = parse_qs(exchange.case.query, keep_blank_values=True).get(call.parameter if call else "", [""])
    return values[0]


def _is_requested(found: str, exchange: Exchange) -> bool:
    """Whether a job may be the one that a query means that can be read in several ways."""
    given = [*parse_qs(exchange.case.query, keep_blank_values=True).values(), [unquote(exchange.case.path[1:])]]
    return _plain_id(found) in {_plain_id(value) for values in given for value in values}


def _plain_id(job_id: str) -> str:
    """An id without what a query that is read in another way changes: a plus, which may become a space, and padding."""
    return job_id.replace("+", " ").rstrip("=")


def _is_status(exchange: Exchange) -> bool:
    """Whether a response is one that the contract describes as the status of a job."""
    return exchange.case.expectation is Expectation.ACCEPT and exchange.response.accepted


def _observe_schema(exchange: Exchange, context: CheckContext) -> Observation | None:
    call = status_call(context.contract)
    if call is None or not _is_status(exchange):
        return None
    problem = json_problem(exchange.response) or form_problem(exchange.response, call.answer_schema, context.contract)
    return None if problem is None else kept_or(Kind.OTHER_FORM, problem)


def _observe_id(exchange: Exchange, context: CheckContext) -> Observation | None:
    found = exchange.response.job_id
    if not isinstance(found, str) or not exchange.response.accepted:
        return None
    if exchange.case.expectation is Expectation.UNSPECIFIED:
        observed = "" if _is_requested(found, exchange) else f"the id {brief(found)}"
        return kept_or(Kind.OTHER_ID, observed, "an id of the query, or a refusal")
    if not _is_status(exchange):
        return None
    requested = requested_id(exchange, context.contract)
    return kept_or(Kind.OTHER_ID, f"the id {brief(found)}" if found != requested else "", f"the id {brief(requested)}")


def _observe_download(exchange: Exchange, context: CheckContext) -> Observation | None:
    if not _is_status(exchange) or state_of(exchange.response) != COMPLETED:
        return None
    data = export_data(exchange.response)
    url = data.get("downloadUrl")
    if not data:
        return kept_or(Kind.NO_DATA, "no exportData")
    if not isinstance(url, str) or not url:
        return kept_or(Kind.NO_URL, f"downloadUrl is {_brief_member(url)}")
    return kept_or(Kind.EXPIRY, _expiry_problem(data.get("downloadExpiresAt"), exchange.response))


def _observe_no_job(exchange: Exchange, context: CheckContext) -> Observation | None:
    case, response = exchange.case, exchange.response
    rules = ("status/unknown-id", "status/missing-id")
    if not response.refused or case.requirement not in map(context.requirement, rules):
        return None
    return kept_or(Kind.JOB_IN_REFUSAL, f"status {response.status} with a job" if response.job_id is not None else "")


def _expiry_problem(expiry: Any, response: Response) -> str:
    if not isinstance(expiry, str) or not expiry:
        return f"downloadExpiresAt is {_brief_member(expiry)}"
    if _never_comes(expiry):
        return ""
    moment, ahead = any_instant(expiry) or _http_date(expiry), timedelta()
    if moment is None:
        moment, ahead = any_instant(expiry, UTC), _WITHOUT_ZONE
    if moment is None:
        return f"downloadExpiresAt is {brief(expiry)}, which is not a timestamp"
    return f"downloadExpiresAt is {brief(expiry)}, which has passed" if moment < _now_of(response) - ahead else ""


def _now_of(response: Response) -> datetime:
    """The target's own time, where it is one; else that of this machine."""
    told = _http_date(response.header("date") or "")
    try:
        return told.astimezone(UTC) if told else datetime.fromtimestamp(response.sent_at, UTC)
    except OverflowError:  # a date at either end of the calendar that its offset puts beyond it: no clock says that
        return datetime.fromtimestamp(response.sent_at, UTC)


def expiry_of(expiry: Any) -> datetime | None:
    """When a link expires, as a status writes it; the end of time for never, and None for what cannot be read."""
    if not isinstance(expiry, str) or not expiry:
        return None
    if _never_comes(expiry):
        return datetime.max.replace(tzinfo=UTC)
    return any_instant(expiry) or _http_date(expiry)


def _never_comes(text: str) -> bool:
    return bool(_NEVER.match(text)) and classify_timestamp(text).expectation is not Expectation.REJECT


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _brief_member(value: Any) -> str:
    return "missing" if value is None else brief(value)


STATUS_SCHEMA: Final = Check(
    name=CheckName.STATUS_SCHEMA,
    promise="A status is JSON, says so, and has the form that the contract gives it.",
    expected=f"JSON with job.id and job.status, one of {', '.join(STATES)}",
    rule="status/schema",
    calls=frozenset({Call.STATUS}),
    observe=_observe_schema,
)
STATUS_ID: Final = Check(
    name=CheckName.STATUS_ID,
    promise="The id in a status is the id that was requested.",
    rule="status/same-id",
    calls=frozenset({Call.STATUS}),
    observe=_observe_id,
)
DOWNLOAD: Final = Check(
    name=CheckName.DOWNLOAD,
    promise="The status of a completed job carries a download URL, and an expiry in the future.",
    expected="exportData with a downloadUrl, and a downloadExpiresAt in the future",
    rule="status/download",
    calls=frozenset({Call.STATUS}),
    observe=_observe_download,
)
NO_JOB_STATUS: Final = Check(
    name=CheckName.NO_JOB,
    promise="The refusal of a status carries no job.",
    expected="4xx, and no job",
    calls=frozenset({Call.STATUS}),
    observe=_observe_no_job,
)
