"""All checks of one exchange, and what they say of it."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.check import Check, says_nothing
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.echoed_credentials import NO_CREDENTIALS
from export_contract.acceptance.checks.job_id import JOB_ID_BASE64, JOB_ID_FORM, JOB_ID_MATCH, JOB_ID_OPAQUE
from export_contract.acceptance.checks.job_status import DOWNLOAD, NO_JOB_STATUS, STATUS_ID, STATUS_SCHEMA
from export_contract.acceptance.checks.refusal import INTERNALS, NO_JOB, REFUSAL_STATUS
from export_contract.acceptance.checks.response_body import MEDIA_TYPE, SCHEMA
from export_contract.acceptance.checks.response_time import RESPONSE_TIME
from export_contract.acceptance.checks.status_code import STATUS, UNAUTHORIZED
from export_contract.acceptance.model.exchange import Exchange, is_capacity
from export_contract.acceptance.model.outcome import Outcome
from export_contract.contract import Expectation
from export_contract.strategies.data.case import CONFIGURED

CHECKS: Final[tuple[Check, ...]] = (
    STATUS,
    RESPONSE_TIME,
    MEDIA_TYPE,
    SCHEMA,
    JOB_ID_BASE64,
    JOB_ID_FORM,
    JOB_ID_MATCH,
    JOB_ID_OPAQUE,
    REFUSAL_STATUS,
    NO_JOB,
    INTERNALS,
    NO_CREDENTIALS,
    STATUS_SCHEMA,
    STATUS_ID,
    DOWNLOAD,
    NO_JOB_STATUS,
)
"""The built-in ones. Files, and what several exchanges show together, are judged elsewhere in this room."""


def judge(exchange: Exchange, context: CheckContext) -> list[Outcome]:
    """What all checks say of one exchange; nothing, where its response says nothing about its request."""
    if is_unjudged(exchange):
        return []
    checks = (*CHECKS, *context.user_checks)
    return [outcome for check in checks for outcome in check.outcomes(exchange, context)]


def is_unjudged(exchange: Exchange) -> bool:
    """Whether a response says nothing about its request: it was sent again, a gate before the service answered, or the
    target was too busy to the end."""
    response, case = exchange.response, exchange.case
    if says_nothing(exchange) or is_capacity(response) or response.status == 407:
        return True
    # Another method may well be answered 403, and so may the status of a job that does not exist.
    is_allowed = case.method == "POST" or case.expectation is Expectation.ACCEPT
    return response.status in UNAUTHORIZED and case.credentials == CONFIGURED and is_allowed
