"""A target that reads one form of timestamps is sent what is wrong with them in that form."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Results
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt

PHASES = ("probe", "suite")


def respelt(results: Results) -> list[str]:
    """The titles of the cases that were respelt for this target."""
    return [one.case.title for one in results.exchanges if one.case.title.endswith("spelt as accepted")]


@pytest.mark.parametrize(
    ("fault", "requirement", "member"),
    [
        ("start-fixed-rolls-over", "EXP-START-CALENDAR", "startDate"),
        ("start-fixed-text-after", "EXP-START-FORMAT", "startDate"),
        ("end-fixed-unpadded", "EXP-END-FORMAT", "endDate"),
    ],
)
def test_a_reader_of_one_form(run_at: RunAt, fault: str, requirement: str, member: str) -> None:
    """A reader that is fixed to milliseconds is caught by an error in milliseconds, and no request goes twice."""
    with running([fault]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)
    assert {one.requirement for one in results.findings} == {requirement, "EXP-ACCEPT-TIMESTAMPS"}
    sent = [one for one in results.exchanges if one.phase == "suite"]
    accepted = [one.case for one in sent if one.case.requirement == requirement and one.response.status == 200]
    assert any(re.search(rf'"{member}":"[^"]*\.\d', case.body or "") for case in accepted)
    bodies = Counter(one.case.body for one in sent)
    assert len(respelt(results)) >= 40
    assert {bodies[one.case.body] for one in sent if one.case.title in respelt(results)} == {1}


@pytest.mark.parametrize("fault", ["offset-refused", "fraction-six-refused", "start-february-30"])
def test_a_reader_of_the_plain_form(run_at: RunAt, fault: str) -> None:
    """One that reads seconds and Z is sent nothing besides the suite: its cases are in a form that it reads."""
    with running([fault]) as url:
        assert respelt(run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)) == []
