"""One engine: the command and the plugin find the same, and write the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.plugin.conftest import SANDBOX, SUITE

from export_contract.acceptance import PHASES
from export_contract.sandbox import running

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner


UNTIMED = ",".join(name for name in PHASES if name not in ("jobs", "load"))
"""Phases in which nothing depends on when something happens."""


def without_chance(value: Any, url: str) -> Any:
    """Results without what differs from run to run: times, the port, and what the target makes up."""
    if isinstance(value, dict):
        dropped = ("seconds", "started_at", "sent_at", "latency", "job_id", "headers", "body", "observed", "summary")
        return {key: without_chance(one, url) for key, one in value.items() if key not in dropped or "title" in value}
    if isinstance(value, list):
        return [without_chance(one, url) for one in value]
    return value.replace(url, "URL") if isinstance(value, str) else value


def test_the_same_results(inner: Inner, authorized: str) -> None:
    """For the same seed and target the results files are the same but for times and what the target makes up."""
    found = []
    for door in ("command", "plugin"):
        with running(["interactions-csv", "job-id-not-base64"]) as url:
            options = ("--seed=7", "--report=json=results.json", "--concurrency=1", f"--phases={UNTIMED}")
            if door == "command":
                command = [Path(sys.executable).with_name("export-contract"), "run", f"--base-url={url}", *options]
                done = subprocess.run(command, cwd=inner.folder, env=os.environ, capture_output=True, timeout=90)
                status: Any = done.returncode
            else:
                mine = [option.replace("--", "--export-contract-", 1) for option in options]
                status = inner(*SUITE, f"--export-contract-url={url}", *mine).ret
            assert status == 1
            found.append(without_chance(json.loads((inner.folder / "results.json").read_text()), url))
            (inner.folder / "results.json").unlink()
    assert found[0] == found[1]
    assert [finding["requirement"] for finding in found[0]["findings"]] == [
        "EXP-INTERACTIONS-FORMAT",
        "EXP-JOBID-BASE64",
    ]
    assert len(found[0]["ledger"]) > 40
    assert not list(inner.folder.glob("*.journal"))


def test_reports_without_a_path(inner: Inner) -> None:
    """A report without a path goes where the command puts it."""
    assert inner(*SUITE, SANDBOX, "-k", "EXP-AUTH", "--export-contract-report=json").ret == 0
    assert (inner.folder / "export-contract-report" / "results.json").is_file()


def test_a_report_that_cannot_be_written(inner: Inner) -> None:
    """A report that cannot be written is told, and the session is not green."""
    (inner.folder / "file").write_text("")
    result = inner(*SUITE, SANDBOX, "-k", "EXP-AUTH", "--export-contract-report=json=file/results.json")
    assert result.ret == 4
    result.stdout.fnmatch_lines(["file/results.json cannot be written: *"])


def test_a_baseline(inner: Inner, authorized: str) -> None:
    """Known findings are expected failures, as the command's baseline has them; it is written and refused likewise."""
    with running(["interactions-csv"]) as url:
        arguments = (*SUITE, f"--export-contract-url={url}", "--export-contract-phases=probe,auth,protocol,suite")
        arguments += ("--export-contract-baseline=known.toml",)
        written = inner(*arguments, "--export-contract-update-baseline")
        assert written.parseoutcomes()["failed"] == 1
        baseline = (inner.folder / "known.toml").read_text()
        assert 'requirement = "EXP-INTERACTIONS-FORMAT"' in baseline
        (inner.folder / "known.toml").write_text(baseline.replace('reason = ""', 'reason = "ticket 7"'))
        known = inner(*arguments, "-k", "EXP-INTERACTIONS", "-rx").parseoutcomes()
        assert (known.get("failed"), known["xfailed"]) == (None, 1)
    assert inner(*SUITE, SANDBOX, "--export-contract-strict-baseline").ret == 4
