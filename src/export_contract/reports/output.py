"""The reports of a run: each is written whole or not at all, and none takes another with it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from export_contract.acceptance.model.results import Results
from export_contract.reports import write


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
            write(name, results, path)
            paths.append((name, path))
        except OSError as error:
            problems.append(f"{path} cannot be written: {error.strerror}")
        except Exception as error:
            problems.append(f"{path} was not written, since the format {name} failed")
            defects.append(error)
    return Written(tuple(paths), tuple(problems), tuple(defects))
