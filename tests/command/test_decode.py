"""`decode`: what is inside a job id, and what is wrong with it, and where."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from export_contract.cli import main

if TYPE_CHECKING:
    from tests.command.conftest import Command

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FORM = (
    '["data-export|tenantKey:T|type:learning_activities|format:jsonl|'
    f'start:2012-09-05T11:12:47.000Z|end:2015-05-28T17:39:23.000Z","{UUID}"]'
)


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


GOOD = encoded(FORM)


def decoded(text: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["decode", "--", text])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code, result.output


def test_the_documented_form(command: Command) -> None:
    """The five fields and the UUID are shown, by name, and the status is 0."""
    process = command("decode", GOOD)
    assert process.returncode == 0
    shown = dict(line.split(None, 1) for line in process.stdout.splitlines())
    assert shown["tenantKey"] == "T"
    assert shown["type"] == "learning_activities"
    assert shown["format"] == "jsonl"
    assert shown["start"] == "2012-09-05T11:12:47.000Z"
    assert shown["end"] == "2015-05-28T17:39:23.000Z"
    assert shown["uuid"] == UUID
    assert "sound" in process.stdout
    assert process.stderr == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (GOOD[:-1], ["padding", "characters"]),
        (GOOD[: len(GOOD) // 2 // 4 * 4], ["not valid JSON", "line 1 column"]),
        (GOOD[:20] + "!" + GOOD[21:], ["character 21", "'!'"]),
        (GOOD[:20] + "-" + GOOD[21:], ["character 21", "URL-safe"]),
        (GOOD[:20] + " " + GOOD[20:], ["character 21", "white space"]),
        (GOOD[:20] + "\n" + GOOD[20:], ["character 21", "white space"]),
        (GOOD[:8] + "=" + GOOD[9:], ["character 9", "padding"]),
        (encoded("am9i!").rstrip("="), ["padding"]),
        ("am9iZ===", ["padding"]),
        ("am9=", ["canonical", "character 3"]),
        (encoded(GOOD), ["2 layers"]),
        (encoded(encoded(GOOD)), ["3 layers"]),
        (encoded(FORM.replace("|format:jsonl", "")), ["format is missing"]),
        (encoded(FORM.replace("2015-05-28", "2015-02-30")), ["end", "2015-02-30"]),
        (encoded(FORM.replace(UUID, "17")), ["UUID", "17"]),
        (encoded(FORM.replace(f',"{UUID}"', "")), ["UUID"]),
        (encoded(FORM.replace('"', "'")), ["not valid JSON"]),
        (encoded(FORM.encode()[:60] + b"\xff" + FORM.encode()[61:]), ["not valid UTF-8 at byte 60"]),
        ("", ["empty"]),
        ("\x1b[31m", ["character 1"]),
        ("=", ["multiple of 4"]),
        ("漢字", ["character 1"]),
    ],
)
def test_damaged_ids(text: str, parts: list[str]) -> None:
    """What is wrong is said, with its place, in printable lines; the status is 1."""
    status, output = decoded(text)
    assert status == 1
    assert [part for part in parts if part not in output] == []
    assert "not sound: " in output
    assert all(line.isprintable() for line in output.splitlines())
    assert "sound: strict" not in output


@pytest.mark.parametrize("content", [b"job", b"\x00\xff\x1b[31m", b"x" * 5_000, b"[]", b'"a"'])
def test_opaque_ids(content: bytes) -> None:
    """An id that says nothing is fine: it is shown as bytes, and the status is 0."""
    status, output = decoded(encoded(content))
    assert status == 0
    assert f"opaque: {len(content)} bytes" in output
    assert all(line.isprintable() and len(line) < 500 for line in output.splitlines())


def test_hostile_fields() -> None:
    """Fields that hold escape sequences are shown with escapes."""
    status, output = decoded(encoded(FORM.replace("tenantKey:T", "tenantKey:\\u001b[31m\\u202e")))
    assert status == 0
    assert "\\x1b[31m\\u202e" in output
