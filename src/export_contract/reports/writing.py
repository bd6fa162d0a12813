"""Writing a file whole or not at all: under another name beside it first, then in its place."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Literal

_NO_NEW_FILE: Final = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)
"""The folder takes no new file, or this one cannot be replaced, as where it is mounted by itself."""


def write_whole(path: Path, render: Callable[[], Iterable[bytes]]) -> None:
    """Write what `render` makes to a file with its folder; where that fails, what was there before still is.

    A device or a pipe is written to directly, and so is a file in a folder that takes no other.

    Raises:
        OSError: where it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path = Path(os.path.realpath(path))  # a link stays, and what it leads to is replaced
    mode = path.stat().st_mode if path.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        _write(path, "wb", render())
        return
    beside = path.with_name(f".export-contract-{secrets.token_hex(8)}")
    try:
        _write(beside, "xb", render())
        if mode is not None:
            beside.chmod(stat.S_IMODE(mode))
        beside.replace(path)
    except OSError as error:
        if mode is None or error.errno not in _NO_NEW_FILE:
            raise
        _write(path, "wb", render())
    finally:
        beside.unlink(missing_ok=True)


def _write(path: Path, mode: Literal["wb", "xb"], pieces: Iterable[bytes]) -> None:
    with path.open(mode) as file:
        file.writelines(pieces)
