"""The results file: written, and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from export_contract.acceptance.model.results import SCHEMA_VERSION, Results
from export_contract.exceptions import ResultsError


def to_json(value: Any) -> bytes:
    """Results, or another record, as an indented JSON text with a line break at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def read_results(path: Path) -> Results:
    """Read a results file; raises ResultsError where it is none, or of another version."""
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Version).schema_version
        if version != SCHEMA_VERSION:
            raise ResultsError(
                str(path), f"the file is of schema version {version}; this release reads {SCHEMA_VERSION}"
            )
        return msgspec.json.decode(content, type=Results)
    except OSError as error:
        raise ResultsError(str(path), f"the file cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ResultsError(str(path), f"this is not a results file: {error}") from error


class _Version(msgspec.Struct):
    schema_version: int
