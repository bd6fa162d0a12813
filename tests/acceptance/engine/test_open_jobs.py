"""How many jobs may run at once: what is counted, what is learned, and how room is waited for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.engine.open_jobs import OpenJobs
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.contract import Contract, Expectation
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


def told(state: str | None, status: int = 200) -> Response:
    """A status of a job."""
    return Response(status=status, body=json.dumps({"job": {"id": "a", "status": state}}).encode())


class Target:
    """Answers each look at a job with the next of its responses, and notes the queries and pauses."""

    def __init__(self, make_case: MakeCase, *responses: Response | None) -> None:
        self.make_case = make_case
        self.responses = list(responses)
        self.looks: list[str] = []
        self.pauses: list[float] = []

    def create(self, jobs: OpenJobs, *job_ids: Any) -> None:
        for job_id in job_ids:
            body = json.dumps({"job": {"id": job_id}}).encode()
            jobs.created(Exchange(1, "suite", self.make_case(), Response(status=200, body=body)))

    def look(self, case: Case) -> Exchange | None:
        self.looks.append(case.query)
        response = self.responses.pop(0)
        return None if response is None else Exchange(2, "suite", case, response)

    def pause(self, seconds: float) -> bool:
        self.pauses.append(round(seconds, 1))
        return True


def test_room(contract: Contract, make_case: MakeCase) -> None:
    """There is room below the limit, counting those on their way; without a limit there always is."""
    jobs = OpenJobs(contract, 2, 5.0)
    assert [jobs.has_room(count) for count in (0, 1, 2, 3)] == [True, True, False, False]
    Target(make_case).create(jobs, "a")
    assert [jobs.has_room(count) for count in (0, 1)] == [True, False]
    assert OpenJobs(contract, None, 5.0).has_room(100)


def test_the_turn(contract: Contract) -> None:
    """While somebody has the turn, there is room for nobody else."""
    jobs = OpenJobs(contract, None, 5.0)
    assert not jobs.is_exclusive
    with jobs.exclusive():
        assert jobs.is_exclusive
        assert not jobs.has_room(0)
    assert jobs.has_room(0)


@pytest.mark.parametrize("odd", [None, 7, "安", ["a"]])
def test_ids_that_cannot_be_asked_for(contract: Contract, make_case: MakeCase, odd: Any) -> None:
    """What is no plain text is no id of a job that could be looked at."""
    jobs = OpenJobs(contract, None, 5.0)
    Target(make_case).create(jobs, odd)
    assert jobs.count == 0


def test_the_latest_jobs_are_watched(contract: Contract, make_case: MakeCase) -> None:
    """Without a limit the latest eight jobs are kept, and with one all."""
    for limit, count in ((None, 8), (20, 12)):
        jobs = OpenJobs(contract, limit, 5.0)
        Target(make_case).create(jobs, *(f"job{number}" for number in range(12)))
        assert jobs.count == count


@pytest.mark.parametrize("end", [told("COMPLETED"), told("FAILED"), told(None, 404), told("PENDING", 410)])
def test_waiting_for_room(contract: Contract, make_case: MakeCase, end: Response) -> None:
    """The oldest job is looked at until it is finished or gone, with pauses that grow to three seconds."""
    target = Target(make_case, *[told("PENDING")] * 7, end)
    jobs = OpenJobs(contract, 2, 60.0)
    target.create(jobs, "a", "b")
    assert jobs.wait_for_room(target.look, target.pause)
    assert set(target.looks) == {"id=a"}
    assert target.pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0]
    assert jobs.count == 1


def test_waiting_until_none_runs(contract: Contract, make_case: MakeCase) -> None:
    """All jobs are waited for, where that is asked for; nothing is looked at where there is room already."""
    target = Target(make_case, told("COMPLETED"), told("COMPLETED"))
    jobs = OpenJobs(contract, None, 60.0)
    target.create(jobs, "a", "b")
    assert jobs.wait_for_room(target.look, target.pause)
    assert target.looks == []
    assert jobs.wait_for_room(target.look, target.pause, until_empty=True)
    assert target.looks == ["id=a", "id=b"]
    assert jobs.count == 0


def test_waiting_ends(contract: Contract, make_case: MakeCase) -> None:
    """It is not waited for a job that takes too long, nor when the run ends."""
    for seconds, goes_on in ((0.0, True), (60.0, False)):
        target = Target(make_case, told("PENDING"))
        jobs = OpenJobs(contract, 1, seconds)
        target.create(jobs, "a")
        assert not jobs.wait_for_room(target.look, lambda _, goes_on=goes_on: goes_on)
        assert jobs.count == 1


def test_jobs_that_cannot_be_read(contract: Contract, make_case: MakeCase) -> None:
    """A job whose status cannot be read twice is taken for finished."""
    target = Target(make_case, None, told(None, 500))
    jobs = OpenJobs(contract, 1, 60.0)
    target.create(jobs, "a")
    assert jobs.wait_for_room(target.look, target.pause)
    assert target.pauses == [0.1]


@pytest.mark.parametrize(
    ("parts", "status", "may"),
    [
        *(({}, status, True) for status in (400, 403, 409, 429)),
        *(({}, status, False) for status in (200, 401, 404, 500)),
        ({"expectation": Expectation.REJECT}, 429, False),
        ({"credentials": "none"}, 429, False),
        ({"call": Call.STATUS}, 429, False),
    ],
)
def test_what_open_jobs_may_explain(
    contract: Contract, make_case: MakeCase, parts: dict[str, Any], status: int, may: bool
) -> None:
    """A refusal of what must be accepted may be about earlier jobs, where there are any; not after two disproofs."""
    exchange = Exchange(1, "suite", make_case(**parts), Response(status=status))
    jobs = OpenJobs(contract, None, 5.0)
    assert not jobs.may_explain(exchange)
    Target(make_case).create(jobs, "a")
    assert jobs.may_explain(exchange) is may
    jobs.learn(was_accepted=False, ran=1, status=429)
    assert jobs.may_explain(exchange) is may
    jobs.learn(was_accepted=False, ran=1, status=429)
    assert not jobs.may_explain(exchange)


def test_learning(contract: Contract) -> None:
    """The lowest number of jobs at which a request was refused is the limit, and at least one."""
    jobs = OpenJobs(contract, None, 5.0)
    assert jobs.learned == ""
    for ran, limit in ((5, 5), (7, 5), (3, 3), (0, 1)):
        jobs.learn(was_accepted=True, ran=ran, status=400 + ran)
        assert jobs.limit == limit
    assert jobs.learned_from == 400
    assert jobs.learned == (
        "it answered 400 while earlier jobs were running, so that no more than 1 ran at once (--max-open-jobs 1)"
    )


def test_a_limit_that_is_declared(contract: Contract) -> None:
    """A limit that was declared is lowered where the target shows a lower one, and never raised."""
    jobs = OpenJobs(contract, 3, 5.0)
    jobs.learn(was_accepted=True, ran=3, status=429)
    assert (jobs.limit, jobs.learned_from) == (3, None)
    jobs.learn(was_accepted=True, ran=2, status=429)
    assert (jobs.limit, jobs.learned_from) == (2, 429)
