"""What is made once for several processes: by the first, and not again when that one dies."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from export_contract.plugin.sharing import DiedWhileRunning, made_once


def test_once(tmp_path: Path) -> None:
    """The first makes it while the others wait, and all get the same."""
    made: list[int] = []
    found: list[bytes] = []

    def make() -> bytes:
        made.append(1)
        time.sleep(0.2)
        return b"content"

    threads = [threading.Thread(target=lambda: found.append(made_once(tmp_path / "run.json", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (len(made), found) == (1, [b"content"] * 4)


def test_a_process_that_dies(tmp_path: Path) -> None:
    """A process that dies while it makes lets the others go on at once, and none of them begins again."""
    code = (
        "import sys, time; from pathlib import Path\n"
        "from export_contract.plugin.sharing import made_once\n"
        "def make(): print('begun', flush=True); time.sleep(60)\n"
        "made_once(Path(sys.argv[1]), make)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, tmp_path / "run.json"], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"begun\n"
        threading.Timer(0.2, process.kill).start()
        with pytest.raises(DiedWhileRunning):
            made_once(tmp_path / "run.json", lambda: b"again")
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()
