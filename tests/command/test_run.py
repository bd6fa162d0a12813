"""`run`: exit statuses, reports, and targets that are not there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.model.results_file import read_results
from export_contract.contract import BUILT_IN

if TYPE_CHECKING:
    from tests.command.conftest import Command, ServeRaw

QUICK = ("--sandbox", "--phases", "probe,load,auth,protocol,jobs,suite,relations")


def test_conforms(command: Command) -> None:
    """The embedded sandbox is tested where that is chosen, whatever the proxy, and the status is 0."""
    proxy = "http://127.0.0.1:9"
    proxies = {"http_proxy": proxy, "HTTP_PROXY": proxy, "all_proxy": proxy, "no_proxy": "", "NO_PROXY": ""}
    process = command("run", *QUICK, "--report", "json", "--report", "json=a/b/c.json", **proxies)
    assert process.returncode == 0
    assert process.stdout.rstrip().splitlines()[-1].startswith("conforms  0 findings; ")
    assert "the embedded sandbox" in process.stdout
    assert process.stderr.splitlines() == [
        f"export-contract: wrote json to {path}" for path in ("export-contract-report/results.json", "a/b/c.json")
    ]
    results = read_results(command.folder / "export-contract-report" / "results.json")
    assert (results.verdict, results.target.embedded) == ("conforms", True)
    # The journal was needed only until then.
    written = [path.relative_to(command.folder) for path in command.folder.rglob("*") if path.is_file()]
    assert sorted(map(str, written)) == ["a/b/c.json", "export-contract-report/results.json"]
    assert read_results(command.folder / "a/b/c.json") == results


def test_violates(command: Command) -> None:
    """With faults, which the environment names, the run names their requirements, and the status is 1."""
    faults = {"EXPORT_CONTRACT_FAULT": "interactions-csv, job-id-not-base64", "EXPORT_CONTRACT_VARIANT": "status-201"}
    process = command("run", "-q", *QUICK, **faults)
    assert process.returncode == 1
    assert "1. EXP-INTERACTIONS-FORMAT" in process.stdout
    assert "2. EXP-JOBID-BASE64" in process.stdout
    assert "violates  2 findings; " in process.stdout
    assert "HTTP" not in process.stderr


def test_an_unknown_fault(command: Command) -> None:
    """An unknown fault in the environment is wrong usage, told in one sentence with the nearest names."""
    assert "start-missing" in command.refused("run", "--sandbox", EXPORT_CONTRACT_FAULT="start-mising")


def test_nobody_listens(command: Command) -> None:
    """A target that is not there: status 3, in under five seconds, one sentence, no traceback."""
    started = time.monotonic()
    process = command("run", "--base-url", "http://127.0.0.1:9/")
    assert time.monotonic() - started < 20
    assert process.returncode == 3
    said = [line for line in process.stdout.splitlines() if "cannot be reached" in line]
    assert len(said) == 1
    assert said[0].startswith("http://127.0.0.1:9/exports cannot be reached: ")
    assert process.stderr == ""
    assert "inconclusive" in process.stdout


def test_refused_credentials(command: Command, sandbox_url: str) -> None:
    """Credentials that are missing or refused: status 3, and where to put them."""
    for environment in ({}, {"EXPORT_CONTRACT_AUTHORIZATION": "bln type=api,key=wrong-key-1"}):
        process = command("run", "-u", sandbox_url, **environment)
        assert process.returncode == 3
        assert "EXPORT_CONTRACT_AUTHORIZATION" in process.stdout
        assert "wrong-key-1" not in process.stdout + process.stderr


def test_too_little(command: Command) -> None:
    """A run that exercised too little is neither green nor red: status 3."""
    process = command("run", "-q", *QUICK, "--max-requests", "5")
    assert process.returncode == 3
    assert "Too little was exercised" in process.stdout


def test_a_path_of_its_own(command: Command, sandbox_url: str, demo: dict[str, str]) -> None:
    """A base URL with another path is told as such."""
    process = command("run", "-u", f"{sandbox_url}/tp-api/", **demo)
    assert process.returncode == 3
    assert f"{sandbox_url}/tp-api/exports answered 404" in process.stdout


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8080",
        "ftp://x",
        "http://",
        "http://u:p@x/",
        "http://x/?a=1",
        "http://x/#a",
        "http://x:99999",
        "http://x y/",
        "http://a..b",
        f"http://{'a' * 64}.example",
        "http://[::1",
        "http://xn--\u00e4",
    ],
)
def test_what_is_no_base_url(command: Command, url: str) -> None:
    """What is no base URL is wrong usage, in one sentence, before anything is sent."""
    assert command.refused("run", "--base-url", url).startswith("export-contract: ")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["--phases", "probe,nothing"], "nothing"),
        (["--phases", ","], "--phases"),
        (["--report", "pdf"], "pdf"),
        (["--report", "json=", "--report", "=x"], "--report"),
        (["--report", f"json={'x' * 248}"], "too long"),
        (["--report", f"json={'x/' * 3_000}r.json"], "too long"),
        (["--header", "no colon"], "--header"),
        (["--header", "Authorization: secret-1"], "EXPORT_CONTRACT_AUTHORIZATION"),
        (["--header", "Content-Type: x"], "Content-Type"),
        (["--header", "X-A: a\x1b[31m"], "--header"),
        (["--header", "X-A: \u6f22"], "not ASCII"),
        (["--rate", "1e-320"], "--rate"),
        (["--timeout", "1e300"], "--timeout"),
        (["--range", "2024-01-31T00:00:00Z"], "--range"),
        (["--max-open-jobs", "0"], "--max-open-jobs"),
        (["--seed", "1" * 5_000], "--seed"),
        (["--activity-id=1"] * 2 + [f"--activity-id={number}" for number in range(3_000)], "3,000 ids"),
        (["--config", "nothing.toml"], "nothing.toml"),
        (["--base-url", ""], "--base-url: it is empty"),
        (["--rate", "0"], "--rate"),
        (["--rate", "often"], "--rate"),
        (["--rate", "nan"], "--rate"),
        (["--max-requests", "0"], "--max-requests"),
        (["--max-jobs", "-1"], "--max-jobs"),
        (["--max-time", "0"], "--max-time"),
        (["--max-time", "nan"], "--max-time"),
        (["--timeout", "inf"], "--timeout"),
        (["--timeout", "nan"], "--timeout"),
        (["--concurrency", "65"], "--concurrency"),
        (["--seed", "x"], "--seed"),
        (["--activity-id", "x"], "x"),
        (["--contract", "nothing.yaml"], "nothing.yaml"),
        (["--authorization-file", "nothing"], "nothing"),
        (["--target", "nothing"], "nothing"),
    ],
)
def test_wrong_options(command: Command, arguments: list[str], part: str) -> None:
    """An option that cannot be used is refused in one printable sentence that names it."""
    sentence = command.refused("run", "-u", "http://127.0.0.1:9", *arguments)
    assert part in sentence
    assert sentence.isprintable()
    assert "secret-1" not in sentence


@pytest.mark.parametrize("value", ["bln key=\x1b[31m", "bln key=café", "bln key=a\nX-Other: b"])
def test_credentials_that_no_header_can_carry(command: Command, value: str) -> None:
    """Such credentials are refused, and not shown."""
    sentence = command.refused("run", "-u", "http://127.0.0.1:9", EXPORT_CONTRACT_AUTHORIZATION=value)
    assert "a header cannot carry" in sentence
    assert "key=" not in sentence


def test_reports_that_cannot_be_written(command: Command) -> None:
    """Where a report cannot be written that is said in a sentence, what was found is shown, and the status is not 0."""
    (command.folder / "file").write_text("")
    (command.folder / "folder").mkdir()
    paths = ["file/results.json", "folder", "/dev/full", "/proc/nothing/results.json"]
    process = command("run", "-q", *QUICK, *(f"--report=json={path}" for path in paths))
    assert "conforms  0 findings" in process.stdout
    for path in paths:
        assert any(f"{path} cannot be written: " in line for line in process.stderr.splitlines()), path
    assert process.returncode != 0


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 34\r\n\r\n"
        b'{"job":{"id":"\\ud800\\u001b[2Jab"}}',
        b"HTTP/1.1 200 \x1b[31m\r\nContent-Type: \xff\x1b[31m\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1\x1b[31m\r\nContent-Length: 0\r\n\r\n",
        b"\x00\x1b[31m\r\n\r\n",
    ],
    ids=["surrogates", "invalid UTF-8", "odd redirect", "garbage"],
)
def test_a_hostile_target(command: Command, serve_raw: ServeRaw, answer: bytes) -> None:
    """Odd answers end neither in a traceback nor in raw control characters, and the report can be read."""
    process = command(
        "run", "-u", serve_raw(answer), "--max-requests", "4", "--max-time", "3", "--report", "json=r.json"
    )
    assert process.returncode in (1, 3)
    assert {character for character in process.stdout + process.stderr if ord(character) < 32} <= {"\n"}
    results = read_results(command.folder / "r.json")
    assert results.verdict in ("violates", "inconclusive")


def test_a_contract_that_no_case_can_be_made_of(command: Command) -> None:
    """What no suite can be made of is refused in one sentence, before anything is sent."""
    requirements = BUILT_IN.with_name("requirements.yaml").read_text(encoding="utf-8")
    (command.folder / "requirements.yaml").write_text(requirements, encoding="utf-8")
    many = ", ".join(f"F{number}" for number in range(70))
    (command.folder / "openapi.yaml").write_text(
        BUILT_IN.read_text(encoding="utf-8").replace("[CSV, JSONL]", f"[{many}]"), encoding="utf-8"
    )
    for arguments in (("run", "-u", "http://127.0.0.1:9"), ("suite",), ("contract", "lint")):
        sentence = command.refused(*arguments, "--contract", command.folder / "openapi.yaml")
        assert "more than 200 ways" in sentence
