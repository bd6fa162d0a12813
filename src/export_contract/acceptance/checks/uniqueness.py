"""Whether job ids are unique: the one check of job ids that looks at several exchanges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from export_contract.acceptance.checks.check import deviation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.job_id import created_job_id, request_body
from export_contract.acceptance.checks.wording import brief
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.contract import Contract, Expectation
from export_contract.contract.job_id import read_job_id
from export_contract.contract.timestamps import any_instant

_LOAD: Final = "load"
"""The phase whose shared ids are reported under its own requirement."""


def unique_job_ids(exchanges: Iterable[Exchange], context: CheckContext) -> Iterator[Outcome]:
    """Different requests never get the same job id, nor ids with the same UUID.

    The exchanges count in the order of their numbers, whatever order they come in; retried ones do not count. What the
    document leaves open does not either: it may be read as another request, and get the same job as that.
    """
    requirement = context.requirement("job-id/unique")
    if requirement is None:
        return
    owners: dict[tuple[Kind, str], tuple[Any, str]] = {}
    for exchange in sorted(exchanges, key=lambda one: one.number):
        text = created_job_id(exchange)
        if text is None or exchange.retried or exchange.case.expectation is not Expectation.ACCEPT:
            continue
        mine = (_same_export(exchange, context.contract), exchange.phase)
        uuid = read_job_id(text).uuid
        marks = [(Kind.SAME_JOB_ID, text), *([(Kind.SAME_UUID, uuid.lower())] if uuid else [])]
        # The same request may get the same job again, however it is spelled.
        taken = [mark[0] for mark in marks if _is_taken(owners.setdefault(mark, mine), mine)]
        if taken:
            what = "job id" if taken[0] is Kind.SAME_JOB_ID else "UUID"
            problem = f"the {what} {brief(text)}, which an earlier, different request got"
            yield deviation(
                requirement,
                exchange,
                CheckName.JOB_ID_UNIQUE,
                taken[0],
                expected="an id of its own",
                observed=problem,
            )
        elif len(owners) > len(marks):
            yield Outcome(requirement, exchange.number, CheckName.JOB_ID_UNIQUE)


def _is_taken(owner: tuple[Any, str], mine: tuple[Any, str]) -> bool:
    """Whether the owner of an id, (what it asked for, its phase), is another; of a load that is reported there."""
    return bool(owner[0] != mine[0]) and _LOAD not in (owner[1], mine[1])


def _same_export(exchange: Exchange, contract: Contract) -> Any:
    """What is equal for requests that ask for the same export: the properties that the contract knows, and moments."""
    request = request_body(exchange)
    if request is None:
        return exchange.case.payload
    known = {name for schema in contract.request.beside() for name in schema.properties}
    return {
        name: (any_instant(value) or value) if isinstance(value, str) else value
        for name, value in request.items()
        if name in known
    }
