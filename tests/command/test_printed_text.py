"""Printed text: what a file or a job id holds reaches the terminal as text, never as a command to it."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from export_contract.contract import load_contract

if TYPE_CHECKING:
    from tests.command.conftest import Command

FILES = Path(load_contract().file).parent
HOSTILE = "\x1b[2J\u202e"


@pytest.fixture
def contract(command: Command) -> Path:
    """A contract whose title, version, statements and ids try to reach the terminal."""
    for name in ("openapi.yaml", "requirements.yaml"):
        shutil.copy(FILES / name, command.folder / name)
    openapi, requirements = command.folder / "openapi.yaml", command.folder / "requirements.yaml"
    text = openapi.read_text()
    openapi.write_text(text.replace("  title: ", '  title: "\\e[2J\\u202E" # ', 1))
    text = requirements.read_text()
    requirements.write_text(text.replace("statement: Every", 'statement: "\\e[2J\\u202E" # Every', 1))
    assert load_contract(openapi).title == HOSTILE
    return openapi


def assert_plain(text: str) -> None:
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J\\u202e" in text


@pytest.mark.parametrize("verb", ["show", "diff"])
def test_contracts(command: Command, contract: Path, verb: str) -> None:
    """A contract's own texts are escaped where they are shown."""
    old = [FILES / "openapi.yaml"] if verb == "diff" else []
    option = [] if verb == "diff" else ["--contract"]
    assert_plain(command.invoke("contract", verb, *old, *option, contract).stdout)


def test_names_inside_a_job_id(command: Command) -> None:
    """The names of fields inside an id come from the target, and are escaped like their values."""
    inside = f'["data-export|tenantKey:T|{HOSTILE}:x|format:csv","0f8fad5b-d9cb-469f-a165-70867728950e"]'
    assert_plain(command.invoke("decode", base64.b64encode(inside.encode()).decode()).stdout)


def test_messages(command: Command) -> None:
    """A message that quotes what is in a file is escaped too."""
    result = command.invoke("report", f"{HOSTILE}.json")
    assert result.exit_code == 2
    assert_plain(result.stderr)
