"""The examples: each folder is complete, and passes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.plugin.conftest import ALL_BUT_EXPLORING

from export_contract.sandbox import running

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDERS = sorted(path.name for path in EXAMPLES.iterdir() if path.is_dir())


def test_all_are_described() -> None:
    """The list of examples names each folder."""
    described = (EXAMPLES / "README.md").read_text()
    assert len(FOLDERS) >= 3
    assert [name for name in FOLDERS if f"[{name}]({name})" not in described] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_an_example(inner: Inner, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The folder, copied to anywhere, passes against the embedded sandbox."""
    monkeypatch.setenv("EXPORT_CONTRACT_PHASES", ALL_BUT_EXPLORING)  # quicker
    shutil.copytree(EXAMPLES / name, inner.folder, dirs_exist_ok=True)
    result = inner.apart()
    assert result.ret == 0
    assert set(result.parseoutcomes()) <= {"passed", "skipped"}
    assert (inner.folder / "reports" / "results.json").exists() == (name == "acceptance")


def test_an_example_fails_where_it_should(inner: Inner, authorized: str) -> None:
    """Against a target that breaks the contract, the tests of one's own say what it breaks."""
    shutil.copytree(EXAMPLES / "own_tests", inner.folder, dirs_exist_ok=True)
    with running(["exporttype-any-case"]) as url:
        result = inner(f"--export-contract-url={url}")
    result.assert_outcomes(failed=1, passed=6)
    result.stdout.fnmatch_lines(["E * EXP-EXPORTTYPE-ENUM  exportType is one of the values listed, to the letter."])
