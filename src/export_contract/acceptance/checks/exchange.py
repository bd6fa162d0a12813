"""Checks: small functions that judge one exchange, each by the requirements that it stands on.

A check yields an outcome for each requirement that an exchange exercised, with a deviation where it was not kept.
What it does not yield was not exercised.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from export_contract.acceptance.checks.context import Check, CheckContext
from export_contract.acceptance.checks.leaks import find_leak
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.acceptance.model.outcome import Choice, Deviation, Outcome
from export_contract.contract import Contract, Expectation
from export_contract.contract.job_id import base64_problem, mismatches, read_job_id
from export_contract.contract.json_text import read_json
from export_contract.contract.timestamps import any_instant

_WANTED: Final = {
    Expectation.ACCEPT: "2xx with a job",
    Expectation.REJECT: "4xx, and no job",
    Expectation.UNSPECIFIED: "2xx or 4xx",
}
_AUTHENTICATION: Final = (401, 403)
_MOST_OBSERVED: Final = 1_000
"""Characters of what a deviation tells."""


def is_unjudged(exchange: Exchange) -> bool:
    """Whether the answer says nothing about the request: a gate before the service gave it."""
    answer, case = exchange.response, exchange.case
    if answer.failure in (Failure.UNREACHABLE, Failure.POSTPONED) or answer.status == 407:
        return True
    is_allowed = case.method == "POST" or case.expectation is Expectation.ACCEPT
    return answer.status in _AUTHENTICATION and case.credentials == "configured" and is_allowed


def status(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """An accepted request is answered 2xx, a rejected one 4xx, and one that is left open with either."""
    case, answer = exchange.case, exchange.response

    def deviation(kind: str, summary: str) -> Outcome:
        observed = answer.problem or f"status {answer.status}"
        wanted = "401 or 403" if case.credentials != "configured" else _WANTED[case.expectation]
        return Outcome(
            case.requirement,
            Deviation(check="status", kind=kind, summary=summary, expected=wanted, observed=observed),
        )

    if answer.failure:
        yield deviation(answer.failure, f"{case.title}: {answer.problem}")
    elif answer.status is not None and answer.status >= 500:
        yield deviation("5xx", f"{case.title}: answered with a server error, {answer.status}")
    elif answer.status == 429:
        yield deviation("429", f"{case.title}: asked for patience again and again, and never answered")
    elif case.credentials != "configured" and answer.status not in _AUTHENTICATION:
        yield deviation("no 401", f"{case.title}: answered {answer.status}, where only 401 or 403 will do")
    elif case.expectation is Expectation.UNSPECIFIED and (answer.accepted or answer.refused):
        yield Outcome(case.requirement, choice=Choice.ACCEPTED if answer.accepted else Choice.REFUSED)
    elif case.expectation is Expectation.ACCEPT and answer.accepted:
        # One request shows several things, and each of their promises was kept.
        kept = (feature.requirement for feature in case.features)
        yield from (Outcome(requirement) for requirement in dict.fromkeys((case.requirement, *kept)))
    elif case.expectation is Expectation.REJECT and answer.refused:
        yield Outcome(case.requirement)
    elif answer.accepted:
        yield deviation("2xx", f"{case.title}: accepted, with status {answer.status}")
    elif answer.refused:
        yield deviation("4xx", f"{case.title}: refused, with status {answer.status}")
    else:
        yield deviation("3xx", f"{case.title}: answered {answer.status}, neither accepted nor refused")


def answered_in_time(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The answer comes within the limit."""
    requirement = context.requirement("answer/time")
    if requirement is None or exchange.response.status is None:
        return
    seconds = exchange.response.seconds
    late = Deviation(
        check="time",
        kind="late",
        summary=f"{exchange.case.title}: answered after {seconds:.1f} seconds",
        expected=f"an answer within {context.seconds:g} seconds",
        observed=f"{seconds:.1f} seconds",
    )
    yield Outcome(requirement, late if seconds > context.seconds else None)


def media_type(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The answer to an accepted request is declared as JSON, and is."""
    requirement = context.requirement("answer/media-type")
    if requirement is None or not _is_created(exchange):
        return
    answer = exchange.response
    found = answer.media_type
    problem = ""
    if found != "application/json" and not found.endswith("+json"):
        problem = f"Content-Type {answer.header('content-type')!r}" if found else "no Content-Type"
    elif text_problem := read_json(answer.body).problem:
        problem = f"a body of which {text_problem}"
    yield kept_or(requirement, "media type", "no JSON", exchange, "application/json, or another +json type", problem)


def schema(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The answer to an accepted request has the form that the contract gives it."""
    requirement = context.requirement("answer/schema")
    body = exchange.response.json()
    if requirement is None or not _is_created(exchange) or body is None:
        return  # that it is no JSON is told by the media type
    errors = context.contract.validator(context.contract.operation.answer_schema).iter_errors(body)
    first = min(errors, key=lambda error: [str(step) for step in error.absolute_path], default=None)
    place = ".".join(str(step) for step in first.absolute_path) if first else ""
    problem = f"{place or 'the body'}: {_brief_text(first.message)}" if first else ""
    yield kept_or(requirement, "schema", "other form", exchange, "an object with job.id, a string", problem)


def base64_job_id(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The job id is strict Base64."""
    job_id = _job_id(exchange)
    requirement = context.requirement("job-id/base64")
    if requirement is None or job_id is None:
        return
    problem = base64_problem(job_id)
    yield kept_or(
        requirement,
        "base64",
        "no Base64",
        exchange,
        "Base64 (RFC 4648 section 4): standard alphabet, padded, canonical, no white space",
        f"{_brief(job_id)}: {problem}" if problem else "",
    )


def documented_job_id(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A job id that carries the documented form carries all of it, and names its own request."""
    text = _job_id(exchange)
    if text is None:
        return
    job_id = read_job_id(text)
    if not job_id.documented:
        return
    requirement = context.requirement("job-id/form")
    if requirement:
        problem = "; ".join(flaw.problem for flaw in job_id.flaws if flaw.rule == "job-id/form")
        yield kept_or(requirement, "job id form", "damaged", exchange, "the whole documented form", problem)
    requirement = context.requirement("job-id/match")
    request = _request(exchange)
    is_whole = not any(flaw.rule == "job-id/form" for flaw in job_id.flaws)
    if requirement and request is not None and is_whole:
        problem = "; ".join(flaw.problem for flaw in mismatches(job_id, request))
        yield kept_or(
            requirement, "job id match", "another request", exchange, "the fields of its own request", problem
        )


def opaque_job_id(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """Whether job ids carry the documented form is the target's choice, or decided in the configuration."""
    requirement = context.contract.by_rule("job-id/opaque")
    text = _job_id(exchange)
    if requirement is None or text is None:
        return
    is_opaque = not read_job_id(text).documented
    if requirement.expectation is Expectation.UNSPECIFIED:
        yield Outcome(requirement.id, choice=Choice.OPAQUE if is_opaque else Choice.DOCUMENTED)
        return
    problem = "an opaque job id" if is_opaque and requirement.expectation is Expectation.REJECT else ""
    yield kept_or(requirement.id, "opaque", "opaque", exchange, "a job id in the documented form", problem)


def no_job_on_refusal(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A refusal carries no job id."""
    requirement = context.requirement("refusal/no-job")
    if requirement is None or not exchange.response.refused or exchange.case.method != "POST":
        return
    job_id = exchange.response.job_id
    problem = f"status {exchange.response.status} with the job id {_brief(str(job_id))}" if job_id is not None else ""
    yield kept_or(requirement, "no job", "job in a refusal", exchange, "no job.id", problem)


def no_internals(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """A refusal, and any other error, shows nothing of the server's inside."""
    requirement = context.requirement("refusal/no-internals")
    answer = exchange.response
    if requirement is None or answer.status is None or answer.status < 400:
        return
    leak = find_leak(answer.body.decode("utf-8", "replace"))
    # The case's own text may come back in the answer.
    if leak and leak[1] in exchange.case.payload.decode("utf-8", "replace"):
        leak = None
    yield kept_or(
        requirement,
        "internals",
        leak[0] if leak else "",
        exchange,
        "no internals",
        f"{leak[0]}: {leak[1]}" if leak else "",
    )


def no_credentials(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
    """The credentials that were sent come back nowhere: in no header, no body, no job id."""
    requirement = context.requirement("answer/no-credentials")
    answer = exchange.response
    if requirement is None or not context.redaction.secrets or answer.status is None:
        return
    job_id = answer.job_id
    decoded = read_job_id(job_id).decoded if isinstance(job_id, str) else None
    places = [
        ("the job id", decoded or b""),
        ("the body", answer.body),
        *((f"the header {name}", value.encode("latin-1", "replace")) for name, value in answer.headers),
    ]
    found = next((place for place, content in places if context.redaction.finds(content)), "")
    yield kept_or(
        requirement,
        "credentials",
        "echoed",
        exchange,
        "no credentials",
        f"a secret that was sent, in {found}" if found else "",
    )


CHECKS: Final[tuple[Check, ...]] = (
    status,
    answered_in_time,
    media_type,
    schema,
    base64_job_id,
    documented_job_id,
    opaque_job_id,
    no_job_on_refusal,
    no_internals,
    no_credentials,
)


def unique_job_ids(exchanges: list[Exchange], context: CheckContext) -> Iterator[tuple[Exchange, Outcome]]:
    """Different requests never get the same id, nor ids with the same UUID: a check of all exchanges at once."""
    requirement = context.requirement("job-id/unique")
    if requirement is None:
        return
    owners: dict[str, tuple[Any, str]] = {}
    for exchange in exchanges:
        text = _job_id(exchange)
        # What the document leaves open may be read as another request, and get the same job as that.
        if text is None or exchange.case.expectation is not Expectation.ACCEPT:
            continue
        mine = (_same_export(exchange, context.contract), exchange.phase)
        uuid = read_job_id(text).uuid
        marks = [("job id", text), *([("UUID", uuid.lower())] if uuid else [])]
        # The same request may get the same job again, however it is spelled.
        taken = [what for what, value in marks if _is_taken(owners.setdefault(f"{what} {value}", mine), mine)]
        if taken:
            problem = f"the {taken[0]} {_brief(text)}, which another request got before"
            yield exchange, kept_or(requirement, "unique", f"same {taken[0]}", exchange, "an id of its own", problem)
        elif len(owners) > len(marks):
            yield exchange, Outcome(requirement)


def _is_taken(owner: tuple[Any, str], mine: tuple[Any, str]) -> bool:
    """Whether the owner of an id, (what it asked for, its phase), is another; of a load that is told there."""
    return owner[0] != mine[0] and "load" not in (owner[1], mine[1])


def kept_or(requirement: str, check: str, kind: str, exchange: Exchange, expected: str, observed: str) -> Outcome:
    """A kept promise where nothing was observed against it, else a deviation."""
    if not observed:
        return Outcome(requirement)
    if len(observed) > _MOST_OBSERVED:
        observed = f"{observed[:_MOST_OBSERVED]}…"
    summary = f"{exchange.case.title}: {observed}"
    return Outcome(
        requirement, Deviation(check=check, kind=kind, summary=summary, expected=expected, observed=observed)
    )


def _is_created(exchange: Exchange) -> bool:
    """Whether the answer is one that the contract describes: a 2xx to a request that may be accepted."""
    return (
        exchange.response.accepted
        and exchange.case.method == "POST"
        and exchange.case.expectation is not Expectation.REJECT
    )


def _job_id(exchange: Exchange) -> str | None:
    if not _is_created(exchange):
        return None
    job_id = exchange.response.job_id
    return job_id if isinstance(job_id, str) and job_id else None


def _request(exchange: Exchange) -> dict[str, Any] | None:
    """The body that was sent, where there is only one way to read it."""
    values = read_json(exchange.case.payload).values
    return values[0] if len(values) == 1 and isinstance(values[0], dict) else None


def _same_export(exchange: Exchange, contract: Contract) -> Any:
    """What is equal for requests that ask for the same export: the properties that the contract knows, and moments."""
    request = _request(exchange)
    if request is None:
        return exchange.case.payload
    known = {name for schema in contract.request.beside() for name in schema.properties}
    return {
        name: (any_instant(value) or value) if isinstance(value, str) else value
        for name, value in request.items()
        if name in known
    }


def _brief_text(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"


def _brief(text: str) -> str:
    return repr(text) if len(text) <= 80 else f"{text[:80]!r}… ({len(text):,} characters)"
