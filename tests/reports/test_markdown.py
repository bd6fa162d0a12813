"""Markdown and GitHub: it fits, it is cut at a sensible place, and no text of others does anything there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest
from markdown_it import MarkdownIt

from export_contract.acceptance import Results
from export_contract.reports import github, rendered
from export_contract.reports.console import lines, print_results
from export_contract.reports.markdown import MOST

OURS = re.compile(r"</?details>|<summary>[A-Z][a-z ]+</summary>|<!-- -->|\s+")


def tokens(text: str) -> list[tuple[str, str]]:
    """Kinds and contents of what a Markdown reader finds."""
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    inner = [token for block in parsed for token in (block.children or ())]
    return [(token.type, token.content) for token in [*parsed, *inner]]


def test_what_it_tells(told: Results) -> None:
    """The summary has the verdict, what was spent, each finding with its curl line, and what was not exercised."""
    text = rendered("markdown", told).decode()
    assert text.startswith("## ❌ Data export API: violates")
    assert f"{told.counts['requests']} requests, {told.counts['jobs_created']} jobs" in text
    for finding in told.findings:
        assert finding.fingerprint in text
        assert finding.curl in text
    assert all(one.id in text for one in told.requirements)
    assert "(known)" in text
    assert "its waiver expired" in text
    assert "refuses it" in text


def test_it_fits(told: Results) -> None:
    """It never is longer than a comment may be, and is cut between findings, with what is left out counted."""
    many = msgspec.structs.replace(told, findings=told.findings * 100)
    text = rendered("markdown", many).decode()
    assert MOST - 5_000 < len(text) <= MOST < 65_536
    assert text.count("```") % 2 == 0
    assert text.count("<details>") == text.count("</details>")
    shown = len(re.findall(r"^### \d", text, re.MULTILINE))
    assert f"… and {len(many.findings) - shown} more findings" in text


def test_hostile_texts(hostile_results: Results) -> None:
    """Text of others becomes no HTML, link, picture, heading or code of its own, and mentions nobody."""
    text = rendered("markdown", hostile_results).decode()
    assert len(text) <= MOST
    found = tokens(text)
    html = [content for kind, content in found if kind.startswith("html_")]
    assert [one for one in html if OURS.sub("", one)] == []
    assert {"link_open", "image"}.isdisjoint(kind for kind, _ in found)
    prose = [content for kind, content in found if kind == "text"]
    assert [one for one in prose if re.search(r"@\w|\x1b|\x00|\u202e", one)] == []
    starts = tuple(re.findall(r"^#+ .*", text, re.MULTILINE))
    assert all(re.match(r"## [✅❌⚠]|### (\d+\\\.|Compared with the baseline)", one) for one in starts), starts


def test_commands(told: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding that counts is one command, ten at most; known ones are none."""
    many = msgspec.structs.replace(told, findings=told.findings * 9)
    assert len(list(github.commands(many))) == 10
    found = list(github.commands(told))
    assert len(found) == sum(finding.status == "new" for finding in told.findings)
    assert all(re.match(r"::error title=EXP-[A-Z0-9-]+::", command) for command in found)


def test_hostile_commands(hostile_results: Results) -> None:
    """A command stays one line with one title, whatever the texts are."""
    for command in github.commands(hostile_results):
        assert command.isprintable()
        assert re.fullmatch(r"::error title=[^:,]*::.*", command), command
        assert re.search(r"%(?!25|0A|0D|3A|2C)", command) is None


def test_the_summary_of_a_step(told: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The summary is added to what other steps wrote, for as long as GitHub takes it."""
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    assert github.add_summary(told) is None
    assert path.read_text() == "before\n" + rendered("markdown", told).decode()
    path.write_bytes(b"x" * (1024 * 1024 - 100))
    assert "no room" in (github.add_summary(told) or "")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert "cannot be written" in (github.add_summary(told) or "")


def test_the_console_is_muted_there(
    told: Results, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On GitHub, what is printed stands between a stop of commands and its end, and nowhere else."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    print_results(told)
    first, *_, last = capsys.readouterr().out.splitlines()
    token = first.removeprefix("::stop-commands::")
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert last == f"::{token}::"
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    print_results(told)
    assert "::stop-commands::" not in capsys.readouterr().out


def test_the_console(hostile_results: Results) -> None:
    """No line of the console has a character that a terminal obeys or hides."""
    for line in lines(hostile_results, quiet=False, verbose=True):
        assert line.plain.isprintable(), ascii(line.plain[:300])
