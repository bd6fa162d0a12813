"""`report`, `compare` and `replay`: earlier results, in other formats, against others, and sent again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from export_contract.reports import FORMATS

if TYPE_CHECKING:
    from tests.command.conftest import Command

FAULTS = "long-string-500 trace-sql json-utf-8-replaced"


def edited(results_file: Path, folder: Path, **changes: Any) -> Path:
    path = folder / "edited.json"
    path.write_text(json.dumps({**json.loads(results_file.read_text()), **changes}))
    return path


def of_another_target(results_file: Path, folder: Path, base_url: str) -> Path:
    return edited(results_file, folder, target={"base_url": base_url, "path": "/exports", "embedded": False})


def test_every_format_later(command: Command, results_file: Path) -> None:
    """Each format can be made of saved results, in its place or in another, and it is said where."""
    reports = [argument for name in FORMATS for argument in ("--report", name)]
    process = command("report", results_file, *reports, "--report", "html=deep/er/page.html")
    assert process.returncode == 0
    assert process.stdout == ""
    paths = [f"export-contract-report/{one.file_name}" for one in FORMATS.values()] + ["deep/er/page.html"]
    said = [line.rpartition(" ")[2] for line in process.stderr.splitlines()]
    assert said == paths
    assert all((command.folder / path).stat().st_size > 1_000 for path in paths)
    assert command("report", "-q", results_file, "--report", "html").stderr == ""


def test_a_format_of_a_journal(command: Command, results_file: Path) -> None:
    """A format can be made of what the journal of a run tells that was killed."""
    run = command.start("run", "--sandbox", "--report", "json=run.json", "--rate", "20/s")
    journal = command.folder / "run.json.journal"
    assert run.stdout
    for _ in range(200):
        if journal.exists() and journal.read_bytes().count(b"\n") > 20:
            break
        time.sleep(0.05)
    run.kill()
    run.communicate(timeout=20)
    process = command("report", "run.json", "--report", "junit=x.xml")
    assert process.returncode == 0
    assert "The run was cut short" in (command.folder / "x.xml").read_text()


def test_formats_that_cannot_be_made(command: Command, results_file: Path) -> None:
    """A format that is not there, and a path that cannot be written, are wrong usage."""
    sentence = command.refused("report", results_file, "--report", "pdf")
    assert "there is no format 'pdf'; the formats are json, html, junit, markdown, sarif, har, ctrf" in sentence
    (command.folder / "file").write_text("")
    process = command("report", results_file, "--report", "html=file/x.html")
    assert process.returncode == 2
    assert "file/x.html cannot be written" in process.stderr


def test_comparing(command: Command, results_file: Path) -> None:
    """The status of a comparison is 1 where something got worse, and 0 where it did not."""
    better = edited(results_file, command.folder, findings=[])
    process = command("compare", better, results_file)
    assert process.returncode == 1
    assert process.stdout.rstrip().splitlines()[-1] == "worse: 3 new, 0 fixed, 0 still there"
    process = command("compare", results_file, better)
    assert process.returncode == 0
    assert process.stdout.rstrip().splitlines()[-1] == "no worse: 0 new, 3 fixed, 0 still there"
    assert "nothing.json" in command.refused("compare", results_file, "nothing.json")
    assert "--slower-than" in command.refused("compare", results_file, better, "--slower-than", "0.5")


def test_reproduced(command: Command, results_file: Path) -> None:
    """A finding by number or by the begin of its fingerprint is reproduced where the fault is, and else not."""
    fingerprint = json.loads(results_file.read_text())["findings"][1]["fingerprint"]
    for name in ("2", fingerprint, fingerprint[:6].upper()):
        process = command("replay", results_file, name, EXPORT_CONTRACT_FAULT=FAULTS)
        assert process.returncode == 1, process.stdout
        assert process.stdout.splitlines()[-1] == "reproduced"
        assert fingerprint in process.stdout
    process = command("replay", results_file, "2")
    assert process.returncode == 0
    assert process.stdout.splitlines()[-1] == "not reproduced"


@pytest.mark.parametrize("name", ["0", "99", "abc", "ffffffffffff", "", "-1"])
def test_findings_that_are_not_there(command: Command, results_file: Path, name: str) -> None:
    """A finding that is not there is refused, with how many there are."""
    assert "the results have 3, by number or fingerprint" in command.refused("replay", results_file, "--", name)


def test_the_target_is_named_anew(command: Command, results_file: Path, demo: dict[str, str]) -> None:
    """Results do not decide where credentials are sent: the target of others has to be named."""
    results = of_another_target(results_file, command.folder, "http://127.0.0.1:9")
    sentence = command.refused("replay", results, "1", **demo)
    assert sentence.startswith("export-contract: --base-url: it is missing: the results are of http://127.0.0.1:9")


def test_production_is_refused(command: Command, results_file: Path) -> None:
    """A server that the contract marks as production is refused, as in run."""
    contract = command.folder / "openapi.yaml"
    built_in = Path(__file__).parents[2] / "src" / "export_contract" / "contract"
    (command.folder / "requirements.yaml").write_text((built_in / "requirements.yaml").read_text())
    document = yaml.safe_load((built_in / "openapi.yaml").read_text())
    document["servers"] = [{"url": "http://127.0.0.1:9", "x-production": True}]
    contract.write_text(yaml.safe_dump(document))
    arguments = ("replay", results_file, "1", "--contract", contract, "-u", "http://127.0.0.1:9")
    assert "is marked as production" in command.refused(*arguments)
    assert command.invoke(*arguments, "--allow-production").exit_code == 3


class _Counting(BaseHTTPRequestHandler):
    """Counts requests, and answers each with the status of its server."""

    def do_POST(self) -> None:
        self.server.seen.append(self.headers.get("Authorization"))  # type: ignore[attr-defined]
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        if self.server.status == 503:  # type: ignore[attr-defined]
            self.send_header("Retry-After", "30")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def counting() -> Iterator[ThreadingHTTPServer]:
    """A server that counts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Counting)
    server.seen = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("status", "exit_status", "outcome"),
    [
        (400, 0, "not reproduced"),
        (200, 1, "reproduced"),
        (500, 1, "reproduced"),
        (401, 3, "inconclusive"),
        (503, 3, "inconclusive"),
    ],
)
def test_one_request(
    command: Command,
    results_file: Path,
    counting: Any,
    demo: dict[str, str],
    status: int,
    exit_status: int,
    outcome: str,
) -> None:
    """One request is sent, with the credentials, whatever comes back; the status says what that shows."""
    counting.status = status
    url = f"http://127.0.0.1:{counting.server_port}"
    result = command.invoke("replay", of_another_target(results_file, command.folder, url), "1", "-u", url, **demo)
    assert result.exit_code == exit_status, result.output
    assert result.stdout.splitlines()[-1] == outcome
    assert counting.seen == [demo["EXPORT_CONTRACT_AUTHORIZATION"]]


def test_headers_that_a_file_does_not_decide(
    command: Command, results_file: Path, counting: Any, demo: dict[str, str]
) -> None:
    """Neither credentials nor the framing of the request are taken from a results file."""
    counting.status = 400
    url = f"http://127.0.0.1:{counting.server_port}"
    findings = json.loads(results_file.read_text())["findings"]
    more = [["Authorization", "other"], ["host", "elsewhere"], ["Content-Length", "3"], ["transfer-encoding", "x"]]
    findings[0]["case"]["headers"] += more
    path = edited(results_file, command.folder, findings=findings)
    assert command.invoke("replay", path, "1", "-u", url, **demo).exit_code == 0
    assert counting.seen == [demo["EXPORT_CONTRACT_AUTHORIZATION"]]


def test_nobody_there(command: Command, results_file: Path, demo: dict[str, str]) -> None:
    """A target that cannot be reached tells nothing."""
    result = command.invoke("replay", results_file, "1", "-u", "http://127.0.0.1:9", **demo)
    assert result.exit_code == 3
    assert "no connection could be made" in result.stdout


def test_another_contract(command: Command, results_file: Path) -> None:
    """It is said where the contract at hand is another one than that of the results."""
    results = json.loads(results_file.read_text())
    other = edited(results_file, command.folder, contract={**results["contract"], "sha256": "0" * 64})
    assert "the contract is not the one of the results" in command("replay", other, "1").stdout
    assert "not the one" not in command("replay", results_file, "1").stdout
