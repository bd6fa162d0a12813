"""What is wrong in a configuration file is refused in one sentence that names the file and the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.command.conftest import Command

DAY, NEXT = "2024-01-31T00:00:00Z", "2024-02-01T00:00:00Z"

WRONG: Mapping[str, list[str]] = {
    "max-job = 3": ["max-job"],
    "max_jobs = 3": ["max_jobs: unknown key; did you mean max-jobs?"],
    "Max-Jobs = 3": ["did you mean max-jobs?"],
    "[target.a]": ["target"],
    "config = 'x'": ["config"],
    "[targets.a]\nmax_jobs = 1": ["targets.a", "did you mean max-jobs?"],
    "[targets.a]\nsandbox = true": ["sandbox"],
    "max-open-jobs = 0": ["max-open-jobs"],
    "rate = 1e-320": ["rate"],
    "timeout = 1e300": ["timeout"],
    'report = ["json=a\\u0000b"]': ["report", "control character"],
    'base-url = ""': ["base-url", "empty"],
    'header = ["X-A: \u6f22"]': ["header", "X-A", "not ASCII"],
    'range = "2024-01-31"': ["range", "START/END"],
    'range = "2024-01-31/2024-02-01T00:00:00Z"': ["range", "not a timestamp"],
    f'range = "{NEXT}/{DAY}"': ["range", "is after"],
    f"activity-id = {list(range(3_000))}": ["activity-id", "3,000 ids"],
    f"seed = {10**30}": ["seed", "too large"],
    f"seed = {'1' * 5_000}": ["TOML"],
    "a = " + "[" * 100_000: ["TOML|nested"],
    "[run]\nmax-jobs = 3": ["run"],
    'max-jobs = "3"': ["max-jobs", "an integer"],
    "max-jobs = 3.5": ["max-jobs"],
    "max-jobs = 0": ["max-jobs"],
    "max-jobs = -1": ["max-jobs"],
    "max-requests = 0": ["max-requests"],
    "concurrency = 0": ["concurrency"],
    "concurrency = 1000000": ["concurrency"],
    "timeout = 0": ["timeout"],
    "timeout = -1.0": ["timeout"],
    "timeout = nan": ["timeout"],
    "timeout = inf": ["timeout"],
    "max-time = -1": ["max-time"],
    "max-time = nan": ["max-time"],
    "rate = 0": ["rate"],
    "rate = nan": ["rate"],
    'header = "X-A: 1"': ["header", "array"],
    'header = ["no colon"]': ["header"],
    'header = ["Authorization: s3cret"]': ["Authorization"],
    'phases = ["probe"]': ["phases"],
    'phases = "nothing"': ["nothing"],
    'report = ["pdf"]': ["pdf"],
    "quiet = 1": ["quiet"],
    'base-url = "ftp://x"': ["ftp://x"],
    "activity-id = [1.5]": ["1.5", "activity-id"],
    'activity-id = ["x"]': ["activity-id"],
    '[expectations]\nEXP-NOTHING = "accept"': ["EXP-NOTHING"],
    '[expectations]\nEXP-FORMAT-ENUM = "accept"': ["EXP-FORMAT-ENUM"],
    '[expectations]\nEXP-OPEN-ID-ZERO = "maybe"': ["expectations", "maybe"],
    'production = "https://x"': ["production", "array"],
    "targets = 1": ["targets"],
    "[targets.a]\nnothing = 1": ["nothing"],
    'checks = "nothing.py"': ["nothing.py"],
    "seed = 1\nmax-jobs = \n": ["TOML", "line 2"],
    "a = 1\na = 2": ["TOML"],
    "\x00": ["TOML"],
}


@pytest.mark.parametrize("content", WRONG)
def test_what_cannot_be_used(command: Command, content: str) -> None:
    """An unknown key, a wrong type and a value out of range are refused in one sentence that names file and key."""
    (command.folder / "export-contract.toml").write_text(content)
    sentence = command.refused("run", *(() if "base-url" in content else ("-u", "http://127.0.0.1:9")))
    assert [part for part in WRONG[content] if not any(one in sentence for one in part.split("|"))] == []
    assert sentence.isprintable()
    assert "s3cret" not in sentence


@pytest.mark.parametrize(
    "content", ["[tool.export-contract]\nmax-job = 3", "[tool]\nexport-contract = 1", "tool = 1", "\xff["]
)
def test_a_pyproject_that_cannot_be_used(command: Command, content: str) -> None:
    """The same holds for pyproject.toml, whatever it has there."""
    (command.folder / "pyproject.toml").write_bytes(content.encode("latin-1"))
    assert "pyproject.toml" in command.refused("run", "-u", "http://127.0.0.1:9")


def test_a_file_that_cannot_be_read(command: Command) -> None:
    """A file in another encoding is refused in one sentence."""
    (command.folder / "export-contract.toml").write_bytes(b'base-url = "\xff"')
    assert re.search(r"export-contract\.toml.* cannot be read", command.refused("run"))
