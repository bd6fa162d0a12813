"""How faults and variants fit into Behaviour: each function here makes the change of one of its seams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from .job_facts import JobFacts, Making
from .json_text import read_json
from .messages import Event, Problem, Request, Response, Rewrite, failure, refusal

Changes = dict[str, Any]  # fields of Behaviour
Condition = Callable[[Request], bool]
T = TypeVar("T")

REFUSALS: tuple[Event, ...] = ("refused", "unauthorized", "undeclared-method", "unknown-id", "missing-id")


def fields_of(request: Request) -> dict[str, Any]:
    """The fields of a request body; none where it is not a JSON object."""
    try:
        document = read_json(request.body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def where_possible(change: Callable[..., T], value: T, *context: object) -> T:
    """The value changed; as it is, where an earlier change left nothing for this one to work on."""
    try:
        return change(value, *context)
    except (LookupError, TypeError, ValueError):
        return value


def rewrites(*events: Event, by: Rewrite) -> Changes:
    """Rewrites the responses that are about one of these events."""

    def rewritten(response: Response, request: Request) -> Response:
        return where_possible(by, response, request) if response.event in events else response

    return {"response": rewritten}


def sends(*events: Event, **parts: Any) -> Changes:
    """Replaces parts of the responses that are about one of these events."""
    return rewrites(*events, by=lambda response, request: replace(response, **parts))


def intercepts(condition: Condition, response: Callable[[], Response]) -> Changes:
    """Sends this response to any request that meets the condition."""
    return {"intercept": lambda request: response() if condition(request) else None}


def fails(condition: Condition) -> Changes:
    """Responds with 500 to any request that meets the condition."""
    return intercepts(condition, failure)


def refuses(condition: Condition) -> Changes:
    """Responds with 400 to any request for an export that meets the condition."""
    return intercepts(
        lambda request: request.method == "POST" and condition(request),
        lambda: refusal("refused", 400, Problem("body", "is not supported")),
    )


def job_id_says(restate: Callable[[JobFacts, Making], dict[str, str]]) -> Changes:
    """Changes what the id says."""
    return {"job_facts": lambda facts, making: replace(facts, **restate(facts, making))}


def job_id_encodes(recode: Callable[[bytes], bytes]) -> Changes:
    """Changes the bytes inside the id."""
    return {"job_bytes": lambda content: where_possible(recode, content)}


def job_id_spells(respell: Callable[[str], str]) -> Changes:
    """Changes the id's text."""
    return {"job_text": lambda text, making: where_possible(respell, text)}
