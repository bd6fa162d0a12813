"""Writing reports: each whole or not at all, and none takes another with it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from export_contract.acceptance.model.results import Results
from export_contract.reports import FORMATS

_CANNOT_REPLACE: Final = frozenset({errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV})
"""Why a file that can be written may not be replaced: it is mounted, or its folder is not ours."""


class Written(msgspec.Struct, frozen=True):
    """What became of reports."""

    paths: tuple[tuple[str, Path], ...] = ()
    """Formats that were written, and where to."""
    problems: tuple[str, ...] = ()
    """A sentence for each that could not be written."""
    defects: tuple[Exception, ...] = ()
    """What went wrong in export-contract itself."""


def write_reports(results: Results, reports: Iterable[tuple[str, Path]]) -> Written:
    """Write results in formats."""
    paths: list[tuple[str, Path]] = []
    problems: list[str] = []
    defects: list[Exception] = []
    for name, path in reports:
        try:
            write_whole(path, FORMATS[name](results))
            paths.append((name, path))
        except OSError as error:
            problems.append(f"{path} cannot be written: {error.strerror}")
        except Exception as error:
            problems.append(f"{path} was not written, since the format {name} failed")
            defects.append(error)
    return Written(tuple(paths), tuple(problems), tuple(defects))


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, and its folders, so that it is whole or as before; raises OSError where that cannot be done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path = path.resolve()  # a link stays a link
    if path.exists() and not path.is_file():
        path.write_bytes(content)  # a device or a pipe, which cannot be replaced; of a folder this says what is wrong
        return
    part = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        if path.exists():
            part.chmod(path.stat().st_mode & 0o7777)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        if error.errno not in _CANNOT_REPLACE or not path.exists():
            raise
        path.write_bytes(content)
