"""Findings: deviations put together, so that one fault of a target is told once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import Deviation
from export_contract.acceptance.model.records import case_record, case_summary, response_record
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import Finding, RequestRecord
from export_contract.acceptance.verdict.curl import curl_for_file, curl_line
from export_contract.contract import Contract, Expectation


class Sighting(msgspec.Struct, frozen=True):
    """A deviation that an exchange showed."""

    requirement: str
    deviation: Deviation
    exchange: Exchange


def put_together(
    sightings: Iterable[Sighting],
    contract: Contract,
    url: str,
    redaction: Redaction,
    flaky: frozenset[tuple[str, str, str]] = frozenset(),
) -> tuple[Finding, ...]:
    """The findings, in the order of the contract's requirements.

    One for each requirement, check and kind of answer: not one for each body.
    """
    groups: dict[tuple[str, str, str], list[Sighting]] = {}
    for sighting in sightings:
        key = (sighting.requirement, sighting.deviation.check, sighting.deviation.kind)
        groups.setdefault(key, []).append(sighting)
    ordered = sorted(groups, key=lambda key: (contract.rank[key[0]], key[1], key[2]))
    return tuple(_finding(groups[key], key, contract, url, redaction, is_flaky=key in flaky) for key in ordered)


def plainness(sighting: Sighting) -> tuple[bool, bool, int, int, int]:
    """What to sort by, so that the case that shows a deviation most plainly comes first.

    A request that stands alone comes before one that asks for the job of another; a case that is aimed at the
    requirement, or that is accepted beyond doubt, before one that is about something else; then the fewest features
    count, then the shortest body.
    """
    case = sighting.exchange.case
    is_about_something_else = case.expectation is not Expectation.ACCEPT and case.requirement != sighting.requirement
    remarkable = sum(feature.remarkable for feature in case.features)
    return bool(case.query), is_about_something_else, remarkable, len(case.payload), sighting.exchange.number


def fingerprint(requirement: str, check: str, kind: str) -> str:
    """What stays the same when a finding is found again."""
    return hashlib.sha256(f"{requirement}|{check}|{kind}".encode()).hexdigest()[:12]


def _finding(
    sightings: list[Sighting],
    key: tuple[str, str, str],
    contract: Contract,
    url: str,
    redaction: Redaction,
    *,
    is_flaky: bool,
) -> Finding:
    smallest = min(sightings, key=plainness)
    exchange, deviation = smallest.exchange, smallest.deviation
    case = exchange.case
    others = [one.exchange for one in sorted(sightings, key=plainness) if one is not smallest]
    asked = case.address(url)
    headers = (*redaction.headers, *case.headers)
    return Finding(
        fingerprint=fingerprint(*key),
        requirement=key[0],
        check=key[1],
        kind=key[2],
        summary=deviation.summary,
        expected=deviation.expected,
        observed=deviation.observed,
        case=case_record(case),
        request=RequestRecord(method=case.method, url=redaction.text(exchange.url or asked), headers=headers),
        response=response_record(exchange.response, redaction),
        curl=_again(exchange, asked, headers, redaction) or f"export-contract replay RESULTS {fingerprint(*key)}",
        occurrences=len(sightings),
        flaky=is_flaky,
        other_cases=tuple(map(case_summary, others)),
        severity="warning" if contract.by_id[key[0]].level == "SHOULD" else "failure",
    )


def _again(exchange: Exchange, url: str, headers: tuple[tuple[str, str], ...], redaction: Redaction) -> str | None:
    """A line for a shell that sends a request again; `url` is its address, or that of the status that names a file."""
    case, forms = exchange.case, redaction.forms
    if exchange.url:
        return curl_for_file(url, headers, forms=forms, with_credentials=case.credentials != "none")
    return curl_line(case.method, url, headers, case.payload, credentials=case.credentials, forms=forms)
