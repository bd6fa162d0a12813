"""The results file: written, and read again, also where an older release wrote it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.records import payload_of
from export_contract.acceptance.model.results import SCHEMA_VERSION, Results
from export_contract.exceptions import ResultsError

_OLDEST: Final = 1
_MOST_BYTES: Final = 1_000_000_000
"""What is larger was not written by a run."""


class _Version(msgspec.Struct):
    schema_version: int


def to_json(value: Any) -> bytes:
    """Results, or another record, as an indented JSON text with a line break at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def read_results(path: Path) -> Results:
    """Read a results file of this release or an older one.

    Raises:
        ResultsError: where the file cannot be read, is not a results file, or is of a newer release.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ResultsError(str(path), f"the file cannot be read: {error.strerror}") from error
    try:
        if len(content) > _MOST_BYTES:
            raise ValueError(f"it has more than {_MOST_BYTES:,} bytes")
        version = msgspec.json.decode(content, type=_Version).schema_version
        if _OLDEST <= version <= SCHEMA_VERSION:
            return _decoded(content, version)
    except RecursionError as error:
        raise _refusal(path, "it is nested too deeply") from error
    except UnicodeDecodeError as error:
        raise _refusal(path, "it is not valid UTF-8") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise _refusal(path, str(error)) from error
    raise ResultsError(
        str(path), f"the file is of schema version {version}; this release reads {_OLDEST} to {SCHEMA_VERSION}"
    )


def _refusal(path: Path, problem: str) -> ResultsError:
    # The decoder may quote a name that stands in the file, which may hold anything.
    return ResultsError(str(path), f"this is not a results file: {problem.encode('unicode_escape').decode()}")


def _decoded(content: bytes, version: int) -> Results:
    """The results in a file; raises ValueError for what the types let through and no report or replay could use."""
    if version == SCHEMA_VERSION:
        results = msgspec.json.decode(content, type=Results)
    else:
        results = msgspec.convert(upgraded(msgspec.json.decode(content)), Results)
    datetime.fromisoformat(results.started_at)
    for finding in results.findings:
        payload_of(finding.case)
    return results


def upgraded(old: Any) -> Any:
    """The content of a results file of version 1 as version 2 has it.

    It only renames and adds; a part of the wrong form stays as it is, for the decoder to refuse. What version 1 did
    not say (what was changed in a case, the kind of a finding, causes beside their sentences) stays unknown.
    """
    if not isinstance(old, dict):
        return old
    old["schema_version"] = SCHEMA_VERSION
    for one in _objects(old, "requirements"):
        _rename(one, "cases", "exchanges")
        if one.get("verdict") == "not exercised":
            one["verdict"] = "not_exercised"
    for latency in (old.get("latency"), _object(old, "load").get("latency")):
        if isinstance(latency, dict):
            _rename(latency, "answers", "responses")
    target = _object(old, "target")
    url = f"{target.get('base_url')}{target.get('path')}"
    numbers: dict[Any, Any] = {}
    for one in _objects(old, "exchanges"):
        case = _object(one, "case")
        case["call"] = _call_of(case, one.get("url"), url)
        if isinstance(title := case.get("title"), str):
            numbers.setdefault(title, one.get("number"))
    for one in _objects(old, "findings"):
        _rename(one, "not_waived", "waiver_problem")
        one["kind"] = ""
        case = _object(one, "case")
        case["call"] = _call_of(case, _object(one, "request").get("url"), url)
        if isinstance(titles := one.pop("also", ()), list):
            one["other_cases"] = [
                {"title": title, "exchange": numbers.get(title)} for title in titles if isinstance(title, str)
            ]
    return old


def _call_of(case: dict[str, Any], sent_to: Any, url: str) -> str:
    """Which call a case of version 1 made: that stood in its address alone."""
    if isinstance(sent_to, str) and sent_to.partition("?")[0] != url:
        return "file"
    return "status" if case.get("query") else "create"


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    """A member that is an object; an empty one that belongs to nobody where it is not."""
    found = parent.get(name)
    return found if isinstance(found, dict) else {}


def _objects(parent: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    found = parent.get(name)
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def _rename(record: dict[str, Any], old: str, new: str) -> None:
    if old in record:
        record[new] = record.pop(old)
