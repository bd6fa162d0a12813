"""Isolation: a finding about an accepted request says what is refused, also where jobs run short for that."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Limits
from export_contract.contract import Contract, Expectation, oracle
from export_contract.sandbox import DEMO_AUTHORIZATION

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

PHASES = ("probe", "suite")


def fraction_digits(text: str) -> int:
    return len(text.partition(".")[2].partition("Z")[0].partition("+")[0].partition("-")[0])


def appends_fractions(contract: Contract) -> Callable[[Wire], None]:
    """Makes a target that keeps the contract, but takes a start with the longer fraction for the later date."""
    judge, numbers = oracle(contract), itertools.count(1)

    def answer(wire: Wire) -> None:
        if wire.request.method != "POST":
            return wire.answer(405, b"{}")
        expectation = judge.classify(wire.request.body).expectation
        body = json.loads(wire.request.body) if expectation is Expectation.ACCEPT else {}
        is_late = fraction_digits(body.get("startDate", "")) > fraction_digits(body.get("endDate", ""))
        if expectation is Expectation.REJECT or is_late:
            return wire.answer(400, b"{}")
        job_id = base64.b64encode(b"job %06d" % next(numbers)).decode()
        return wire.answer(200, json.dumps({"job": {"id": job_id}}).encode())

    return answer


@pytest.mark.parametrize("jobs", [30, 60])
def test_what_is_refused_together(serve: Serve, run_at: RunAt, contract: Contract, jobs: int) -> None:
    """Where two features are refused together, that is not called a matter of the listed values beside them."""
    url = serve(appends_fractions(contract)).url
    results = run_at(url, phases=PHASES, authorization=DEMO_AUTHORIZATION, limits=Limits(jobs=jobs))
    (finding,) = results.findings
    assert finding.requirement == "EXP-ACCEPT-TIMESTAMPS"
    assert "fraction" in finding.case.title
    assert "exportType" not in finding.case.title


def test_no_job_is_left_to_find_out(serve: Serve, run_at: RunAt, contract: Contract) -> None:
    """A pack that nothing explains is filed under a feature where its listed values were accepted elsewhere."""
    url = serve(appends_fractions(contract)).url
    results = run_at(url, phases=PHASES, authorization=DEMO_AUTHORIZATION, limits=Limits(jobs=24))
    assert {one.requirement for one in results.findings} == {"EXP-ACCEPT-TIMESTAMPS"}
