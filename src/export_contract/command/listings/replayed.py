"""What `replay` shows."""

from __future__ import annotations

from collections.abc import Iterator

from export_contract.acceptance import Finding
from export_contract.acceptance.replay import Replay
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import status_text


def replay_lines(finding: Finding, result: Replay, note: str) -> Iterator[str]:
    """What became of a finding that was sent again, with a note where there is one; nothing in it is printed raw."""
    yield f"{'Finding':<12}{printable(finding.requirement)} {printable(finding.fingerprint)}"
    yield f"{'Sent':<12}{brief(finding.case.title)}"
    yield f"{'Expected':<12}{printable(finding.expected)}"
    yield f"{'Before':<12}{brief(finding.observed, 400)}"
    yield f"{'Now':<12}{brief(result.said, 400)}"
    answer = " ".join(part for part in (status_text(result.response), brief(result.response.body, 300)) if part)
    yield f"{'Response':<12}{answer}"
    if note:
        yield f"{'Note':<12}{note}"
    yield result.outcome
