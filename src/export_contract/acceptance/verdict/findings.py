"""Findings: outcomes that deviate put together, so that one fault of a target is reported once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.acceptance.model.records import case_record, case_summary, response_record
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results import Finding, RequestRecord
from export_contract.acceptance.verdict.curl import curl_for_file, curl_line
from export_contract.acceptance.verdict.triage import Key, key_of, plainness
from export_contract.contract import Requirement

_WEIGHTS: Final = (
    (frozenset({CheckName.CREDENTIALS}), frozenset({Kind.ECHOED})),
    (frozenset({CheckName.STATUS}), frozenset({Kind.ACCEPTED, Kind.NOT_UNAUTHORIZED, Kind.ERROR_WITH_SUCCESS})),
    (frozenset({CheckName.STATUS}), frozenset({Kind.REFUSED, Kind.REDIRECTED})),
    (frozenset({CheckName.STATUS}), frozenset({Kind.SERVER_ERROR, Kind.CLOSED, Kind.TIMEOUT, Kind.GARBLED})),
)
"""Checks and kinds of deviation, the heaviest first."""


def findings_of(
    outcomes: Iterable[Outcome],
    exchanges: Mapping[int, Exchange],
    context: CheckContext,
    url: str,
    flaky: frozenset[Key] = frozenset(),
) -> tuple[Finding, ...]:
    """The findings, what weighs most first, then in the contract's order.

    There is one for each requirement, check and kind of deviation.
    """
    groups: dict[Key, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.deviates:
            groups.setdefault(key_of(outcome), []).append(outcome)
    rank = context.contract.rank
    by_id = context.contract.by_id
    ordered = sorted(groups, key=lambda key: (weight(key, by_id[key[0]]), rank[key[0]], key[1], key[2] or ""))
    return tuple(_finding(groups[key], exchanges, context, url, is_flaky=key in flaky) for key in ordered)


def weight(key: Key, requirement: Requirement) -> int:
    """How much a finding weighs, the heaviest first: what is read and mended first.

    Leaked credentials, accepted bad requests, refused good ones, errors and missing responses, the rest, warnings.
    """
    _, check, kind = key
    if requirement.level == "SHOULD":
        return len(_WEIGHTS) + 1
    return next((place for place, one in enumerate(_WEIGHTS) if check in one[0] and kind in one[1]), len(_WEIGHTS))


def fingerprint(requirement: str, check: str, kind: str | None) -> str:
    """What stays the same when a finding is found again."""
    return hashlib.sha256(f"{requirement}|{check}|{kind}".encode()).hexdigest()[:12]


def _finding(
    outcomes: list[Outcome], exchanges: Mapping[int, Exchange], context: CheckContext, url: str, *, is_flaky: bool
) -> Finding:
    plainest, *others = sorted(outcomes, key=lambda one: plainness(one, exchanges[one.exchange]))
    exchange = exchanges[plainest.exchange]
    case, redaction = exchange.case, context.redaction
    address = case.address(url)
    headers = (*redaction.headers, *case.headers)
    return Finding(
        fingerprint=fingerprint(*key_of(plainest)),
        requirement=plainest.requirement,
        check=plainest.check,
        kind=str(plainest.kind),
        summary=plainest.summary,
        expected=plainest.expected,
        observed=plainest.observed,
        case=case_record(case),
        request=RequestRecord(method=case.method, url=redaction.text(exchange.url or address), headers=headers),
        response=response_record(exchange.response, redaction),
        curl=_reproduction(exchange, address, headers, redaction)
        or f"export-contract replay RESULTS {fingerprint(*key_of(plainest))}",
        occurrences=len(outcomes),
        flaky=is_flaky,
        other_cases=tuple(case_summary(exchanges[one.exchange]) for one in others),
        severity="warning" if context.contract.by_id[plainest.requirement].level == "SHOULD" else "failure",
    )


def _reproduction(
    exchange: Exchange, url: str, headers: tuple[tuple[str, str], ...], redaction: Redaction
) -> str | None:
    """A line for a shell that sends a request again; `url` is its address, or that of a file's status."""
    case, forms = exchange.case, redaction.forms
    if exchange.url:
        return curl_for_file(url, headers, forms=forms, with_credentials=case.credentials != "none")
    return curl_line(case.method, url, headers, case.payload, credentials=case.credentials, forms=forms)
