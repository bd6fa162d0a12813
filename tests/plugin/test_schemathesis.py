"""The hooks for Schemathesis, as `st run` uses them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from export_contract.contract import BUILT_IN
from export_contract.sandbox import DEMO_AUTHORIZATION, running

ST = Path(sys.executable).with_name("st")


def st_run(folder: Path, url: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Schemathesis with our hooks."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("EXPORT_CONTRACT_", "SCHEMATHESIS_"))
    }
    return subprocess.run(
        [
            *(ST, "run", str(BUILT_IN), f"--url={url}", f"--header=Authorization: {DEMO_AUTHORIZATION}", "--no-color"),
            *("--seed=1", "--max-examples=12", *arguments),
        ],
        cwd=folder,
        env={**kept, "SCHEMATHESIS_HOOKS": "export_contract.schemathesis", **environment},
        capture_output=True,
        text=True,
        timeout=90,
    )


@pytest.mark.parametrize(
    "variants",
    [
        [],
        [
            *("status-202", "iso-8601-accepted", "unknown-properties-refused", "media-type-vendor", "refusal-403"),
            *("idempotent", "rate-limited", "duplicate-keys-refused", "id-elsewhere-refused"),
        ],
    ],
    ids=lambda variants: "others" if variants else "plain",
)
def test_no_false_alarms(tmp_path: Path, variants: list[str]) -> None:
    """With all checks on, Schemathesis' own too, nothing is found where the contract is kept, in whatever way."""
    with running(variants=variants) as url:
        done = st_run(tmp_path, url)
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout or " warning in " in done.stdout


def test_needed(tmp_path: Path) -> None:
    """Without the hooks, Schemathesis flags what the document leaves open: the silence above is ours."""
    with running() as url:
        done = st_run(tmp_path, url, SCHEMATHESIS_HOOKS="")
    assert done.returncode == 1
    assert "Schema-valid request rejected" in done.stdout


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        (["job-id-not-base64"], {"base64": "EXP-JOBID-BASE64"}),
        (["job-id-constant"], {"unique": "EXP-JOBID-UNIQUE"}),
        (
            ["job-id-double-base64", "trace-sql"],
            {"documented_form": "EXP-JOBID-FORM", "no_internals": "EXP-REFUSAL-NO-INTERNALS"},
        ),
    ],
)
def test_what_the_checks_find(tmp_path: Path, faults: list[str], found: dict[str, str]) -> None:
    """Each check finds its fault, names the requirement, and shows no secret; no other check does."""
    with running(faults) as url:
        done = st_run(tmp_path, url)
    assert done.returncode == 1
    failed = set(re.findall(r"Custom check failed: `(\w+)`", done.stdout))
    assert failed == {f"export_contract_{name}" for name in found}
    assert set(re.findall(r"EXP-[A-Z0-9-]+", done.stdout)) == set(found.values())
    assert "Source      " in done.stdout
    assert "demo-" not in done.stdout + done.stderr


def test_our_bodies(tmp_path: Path) -> None:
    """Bodies of our strategies find what Schemathesis alone does not: CSV for interactions."""
    with running(["interactions-csv"]) as url:
        alone = st_run(tmp_path, url, "--max-examples=60", "--phases=fuzzing", "--checks=export_contract_status")
    assert set(re.findall(r"EXP-[A-Z0-9-]+", alone.stdout)) == {"EXP-INTERACTIONS-FORMAT"}, alone.stdout
