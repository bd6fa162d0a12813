"""Rechecking: a finding is looked for again, also where the target accepts so much that the jobs run short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance import Limits

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire


@pytest.mark.parametrize("jobs", [40, 60])
def test_jobs_are_left_to_look_again(serve: Serve, run_at: RunAt, jobs: int) -> None:
    """A target that accepts everything uses up the jobs, but those with which a lost response is asked for again."""
    hung_up: list[bool] = []

    def lenient(wire: Wire) -> None:
        if b"JSON_LINES" in wire.request.body or b'"format":null' in wire.request.body:
            hung_up.append(True)
            return wire.close()
        if wire.request.method == "POST":
            return wire.answer(200, b'{"job":{"id":"%s"}}' % str(len(server.requests)).rjust(4, "A").encode())
        return wire.conform()

    server = serve(lenient)
    results = run_at(server.url, phases=("probe", "suite"), limits=Limits(jobs=jobs))
    suite, recheck = (next(one for one in results.phases if one.name == name) for name in ("suite", "recheck"))
    assert suite.exhausted == "jobs"
    assert recheck.sent == jobs // 20
    assert results.counts["jobs_created"] == jobs
    lost = [one for one in results.exchanges if one.response.status is None]
    assert {one.phase for one in lost} == {"suite", "recheck"}
    assert next(one for one in results.exchanges if one.phase == "recheck").response.status is None
