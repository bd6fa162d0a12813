"""Reports: each format in a module of its own, all made of the results alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import msgspec

from export_contract.acceptance.model.results import Results
from export_contract.reports.writing import write_whole


class Format(msgspec.Struct, frozen=True):
    """A format that a run can be reported in."""

    name: str
    file_name: str
    """What its file is called where no path is given."""
    module: str
    """The module of this room that has `render(results)`, which yields a file's content piece by piece."""

    def render(self, results: Results) -> Iterator[bytes]:
        """The content of a file; the module is imported only now, since some bring heavy libraries."""
        pieces: Iterator[bytes] = import_module(f"{__name__}.{self.module}").render(results)
        return pieces


FORMATS: Final[Mapping[str, Format]] = {
    one.name: one
    for one in (
        Format("json", "results.json", "results_json"),
        Format("html", "report.html", "html"),
        Format("junit", "junit.xml", "junit"),
        Format("markdown", "summary.md", "markdown"),
        Format("sarif", "results.sarif", "sarif"),
        Format("har", "exchanges.har", "har"),
        Format("ctrf", "ctrf.json", "ctrf"),
    )
}
"""The formats by their names."""


def rendered(name: str, results: Results) -> bytes:
    """Results in a format, in one piece."""
    return b"".join(FORMATS[name].render(results))


def write(name: str, results: Results, path: Path) -> None:
    """Write results in a format to a file, whole or not at all; raises OSError where that cannot be done."""
    write_whole(path, lambda: FORMATS[name].render(results))


__all__ = ["FORMATS", "Format", "rendered", "write"]
