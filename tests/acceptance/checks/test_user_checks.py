"""Checks of the user's own: they find, they say that they found nothing, and their mistakes are told as theirs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.user_checks import UserCheckError, load_checks
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.contract import Contract

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase, RunAt, Serve

DOCUMENTED = Path(__file__).parents[3] / "docs" / "own-checks.md"


def checks_in(folder: Path, text: str) -> Path:
    """A file of checks."""
    file = folder / "checks.py"
    file.write_text(f"from export_contract import check\n\n{text}", encoding="utf-8")
    return file


def test_the_documented_check(serve: Serve, run_at: RunAt, contract: Contract, tmp_path: Path) -> None:
    """The example of the documentation finds what it says, once, and counts as a check of its requirement."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "checks.py").write_text(code, encoding="utf-8")
    own = load_checks(tmp_path / "checks.py", contract)
    results = run_at(serve(lambda wire: wire.conform()).url, phases=("probe",), user_checks=own)
    (finding,) = results.findings
    assert (finding.requirement, finding.check) == ("EXP-ANSWER-JOB-ID", "ids_are_long")
    assert finding.expected == "A job id has at least 40 characters."
    assert finding.observed == "a job id of 24 characters"
    assert (finding.occurrences, results.verdict) == (2, "violates")


@pytest.mark.parametrize(("said", "more"), [("True", 1), ("None", 0)])
def test_what_a_check_says(
    serve: Serve, run_at: RunAt, contract: Contract, tmp_path: Path, said: str, more: int
) -> None:
    """True counts as exercised, None does not, and neither is a finding."""
    url = serve(lambda wire: wire.conform()).url
    name = "EXP-JOBID-FORM"  # ids here are opaque, so nothing else speaks of it
    text = f'@check(requirement="{name}")\ndef one(request, answer):\n    return {said} if answer.accepted else None\n'
    results = run_at(url, phases=("probe",), user_checks=load_checks(checks_in(tmp_path, text), contract))
    assert results.findings == ()
    (requirement,) = [one for one in results.requirements if one.id == name]
    assert requirement.exchanges == 2 * more


def test_a_check_that_fails(serve: Serve, run_at: RunAt, contract: Contract, tmp_path: Path) -> None:
    """Its exception ends the run, which is inconclusive and names the file, the check and the case."""
    text = '@check(requirement="EXP-ANSWER-JOB-ID")\ndef broken(request, answer):\n    return answer.nothing\n'
    own = load_checks(checks_in(tmp_path, text), contract)
    results = run_at(serve(lambda wire: wire.conform()).url, phases=("probe",), user_checks=own)
    assert results.verdict == "inconclusive"
    assert re.fullmatch(r".*/checks\.py: broken failed on EXP-[^:]+: AttributeError: .*nothing.*", results.reason or "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "checks.py: it defines no check; mark a function with @check(requirement=…)"),
        ("def one(request, answer):\n    return None\n", "it defines no check"),
        ('@check(requirement="EXP-NONE")\ndef one(request, answer): ...\n', "one verifies 'EXP-NONE'"),
        ("1 / 0\n", "cannot be loaded: ZeroDivisionError"),
        ("def\n", "cannot be loaded: SyntaxError"),
        ("raise SystemExit(3)\n", "cannot be loaded: SystemExit"),
    ],
)
def test_files_that_cannot_be_used(contract: Contract, tmp_path: Path, text: str, problem: str) -> None:
    """What is wrong with a file of checks is said in one sentence that names it."""
    with pytest.raises(UserCheckError, match=re.escape(problem)) as error:
        load_checks(checks_in(tmp_path, text), contract)
    assert str(error.value).startswith(str(tmp_path / "checks.py"))


@pytest.mark.parametrize(
    ("said", "observed"),
    [("'too long'", "too long"), ("''", "own returned ''"), ("7", "own returned 7"), ("False", "own returned False")],
)
def test_what_is_told(
    contract: Contract, context: CheckContext, make_case: MakeCase, tmp_path: Path, said: str, observed: str
) -> None:
    """A text is what is wrong; anything else that is not True is told as it is."""
    text = f'@check(requirement="EXP-JOBID-FORM")\ndef own(request, answer):\n    return {said}\n'
    (check,) = load_checks(checks_in(tmp_path, text), contract)
    (outcome,) = check.outcomes(Exchange(1, "suite", make_case(), Response(status=200)), context)
    assert (outcome.requirement, outcome.check, outcome.kind) == ("EXP-JOBID-FORM", "own", "deviates")
    assert (outcome.expected, outcome.observed) == ("own", observed)


def test_how_a_check_is_called(contract: Contract, tmp_path: Path) -> None:
    """A check promises the first line of its docstring, or else its name in words."""
    mark = '@check(requirement="EXP-JOBID-FORM")\n'
    text = (
        f'{mark}def ids_are_long(request, answer): ...\n\n{mark}def two(request, answer):\n    """One.\n\n    Two."""\n'
    )
    checks = load_checks(checks_in(tmp_path, text), contract)
    assert [(check.name, check.promise) for check in checks] == [("ids_are_long", "ids are long"), ("two", "One.")]
