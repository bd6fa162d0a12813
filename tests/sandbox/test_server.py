"""The sandbox over real sockets, in processes of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from export_contract.sandbox import DEMO_AUTHORIZATION, PortInUse, UnknownFault, running, serve, server
from export_contract.sandbox.server import SandboxNotStarted

from .client import EXAMPLE

HEADERS = {"authorization": DEMO_AUTHORIZATION}
COMMAND = [sys.executable, "-m", "export_contract.sandbox"]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running() as base_url:
        yield base_url


@contextmanager
def served(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str, str]]:
    """The sandbox as a command, and the two lines that it says."""
    process = subprocess.Popen([*COMMAND, *arguments], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        yield process, process.stderr.readline(), process.stderr.readline()
    finally:
        process.kill()
        process.communicate()


def is_refused(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.ConnectError:
        return True
    return False


def becomes_refused(url: str) -> bool:
    end = time.monotonic() + 5
    while time.monotonic() < end and not is_refused(url):
        time.sleep(0.02)
    return is_refused(url)


def test_a_whole_export(url: str) -> None:
    """A job is created, is PENDING, is COMPLETED after 0.2 seconds, and has a file without credentials."""
    with httpx.Client(base_url=url) as client:
        job_id = client.post("/exports", json=EXAMPLE, headers=HEADERS).json()["job"]["id"]
        first = client.get("/exports", params={"id": job_id}, headers=HEADERS).json()
        time.sleep(0.25)
        second = client.get("/exports", params={"id": job_id}, headers=HEADERS).json()
        assert [first["job"]["status"], second["job"]["status"]] == ["PENDING", "COMPLETED"]
        link = second["job"]["exportData"]["downloadUrl"]
        assert link.startswith(url)
        assert client.get(link).text.startswith("User ID,Registration Date,")


def test_eight_clients_at_once(url: str) -> None:
    """Eight clients at a time each get jobs of their own, at several hundred requests a second."""

    def work(_: int) -> list[str]:
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            return [client.post("/exports", json=EXAMPLE).json()["job"]["id"] for _ in range(50)]

    before = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        ids = [job_id for part in pool.map(work, range(8)) for job_id in part]
    assert len(set(ids)) == 400
    assert 400 / (time.monotonic() - before) > 100


def test_a_body_that_is_too_large(url: str) -> None:
    """A client that sends too much can send it all, and then reads 413."""
    headers = {**HEADERS, "content-type": "application/json"}
    assert httpx.post(f"{url}/exports", content=b" " * 20_000_000, headers=headers).status_code == 413


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT"])
def test_undeclared_methods(url: str, method: str) -> None:
    """Undeclared methods are answered 405 over the wire too."""
    assert httpx.request(method, f"{url}/exports", headers=HEADERS).status_code == 405


def test_every_connection_fault_shows() -> None:
    """A connection that is broken off is seen as such by the client."""
    with running(["large-body-dropped"]) as url:
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.post(f"{url}/exports", json={**EXAMPLE, "x": "x" * 300_000}, headers=HEADERS)
        assert httpx.post(f"{url}/exports", json=EXAMPLE, headers=HEADERS).status_code == 200


def test_running_takes_names_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults and variants come from the arguments, and from the environment too."""
    monkeypatch.setenv("EXPORT_CONTRACT_FAULT", "format-missing, start-month-13")
    monkeypatch.setenv("EXPORT_CONTRACT_VARIANT", "status-201")
    body = {**EXAMPLE, "startDate": "2012-13-05T11:12:47Z", "exportType": "users"}
    del body["format"]
    with running(["exporttype-any-case"]) as url:
        assert httpx.post(f"{url}/exports", json=body, headers=HEADERS).status_code == 201


def test_running_refuses_unknown_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown name is refused before any process is started, wherever it comes from."""
    with pytest.raises(UnknownFault, match="no fault named 'x'"), running(["x"]):
        pass
    monkeypatch.setenv("EXPORT_CONTRACT_VARIANT", "y")
    with pytest.raises(UnknownFault, match="no variant named 'y'"), running():
        pass


def test_running_ends_with_its_block() -> None:
    """The process is gone after the block, also after an exception and after Ctrl-C."""
    for error in (None, ZeroDivisionError, KeyboardInterrupt):
        try:
            with running() as url:
                assert httpx.get(f"{url}/sandbox/jobs").json() == {"created": 0, "requests": 0}
                if error:
                    raise error
        except (ZeroDivisionError, KeyboardInterrupt):
            pass
        assert is_refused(url)


def test_running_ends_with_its_parent() -> None:
    """The process is gone after its parent was killed."""
    program = (
        "import time\nfrom export_contract.sandbox import running\n"
        "with running() as url:\n    print(url, flush=True)\n    time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = parent.stdout.readline().strip()
    assert not is_refused(url)
    parent.kill()
    parent.communicate()
    assert becomes_refused(url)


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX's")
def test_ctrl_c_reaches_the_parent_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process is in a session of its own."""
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    with running():
        assert os.getsid(started[0].pid) == started[0].pid


def broken_package(folder: Path) -> Path:
    """A folder with a uvicorn that cannot be imported."""
    (folder / "uvicorn.py").write_text('raise ImportError("this package is broken")')
    return folder


def test_running_says_why_it_did_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process that ends before it is ready, or takes too long, is reported with what it said."""
    monkeypatch.setenv("PYTHONPATH", str(broken_package(tmp_path)))
    with pytest.raises(SandboxNotStarted, match="this package is broken"), running():
        pass
    monkeypatch.undo()
    monkeypatch.setattr(server, "_START_SECONDS", 0.001)
    with pytest.raises(SandboxNotStarted, match="did not start within"), running():
        pass


def test_serving_says_two_lines() -> None:
    """The command says where it listens and which credentials it takes, and no more, whatever it is asked."""
    with served("--fault", "format-missing", "--variant=status-202") as (process, first, second):
        match = re.fullmatch(r"sandbox listening on (http://127\.0\.0\.1:[0-9]+)\n", first)
        assert match
        assert second == f"export EXPORT_CONTRACT_AUTHORIZATION='{DEMO_AUTHORIZATION}'\n"
        body = {name: value for name, value in EXAMPLE.items() if name != "format"}
        assert httpx.post(f"{match[1]}/exports", json=body, headers=HEADERS).status_code == 202
        assert httpx.get(f"{match[1]}/exports").status_code == 401
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=5) == ("", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_stops_quietly(number: signal.Signals) -> None:
    """The command stops at a signal, at once and without a word, with a connection open."""
    with served() as (process, first, _), closing(httpx.Client(base_url=first.split()[-1])) as client:
        assert client.get("/sandbox/jobs").status_code == 200
        process.send_signal(number)
        assert process.communicate(timeout=5) == ("", "")
        assert process.returncode == 0


def test_a_port_in_use() -> None:
    """A port that is taken is reported as such, by the function and by the command."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"^Port {port} of 127\.0\.0\.1 is in use\.$"):
            serve(port)
        command = subprocess.run([*COMMAND, f"--port={port}"], capture_output=True, text=True)
    assert command.returncode == 2
    assert f"Port {port} of 127.0.0.1 is in use." in command.stderr
    assert "Traceback" not in command.stderr


def test_importing_is_light() -> None:
    """Importing the sandbox loads no web framework, and none of the kit."""
    program = (
        "import sys, time\nimport export_contract\nbefore = time.perf_counter()\n"
        "from export_contract import sandbox\nseconds = time.perf_counter() - before\n"
        "sandbox.FAULTS, sandbox.running, sandbox.UnknownFault\n"
        "print(seconds, *sys.modules)"
    )
    seconds, *modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert float(seconds) < 0.03
    assert not {"starlette", "uvicorn", "httpx", "jsonschema", "yaml"} & {*modules}


def test_the_sandbox_stands_alone() -> None:
    """The sandbox imports nothing of the kit that tests it, so that the two can disagree."""
    program = (
        "import sys\nfrom export_contract.sandbox.service.app import create_app\ncreate_app()\n"
        "from export_contract.sandbox import serve\n"
        "print(*(name for name in sys.modules if name.startswith('export_contract')))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {name.split(".")[1] for name in loaded if "." in name} == {"sandbox"}


def test_public_names() -> None:
    """The public names are these, in order."""
    from export_contract import sandbox

    assert sandbox.__all__ == [
        "DEMO_AUTHORIZATION",
        "FAULTS",
        "VARIANTS",
        "PortInUse",
        "UnknownFault",
        "running",
        "serve",
    ]
    assert all(hasattr(sandbox, name) for name in sandbox.__all__)
    assert not hasattr(sandbox, "anything_else")
    assert issubclass(PortInUse, OSError)
    assert os.strerror(PortInUse("127.0.0.1", 80).errno or 0)
