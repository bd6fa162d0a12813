"""Markdown: a summary that fits a comment on a pull request, and a job's page on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from export_contract.acceptance.model.results import Finding, Results
from export_contract.reports.escaping import brief
from export_contract.reports.text import (
    body_text,
    choice_text,
    curl_text,
    findings_of,
    remarks,
    status_text,
    why_not_exercised,
)

MOST: Final = 60_000
"""Characters; a comment on GitHub holds 65,536, and whoever posts it may want to say something too."""
_MARKS: Final = {"passed": "✅", "failed": "❌", "waived": "⚠️", "not_exercised": "⚪"}
_PUNCTUATION: Final = re.compile(r"[\\`*{}\[\]()#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=:)/(?=/)|(?<=www)\.")


def render(results: Results) -> bytes:
    """A summary of results, of `MOST` characters at most; what has no room is left out whole, and counted."""
    parts = [*_head(results), *_baseline(results), *_requirements(results)]
    room = MOST - 200 - sum(map(len, parts))
    shown = []
    statements = {one.id: (one.statement, one.source) for one in results.requirements}
    for number, finding in enumerate(results.findings, start=1):
        text = _finding(number, finding, *statements.get(finding.requirement, ("", "")))
        if len(text) > room:
            break
        room -= len(text)
        shown.append(text)
    left = len(results.findings) - len(shown)
    if left:
        shown.append(f"\n… and {left} more findings, which are in the results file.\n")
    head, rest = parts[:1], parts[1:]
    return "".join([*head, *shown, *rest]).encode()


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
        "",
    ]
    yield "\n".join(lines) + "\n"


def _finding(number: int, finding: Finding, statement: str, source: str) -> str:
    notes = remarks(finding)
    body = body_text(finding.case)
    lines = [
        f"### {number}\\. {plain(finding.requirement)}" + (" (known)" if finding.status == "known" else ""),
        "",
        f"{plain(statement)}  ",
        f"Written: {plain(source)}",
        "",
        f"- Sent: {code(finding.case.title)}",
        *([f"- Body: {code(body)}"] if body else []),
        f"- Expected: {plain(finding.expected)}",
        f"- Observed: {code(finding.observed)}",
        f"- Response: {code(status_text(finding.response))} {code(finding.response.body)}",
        *([f"- Seen {finding.occurrences} times"] if finding.occurrences > 1 else []),
        *([f"- {plain('; '.join(notes), 600)}"] if notes else []),
        f"- Known as: {code(finding.fingerprint)}",
        "",
        "<details><summary>Send it again</summary>",
        "",
        block(curl_text(finding), "bash"),
        "</details>",
        "",
    ]
    return "\n".join(lines) + "\n"


def _baseline(results: Results) -> Iterator[str]:
    told = results.baseline
    if not told or not (told.fixed or told.drift):
        return
    lines = ["### Against the baseline", ""]
    lines += [f"- Fixed: {plain(entry.requirement)} {code(entry.fingerprint)}" for entry in told.fixed[:50]]
    lines += [
        f"- Another choice: {plain(one.requirement)}: {plain(one.before)} before, {plain(one.now)} now"
        for one in told.drift[:50]
    ]
    yield "\n".join(lines) + "\n\n"


def _requirements(results: Results) -> Iterator[str]:
    by_requirement = findings_of(results)
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
    for reason, ones in why_not_exercised(results)[:20]:
        names = ", ".join(plain(one.id, 60) for one in ones[:40])
        yield f"Not exercised, since {plain(reason)}: {names}\n\n"
    choices = [
        f"{plain(one.id, 60)} {plain(choice_text(one.choice))}" for one in results.requirements[:100] if one.choice
    ]
    if choices:
        yield f"Where the document leaves it open, the target: {'; '.join(choices)}\n\n"
