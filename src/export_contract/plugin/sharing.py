"""What the processes of one test session share: a folder, in which one of them runs and the others read.

Under pytest-xdist the controller makes the folder and gives it to the workers; without it there is one process.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

_FOLDER: Final = pytest.StashKey[Path]()
_INPUT: Final = "export_contract_folder"
_LOOK_AGAIN: Final = 0.05


class DiedWhileRunning(Exception):
    """The process that ran died before it was done."""


def is_worker(config: pytest.Config) -> bool:
    """Whether this is a worker of pytest-xdist, whose reports another process writes."""
    return hasattr(config, "workerinput")


def folder_of(config: pytest.Config) -> Path:
    """The folder that the processes of this session share; it is removed when the session ends."""
    if _FOLDER not in config.stash:
        given: dict[str, Any] = getattr(config, "workerinput", {})
        if _INPUT not in given:
            made = tempfile.mkdtemp(prefix="export-contract-")
            config.add_cleanup(lambda: shutil.rmtree(made, ignore_errors=True))
            given = {_INPUT: made}
        config.stash[_FOLDER] = Path(given[_INPUT])
    return config.stash[_FOLDER]


def run_file(config: pytest.Config) -> Path:
    """Where the process that runs leaves how the run ended."""
    return folder_of(config) / "run.json"


def ended_run_file(config: pytest.Config) -> Path | None:
    """That file, where there was a run in this session."""
    file = run_file(config) if _FOLDER in config.stash else None
    return file if file and file.exists() else None


def share_with_worker(config: pytest.Config, worker_input: dict[str, Any]) -> None:
    """Give a worker the place of the folder."""
    worker_input[_INPUT] = str(folder_of(config))


def made_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file, which the first process that needs it makes; the others wait.

    Raises DiedWhileRunning where that process died on it: what it spent by then cannot be spent again.
    """
    begun = file.with_suffix(".begun")
    with _alone(file.with_suffix(".lock")):
        if not file.exists():
            if begun.exists():
                raise DiedWhileRunning
            begun.touch()
            content = make()
            part = file.with_suffix(".part")
            part.write_bytes(content)
            part.replace(file)
        return file.read_bytes()


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold a lock that is let go when the process dies; SQLite has one on every platform."""
    import sqlite3

    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as connection:
        while True:
            try:
                connection.execute("BEGIN EXCLUSIVE")
                break
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            time.sleep(_LOOK_AGAIN)
        yield
