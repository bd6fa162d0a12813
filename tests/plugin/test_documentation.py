"""What the documents show can be copied: jobs are YAML, options are there, and the test of the README passes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from tests.plugin.conftest import SANDBOX

from export_contract.command.run import run
from export_contract.plugin.options import OPTIONS, flag

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

ROOT = Path(__file__).resolve().parents[2]
CI = (ROOT / "docs" / "ci.md").read_text()
README = (ROOT / "README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_jobs() -> None:
    """The jobs for GitHub and GitLab upload JUnit, whatever the outcome, take the secret from the environment, and use
    the baseline."""
    on_github, on_gitlab = (yaml.safe_load(block) for block in blocks(CI, "yaml")[:2])
    steps = on_github["jobs"]["acceptance"]["steps"]
    step = next(step for step in steps if "pytest" in step.get("run", "") and "env" in step)
    assert "secrets.EXPORT_CONTRACT_AUTHORIZATION" in step["env"]["EXPORT_CONTRACT_AUTHORIZATION"]
    assert {"--junitxml=out/junit.xml", "--export-contract-baseline"} <= set(step["run"].split())
    upload = next(step for step in steps if "upload-artifact" in step.get("uses", ""))
    assert (upload["if"], upload["with"]["path"]) == ("always()", "out")
    job = on_gitlab["acceptance"]
    assert job["artifacts"]["when"] == "always"
    assert job["artifacts"]["reports"]["junit"] == "out/junit.xml"
    assert {"junit=out/junit.xml", "--baseline"} <= set(job["script"][1].split())


@pytest.mark.parametrize("text", [CI, README], ids=["ci.md", "README"])
def test_options_are_there(text: str) -> None:
    """Every option of ours that the documents name exists."""
    ours = set(re.findall(r"--export-contract-[a-z-]*[a-z]", text))
    assert ours - {flag(option) for option in OPTIONS} == set()
    known = {name for parameter in run.params for name in parameter.opts}
    lines = re.findall(r"export-contract run ((?:[^\n]|\n\s+--)*)", text)
    named = {name for line in lines for name in re.findall(r"(?<!\S)--?[a-z][a-z-]*", line)}
    assert named - known == set()


def test_the_test_of_the_readme(inner: Inner) -> None:
    """The test that the README shows passes as it stands."""
    (test,) = [block for block in blocks(README, "python") if "def test_" in block]
    inner.write(test_readme=test)
    inner(SANDBOX).assert_outcomes(passed=1)
