"""Sharing Hypothesis' example database, as examples/shared_examples does: what failed here is tried there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from tests.plugin.conftest import Inner

CONFTEST = Path(__file__).resolve().parents[2] / "examples" / "shared_examples" / "conftest.py"
TEST = """
import os
from hypothesis import Phase, given, settings, strategies as st

@settings(max_examples=2_000, phases=[Phase.reuse] if "ONLY_REUSE" in os.environ else list(Phase))
@given(st.integers(0, 10**9))
def test_it(number):
    assert number < 50_000
"""


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis server of our own."""
    server = shutil.which("redis-server")
    if server is None:
        assert "REQUIRE_REDIS" not in os.environ, "redis-server is not installed, and these tests were to run with it"
        pytest.skip("redis-server is not installed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([server, *arguments], stdout=subprocess.DEVNULL)
    try:
        with Redis(port=port) as client:
            _wait_for(client)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(client: Redis) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            client.ping()
            return
        except RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def run(inner: Inner, folder: str, *arguments: str) -> pytest.RunResult:
    """Run the test in a folder of its own, with nothing left from another but what is shared."""
    here = inner.folder / folder
    here.mkdir(exist_ok=True)
    (here / "test_it.py").write_text(TEST)
    shutil.copy(CONFTEST, here / "conftest.py")
    (here / "pytest.ini").write_text("[pytest]\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(here)
        return inner.apart("-p", "no:cacheprovider", *arguments)


def finds_it(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a session that only tries examples that are known finds the failure."""
    monkeypatch.setenv("ONLY_REUSE", "1")
    result = run(inner, "second")
    return result.parseoutcomes().get("failed", 0) == 1


def test_alone(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anything shared, a session that only tries what is known finds nothing."""
    assert not finds_it(inner, monkeypatch)


def test_a_folder(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that is kept between jobs is enough."""
    run(inner, "first").assert_outcomes(failed=1)
    shutil.copytree(inner.folder / "first" / ".hypothesis", inner.folder / "second" / ".hypothesis")
    assert finds_it(inner, monkeypatch)


def test_an_artifact(inner: Inner, monkeypatch: pytest.MonkeyPatch) -> None:
    """The artifact of a workflow, as GitHub packs the folder and Hypothesis keeps what it fetched."""
    run(inner, "first").assert_outcomes(failed=1)
    fetched = inner.folder / "fetched"
    fetched.mkdir()
    name = datetime.now(UTC).isoformat().replace(":", "_")
    examples = inner.folder / "first" / ".hypothesis" / "examples"
    with zipfile.ZipFile(fetched / f"{name}.zip", "w") as archive:
        for path in sorted(examples.rglob("*")):
            archive.write(path, path.relative_to(examples))
    monkeypatch.setenv("EXAMPLES_GITHUB", "owner/name")
    monkeypatch.setenv("EXAMPLES_GITHUB_CACHE", str(fetched))
    assert finds_it(inner, monkeypatch)


def test_redis(inner: Inner, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    """A Redis server, which all jobs and all workers use at the same time."""
    monkeypatch.setenv("EXAMPLES_REDIS_URL", redis_url)
    run(inner, "first", "-n2").assert_outcomes(failed=1)
    shutil.rmtree(inner.folder / "first")
    assert finds_it(inner, monkeypatch)
