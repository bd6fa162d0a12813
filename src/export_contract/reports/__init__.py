"""Telling: each format in a module of its own, all from the results alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from export_contract.acceptance.results import Results, to_json

FORMATS: Final[Mapping[str, Callable[[Results], bytes]]] = {
    "json": to_json,
}
"""The formats that a run can be reported in, by their names: each makes a file's content of results."""

FILE_NAMES: Final[Mapping[str, str]] = {"json": "results.json"}
"""What the file of a format is called where no path is given."""

__all__ = ["FILE_NAMES", "FORMATS"]
