"""Whether requests that go together each get a job of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from export_contract.acceptance.checks.check import deviation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.strategies import Case

_EXPECTED: Final = "2xx with a job of its own, also when other requests come at the same time"


def shared_job_ids(
    exchanges: Sequence[Exchange], before: Iterable[Exchange], context: CheckContext
) -> Iterator[Outcome]:
    """An outcome for each of `exchanges`, which went together, that got the job id of another request."""
    requirement = context.requirement("load/answers")
    if requirement is None:
        return
    numbers = {exchange.number for exchange in exchanges}
    owners: dict[str, Case] = {}
    for exchange in sorted(before, key=lambda one: one.number):
        job_id = exchange.response.job_id
        if not exchange.response.accepted or not isinstance(job_id, str) or not job_id:
            continue
        first = owners.setdefault(job_id, exchange.case)
        if exchange.number in numbers and first is not exchange.case:
            yield load_outcome(requirement, Kind.SHARED, exchange, f"the job id of {first.title}")


def load_outcome(requirement: str, kind: Kind, exchange: Exchange, observed: str) -> Outcome:
    """The outcome that a response under load was not the request's own."""
    return deviation(requirement, exchange, CheckName.LOAD, kind, expected=_EXPECTED, observed=observed)
