"""Markdown: a summary that fits a comment on a pull request, and a job's page on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from export_contract.acceptance.model.results import Finding, RequirementResult, Results
from export_contract.reports.escaping import brief
from export_contract.reports.rows import (
    choice_text,
    curl_text,
    finding_rows,
    findings_by_requirement,
    reasons_not_exercised,
)

MOST: Final = 60_000
"""Characters; a comment on GitHub holds 65,536, and whoever posts it may want to say something too."""
_MARKS: Final = {"passed": "✅", "failed": "❌", "waived": "⚠️", "not_exercised": "⚪"}
_PUNCTUATION: Final = re.compile(r"[\\`*{}\[\]()#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=:)/(?=/)|(?<=www)\.")


def render(results: Results) -> Iterator[bytes]:
    """A summary of results, of `MOST` characters at most; what has no room is left out whole, and counted."""
    parts = [*_head(results), *_baseline(results), *_requirements(results)]
    room = MOST - 200 - sum(map(len, parts))
    shown = []
    by_id = {one.id: one for one in results.requirements}
    for number, finding in enumerate(results.findings, start=1):
        text = _finding(number, finding, by_id.get(finding.requirement))
        if len(text) > room:
            break
        room -= len(text)
        shown.append(text)
    left = len(results.findings) - len(shown)
    if left:
        shown.append(f"\n… and {left} more findings, which are in the results file.\n")
    head, rest = parts[:1], parts[1:]
    yield "".join([*head, *shown, *rest]).encode()


def plain(text: str, most: int = 300) -> str:
    """`text` for a line of prose: no markup, no HTML, nobody mentioned."""
    escaped = _PUNCTUATION.sub(r"\\\g<0>", brief(text, most)).replace("&", "&amp;").replace("<", "&lt;")
    return escaped.replace(">", "&gt;").replace("@", "@<!-- -->").replace("\\#", "\\#<!-- -->")


def code(text: str, most: int = 300) -> str:
    """`text` as a piece of code in a line, and within a table too."""
    shown = brief(text, most)
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown or ' '}{pad}{fence}".replace("|", "\\|")


def block(text: str, language: str = "") -> str:
    """`text` as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _head(results: Results) -> Iterator[str]:
    counts = results.counts
    mark = {"conforms": "✅", "violates": "❌"}.get(results.verdict, "⚠️")
    target = results.target
    embedded = ", the embedded sandbox" if target.embedded else ""
    lines = [
        f"## {mark} {plain(results.contract.title)}: {results.verdict}",
        "",
        *([plain(results.reason, 1_000), ""] if results.reason else []),
        "| | |",
        "|---|---|",
        f"| Target | {code(target.base_url + target.path)}{embedded} |",
        f"| Contract | {plain(results.contract.version)}, {code(results.contract.sha256[:12])} |",
        f"| Requirements | {counts.get('passed', 0)} passed, {counts.get('failed', 0)} failed, "
        f"{counts.get('waived', 0)} waived, {counts.get('not_exercised', 0)} not exercised |",
        f"| Spent | {counts.get('requests', 0)} requests, {counts.get('jobs_created', 0)} jobs, "
        f"{results.seconds:.1f} s |",
        f"| When | {plain(results.started_at)} |",
        *([f"| Limits | {plain(results.limits)} |"] if results.limits else []),
        "",
    ]
    yield "\n".join(lines) + "\n"


def _finding(number: int, finding: Finding, requirement: RequirementResult | None) -> str:
    lines = [
        f"### {number}\\. {plain(finding.requirement)}" + (" (known)" if finding.status == "known" else ""),
        "",
        *([plain(requirement.statement), ""] if requirement else []),
    ]
    rows = finding_rows(finding, requirement, most=300)
    for row in rows:
        shown = code(row.text) if row.is_code else plain(row.text, 600)
        if row.label == "Reproduce":
            break
        if row.label:
            lines.append(f"- {row.label}: {shown}")
        else:
            lines[-1] += f"  \n  {shown}"  # two spaces break the line
    lines.append(f"- Fingerprint: {code(finding.fingerprint)}")
    lines += ["", "<details><summary>Reproduce</summary>", "", block(curl_text(finding), "bash"), "</details>", ""]
    return "\n".join(lines) + "\n"


def _baseline(results: Results) -> Iterator[str]:
    baseline = results.baseline
    if not baseline or not (baseline.fixed or baseline.drift):
        return
    lines = ["### Compared with the baseline", ""]
    lines += [f"- Fixed: {plain(entry.requirement)} {code(entry.fingerprint)}" for entry in baseline.fixed[:50]]
    lines += [
        f"- Changed choice: {plain(one.requirement)}: {plain(one.before)} before, {plain(one.now)} now"
        for one in baseline.drift[:50]
    ]
    yield "\n".join(lines) + "\n\n"


def _requirements(results: Results) -> Iterator[str]:
    by_requirement = findings_by_requirement(results)
    rows = [
        f"| {_MARKS[one.verdict]} | {plain(one.id, 60)} | {plain(one.statement, 160)} | {one.exchanges} | "
        f"{len(by_requirement.get(one.id, [])) or ''} |\n"
        for one in results.requirements[:100]
        if one.verdict != "not_exercised"
    ]
    if rows:
        yield (
            "<details><summary>Requirements that were exercised</summary>\n\n"
            f"| | Requirement | | Exchanges | Findings |\n|---|---|---|---:|---:|\n{''.join(rows)}\n</details>\n\n"
        )
    for reason, ones in reasons_not_exercised(results.requirements)[:20]:
        names = ", ".join(plain(one.id, 60) for one in ones[:40])
        yield f"Not exercised ({plain(reason)}): {names}\n\n"
    choices = [
        f"{plain(one.id, 60)} {plain(choice_text(one.choice))}" for one in results.requirements[:100] if one.choice
    ]
    if choices:
        yield f"Where the document leaves it open, the target: {'; '.join(choices)}\n\n"
