"""The command as users have it: the installed script, in a process and a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from export_contract.cli import main
from export_contract.sandbox import DEMO_AUTHORIZATION, running

SCRIPT = Path(sys.executable).with_name("export-contract")


def clean_environment(**more: str) -> dict[str, str]:
    """The environment without anything that could change what the command does."""
    unwanted = ("EXPORT_CONTRACT_", "GITHUB_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(unwanted)}
    return {**kept, **more}


@dataclass
class Command:
    """Runs the command in one folder."""

    folder: Path

    def __call__(self, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        process = subprocess.run(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env=clean_environment(**environment),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert "Traceback" not in process.stderr, process.stderr
        assert "Traceback" not in process.stdout, process.stdout
        return process

    def invoke(self, *arguments: str | Path, **environment: str) -> Result:
        """Run it in this process, which is quicker."""
        cleared: dict[str, str | None] = {
            key: None for key in os.environ if key.startswith(("EXPORT_CONTRACT_", "GITHUB_"))
        }
        with contextlib.chdir(self.folder):
            result = CliRunner().invoke(main, list(map(str, arguments)), env={**cleared, **environment})
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    def refused(self, *arguments: str | Path, **environment: str) -> str:
        """The one sentence with which it refuses wrong usage."""
        result = self.invoke(*arguments, **environment)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        said = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try "))]
        (sentence,) = [line for line in said if line]
        return sentence

    def start(self, *arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
        """Start it; whoever does has to end it."""
        return subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env=clean_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def at_a_terminal(self, *arguments: str | Path, **environment: str) -> bytes:
        """What it writes to a terminal."""
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [SCRIPT, *arguments],
            cwd=self.folder,
            env=clean_environment(TERM="xterm-256color", **environment),
            stdin=slave,
            stdout=slave,
            stderr=slave,
        )
        os.close(slave)
        written = b""
        try:
            while piece := os.read(master, 65536):
                written += piece
        except OSError:  # the other end is closed
            pass
        finally:
            process.wait(30)
            os.close(master)
        return written


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The command, in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return Command(folder)


@pytest.fixture(scope="session")
def command_in() -> Callable[[Path], Command]:
    """The command, in whichever folder."""
    return Command


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox that keeps the contract."""
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def results_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run against the embedded sandbox with three faults, as the command wrote them."""
    folder = tmp_path_factory.mktemp("run")
    faults = "long-string-500 trace-sql json-utf-8-replaced"
    run = Command(folder)(
        "run",
        "--sandbox",
        "--phases",
        "probe,load,auth,protocol,jobs,suite,relations",
        "--report",
        "json",
        EXPORT_CONTRACT_FAULT=faults,
    )
    assert run.returncode == 1
    return folder / "export-contract-report" / "results.json"


@pytest.fixture(scope="session")
def demo() -> dict[str, str]:
    """The environment with the credentials of the sandbox."""
    return {"EXPORT_CONTRACT_AUTHORIZATION": DEMO_AUTHORIZATION}


ServeRaw = Callable[[bytes], str]


@pytest.fixture
def serve_raw() -> Iterator[ServeRaw]:
    """Serve raw bytes to whoever asks; yields the base URL."""
    listeners: list[socket.socket] = []
    kept: list[socket.socket] = []

    def start(content: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer(connection: socket.socket) -> None:
            with suppress(OSError, ValueError), connection.makefile("rb") as stream:
                while stream.readline():
                    size = 0
                    while line := stream.readline().strip():
                        name, _, value = line.partition(b":")
                        size = int(value) if name.lower() == b"content-length" else size
                    stream.read(size)
                    connection.sendall(content)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    kept.append(connection)
                    threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for one in listeners:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
    for one in kept:
        one.close()
