"""Ctrl-C: what was found is written, the status is 130, nothing is left behind, and no traceback is shown."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from export_contract.acceptance.model.results_file import read_results

if TYPE_CHECKING:
    from tests.command.conftest import Command


class Slow:
    """A target that answers each request after a while, and counts them."""

    def __init__(self, seconds: float, head: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.arrived = 0
        self.answered = 0
        self._seconds = seconds
        self._head = head
        self._over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        body = b'{"job":{"id":"am9i"}}'
        with suppress(OSError, ValueError), connection, connection.makefile("rb") as stream:
            while stream.readline():
                size = 0
                while line := stream.readline().strip():
                    name, _, value = line.partition(b":")
                    size = int(value) if name.lower() == b"content-length" else size
                stream.read(size)
                self.arrived += 1
                if self.arrived > 2:
                    self._over.wait(self._seconds)
                    connection.sendall(self._head + b"Content-Length: 2\r\n\r\n{}")
                else:
                    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    connection.sendall(head % len(body) + body)
                self.answered += 1

    def stop(self) -> None:
        """Be gone."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def slow() -> Iterator[Callable[..., Slow]]:
    """Start slow targets."""
    started: list[Slow] = []

    def start(seconds: float, head: bytes = b"HTTP/1.1 400 Bad\r\n") -> Slow:
        started.append(Slow(seconds, head))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def becomes(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        time.sleep(0.01)
    return condition()


def children_of(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in path.read_text().split()] if path.exists() else []


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def ended(process: subprocess.Popen[str], seconds: float) -> tuple[int, str, str]:
    """Status, output and errors of a process that ends within so many seconds."""
    started = time.monotonic()
    try:
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert time.monotonic() - started < seconds
    assert "Traceback" not in err, err
    assert "Exception ignored" not in err, err
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("seconds", "head"),
    [
        (0.2, b"HTTP/1.1 400 Bad\r\n"),
        (60, b"HTTP/1.1 400 Bad\r\n"),
        (0, b"HTTP/1.1 429 Busy\r\nRetry-After: 60\r\n"),
    ],
    ids=["slow", "silent", "asks for patience"],
)
@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run(
    command: Command, slow: Callable[..., Slow], seconds: float, head: bytes, number: signal.Signals, expected: int
) -> None:
    """A run that is ended by a signal ends at once, whatever it waits for, with what it found in the results file."""
    target = slow(seconds, head)
    process = command.start("run", "-u", target.url, "--phases", "probe,suite", "--report", "json=r.json")
    assert becomes(lambda: target.arrived >= 3)
    time.sleep(0.1)
    process.send_signal(number)
    status, out, _ = ended(process, 4)
    assert status == expected
    assert "inconclusive" in out
    results = read_results(command.folder / "r.json")
    assert results.interrupted
    assert results.phases[0].sent >= 2


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
def test_a_run_twice(command: Command, slow: Callable[..., Slow], second: signal.Signals) -> None:
    """A second signal shows no traceback either, and does not keep the results from being written."""
    target = slow(60)
    process = command.start("run", "-u", target.url, "--phases", "probe,suite", "--report", "json=r.json")
    assert becomes(lambda: target.arrived >= 3)
    for number in (signal.SIGINT, second):
        process.send_signal(number)
        time.sleep(0.05)
    assert ended(process, 4)[0] == 130
    assert read_results(command.folder / "r.json").interrupted


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_writing(command: Command, number: signal.Signals, expected: int) -> None:
    """A signal while reports are written does not keep the others from being written."""
    os.mkfifo(command.folder / "pipe")
    reports = ["--report", "json=r.json", "--report", "html=pipe", "--report", "junit=j.xml"]
    process = command.start("run", "--sandbox", "--max-requests", "20", *reports)
    assert becomes((command.folder / "r.json").exists)
    process.send_signal(number)
    assert (command.folder / "pipe").read_bytes()
    status, _, _ = ended(process, 4)
    assert status == expected
    assert (command.folder / "j.xml").exists()


def test_a_run_that_has_hardly_begun(command: Command) -> None:
    """Ctrl-C before the sandbox has started: status 130 too, and the sandbox is gone."""
    process = command.start("run", "--sandbox")
    assert becomes(lambda: bool(children_of(process)))
    (child,) = children_of(process)
    process.send_signal(signal.SIGINT)
    assert ended(process, 4)[0] == 130
    assert becomes(lambda: not is_there(child), 5)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_embedded_sandbox(command: Command, number: signal.Signals) -> None:
    """However an embedded run ends, its sandbox ends with it."""
    process = command.start("run", "--sandbox", "--rate", "20")
    assert becomes(lambda: bool(children_of(process)))
    (child,) = children_of(process)
    time.sleep(0.7)
    process.send_signal(number)
    status, _, _ = ended(process, 4)
    assert status == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert becomes(lambda: not is_there(child), 5)


def test_a_run_that_was_killed(command: Command, slow: Callable[..., Slow]) -> None:
    """The journal of a killed run holds every response but those on their way, and is shown, marked as incomplete."""
    target = slow(0.05)
    process = command.start("run", "-u", target.url, "--phases", "probe,suite", "--report", "json=r.json")
    assert becomes(lambda: target.arrived >= 30)
    process.kill()
    process.communicate()
    assert [path.name for path in command.folder.iterdir()] == ["r.json.journal"]
    journal = (command.folder / "r.json.journal").read_bytes()
    assert 0 <= journal.count(b'"type":"sending"') - target.arrived <= 4
    assert journal.count(b'"type":"exchanged"') >= target.answered - 4
    shown = command("report", "r.json.journal")
    assert shown.returncode == 0
    assert "cut short" in shown.stdout
    assert "inconclusive" in shown.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox(command: Command, number: signal.Signals) -> None:
    """The sandbox that is served ends on a signal, quietly and with status 0."""
    process = command.start("sandbox", "--port", "0")
    assert process.stderr is not None
    assert process.stderr.readline().startswith("sandbox listening on http://127.0.0.1:")
    time.sleep(0.3)
    process.send_signal(number)
    status, out, err = ended(process, 4)
    assert (status, out) == (0, "")
    assert "Aborted" not in err
