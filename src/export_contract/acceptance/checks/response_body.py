"""The body of a response that the contract describes: that it is JSON, says so, and has the form it should have."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from export_contract.acceptance.checks.check import Check, Observation, kept_or
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.contract import Contract, Expectation
from export_contract.contract.json_text import read_json
from export_contract.strategies.data.case import Call

_MOST_ERRORS: Final = 100
"""Of a schema: a response may have one for each of its members."""
_MOST_ITEMS: Final = 1_000
"""Of a list, that are looked at: a response may have hundreds of thousands, and a schema takes its time for each."""
_MOST_LEVELS: Final = 8
_MOST_MESSAGE: Final = 200


def is_created(exchange: Exchange) -> bool:
    """Whether a response is one that the contract describes: a 2xx to a request that may be accepted."""
    case = exchange.case
    if case.call is not Call.CREATE or case.expectation is Expectation.REJECT or not exchange.response.accepted:
        return False
    # Where the document leaves the request open, errors in a 2xx refuse it.
    return case.expectation is Expectation.ACCEPT or not exchange.response.has_errors_only


def is_empty(response: Response) -> bool:
    """Whether a response has no body."""
    return not response.body.strip()


def json_problem(response: Response) -> str:
    """Why a response is not JSON, or does not say so; the empty string where it does both."""
    media_type = response.media_type
    if media_type != "application/json" and not media_type.endswith("+json"):
        return f"Content-Type {response.header('content-type')!r}" if media_type else "no Content-Type"
    problem = read_json(response.body).problem
    return f"a body of which {problem}" if problem else ""


def form_problem(response: Response, schema: str, contract: Contract) -> str | None:
    """Where a JSON body does not have the form of the schema at the pointer `schema`; the empty string where it has.

    None where it cannot be read: what is not JSON, and what is nested deeper than JSON readers follow.
    """
    values = read_json(response.body).values
    if not values:
        return None
    try:
        errors = islice(contract.validator(schema).iter_errors(_shortened(values[0])), _MOST_ERRORS)
        first = min(errors, key=lambda error: [str(step) for step in error.absolute_path], default=None)
    except RecursionError:  # from the messages of jsonschema, which show what they speak of
        return None
    if first is None:
        return ""
    place = ".".join(str(step) for step in first.absolute_path)
    return f"{_cut(place) or 'the body'}: {_cut(first.message)}"


def _shortened(value: Any, levels: int = _MOST_LEVELS) -> Any:
    """A value whose lists are not longer than what is looked at, down to some level."""
    if not levels:
        return value
    match value:
        case dict():
            return {name: _shortened(below, levels - 1) for name, below in value.items()}
        case list():
            return [_shortened(below, levels - 1) for below in value[:_MOST_ITEMS]]
    return value


def _cut(text: Any) -> str:
    return text if len(text) <= _MOST_MESSAGE else f"{text[:_MOST_MESSAGE]}…"


def _observe_media_type(exchange: Exchange, context: CheckContext) -> Observation | None:
    # Where there is no body, what is wrong is that it has no job id.
    if not is_created(exchange) or is_empty(exchange.response):
        return None
    return kept_or(Kind.NOT_JSON, json_problem(exchange.response))


def _observe_schema(exchange: Exchange, context: CheckContext) -> Observation | None:
    if not is_created(exchange):
        return None
    if is_empty(exchange.response):
        return kept_or(Kind.OTHER_FORM, f"status {exchange.response.status} without a body, so without a job.id")
    problem = form_problem(exchange.response, context.contract.operation.answer_schema, context.contract)
    return None if problem is None else kept_or(Kind.OTHER_FORM, problem)


MEDIA_TYPE: Final = Check(
    name=CheckName.MEDIA_TYPE,
    promise="The response to an accepted request is JSON, and says so.",
    expected="application/json, or another +json type",
    rule="answer/media-type",
    observe=_observe_media_type,
)
SCHEMA: Final = Check(
    name=CheckName.SCHEMA,
    promise="The response to an accepted request has the form that the contract gives it.",
    expected="an object with job.id, a string",
    rule="answer/schema",
    observe=_observe_schema,
)
