"""What `replay` shows."""

from __future__ import annotations

from collections.abc import Iterator

from export_contract.acceptance import Finding
from export_contract.acceptance.replay import Replay
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import Row, response_text


def replay_lines(finding: Finding, result: Replay, note: str) -> Iterator[str]:
    """What became of a finding that was sent again, with a note where there is one; nothing in it is printed raw."""
    rows = (
        Row("Finding", printable(f"{finding.requirement} {finding.fingerprint}")),
        Row("Request", brief(finding.case.title)),
        Row("Expected", brief(finding.expected, 400)),
        Row("Before", brief(finding.observed, 400)),
        Row("Now", brief(result.said, 400)),
        Row("Response", response_text(result.response)),
        Row("Note", printable(note)),
    )
    yield from (str(row) for row in rows if row.text)
    yield result.outcome
