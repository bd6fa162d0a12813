"""Causes: findings that look like one fault of the target, which shows under several requirements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.acceptance.model.results import Finding

_QUOTED: Final = re.compile(r'"[^"]*"')
_NUMBERS: Final = re.compile(r"[0-9a-fA-F-]{8,}|\d+")
_LETTER_CASE: Final = re.compile(r"\b(?:lower|upper) case\b")
_NO_ANSWER: Final = (Kind.SERVER_ERROR, Kind.CLOSED, Kind.TIMEOUT, Kind.GARBLED)

Look = tuple[str, str, frozenset[str]]
"""What findings of one cause have in common: check, kind, and what was done or what came back."""


def with_causes(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, each that looks like an earlier one right behind that, with its fingerprint in `same_cause_as`.

    Two look alike where the same things were done to different members with the same result (start and end of a range,
    the letter case of every name), or where the same error came back.
    """
    leads: dict[Look, Finding] = {}
    followers: dict[str, list[Finding]] = {}
    order: list[Finding] = []
    for finding in findings:
        lead = next((leads[look] for look in _looks(finding) if look in leads), None)
        if lead is None or lead.requirement == finding.requirement:
            order.append(finding)
            for look in _looks(finding):
                leads.setdefault(look, finding)
        else:
            alike = msgspec.structs.replace(finding, same_cause_as=lead.fingerprint)
            followers.setdefault(lead.fingerprint, []).append(alike)
    return tuple(one for lead in order for one in (lead, *followers.get(lead.fingerprint, ())))


def _looks(finding: Finding) -> Iterator[Look]:
    if finding.check != CheckName.STATUS:
        return
    body = _NUMBERS.sub("0", finding.response.body)
    if finding.kind in _NO_ANSWER and body.strip():
        yield finding.check, finding.kind, frozenset({body})
    titles = (finding.case.title, *(one.title for one in finding.other_cases))
    done = frozenset(_LETTER_CASE.sub("another case", _QUOTED.sub('""', title.partition(": ")[2])) for title in titles)
    if finding.case.changed and "" not in done:
        yield finding.check, finding.kind, done
