"""Secrets come from the environment or a file, and come out nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.plugin.conftest import SUITE, WHOLE

from export_contract.plugin.options import OPTIONS
from export_contract.sandbox import running

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

SECRETS = ("demo-key", "demo-token", "demo-secret")
TESTS = """
import pytest
from export_contract.acceptance.transport.target import Target

BODY = {"exportType": "USERS"}


@pytest.mark.export_contract(requirement="EXP-REFUSAL-NO-INTERNALS")
def test_failing(export_target, assert_conforms, pytestconfig, request):
    answer = export_target.send(BODY)
    assert_conforms(answer, BODY)
    print(export_target, vars(request.node), pytestconfig.option)
    raise ValueError(answer)


def test_broken_below(export_target, monkeypatch):
    def break_down(self, request):
        raise ZeroDivisionError(dict(request.headers))
    monkeypatch.setattr("export_contract.acceptance.transport.target._Transport.handle_request", break_down)
    export_target.send(BODY)


def test_no_budget(export_target):
    for _ in range(20):
        export_target.send(BODY)
"""


def test_nothing_shows_a_secret(inner: Inner, authorized: str) -> None:
    """Not in tracebacks with all variables, not in JUnit, results or journals, whatever breaks."""
    inner.write(test_own=TESTS)
    with running(["trace-sql", "credentials-in-id"]) as url:
        result = inner(
            *SUITE, "test_own.py", f"--export-contract-url={url}", WHOLE, "--showlocals", "--full-trace", "-vv",
            "-o", "log_level=DEBUG", "--junitxml=junit.xml", "--export-contract-report=json=results.json",
            "--export-contract-max-requests=700",
        )  # fmt: skip
    assert result.ret == 1
    assert {"test_failing", "test_broken_below", "EXP-ANSWER-NO-CREDENTIALS"} <= inner.failed()
    result.stdout.fnmatch_lines(["*ZeroDivisionError*"])
    written = [path.read_text(errors="replace") for path in inner.folder.rglob("*") if path.suffix in (".xml", ".json")]
    for text in (result.stdout.str(), result.stderr.str(), *written):
        assert [secret for secret in SECRETS if secret in text] == []
    assert "<propert" not in (inner.folder / "junit.xml").read_text()


def test_no_option_takes_a_secret() -> None:
    """The only option about credentials names a file."""
    assert [one.name for one in OPTIONS if "auth" in one.name] == ["authorization-file"]


def test_a_file(inner: Inner, authorized: str, sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials in a file are as good as in the environment; a file that cannot be used is named."""
    monkeypatch.delenv("EXPORT_CONTRACT_AUTHORIZATION")
    (inner.folder / "secret").write_text(authorized + "\n")
    pytest_ini = "[pytest]\nexport_contract_authorization_file = secret\n"
    (inner.folder / "pytest.ini").write_text(pytest_ini)
    assert inner(*SUITE, f"--export-contract-url={sandbox_url}", "-k", "EXP-AUTH").ret == 0
    (inner.folder / "secret").write_text(f"{authorized}\x00")
    result = inner(*SUITE, "--showlocals", "--full-trace")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "demo-" not in result.stdout.str() + result.stderr.str()
    result.stderr.fnmatch_lines(
        ["ERROR: export-contract: *: the credentials have characters that a header cannot carry"]
    )
