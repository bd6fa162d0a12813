"""HTML: one file that explains itself, without network and without script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

import msgspec
from jinja2 import Environment, Template
from markupsafe import Markup

from export_contract.acceptance.model.results import CaseRecord, ExchangeRecord, Finding, RequirementResult, Results
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.charts import jobs_picture, latency_picture, milliseconds
from export_contract.reports.escaping import brief, printable
from export_contract.reports.highlighting import Piece, is_named, marked, missing
from export_contract.reports.statistics import bins, body_of, heat_map, is_kept
from export_contract.reports.text import choice_text, curl_text, findings_of, remarks, status_text, why_not_exercised

_MOST_BODY: Final = 1_800
"""Characters of a body that are shown."""
_MOST_IN_FULL: Final = 250
"""Findings that are shown with their exchange; the rest are listed."""
_MOST_BASES: Final = 200
_MOST_PIECES: Final = 40
_MOST_EXAMPLES: Final = 3


def render(results: Results) -> bytes:
    """Results as a page; not every exchange is on it, but for each requirement some that show it."""
    bodies = [(exchange, body) for exchange in results.exchanges if (body := body_of(exchange)) is not None]
    plain = _plain_bodies(bodies)
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    text = _template().render(
        results=results,
        style=Markup(_resource("page.css")),  # noqa: S704 - files of our own
        script=Markup(script),  # noqa: S704 - a file of our own
        script_hash=digest,
        areas=[(area, list(group)) for area, group in groupby(results.requirements, key=lambda one: one.area)],
        broken=_broken(results),
        statements={one.id: one for one in results.requirements},
        findings=[_Shown.of(finding, plain) for finding in results.findings[:_MOST_IN_FULL]],
        more_findings=results.findings[_MOST_IN_FULL:],
        findings_of=findings_of(results),
        numbers={finding.fingerprint: number for number, finding in enumerate(results.findings, start=1)},
        examples=_examples(results),
        exercised=sum(1 for one in results.requirements if one.exchanges),
        choices=[one for one in results.requirements if one.choice],
        not_exercised=why_not_exercised(results),
        heat=heat_map(bodies),
        latency=_latency(results),
        jobs=jobs_picture(results.jobs) if results.jobs else None,
    )
    return text.encode()


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, and how its request is shown."""

    finding: Finding
    pieces: list[Piece]
    missing: list[str]
    headers: list[tuple[str, str, bool]]
    """Names, values, and whether the finding is about them."""
    curl: str
    remarks: list[str]

    @classmethod
    def of(cls, finding: Finding, plain: list[dict[str, Any]]) -> _Shown:
        case = finding.case
        return cls(
            finding=finding,
            pieces=[_shortened(piece) for piece in marked(case, plain)[:_MOST_PIECES] if piece.text],
            missing=missing(case, plain)[:_MOST_PIECES],
            headers=[(name, value, _speaks_of(case, name)) for name, value in case.headers],
            curl=curl_text(finding),
            remarks=remarks(finding),
        )


def _speaks_of(case: CaseRecord, header: str) -> bool:
    return is_named(header.lower().replace("-", " "), case.title.lower().replace("-", " "))


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


def _plain_bodies(bodies: Iterable[tuple[ExchangeRecord, dict[str, Any]]]) -> list[dict[str, Any]]:
    accepted = (body for exchange, body in bodies if exchange.case.expectation == "accept" and is_kept(exchange))
    return [body for _, body in zip(range(_MOST_BASES), accepted, strict=False)]


def _examples(results: Results) -> dict[str, list[ExchangeRecord]]:
    """For each requirement, exchanges that exercised it."""
    by_number = {exchange.number: exchange for exchange in results.exchanges}
    aimed: dict[str, list[ExchangeRecord]] = {}
    for exchange in results.exchanges:
        aimed.setdefault(exchange.case.requirement, []).append(exchange)

    def of(one: RequirementResult) -> list[ExchangeRecord]:
        told = [by_number[number] for number in one.examples if number in by_number]
        return (told or aimed.get(one.id, []))[:_MOST_EXAMPLES]

    return {one.id: of(one) for one in results.requirements if one.exchanges}


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
    return latency_picture(times, results.latency) if times else None


def _count(counts: Mapping[str, int], name: str) -> int:
    return counts.get(name, 0)


def _verdicts(requirements: list[RequirementResult]) -> dict[str, int]:
    counted = Counter(str(one.verdict) for one in requirements)
    return {name: counted[name] for name in ("failed", "waived", "not_exercised", "passed")}


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
        known=lambda findings: [one for one in findings if one.status == "known"],
        verdicts=_verdicts,
        slug=lambda verdict: verdict.replace("_", "-"),
    )
    return environment.from_string(_resource("page.html"))


def _resource(name: str) -> str:
    return files("export_contract.reports").joinpath("page", name).read_text(encoding="utf-8")
