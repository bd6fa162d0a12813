"""How faults and variants fit into Behaviour: each function here makes the change of one of its seams."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from .job_facts import JobFacts, Making
from .json_text import read_json
from .messages import Answer, Call, Event, Problem, Rewrite, failure, refusal

Changes = dict[str, Any]  # fields of Behaviour
Condition = Callable[[Call], bool]
T = TypeVar("T")

REFUSALS: tuple[Event, ...] = ("refused", "unauthorized", "undeclared-method", "unknown-id", "missing-id")


def fields_of(call: Call) -> dict[str, Any]:
    """The fields of a request body; none where it is no JSON object."""
    try:
        document = read_json(call.body)
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
    """Rewrites the answers that are about one of these events."""

    def rewritten(answer: Answer, call: Call) -> Answer:
        return where_possible(by, answer, call) if answer.event in events else answer

    return {"answer": rewritten}


def sends(*events: Event, **parts: Any) -> Changes:
    """Replaces parts of the answers that are about one of these events."""
    return rewrites(*events, by=lambda answer, call: replace(answer, **parts))


def intercepts(condition: Condition, answer: Callable[[], Answer]) -> Changes:
    """Gives this answer to any call that meets the condition."""
    return {"intercept": lambda call: answer() if condition(call) else None}


def fails(condition: Condition) -> Changes:
    """Answers 500 to any call that meets the condition."""
    return intercepts(condition, failure)


def refuses(condition: Condition) -> Changes:
    """Answers 400 to any request for an export that meets the condition."""
    return intercepts(
        lambda call: call.method == "POST" and condition(call),
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
