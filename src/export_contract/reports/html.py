"""HTML: one file that explains itself, without network and without script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Final

import msgspec
from jinja2 import Environment, Template
from markupsafe import Markup

from export_contract.acceptance.model.results import ExchangeRecord, Finding, RequirementResult, Results
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.charts import job_states_chart, latency_chart, milliseconds
from export_contract.reports.escaping import brief, printable
from export_contract.reports.highlighting import Highlight, Piece, highlight, url_pieces
from export_contract.reports.rows import (
    choice_text,
    counted,
    curl_text,
    finding_rows,
    findings_by_requirement,
    reasons_not_exercised,
    status_text,
)
from export_contract.reports.statistics import bins, heat_map

_MOST_BODY: Final = 1_800
"""Characters of a body that are shown."""
_MOST_IN_FULL: Final = 250
"""Findings that are shown with their exchange; the rest are listed."""
_MOST_PIECES: Final = 40
_MOST_EXAMPLES: Final = 3
_VERDICTS: Final = ("failed", "waived", "not_exercised", "passed")


def render(results: Results) -> Iterator[bytes]:
    """Results as a page; not every exchange is on it, but for each requirement some that show it."""
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    parts = _template().generate(
        results=results,
        style=Markup(_resource("page.css")),  # noqa: S704 - files of our own
        script=Markup(script),  # noqa: S704 - a file of our own
        script_hash=digest,
        areas=[(area, list(group)) for area, group in groupby(results.requirements, key=lambda one: one.area)],
        broken=_broken(results),
        statements={one.id: one for one in results.requirements},
        findings=map(_Shown.of, results.findings[:_MOST_IN_FULL]),
        more_findings=results.findings[_MOST_IN_FULL:],
        findings_of=findings_by_requirement(results),
        numbers={finding.fingerprint: number for number, finding in enumerate(results.findings, start=1)},
        examples=_examples(results),
        exercised=sum(1 for one in results.requirements if one.exchanges),
        choices=[one for one in results.requirements if one.choice],
        not_exercised=reasons_not_exercised(results.requirements),
        heat=heat_map(results.exchanges),
        latency=_latency(results),
        jobs=job_states_chart(results.jobs) if results.jobs else None,
        known=[one for one in results.findings if one.status == "known"],
        verdict_names=_VERDICTS,
    )
    return (part.encode() for part in parts)


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, and how it is shown."""

    finding: Finding
    request: Highlight
    url: tuple[Piece, ...]
    rows: dict[str, str]
    """By their labels."""
    curl: str

    @classmethod
    def of(cls, finding: Finding) -> _Shown:
        request = highlight(finding.case)
        pieces = tuple(_shortened(piece) for piece in request.body[:_MOST_PIECES])
        return cls(
            finding=finding,
            request=msgspec.structs.replace(request, body=pieces),
            url=tuple(map(_shortened, url_pieces(finding.request.url, request.query, request.path)[:_MOST_PIECES])),
            rows={row.label: row.text for row in finding_rows(finding) if row.label},
            curl=curl_text(finding),
        )


def _shortened(piece: Piece) -> Piece:
    """A piece of which the middle is left out where it is long; it is safe to show."""
    text = piece.text
    if len(text) > _MOST_BODY:
        half = _MOST_BODY // 2
        left_out = len(text) - 2 * half
        shown = f"{_lines(text[:half])} […{left_out:,} characters…] {_lines(text[-half:])}"
    else:
        shown = _lines(text)
    return Piece(shown, piece.is_marked)


def _lines(text: str) -> str:
    """`text` with its line breaks, and nothing else that a reader does not see."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _examples(results: Results) -> dict[str, list[ExchangeRecord]]:
    """For each requirement, the first exchanges that exercised it."""
    wanted = {number for one in results.requirements for number in one.examples[:_MOST_EXAMPLES]}
    found = {exchange.number: exchange for exchange in results.exchanges if exchange.number in wanted}
    return {
        one.id: [found[number] for number in one.examples[:_MOST_EXAMPLES] if number in found]
        for one in results.requirements
    }


def _broken(results: Results) -> list[tuple[int, RequirementResult, Finding]]:
    """The requirements that fail the run, each with its first finding and that one's number."""
    by_id = {one.id: one for one in results.requirements}
    first: dict[str, tuple[int, RequirementResult, Finding]] = {}
    for number, finding in enumerate(results.findings[:_MOST_IN_FULL], start=1):
        if counts_against(finding) and finding.requirement in by_id:
            first.setdefault(finding.requirement, (number, by_id[finding.requirement], finding))
    return list(first.values())


def _latency(results: Results) -> Markup | None:
    times = bins(one.response.seconds for one in results.exchanges if one.response.status is not None)
    return latency_chart(times, results.latency) if times else None


def _count(counts: Mapping[str, int], name: str) -> int:
    return counts.get(name, 0)


def _count_verdicts(requirements: list[RequirementResult]) -> dict[str, int]:
    found = Counter(str(one.verdict) for one in requirements)
    return {name: found[name] for name in _VERDICTS}


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        shown=lambda text, most=300: brief(str(text), most),
        block=lambda text: _shortened(Piece(text)).text,
        status=status_text,
        choice=choice_text,
        time=milliseconds,
        count=_count,
        counted=counted,
        verdicts=_count_verdicts,
        slug=lambda verdict: verdict.replace("_", "-"),
        words=lambda verdict: verdict.replace("_", " "),
    )
    return environment.from_string(_resource("page.html"))


def _resource(name: str) -> str:
    return files("export_contract.reports").joinpath("page", name).read_text(encoding="utf-8")
