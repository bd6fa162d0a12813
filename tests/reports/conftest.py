"""Results to report: of a run against the sandbox with faults."""

from __future__ import annotations

import pytest

from export_contract.acceptance import Results, RunPlan, run
from export_contract.contract import load_contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running


@pytest.fixture(scope="session")
def results() -> Results:
    """What a run found in a sandbox with four faults."""
    with running(["json-utf-8-replaced", "trace-python", "nul-500", "exporttype-any-case"]) as url:
        return run(
            RunPlan(
                base_url=url,
                contract=load_contract(),
                authorization=DEMO_AUTHORIZATION,
                phases=("probe", "load", "auth", "protocol", "jobs", "suite"),
            )
        )
