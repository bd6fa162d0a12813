"""The results file: what is written is what is read, and what is not a results file is refused in one sentence."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from export_contract.acceptance import Results, case_record, to_json
from export_contract.acceptance.model.records import payload_of
from export_contract.acceptance.model.results_file import read_results
from export_contract.acceptance.replay import case_of, find
from export_contract.contract import load_contract
from export_contract.reports import FORMATS, rendered
from export_contract.reports.comparison import compare
from export_contract.reports.schema import FILE
from export_contract.strategies import suite
from export_contract.strategies.data.case import Call

# Written by release 0.1.0, in schema version 1, of a run against the sandbox with three faults.
FILE_1 = Path(__file__).with_name("files") / "results-1.json"
SCHEMA_1 = FILE.with_name("results-1.schema.json")

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


@pytest.fixture(scope="module")
def results_1() -> Results:
    """The results in a file that an older release wrote."""
    return read_results(FILE_1)


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
    assert "json" in FORMATS
    assert all(one.name == name and one.file_name for name, one in FORMATS.items())
    assert len({one.file_name for one in FORMATS.values()}) == len(FORMATS)


def test_formats_make_files(results: Results) -> None:
    """Each format can tell these results."""
    for name in FORMATS:
        assert len(rendered(name, results)) > 100


def test_what_stands_in_the_file(results: Results) -> None:
    """The published keys are there, at the top level, in requirements and in findings."""
    written = json.loads(to_json(results))
    assert written.keys() >= TOP_LEVEL
    assert all(one.keys() >= OF_A_REQUIREMENT for one in written["requirements"])
    assert all(one.keys() >= OF_A_FINDING for one in written["findings"])
    assert written["schema_version"] == 2
    assert written["verdict"] == "violates"
    assert written["counts"].keys() >= {"requests", "jobs_created"}
    assert written["contract"].keys() == {"title", "version", "sha256", "file"}


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
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b'"x"',
        b"\xff\xfe",
        b"PK\x03\x04",
        b'{"schema_version":"1"}',
        b"[" * 100_000,
        b'{"schema_version":2,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"schema_version":1}',
        b'{"schema_version":1e999}',
        b'{"schema_version":1' + b"0" * 10_000 + b"}",
    ],
)
def test_what_is_not_a_results_file(tmp_path: Path, content: bytes) -> None:
    """What is not a results file is refused in one sentence that names the file."""
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


@pytest.mark.parametrize("version", [0, -1, 3, 99])
def test_other_versions(results: Results, tmp_path: Path, version: int) -> None:
    """Another version of the file is refused by its number, whatever else is in it."""
    path = tmp_path / "file"
    for content in (edited(results, schema_version=version), json.dumps({"schema_version": version}).encode()):
        path.write_bytes(content)
        with pytest.raises(
            ValueError, match=f"^{path}: the file is of schema version {version}; this release reads 1 to 2$"
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


def test_version_1(results_1: Results) -> None:
    """A file that an older release wrote is read: what it said has its new name, what it did not say is unknown."""
    old = json.loads(FILE_1.read_text())
    assert old["schema_version"] == 1
    assert results_1.schema_version == 2
    by_id = {one.id: one for one in results_1.requirements}
    for one in old["requirements"]:
        new = by_id[one["id"]]
        assert (new.exchanges, new.choice, new.reason) == (one["cases"], one["choice"], one["reason"])
        assert new.verdict == one["verdict"].replace(" ", "_")
        assert new.cause is None
    for new, one in zip(results_1.findings, old["findings"], strict=True):
        assert [summary.title for summary in new.other_cases] == one["also"]
        assert (new.fingerprint, new.waiver_problem, new.kind) == (one["fingerprint"], one["not_waived"], "")
        assert new.case.changed is None
    titles = {one.number: one.case.title for one in results_1.exchanges}
    assert all(titles[one.exchange] == one.title for new in results_1.findings for one in new.other_cases)
    assert results_1.latency
    assert results_1.latency.responses == old["latency"]["answers"]
    assert results_1.load
    assert results_1.load.latency
    calls = Counter(one.case.call for one in results_1.exchanges)
    assert calls[Call.FILE] == sum(job["file"] is not None for job in old["jobs"])
    assert calls[Call.STATUS] > calls[Call.FILE] > 0


def test_version_1_keeps_its_schema() -> None:
    """The schema of version 1 stays published, for whoever reads old files."""
    schema = json.loads(SCHEMA_1.read_text())
    assert list(Draft202012Validator(schema).iter_errors(json.loads(FILE_1.read_text()))) == []
    assert list(Draft202012Validator(schema).iter_errors({"schema_version": 2}))


def test_version_1_holds_nothing_private() -> None:
    """The old file is committed, so it has neither a secret nor a path of the machine that wrote it."""
    content = FILE_1.read_text()
    assert [
        word for word in ("demo-key", "demo-token", "demo-secret", "/home/", "/tmp/", "/root") if word in content
    ] == []
    assert len(content) < 300_000


@pytest.mark.parametrize("name", FORMATS)
def test_version_1_is_rendered(results_1: Results, name: str) -> None:
    """Each format can show the results of an older release."""
    assert len(rendered(name, results_1)) > 100


def test_version_1_is_compared(results_1: Results) -> None:
    """Results of an older release are compared with newer ones."""
    comparison = compare(results_1, results_1)
    assert len(comparison.still) == 2
    assert not comparison.is_worse


def test_version_1_is_replayed(results_1: Results) -> None:
    """The request of an older finding is made again as it was."""
    finding = find(results_1, "71279730bcbf")
    assert case_of(finding.case).payload.decode() == finding.case.body
