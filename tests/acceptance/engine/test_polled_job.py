"""A job whose status is polled: when it is over, and what is written of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.engine.polled_job import PolledJob
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.results import FollowedJob
from export_contract.contract import Contract
from export_contract.strategies.http.status_calls import status_case

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


def followed(make_case: MakeCase, contract: Contract, **parts: Any) -> PolledJob:
    """A job that was just created."""
    created = Exchange(1, "jobs", make_case(id="one", base="pair 1"), Response(status=200))
    plain = {"job_id": "a", "status_call": status_case(contract, "a"), "born": 0.0, "held": 0.0, "due": 0.0}
    return PolledJob(created=created, **{**plain, **parts})


def test_a_new_job(make_case: MakeCase, contract: Contract) -> None:
    """A job begins without a state, is looked at after a tenth of a second, and twice when it is finished."""
    job, other = (followed(make_case, contract) for _ in range(2))
    assert (job.state, job.wait, job.looks_left, job.is_over) == (None, 0.1, 2, False)
    assert (job.polls, job.states, job.data, job.download_url) == ([], [], {}, "")
    job.states.append("PENDING")
    assert (job.state, other.state) == ("PENDING", None)


@pytest.mark.parametrize(
    ("parts", "is_over"),
    [
        ({"states": ["PENDING", "COMPLETED"], "looks_left": 0}, True),
        ({"states": ["PENDING", "COMPLETED"], "looks_left": 1}, False),
        ({"states": ["FAILED"], "looks_left": 0}, True),
        ({"states": ["PENDING"], "looks_left": 0}, False),
        ({"looks_left": 0}, False),
        ({"without_state": 3}, False),
        ({"without_state": 4}, True),
        ({"is_given_up": True}, True),
    ],
    ids=str,
)
def test_when_a_job_is_over(make_case: MakeCase, contract: Contract, parts: dict[str, Any], is_over: bool) -> None:
    """It is over at its end after the last looks, after four looks without a state, and where it is given up."""
    assert followed(make_case, contract, **parts).is_over is is_over


@pytest.mark.parametrize(("url", "shown"), [("https://a/1", "https://a/1"), (7, ""), (None, "")])
def test_the_file_of_a_job(make_case: MakeCase, contract: Contract, url: Any, shown: str) -> None:
    """The file is the one that the first completed status names, where that is a text."""
    data = {"downloadUrl": url, "more": 1}
    body = json.dumps({"job": {"id": "a", "status": "COMPLETED", "exportData": data}}).encode()
    completed = Exchange(2, "jobs", status_case(contract, "a"), Response(status=200, body=body))
    job = followed(make_case, contract, completed=completed)
    assert (job.data, job.download_url) == (data, shown)


def test_the_record_of_a_job(make_case: MakeCase, contract: Contract) -> None:
    """The results have its case, the combination, its id and its last state."""
    job = followed(make_case, contract, states=["PENDING", "FAILED"])
    assert job.record(None) == FollowedJob(
        case="one", combination="pair 1", job_id="a", polls=(), state="FAILED", file=None
    )


def test_parts_have_names(make_case: MakeCase, contract: Contract) -> None:
    """Three numbers of seconds stand in it, which nobody is to mix up: each part is named."""
    job = followed(make_case, contract)
    with pytest.raises(TypeError):
        PolledJob(job.created, "a", job.status_call, 0.0, 0.0, 0.0)  # type: ignore[misc]
