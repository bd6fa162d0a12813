"""Variants of the sandbox: conforming ways to be different alarm nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt

VARIANTS = (
    "gzip",
    "idempotent",
    "refusal-403",
    "refusal-prose",
    "id-opaque",
    "iso-8601-accepted",
    "unknown-properties-refused",
)


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_conform(run_at: RunAt, name: str) -> None:
    """A target that keeps the contract in another way conforms, with nothing left out but what does not apply."""
    with running(variants=[name]) as url:  # one that accepts all that is open takes a few jobs more than the default
        results = run_at(url, authorization=DEMO_AUTHORIZATION)
    assert [finding.summary for finding in results.findings] == []
    assert (results.verdict, results.reason) == ("conforms", None)
    left_out = {one.reason for one in results.requirements if one.verdict == "not_exercised"}
    assert left_out <= {
        "the job ids are opaque",
        "the phase jobs is still to come",
        "the phase load is still to come",
        "the dates of creation name instants",
    }


def test_combined_variants_conform(run_at: RunAt) -> None:
    """Several differences at once are as harmless as each alone."""
    with running(
        variants=["status-201", "extra-members", "gzip", "refusal-422", "id-opaque", "zero-id-accepted"]
    ) as url:
        assert run_at(url, authorization=DEMO_AUTHORIZATION).verdict == "conforms"
