"""Files of one run beside each other, over real sockets: what is broken is found, and no job more than six is spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance import Limits
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve

PHASES = ("probe", "jobs", "relations")


@pytest.mark.parametrize(("left", "found"), [(2, {"EXP-FILE-BOUNDARY"}), (1, set())])
def test_few_jobs_are_spent_on_what_they_are_enough_for(run_at: RunAt, left: int, found: set[str]) -> None:
    """With two jobs left the moment of a record is asked for, and nothing else; with one, nothing at all."""
    spent = 2 + 1  # the documented examples, and the one job that is followed in so small a budget
    with running(faults=["file-end-exclusive"]) as url:
        limits = Limits(jobs=spent + left)
        results = run_at(url, phases=PHASES, authorization=DEMO_AUTHORIZATION, limits=limits)
    assert {one.requirement for one in results.findings} == found
    assert results.counts["jobs_created"] == spent + (left if found else 0)
    complete = next(one for one in results.requirements if one.id == "EXP-FILE-COMPLETE")
    assert complete.reason == "the budget of jobs was used up; --max-jobs allows more"


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({}, set()),
        ({"faults": ["file-end-exclusive"]}, {"EXP-FILE-BOUNDARY"}),
        ({"faults": ["file-second-end-exclusive"]}, {"EXP-FILE-BOUNDARY-DAY"}),
        ({"faults": ["file-cut-at-100"]}, {"EXP-FILE-COMPLETE"}),
        ({"faults": ["jsonl-last-missing"]}, {"EXP-FILE-SAME-DATA"}),
        ({"faults": ["link-second-empty"]}, {"EXP-FILE-LINK"}),
    ],
    ids=["conforming", "boundary", "second", "complete", "same data", "link"],
)
def test_relations(run_at: RunAt, names: dict[str, list[str]], found: set[str]) -> None:
    """Each broken relation is one finding under its own requirement."""
    with running(**names) as url:
        results = run_at(url, phases=PHASES, authorization=DEMO_AUTHORIZATION)
    assert {one.requirement for one in results.findings} == found
    numbers = {one.number for one in results.exchanges if one.phase == "relations"}
    assert 0 < sum(job.exchange in numbers for job in results.ledger) <= 6


def test_a_link_for_one_use(run_at: RunAt) -> None:
    """A link that is refused the second time is told as a reason, and is no finding."""
    with running(variants=["link-one-use"]) as url:
        results = run_at(url, phases=PHASES, authorization=DEMO_AUTHORIZATION)
    assert results.findings == ()
    (link,) = (one for one in results.requirements if one.id == "EXP-FILE-LINK")
    assert (link.verdict, link.cause) == ("not_exercised", "one_use")
    assert "answers 410 the second time" in (link.reason or "")


def test_few_requests(run_at: RunAt) -> None:
    """The suite leaves requests to compare files with, and what it left out for that comes after them."""
    with running(faults=["file-end-exclusive"]) as url:
        results = run_at(
            url,
            phases=("probe", "jobs", "suite", "relations"),
            authorization=DEMO_AUTHORIZATION,
            limits=Limits(requests=180),
        )
    assert {one.requirement for one in results.findings} == {"EXP-FILE-BOUNDARY"}
    of_suite = [one for one in results.requirements if one.id == "EXP-INTERACTIONS-ID-TYPE"]
    assert [one.verdict for one in of_suite] == ["passed"]


def test_records_without_dates(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """The file that has records is compared with its other format, where no record is dated."""
    target = jobs(file=lambda wire, is_csv: wire.answer(200, b"User ID\r\n" if is_csv else b'{"User ID":"1"}\n'))
    results = run_at(serve(target).url, phases=PHASES)
    (found,) = (one for one in results.findings if one.requirement == "EXP-FILE-SAME-DATA")
    assert "1 record in JSONL, 0 in CSV" in found.observed
