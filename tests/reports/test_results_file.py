"""The results file: what is written is what is read, and what is no results file is told in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from export_contract.acceptance import Results, case_record, to_json
from export_contract.acceptance.model.records import payload_of
from export_contract.acceptance.model.results_file import read_results
from export_contract.contract import load_contract
from export_contract.reports import FILE_NAMES, FORMATS
from export_contract.strategies import suite

# The top level of the results file, as it is published.
TOP_LEVEL = {
    "schema_version",
    "tool",
    "contract",
    "target",
    "seed",
    "started_at",
    "seconds",
    "verdict",
    "counts",
    "phases",
    "requirements",
    "findings",
    "latency",
    "ledger",
}
OF_A_REQUIREMENT = {"id", "level", "expectation", "statement", "exchanges", "verdict", "choice"}
OF_A_FINDING = {
    "fingerprint",
    "requirement",
    "check",
    "summary",
    "expected",
    "observed",
    "case",
    "request",
    "response",
    "curl",
    "occurrences",
    "status",
}


def test_round_trip(results: Results, tmp_path: Path) -> None:
    """Results that were written are read as they were."""
    path = tmp_path / "results.json"
    path.write_bytes(to_json(results))
    again = read_results(path)
    assert again == results
    assert to_json(again) == to_json(results)
    assert len(results.findings) >= 4


def test_every_format_has_a_file_name() -> None:
    """Each format makes bytes, and has a file name for where no path is given."""
    assert FORMATS.keys() == FILE_NAMES.keys()
    assert "json" in FORMATS


def test_formats_make_files(results: Results) -> None:
    """Each format can tell these results."""
    for make in FORMATS.values():
        assert len(make(results)) > 100


def test_what_stands_in_the_file(results: Results) -> None:
    """The published keys are there, at the top level, in requirements and in findings."""
    written = json.loads(to_json(results))
    assert written.keys() >= TOP_LEVEL
    assert all(one.keys() >= OF_A_REQUIREMENT for one in written["requirements"])
    assert all(one.keys() >= OF_A_FINDING for one in written["findings"])
    assert written["schema_version"] == 2
    assert written["verdict"] == "violates"
    assert written["counts"].keys() >= {"requests", "jobs_created"}
    assert written["contract"].keys() == {"title", "version", "sha256"}


def test_the_file_is_text(results: Results) -> None:
    """The file is indented JSON in UTF-8 with a line break at its end, and no control character in it."""
    content = to_json(results)
    text = content.decode("utf-8")
    assert text.endswith("}\n")
    assert "\n  " in text
    assert [character for character in text if ord(character) < 32 and character != "\n"] == []


def test_every_case_can_be_written() -> None:
    """The body of every case of the suite comes back from its record byte for byte."""
    for case in suite(contract=load_contract()):
        record = msgspec.json.decode(to_json(case_record(case)), type=type(case_record(case)))
        assert payload_of(record) == case.payload
        assert (record.body is None) != (record.body_base64 is None)


def edited(results: Results, **changes: Any) -> bytes:
    return json.dumps({**json.loads(to_json(results)), **changes}).encode()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'"x"', b"\xff\xfe", b"PK\x03\x04", b'{"schema_version":"1"}', b"[" * 100_000],
)
def test_what_is_no_results_file(tmp_path: Path, content: bytes) -> None:
    """What is no results file is refused in one sentence that names the file."""
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"^{path}: this is not a results file: ") as caught:
        read_results(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "changes", [{"verdict": "fine"}, {"findings": 1}, {"requirements": [{}]}, {"counts": {"requests": "1"}}]
)
def test_damaged_results(results: Results, tmp_path: Path, changes: dict[str, Any]) -> None:
    """Results of which a part is of the wrong form are refused, with its place."""
    path = tmp_path / "file"
    path.write_bytes(edited(results, **changes))
    with pytest.raises(ValueError, match=next(iter(changes))):
        read_results(path)


@pytest.mark.parametrize("version", [0, 1, 99])
def test_other_versions(results: Results, tmp_path: Path, version: int) -> None:
    """Another version of the file is refused by its number, whatever else is in it."""
    path = tmp_path / "file"
    for content in (edited(results, schema_version=version), json.dumps({"schema_version": version}).encode()):
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=f"^{path}: the file is of schema version {version}; this release reads 2$"
        ):
            read_results(path)


def test_what_cannot_be_read(tmp_path: Path) -> None:
    """A file that is not there, or a folder, is refused in one sentence."""
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(ValueError, match=f"^{path}: the file cannot be read: "):
            read_results(path)


def test_more_than_is_known(results: Results, tmp_path: Path) -> None:
    """A later release may add to the file without making a new version of it."""
    path = tmp_path / "file"
    path.write_bytes(edited(results, extra={"a": 1}))
    assert read_results(path) == results
