"""The console: a person reads what was found, and nothing of a hostile target reaches the terminal raw."""

from __future__ import annotations

import base64
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import msgspec
import pytest

from export_contract.acceptance import Results, RunPlan, run
from export_contract.acceptance.model.events import PhaseStarted, Waiting
from export_contract.contract import load_contract
from export_contract.reports.console import ProgressListener, print_results

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eevil\u2066\x00\x08\r\n::error file=a::boom\n[bold red]markup[/]:boom:"


@pytest.fixture
def hostile_url() -> Iterator[str]:
    """A target that puts escape sequences into every place that an answer has."""
    listener = socket.create_server(("127.0.0.1", 0))
    job_id = base64.b64encode(b'["data-export|tenantKey:\x1b[31m|type:' + HOSTILE.encode() + b'|format:","x"]').decode()
    text = HOSTILE.encode("unicode_escape").decode().replace("\\x", "\\u00").replace("\\U", "\\u")
    bodies = [
        f'{{"job":{{"id":"{job_id}"}}}}'.encode(),
        f'{{"job":{{"id":"{text}\\ud800"}}}}'.encode(),
        f'{{"job":{{"id":["{text}"]}}}}'.encode(),
        HOSTILE.encode() + b"\xff\xfe goroutine 1 [running]:\x1b[31m",
    ]

    def serve(connection: socket.socket, number: int) -> None:
        with connection, suppress(OSError, ValueError), connection.makefile("rb") as stream:
            size = 0
            while line := stream.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    size = int(line.partition(b":")[2])
            stream.read(size)
            body = bodies[number % 4]
            status = b"200" if number < 3 else b"400 500 200 302".split()[number // 4 % 4]
            kind = b"application/json" if number % 2 or number < 3 else b"text/\x1b[31mplain\x9b"
            location = b"http://x/\x1b[2J\x9b"
            head = b"HTTP/1.1 %s \x1b[31mOK\r\nContent-Type: %s\r\nX-A: \x1b]0;owned\x07\r\nLocation: %s\r\n"
            connection.sendall(head % (status, kind, location) + b"Connection: close\r\n\r\n" + body)

    def accept() -> None:
        with suppress(OSError):
            for number in range(10_000):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection, number), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def assert_clean(text: str) -> None:
    """Only line breaks move the cursor, and no line could be taken for a command of a terminal or of CI."""
    assert {character for character in text if ord(character) < 32 or 127 <= ord(character) < 160} <= {"\n"}
    assert set(text) & set("\u202e\u2066\u2028\u2029\ufeff") == set()
    assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []
    text.encode("utf-8")


def test_a_hostile_target(hostile_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A run against a target that sends escape sequences everywhere prints none of them, and tells findings."""
    results = run(RunPlan(base_url=hostile_url, contract=load_contract(), phases=("probe", "protocol", "suite")))
    assert len(results.findings) > 5
    print_results(results, verbose=True)
    out, err = capsys.readouterr()
    assert_clean(out)
    assert err == ""
    assert "\\x1b" in out
    msgspec.json.encode(results)


def test_what_is_told(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    """Target, contract, a line for each requirement, each finding with all its parts, and the verdict."""
    print_results(results)
    out = capsys.readouterr().out
    assert_clean(out)
    assert out.startswith("Target ")
    for one in results.requirements:
        assert re.search(rf"^  (passed|failed|not exercised) +{one.id}  ", out, re.MULTILINE), one.id
    for number, finding in enumerate(results.findings, start=1):
        assert f"{number}. {finding.requirement}  " in out
        assert finding.curl in out
        assert finding.fingerprint in out
        assert finding.expected in out
    for label in ("Source", "Request", "Expected", "Actual", "Response", "Reproduce", "Fingerprint"):
        assert out.count(f"\n  {label} ") >= 1, label
    last = out.rstrip().splitlines()[-1]
    assert last.startswith(f"violates  {len(results.findings)} findings; ")
    assert f"{results.counts['requests']} requests" in last
    assert f"{results.counts['failed']} failed" in last


def test_quiet_and_verbose(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet leaves the requirements out and nothing else; verbose says where each is written."""
    print_results(results, quiet=True)
    quiet = capsys.readouterr().out
    print_results(results, verbose=True)
    verbose = capsys.readouterr().out
    assert "  passed " not in quiet
    assert all(finding.curl in quiet for finding in results.findings)
    assert "violates" in quiet
    assert all(one.source in verbose for one in results.requirements)
    assert len(quiet) < len(verbose)


def test_no_colours_where_nobody_looks(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal there are no colours, whether they are wanted or not."""
    print_results(results, color=True)
    with_color = capsys.readouterr().out
    print_results(results, color=False)
    assert capsys.readouterr().out == with_color


def test_reasons_are_told(capsys: pytest.CaptureFixture[str], results: Results) -> None:
    """Why a run is inconclusive stands before the verdict, on a line of its own, whatever is in it."""
    shown = msgspec.structs.replace(results, verdict="inconclusive", reason=f"because {HOSTILE}", findings=())
    print_results(shown)
    out = capsys.readouterr().out
    assert_clean(out)
    assert re.search(r"^because \\x1b.*\ninconclusive  ", out, re.MULTILINE)


def test_hostile_results(results: Results, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever a results file says, in whichever place, nothing of it is printed raw."""

    def spoilt(value: object) -> object:
        match value:
            case str():
                return value + HOSTILE
            case dict():
                return {key: spoilt(part) for key, part in value.items()}
            case list():
                return [spoilt(part) for part in value]
        return value

    built = msgspec.to_builtins(results)
    kept = {"verdict", "level", "expectation", "status", "severity"}

    def keep(value: object, was: object) -> object:
        if isinstance(value, dict) and isinstance(was, dict):
            return {
                key: was[key] if key in kept and isinstance(was[key], str) else keep(part, was[key])
                for key, part in value.items()
            }
        if isinstance(value, list) and isinstance(was, list):
            return [keep(part, before) for part, before in zip(value, was, strict=True)]
        return value

    print_results(msgspec.convert(keep(spoilt(built), built), Results, strict=False), verbose=True)
    assert_clean(capsys.readouterr().out)


@pytest.mark.parametrize("missing", ["requirements", "counts", "everything"])
def test_incomplete_results(results: Results, capsys: pytest.CaptureFixture[str], missing: str) -> None:
    """Results of another making, in which something is missing, are shown as far as they go."""
    empty: dict[str, object] = {"requirements": (), "counts": {}}
    changes = {name: value for name, value in empty.items() if missing in (name, "everything")}
    print_results(msgspec.structs.replace(results, **changes))
    assert "violates" in capsys.readouterr().out


def test_progress_stays_away_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Progress is shown on a terminal only; elsewhere not a byte of it is written."""
    with ProgressListener(quiet=False, color=True) as progress:
        progress(PhaseStarted("suite", 3))
        progress(Waiting(1.5, 429))
    out, err = capsys.readouterr()
    assert (out, err.strip()) == ("", "")
