"""What a run leaves on disk: its journal while it goes on, and its results."""

from __future__ import annotations

from pathlib import Path

import msgspec

from export_contract.acceptance.model.results import Results
from export_contract.acceptance.model.results_file import read_results
from export_contract.acceptance.verdict.journal import JOURNAL_SUFFIX, read_journal
from export_contract.exceptions import ResultsError


class SavedRun(msgspec.Struct, frozen=True):
    """Results that were read."""

    results: Results
    note: str = ""
    """Where they are not those that the file holds, what they are."""


def journal_path(report: Path) -> Path:
    """Where the journal of a run is whose first report is written to `report`."""
    return report.with_name(report.name + JOURNAL_SUFFIX)


def read_saved_run(path: Path) -> SavedRun:
    """The results in a file, or those of the journal beside it where that is newer or all there is.

    A journal is removed when the results are written, so a newer one is that of a run that was killed. `path` may also
    be a journal. Raises ResultsError where neither can be read.
    """
    try:
        if path.name.endswith(JOURNAL_SUFFIX):
            return SavedRun(read_journal(path))
        journal = journal_path(path)
        if not journal.is_file():
            return SavedRun(read_results(path))
        if not path.exists():
            return SavedRun(read_journal(journal), f"{path} was not written; these are the results in {journal}")
        if journal.stat().st_mtime > path.stat().st_mtime:
            note = f"{path} is of an earlier run; these are the results in {journal}, of a run that was killed"
            return SavedRun(read_journal(journal), note)
        return SavedRun(read_results(path))
    except OSError as error:
        raise ResultsError(str(path), f"the file cannot be read: {error.strerror}") from None
    except RecursionError:
        raise ResultsError(str(path), "the file is nested too deeply") from None
