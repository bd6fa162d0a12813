"""GitHub: what a run adds as a step of GitHub Actions, to the page of the changes and to that of the job.

The commands are those of https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeVar

from export_contract.acceptance.model.results import Results
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.escaping import brief, printable

_Line = TypeVar("_Line")

MOST_ANNOTATIONS: Final = 10
"""GitHub shows ten of a kind for each step."""
_MOST_SUMMARY: Final = 1024 * 1024


def is_here() -> bool:
    """Whether this is a step of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def commands(results: Results) -> Iterator[str]:
    """A command for each finding that counts, ten at most, and one for an inconclusive run."""
    if results.reason:
        yield _command("error" if results.verdict == "violates" else "warning", results.verdict, results.reason)
    found = [finding for finding in results.findings if counts_against(finding)]
    for finding in found[: MOST_ANNOTATIONS - bool(results.reason)]:
        text = f"{finding.summary}\nExpected: {finding.expected}\nActual: {finding.observed}"
        yield _command("error", finding.requirement, text)


def add_summary(results: Results) -> str | None:
    """Add the summary to the job's page; what went wrong, in one sentence, where it cannot be added."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return None
    from export_contract.reports.markdown import render

    content = b"".join(render(results))
    try:
        with Path(path).open("ab") as file:
            if file.tell() + len(content) > _MOST_SUMMARY:
                return "the summary of this step has no room for another report"
            file.write(content)
    except OSError as error:
        return f"the summary {path} cannot be written: {error.strerror}"
    return None


def muted(lines: Iterator[_Line]) -> Iterator[_Line | str]:
    """Lines in which GitHub looks for no command: they show what a target said."""
    token = secrets.token_hex(16)
    yield f"::stop-commands::{token}"
    yield from lines
    yield f"::{token}::"


def _command(kind: str, title: str, text: str) -> str:
    message = "\n".join(brief(line, 500) for line in text.split("\n"))
    return f"::{kind} title={_property(printable(title))}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
