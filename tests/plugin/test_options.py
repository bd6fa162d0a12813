"""The plugin's options: those of the command, settled in the same way."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.plugin.conftest import SUITE

from export_contract.options import Door, Kind, options_of
from export_contract.plugin.options import OPTIONS, flag, ini_type, key, settled, with_pytest_names

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Inner

OF_THE_TERMINAL = {"quiet", "verbose", "no-color"}


def plan_of(pytester: pytest.Pytester, *arguments: str) -> Any:
    return settled(pytester.parseconfig(*arguments)).plan


def test_every_option_of_the_command() -> None:
    """Every option of `run` that is not about its terminal has a twin here, and nothing else has."""
    assert {one.name for one in OPTIONS} == {one.name for one in options_of(Door.RUN)} - OF_THE_TERMINAL
    for one in OPTIONS:
        assert (ini_type(one) == "linelist") == one.repeatable, one
        assert (ini_type(one) == "bool") == (one.kind is Kind.FLAG), one


def test_help(inner: Inner) -> None:
    """All of them stand in one group of --help, each with its ini key, by one prefix."""
    told = inner("--help").stdout.str()
    _, _, group = told.partition("contract testing of an export API (export-contract):")
    group, _, rest = group.partition("\n\n")
    for one in OPTIONS:
        assert flag(one).startswith("--export-contract-")
        assert f"  {flag(one)}" in group
        assert f"  {key(one)} (" in rest
    assert "--export-contract-" not in told.replace(group, "")


def test_precedence(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command line over environment over ini over export-contract.toml over default."""
    assert plan_of(pytester).limits.jobs == 60
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
        (["--export-contract-max-jobs=0"], "--export-contract-max-jobs: 0 is less than 1"),
        (["--export-contract-url=ftp://x"], "--export-contract-url: 'ftp://x' is *"),
        (["--export-contract-phases=nothing"], "--export-contract-phases: there is no phase 'nothing'; *"),
        (["--export-contract-report=pdf"], "--export-contract-report: there is no format 'pdf'; *"),
        (["--export-contract-header=Authorization: s3cret"], "--export-contract-header: Authorization: a secret *"),
        (["--export-contract-target=x"], "--export-contract-target: there is no target 'x'; *"),
        (["--export-contract-url="], "--export-contract-url: it is empty; *"),
        (["--export-contract-sandbox", "--export-contract-url=http://x"], "*combined with --export-contract-url"),
        (["--export-contract-config=x.toml"], "x.toml: the file cannot be read: *"),
        (["--export-contract-url=https://api.example.com/tp-api"], "*use --export-contract-allow-production to test *"),
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
    inner.write(test_it="def test_it(): pass\n", test_used="def test_used(export_api_contract): pass\n")
    inner("test_it.py").assert_outcomes(passed=1)
    result = inner("test_used.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*UsageError: export-contract: *export-contract.toml: *max-job*"])


def test_no_target(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a target nothing is tested: not with an empty or a misspelt variable, nor with targets in the file."""
    (inner.folder / "export-contract.toml").write_text('[targets.staging]\nbase-url = "http://staging:1"\n')
    inner.write(test_own="def test_own(export_target): pass\ndef test_contract(export_api_contract): pass\n")
    result = inner(*SUITE)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    sentence = (
        "no target is given: use --export-contract-url URL, --export-contract-target NAME (staging), or --export*"
    )
    result.stderr.fnmatch_lines([f"ERROR: export-contract: {sentence}"])
    result = inner("test_own.py")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*UsageError: export-contract: no target is given*"])
    monkeypatch.setenv("EXPORT_CONTRACT_URL", "http://x")
    inner(*SUITE).stderr.fnmatch_lines(["*EXPORT_CONTRACT_URL is set, did you mean EXPORT_CONTRACT_BASE_URL?"])
    monkeypatch.setenv("EXPORT_CONTRACT_BASE_URL", "")
    for arguments in (SUITE, (*SUITE, "--export-contract-target=staging"), (*SUITE, "--export-contract-sandbox")):
        result = inner(*arguments)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: export-contract: EXPORT_CONTRACT_BASE_URL: it is empty; *"])


def test_the_sandbox(pytester: pytest.Pytester) -> None:
    """The embedded sandbox is tested where an option or an ini key says so, and gives way to a URL on the line."""
    pytester.makeini("[pytest]\nexport_contract_sandbox = true\n")
    assert plan_of(pytester).embedded
    plan = plan_of(pytester, "--export-contract-url=http://line:1")
    assert (plan.embedded, plan.base_url) == (False, "http://line:1")


def test_what_a_message_quotes(inner: Inner, tmp_path: Path) -> None:
    """What a file holds reaches the terminal as text, never as a command to it, and not without end."""
    baseline = tmp_path / "known.toml"
    baseline.write_text(f'"\\u001b[2J\\u202e{"x" * 5_000}" = 1')
    result = inner(*SUITE, "--export-contract-sandbox", f"--export-contract-baseline={baseline}")
    output = result.stdout.str() + result.stderr.str()
    assert result.ret == 4
    assert "\\x1b[2J\\u202e" in output
    assert "\x1b[2J" not in output
    assert max(map(len, output.splitlines())) < 2_000


def test_a_defect_of_ours(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the options cannot be settled for a defect of ours: status 3, and one sentence that says so."""
    # By its name: pytester forgets modules, and their packages do not.
    settings = importlib.import_module("export_contract.configuration.settings")
    monkeypatch.setattr(settings, "load_contract", lambda *_: {}["s3cret"])
    result = inner(*SUITE, "--export-contract-sandbox")
    assert result.ret == 3
    output = result.stdout.str() + result.stderr.str()
    assert output.count("this is a defect of export-contract") == 1
    assert "s3cret" not in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("export_contract.acceptance.engine.recorder", "judge"),
        ("export_contract.conduct", "run"),
        ("export_contract.conduct", "write_reports"),
        ("export_contract.reports.html", "render"),
    ],
)
def test_a_defect_while_it_runs(inner: Inner, monkeypatch: pytest.MonkeyPatch, module: str, name: str) -> None:
    """Where a check, the run or a report fails for a defect of ours: status 3, and no verdict."""
    monkeypatch.setattr(importlib.import_module(module), name, lambda *_, **__: {}["s3cret"])
    reports = ("--export-contract-report=html=r.html", "--export-contract-report=json=r.json")
    result = inner(*SUITE, "--export-contract-sandbox", "-k", "EXP-AUTH", *reports)
    assert result.ret == 3
    output = result.stdout.str() + result.stderr.str()
    assert "this is a defect of export-contract" in output
    assert "s3cret" not in output
    assert "Traceback" not in output
    assert (inner.folder / "r.json").exists() == (name != "write_reports")


def test_spelling() -> None:
    """Sentences of the command name options of pytest, and other words with hyphens stay as they are."""
    assert with_pytest_names("a --base-url, --nothing; b--seed") == "a --export-contract-url, --nothing; b--seed"
