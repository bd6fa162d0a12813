"""Telling: each format in a module of its own, all from the results alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.results import Results
from export_contract.acceptance.model.results_file import to_json


def _writable(results: Results) -> Results:
    """The results with an escape for each half of a surrogate pair, which no file can hold."""
    try:
        msgspec.json.encode(results)
    except UnicodeEncodeError:
        return msgspec.convert(_without_surrogates(msgspec.to_builtins(results)), Results)
    return results


def _without_surrogates(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {_without_surrogates(key): _without_surrogates(part) for key, part in value.items()}
        case list() | tuple():
            return [_without_surrogates(part) for part in value]
    return value


def _rendered_by(module: str) -> Callable[[Results], bytes]:
    """`render` of a module, which is imported when it is first needed: some bring heavy libraries along."""

    def render(results: Results) -> bytes:
        content: bytes = import_module(f"{__name__}.{module}").render(_writable(results))
        return content

    return render


FORMATS: Final[Mapping[str, Callable[[Results], bytes]]] = {
    "json": lambda results: to_json(_writable(results)),
    **{name: _rendered_by(name) for name in ("html", "junit", "markdown", "sarif", "har", "ctrf")},
}
"""The formats that a run can be reported in, by their names: each makes a file's content of results."""

FILE_NAMES: Final[Mapping[str, str]] = {
    "json": "results.json",
    "html": "report.html",
    "junit": "junit.xml",
    "markdown": "summary.md",
    "sarif": "results.sarif",
    "har": "exchanges.har",
    "ctrf": "ctrf.json",
}
"""What the file of a format is called where no path is given."""

__all__ = ["FILE_NAMES", "FORMATS"]
