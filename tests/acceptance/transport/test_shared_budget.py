"""A budget that several processes spend: its limits hold for all of them together."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from export_contract.acceptance.transport.budget import Exhausted, Limits
from export_contract.acceptance.transport.shared_budget import SharedBudget


def spend(budget: SharedBudget, *, creates: bool, until: list[Exhausted]) -> None:
    while (spent := budget.reserve()) is None:
        budget.settle(created_job=creates)
    until.append(spent)


def test_limits_hold_together(tmp_path: Path) -> None:
    """Several spenders together create exactly as many jobs as are allowed, and each counts its own."""
    budgets = [SharedBudget(Limits(jobs=40), tmp_path / "budget") for _ in range(4)]
    ends: list[Exhausted] = []
    threads = [threading.Thread(target=spend, args=(one,), kwargs={"creates": True, "until": ends}) for one in budgets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert ends == [Exhausted.JOBS] * 4
    assert sum(one.jobs for one in budgets) == 40
    assert {one.jobs_left for one in budgets} == {0}


def test_requests(tmp_path: Path) -> None:
    """Requests are counted together too; one that creates no job may still be sent when no job is left."""
    first, second = (SharedBudget(Limits(requests=5, jobs=1), tmp_path / "budget") for _ in range(2))
    assert first.reserve() is None
    first.settle(created_job=True)
    assert second.reserve() is Exhausted.JOBS
    assert [second.reserve(may_create=False) for _ in range(5)] == [None] * 4 + [Exhausted.REQUESTS]
    assert (first.requests, second.requests) == (1, 4)


def test_requests_that_are_kept(tmp_path: Path) -> None:
    """The last requests are left to whoever does not keep them, in whichever process."""
    first, second = (SharedBudget(Limits(requests=3, jobs=9), tmp_path / "budget") for _ in range(2))
    assert [first.reserve(keep_requests=1) for _ in range(3)] == [None] * 2 + [Exhausted.REQUESTS]
    assert [second.reserve() for _ in range(2)] == [None, Exhausted.REQUESTS]


def test_a_job_that_is_held_back(tmp_path: Path) -> None:
    """The last job waits for the answer of whoever holds it back; one that never comes counts as a job."""
    first, second = (SharedBudget(Limits(jobs=1), tmp_path / "budget", reservation_seconds=0.3) for _ in range(2))
    assert first.reserve() is None
    timer = threading.Timer(0.1, lambda: first.settle(created_job=False))
    timer.start()
    assert second.reserve() is None
    timer.join()
    started = time.monotonic()
    assert first.reserve() is Exhausted.JOBS
    assert time.monotonic() - started >= 0.3


def test_time(tmp_path: Path) -> None:
    """The time of all begins with the first."""
    SharedBudget(Limits(seconds=0.2), tmp_path / "budget")
    time.sleep(0.25)
    assert SharedBudget(Limits(seconds=0.2), tmp_path / "budget").reserve() is Exhausted.SECONDS


def test_jobs_that_are_left(tmp_path: Path) -> None:
    """What is reserved is not left to others, and where more were created than are allowed, none is."""
    first, second = (SharedBudget(Limits(jobs=3), tmp_path / "budget") for _ in range(2))
    assert first.reserve() is None
    assert (first.jobs_left, second.jobs_left) == (2, 2)
    first.settle(created_job=False)
    assert second.jobs_left == 3
    assert SharedBudget(Limits(jobs=0), tmp_path / "budget").jobs_left == 0
    assert [first.reserve() for _ in range(3)] == [None] * 3
    assert SharedBudget(Limits(jobs=1), tmp_path / "budget").jobs_left == 0


def test_jobs_that_are_kept(tmp_path: Path) -> None:
    """The last jobs are left to whoever does not keep them; what creates none is sent all the same."""
    budget = SharedBudget(Limits(jobs=3), tmp_path / "budget")
    for _ in range(2):
        assert budget.reserve(keep=1) is None
        budget.settle(created_job=True)
    assert budget.reserve(keep=1) is Exhausted.JOBS
    assert budget.reserve(keep=1, may_create=False) is None
    budget.settle(created_job=False, may_create=False)
    assert budget.reserve() is None


def test_all_requests_are_used(tmp_path: Path) -> None:
    """Where none is kept, the last request is sent too."""
    budget = SharedBudget(Limits(requests=1), tmp_path / "budget")
    assert [budget.reserve(), budget.reserve()] == [None, Exhausted.REQUESTS]


def test_time_that_is_left(tmp_path: Path) -> None:
    """It counts from the first of all processes; where there is no limit, nothing is told."""
    first = SharedBudget(Limits(seconds=60), tmp_path / "budget")
    time.sleep(0.2)
    second = SharedBudget(Limits(seconds=60), tmp_path / "budget")
    for budget in (first, second):
        assert budget.seconds_left is not None
        assert 50 < budget.seconds_left <= 59.8
    assert SharedBudget(Limits(), tmp_path / "budget").seconds_left is None


def test_counts_that_others_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants the counts waits half a minute for the others, and no longer: they may hang."""
    waits: list[float] = []

    def connect(file: Path, *, timeout: float, **parts: Any) -> sqlite3.Connection:
        waits.append(timeout)
        return real(file, timeout=timeout, **parts)

    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", connect)
    SharedBudget(Limits(), tmp_path / "budget")
    assert waits == [30.0]
