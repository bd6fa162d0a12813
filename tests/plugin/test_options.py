"""The plugin's options: those of the command, settled in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import pytest

from export_contract.cli import main
from export_contract.plugin.options import OPTIONS, as_pytest_says, settled

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

RUN = {one.name: one for one in main.commands["run"].params if isinstance(one, click.Option)}
OF_THE_TERMINAL = {"help", "quiet", "verbose", "no_color"}


def plan_of(pytester: pytest.Pytester, *arguments: str) -> Any:
    return settled(pytester.parseconfig(*arguments)).plan


def test_every_option_of_the_command() -> None:
    """Every option of `run` that is not about its terminal has a twin here, and nothing else has."""
    assert {one.name.replace("-", "_") for one in OPTIONS} == RUN.keys() - OF_THE_TERMINAL
    for one in OPTIONS:
        twin = RUN[one.name.replace("-", "_")]
        assert (one.kind == "linelist") == twin.multiple, one
        assert (one.kind == "bool") == twin.is_flag, one


def test_help(inner: Inner) -> None:
    """All of them stand in one group of --help, each with its ini key, by one prefix."""
    told = inner("--help").stdout.str()
    _, _, group = told.partition("contract testing of an export API (export-contract):")
    group, _, rest = group.partition("\n\n")
    for one in OPTIONS:
        assert one.flag.startswith("--export-contract-")
        assert f"  {one.flag}" in group
        assert f"  {one.key} (" in rest
    assert "--export-contract-" not in told.replace(group, "")


def test_precedence(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line over environment over ini over export-contract.toml over default."""
    assert plan_of(pytester).limits.jobs == 100
    (pytester.path / "export-contract.toml").write_text(
        'max-jobs = 11\nactivity-id = [7]\nbase-url = "http://file:1"\n'
    )
    assert (plan_of(pytester).limits.jobs, plan_of(pytester).base_url) == (11, "http://file:1")
    pytester.makeini("[pytest]\nexport_contract_max_jobs = 12\nexport_contract_url = http://ini:1\n")
    assert (plan_of(pytester).limits.jobs, plan_of(pytester).base_url) == (12, "http://ini:1")
    monkeypatch.setenv("EXPORT_CONTRACT_MAX_JOBS", "13")
    assert plan_of(pytester).limits.jobs == 13
    assert plan_of(pytester, "--export-contract-max-jobs=14").limits.jobs == 14


def test_all_kinds_of_keys(pytester: pytest.Pytester) -> None:
    """Ini keys are text, numbers, lists of lines, and flags, in an ini file and in TOML."""
    pytester.makeini(
        "[pytest]\nexport_contract_header =\n  X-A: 1\n  X-B: 2\nexport_contract_seed = -3\n"
        "export_contract_max_time = 1.5\nexport_contract_rate = 5/s\nexport_contract_phases = suite\n"
        "export_contract_report = json=a.json\nexport_contract_allow_production = true\n"
    )
    run = settled(pytester.parseconfig())
    plan = run.plan
    assert plan.headers == (("X-A", "1"), ("X-B", "2"))
    assert (plan.seed, plan.limits.seconds, plan.rate, plan.phases) == (-3, 1.5, 5.0, ("suite",))
    assert [(name, str(path)) for name, path in run.reports] == [("json", "a.json")]
    (pytester.path / "tox.ini").unlink()
    pytester.makepyprojecttoml('[tool.pytest.ini_options]\nexport_contract_header = ["X-A: 3"]\n')
    assert plan_of(pytester).headers == (("X-A", "3"),)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--export-contract-max-jobs=0"], "Invalid value for '--export-contract-max-jobs': 0 is not in the range *"),
        (
            ["--export-contract-url=ftp://x"],
            "'ftp://x' is not a valid URL: it must begin with http:// or https:// and name a host*",
        ),
        (["--export-contract-phases=nothing"], "--export-contract-phases: there is no phase 'nothing'; *"),
        (["--export-contract-report=pdf"], "--export-contract-report: there is no format 'pdf'; *"),
        (["--export-contract-header=Authorization: s3cret"], "--export-contract-header Authorization: a secret *"),
        (["--export-contract-target=x"], "--export-contract-target: there is no target 'x'; *"),
        (["--export-contract-url=https://api.example.com/tp-api"], "*--export-contract-allow-production tests it *"),
    ],
)
def test_what_cannot_be_used(inner: Inner, arguments: list[str], said: str) -> None:
    """What cannot be used is said before anything is collected, in one sentence, by the names that pytest knows."""
    result = inner(*arguments)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.stderr.lines if line]
    result.stderr.fnmatch_lines([f"ERROR: export-contract: {said}"])
    assert "s3cret" not in line


def test_configuration_of_the_command(inner: Inner) -> None:
    """export-contract.toml is refused as by the command, and only where the plugin is used."""
    (inner.folder / "export-contract.toml").write_text("max-job = 3\n")
    inner.write(test_it="def test_it(): pass\n", test_used="def test_used(export_contract): pass\n")
    inner("test_it.py").assert_outcomes(passed=1)
    result = inner("test_used.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*UsageError: export-contract: *export-contract.toml: *max-job*"])


def test_spelling() -> None:
    """Sentences of the command name options of pytest, and other words with hyphens stay as they are."""
    assert as_pytest_says("a --base-url, --nothing; b--seed") == "a --export-contract-url, --nothing; b--seed"
