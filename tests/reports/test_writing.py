"""Writing: a report is written whole or not at all, and whatever was there before stays until then."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from export_contract.acceptance import Results, to_json
from export_contract.reports import FORMATS, rendered, write
from export_contract.reports.writing import write_whole


def failing() -> Iterator[bytes]:
    yield b"the first half"
    raise RuntimeError("in the middle")


@pytest.mark.parametrize("name", FORMATS)
def test_formats(results: Results, tmp_path: Path, name: str) -> None:
    """Each format is written as it is rendered, into folders that are made for it, and nothing else is left there."""
    path = tmp_path / "a" / "b" / "report"
    write(name, results, path)
    write(name, results, path)
    assert path.read_bytes() == rendered(name, results)
    assert list(path.parent.iterdir()) == [path]


def test_json_is_the_same_in_pieces(results: Results, told: Results) -> None:
    """The results file is written in many pieces, and is to the byte what it would be in one."""
    for one in (results, told):
        pieces = list(FORMATS["json"].render(one))
        assert b"".join(pieces) == to_json(one)
        assert len(pieces) > len(one.exchanges)
        assert max(map(len, pieces)) < 50_000


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    """Where a format fails in the middle, the report before it stays as it was, and no half of a file is left."""
    path = tmp_path / "report"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError):
        write_whole(path, failing)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(RuntimeError):
        write_whole(tmp_path / "new", failing)
    assert list(tmp_path.iterdir()) == [path]


def test_links_and_modes_stay(tmp_path: Path) -> None:
    """What a link leads to is replaced, not the link; a file keeps its mode, and a new one has the usual one."""
    path, link = tmp_path / "report", tmp_path / "link"
    path.write_bytes(b"old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, lambda: [b"new"])
    assert link.is_symlink()
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    usual = tmp_path / "usual"
    usual.touch()
    write_whole(tmp_path / "fresh", lambda: [b"new"])
    assert (tmp_path / "fresh").stat().st_mode == usual.stat().st_mode


def test_devices_and_pipes(tmp_path: Path) -> None:
    """A device or a pipe is written to, not replaced."""
    before = os.stat("/dev/null")  # noqa: PTH116
    write_whole(Path("/dev/null"), lambda: [b"gone"])
    assert os.stat("/dev/null").st_ino == before.st_ino  # noqa: PTH116
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, lambda: [b"through ", b"it"])
    assert os.read(reading, 100) == b"through it"
    os.close(reading)


def test_a_file_that_cannot_be_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in a folder that takes no other, as where it is mounted by itself, is written to in place."""
    path = tmp_path / "report"
    path.write_bytes(b"old")

    def refuse(self: Path, target: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", refuse)
    write_whole(path, lambda: iter([b"new"]))
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(OSError, match="busy"):
        write_whole(tmp_path / "other", lambda: [b"new"])


@pytest.mark.parametrize("name", ["folder", "folder/file/below"])
def test_what_cannot_be_written(tmp_path: Path, name: str) -> None:
    """A folder, or a place below a file, is an OSError and changes nothing."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"old")
    with pytest.raises(OSError, match=r"folder"):
        write_whole(tmp_path / name, lambda: [b"new"])
    assert [path.name for path in tmp_path.rglob("*")] == ["folder", "file"]
