"""A run that is ended from without, at any moment: what it had received is not lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from tests.hostile.busy import waited_for_cores
from tests.hostile.conftest import IS_WHOLE
from tests.hostile.server import Hostile, Wire

from export_contract.acceptance.model.results import Cause, Results
from export_contract.acceptance.model.results_file import read_results
from export_contract.acceptance.verdict.saved_run import read_saved_run
from export_contract.contract import Contract
from export_contract.reports import FORMATS

COMMAND: Final = Path(sys.executable).with_name("export-contract")
CONCURRENCY: Final = 4
MOST_REQUESTS: Final = 120
MOST_SECONDS: Final = 2.0
"""And for as long as the process waited for a core."""
MOST_SECONDS_AT_ALL: Final = 60.0
"""On however busy a machine."""
KILLS: Final = tuple(range(20)) if IS_WHOLE else (0, 3, 9, 12)
"""Numbers of kills; the last two come when there is nothing left to send."""
STATUSES: Final = {signal.SIGTERM: 143, signal.SIGINT: 130}
_BEYOND: Final = 40
"""Moments after the last request are drawn too, as if so many more had come: then reports are written."""


class Counting:
    """A target that conforms, counts what it answered, and lets a test wait for that."""

    def __init__(self, contract: Contract) -> None:
        self.answered = 0
        self._changed = threading.Condition()
        self._server = Hostile(self._answer, contract)
        self._server.start()
        self.url = self._server.url

    def _answer(self, wire: Wire) -> None:
        reply = wire.conforming()
        time.sleep(0.002)
        with self._changed:  # first, so that no response is received that is not counted
            self.answered += 1
            self._changed.notify_all()
        wire.reply(reply)

    def wait_for(self, count: int, process: subprocess.Popen[str]) -> None:
        """Until so much was answered, or the process has ended."""
        with self._changed:
            while self.answered < count and process.poll() is None:
                self._changed.wait(0.01)

    def stop(self) -> None:
        """Be gone."""
        self._server.stopped.set()
        self._server.stop()


@pytest.fixture
def target(contract: Contract) -> Iterator[Counting]:
    """A target that counts."""
    counting = Counting(contract)
    yield counting
    counting.stop()


@pytest.fixture
def run(target: Counting, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run of the command against it, with a report of each format."""
    options = [part for name in FORMATS for part in ("--report", f"{name}={name}.report")]
    limits = ["--max-requests", str(MOST_REQUESTS), "--concurrency", str(CONCURRENCY), "--phases", "probe,jobs,suite"]
    process = subprocess.Popen(
        [COMMAND, "run", "--base-url", target.url, *limits, *options],
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def moment(number: int) -> tuple[int, float]:
    """(after how many responses, and how many seconds) a run is killed: drawn, and the same each time."""
    chance = random.Random(number)
    count = chance.randint(1, MOST_REQUESTS + _BEYOND)
    return (min(count, MOST_REQUESTS), chance.uniform(0, 0.02 if count <= MOST_REQUESTS else 0.6))


def kill(run: subprocess.Popen[str], target: Counting, kill_number: int, with_signal: signal.Signals) -> None:
    """Send a signal at a moment of a run."""
    count, seconds = moment(kill_number)
    target.wait_for(count, run)
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        run.send_signal(with_signal)


def lost(results: Results, answered: int) -> int:
    """How many responses are not in the results; those that were on their way may be missing."""
    return answered - len(results.exchanges)


@pytest.mark.parametrize("number", KILLS)
def test_sigkill(run: subprocess.Popen[str], target: Counting, tmp_path: Path, number: int) -> None:
    """After SIGKILL, the journal or the results, whichever there is, hold every response that was received."""
    kill(run, target, number, signal.SIGKILL)
    run.wait(MOST_SECONDS_AT_ALL)
    saved = read_saved_run(tmp_path / "json.report")
    assert 0 <= lost(saved.results, target.answered) <= CONCURRENCY
    shown = subprocess.run(
        [COMMAND, "report", "json.report"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS_AT_ALL,
        check=True,
    )
    assert ("cut short" in shown.stdout) == (saved.results.cause is Cause.JOURNAL)
    assert not [path for path in tmp_path.glob("*.report") if not path.stat().st_size]


@pytest.mark.parametrize("number", KILLS)
@pytest.mark.parametrize("which", STATUSES, ids=lambda one: one.name)
def test_signals(
    run: subprocess.Popen[str], target: Counting, tmp_path: Path, which: signal.Signals, number: int
) -> None:
    """After SIGTERM or SIGINT every report is written within two seconds, and holds what was received."""
    kill(run, target, number, which)
    sent = time.monotonic()
    with waited_for_cores(run.pid) as waited:
        out, errors = run.communicate(timeout=MOST_SECONDS_AT_ALL)
        assert time.monotonic() - sent - waited() < MOST_SECONDS
    assert "Traceback" not in errors
    results = read_results(tmp_path / "json.report")
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.report" for name in FORMATS}
    assert 0 <= lost(results, target.answered) <= CONCURRENCY
    if results.interrupted:
        assert run.returncode == STATUSES[which]
        assert "inconclusive" in out
    else:  # all was seen when the signal came; it may have ended by itself
        assert run.returncode in (STATUSES[which], 0, 3)
