"""What `replay` and `compare` do: look at results that were written before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Final

import click
import msgspec

from export_contract import sandbox
from export_contract.acceptance import Finding, Results
from export_contract.acceptance.replay import Replay, replay
from export_contract.exceptions import ConfigurationError
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import Row, response_text
from export_contract.running import settle

_ONE_REQUEST: Final[Mapping[str, Any]] = {
    "phases": "probe",
    "max_requests": 1,
    "max_jobs": 1,
    "max_time": None,
    "rate": None,
    "concurrency": 1,
    "max_followed": 1,
    "job_timeout": 1.0,
    "seed": 0,
    "report": (),
    "baseline": None,
    "update_baseline": False,
    "strict_baseline": False,
    "quiet": False,
    "verbose": False,
    "no_color": False,
}


def replay_finding(context: click.Context, options: Mapping[str, Any], results: Results, finding: Finding) -> Replay:
    """Send a finding's request again, as the options of `run` say where, and with which credentials.

    The target must be named anew: a file that somebody sent does not decide where credentials go. Only results of the
    embedded sandbox are replayed against it without a word. Raises ValueError for what cannot be used.
    """
    plan = settle(context, {**_ONE_REQUEST, **options}).plan
    if plan.embedded and not results.target.embedded:
        raise ConfigurationError(
            "",
            f"--base-url is missing: the results are of {printable(results.target.base_url)}, "
            "but a file does not decide where credentials are sent",
        )
    with ExitStack() as stack:
        if plan.embedded:
            url = stack.enter_context(sandbox.running())
            plan = msgspec.structs.replace(plan, base_url=url, authorization=sandbox.DEMO_AUTHORIZATION)
        result = replay(plan, finding)
    if plan.contract.sha256 == results.contract.sha256:
        return result
    return msgspec.structs.replace(result, note="the contract is another one than that of the results")


def replay_lines(finding: Finding, result: Replay) -> Iterator[str]:
    """What came of it, for the person who typed the command; nothing in it is printed raw."""
    rows = (
        Row("Finding", printable(f"{finding.requirement} {finding.fingerprint}")),
        Row("Request", brief(finding.case.title)),
        Row("Expected", printable(finding.expected)),
        Row("Before", brief(finding.observed, 400)),
        Row("Now", brief(result.said, 400)),
        Row("Response", response_text(result.response)),
        Row("Note", result.note),
    )
    yield from (str(row) for row in rows if row.text)
    yield result.outcome
