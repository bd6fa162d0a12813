"""The repository, and what is built of it."""

from __future__ import annotations

import fnmatch
import os
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def repository_files() -> list[Path]:
    """Every file and link that belongs to the repository, as paths from its top: committed, or not ignored."""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found = [Path(name) for name in listed.stdout.split("\0") if name]
    else:  # an unpacked archive
        ignored = [line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()]
        found = []
        for folder, folders, names in os.walk(ROOT):
            links = [name for name in folders if (Path(folder) / name).is_symlink()]
            folders[:] = [name for name in folders if name not in links and not _is_any(name, ignored)]
            found += [
                (Path(folder) / name).relative_to(ROOT) for name in (*names, *links) if not _is_any(name, ignored)
            ]
    return sorted(path for path in found if (ROOT / path).exists() or (ROOT / path).is_symlink())


def _is_any(name: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


@dataclass(frozen=True)
class Built:
    """Wheels, unpacked as an installer unpacks them, and the source distribution."""

    from_tree: Path
    from_sdist: Path
    sdist: Path


@pytest.fixture(scope="session")
def built(repository_files: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A wheel of a fresh copy of the repository, and one of its source distribution; built once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "built"
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 90
        while not (folder / "done").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    else:
        _build(repository_files, folder)
        (folder / "done").touch()
    assert (folder / "done").exists(), "the build failed in another worker"
    (sdist,) = (folder / "sdist").glob("*.tar.gz")
    return Built(folder / "from-tree", folder / "from-sdist", sdist)


def _build(files: list[Path], folder: Path) -> None:
    tree = folder / "tree"
    for path in files:
        if path.parts[0] == "tests":
            continue
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, tree / path, follow_symlinks=False)
    build = [sys.executable, "-m", "build", "--no-isolation"]
    for arguments in (
        ["--wheel", "--outdir", "wheel"],
        ["--outdir", "sdist"],
    ):  # the second one makes both, by way of the sdist
        process = subprocess.run(
            [*build, *arguments[:-1], str(folder / arguments[-1]), str(tree)],
            capture_output=True,
            text=True,
            timeout=90,
        )
        assert process.returncode == 0, process.stdout + process.stderr
        shutil.rmtree(tree / "build", ignore_errors=True)
    for name, place in (("from-tree", "wheel"), ("from-sdist", "sdist")):
        (wheel,) = (folder / place).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder / name)
