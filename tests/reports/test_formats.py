"""The formats: each output is valid by the public schema of its format, whatever is in the results."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft4Validator, Draft6Validator, Draft7Validator, Draft202012Validator
from lxml import etree
from referencing import Registry
from referencing.jsonschema import DRAFT6

from export_contract.acceptance import Results, to_json
from export_contract.reports import FORMATS, rendered
from export_contract.reports.schema import FILE, results_schema

SCHEMAS = Path(__file__).with_name("schemas")
KINDS = ("violates", "all parts", "warning", "conforms", "inconclusive", "empty", "without answers")
WITH_SCHEMAS = ("json", "junit", "sarif", "har", "ctrf")


def loaded(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text())


def har_validator() -> Any:
    parts = {path.name: loaded(f"har/{path.name}") for path in (SCHEMAS / "har").glob("*.json")}
    # Their ids end in an empty fragment, which no current draft has any more.
    resources = [(name + end, DRAFT6.create_resource(part)) for name, part in parts.items() for end in ("", "#")]
    return Draft6Validator(parts["har.json"], registry=Registry().with_resources(resources))


VALIDATORS = {
    "json": Draft202012Validator(json.loads(FILE.read_text())),
    "sarif": Draft4Validator(loaded("sarif-2.1.0-rtm.5.json")),
    "har": har_validator(),
    "ctrf": Draft7Validator(loaded("ctrf-schema-0.0.json")),
}
XSD = etree.XMLSchema(etree.parse(SCHEMAS / "jenkins-junit.xsd"))


def assert_valid(name: str, content: bytes) -> None:
    if name == "junit":
        XSD.assertValid(etree.fromstring(content))
    else:
        problems = [
            f"{one.json_path}: {one.message[:300]}" for one in VALIDATORS[name].iter_errors(json.loads(content))
        ]
        assert problems == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", WITH_SCHEMAS)
def test_valid(variations: dict[str, Results], name: str, kind: str) -> None:
    """Every kind of results gives a valid file."""
    assert_valid(name, rendered(name, variations[kind]))


@pytest.mark.parametrize("name", WITH_SCHEMAS)
def test_hostile_texts(hostile_results: Results, name: str) -> None:
    """Whatever the texts are, the file is valid UTF-8 and valid by its schema."""
    content = rendered(name, hostile_results)
    content.decode("utf-8")
    assert_valid(name, content)


@pytest.mark.parametrize("name", ["sarif", "ctrf", "har"])
def test_schemas_can_fail(results: Results, name: str) -> None:
    """The schemas are looked at: a file with something missing is not valid."""
    document = json.loads(rendered(name, results))
    for damaged in ({}, {**document, next(iter(document)): 7}):
        assert list(VALIDATORS[name].iter_errors(damaged)), damaged


def test_the_published_schema() -> None:
    """The published schema is that of the records; `python -m export_contract.reports.schema` writes it again."""
    published = json.loads(FILE.read_text())
    assert published == json.loads(to_json(results_schema()))
    Draft202012Validator.check_schema(published)


@pytest.mark.parametrize(
    "change", [{"verdict": "fine"}, {"schema_version": 3}, {"findings": [{}]}, {"exchanges": [{"number": "1"}]}]
)
def test_the_published_schema_can_fail(results: Results, change: dict[str, Any]) -> None:
    """The published schema refuses what the reader refuses."""
    damaged = {**json.loads(rendered("json", results)), **change}
    assert list(VALIDATORS["json"].iter_errors(damaged))


def test_sarif(told: Results) -> None:
    """Rules are requirements, results are findings, and what is waived is suppressed with its reason."""
    (run,) = json.loads(rendered("sarif", told))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [one.id for one in told.requirements]
    assert len(run["results"]) == len(told.findings)
    for result, finding in zip(run["results"], told.findings, strict=True):
        assert rules[result["ruleIndex"]]["id"] == finding.requirement
        assert result["partialFingerprints"]["exportContract/v1"] == finding.fingerprint
        assert result["webResponse"]["statusCode"] == finding.response.status
        assert ("suppressions" in result) == (finding.status == "known")
    assert run["results"][0]["suppressions"][0]["justification"] == "EX-12, with the team"


def test_har(results: Results) -> None:
    """Every exchange is there, in the order of sending, with its body, its answer, and the time it took."""
    entries = json.loads(rendered("har", results))["log"]["entries"]
    assert len(entries) == len(results.exchanges)
    for entry, exchange in zip(entries, results.exchanges, strict=True):
        assert entry["response"]["status"] == exchange.response.status
        assert entry["time"] == pytest.approx(exchange.response.seconds * 1000)
        assert datetime.fromisoformat(entry["startedDateTime"]).timestamp() == pytest.approx(exchange.sent_at)
        sent = entry["request"].get("postData", {}).get("text", "")
        assert sent == (exchange.case.body or exchange.case.body_base64 or "")
    assert "secret=" not in json.dumps(entries).replace("secret=[redacted]", "")


def test_har_decodes_nothing(results: Results) -> None:
    """The query of an address stands there as it was sent: decoded, what a mask left of a secret could be read."""
    url = "http://x/exports?id=a%2Fb%3D&signature=[redacted]&flag"
    first = msgspec.structs.replace(results.exchanges[0], url=url, retried=True)
    one = msgspec.structs.replace(results, exchanges=(first,))
    (entry,) = json.loads(rendered("har", one))["log"]["entries"]
    assert entry["request"]["url"] == url
    assert [tuple(pair.values()) for pair in entry["request"]["queryString"]] == [
        ("id", "a%2Fb%3D"),
        ("signature", "[redacted]"),
        ("flag", ""),
    ]
    assert entry["comment"].endswith(", sent again afterwards")
    assert_valid("har", rendered("har", one))


def test_ctrf(told: Results) -> None:
    """A test for each requirement, with statuses that count as they should."""
    document = json.loads(rendered("ctrf", told))["results"]
    summary = document["summary"]
    assert summary["tests"] == len(document["tests"]) == len(told.requirements)
    assert summary["failed"] == told.counts["failed"] == sum(one.verdict == "failed" for one in told.requirements)
    assert summary["skipped"] == told.counts["not_exercised"]
    assert summary["other"] == told.counts["waived"] == 1
    assert summary["stop"] - summary["start"] == round(told.seconds * 1000)


def test_half_a_surrogate_pair(hostile: Callable[[str], Results]) -> None:
    """Half a surrogate pair, which no file can hold, is an escape in each format."""
    lonely = hostile("\ud83d")
    for name in FORMATS:
        assert b"\\ud83d" in rendered(name, lonely).replace(b"\\\\", b"\\"), name


def test_heavy_libraries_come_late() -> None:
    """Whoever wants JSON, or help, does not wait for the libraries of other formats."""
    code = (
        "import sys; from export_contract.reports import FORMATS; import export_contract.reports.console\n"
        "print([name for name in ('jinja2', 'markupsafe', 'xml.etree') if name in sys.modules])"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert process.stdout == "[]\n", process.stderr


def test_results_do_not_change(told: Results) -> None:
    """Rendering is a question: the results are the same afterwards."""
    before = msgspec.json.encode(told)
    for name in FORMATS:
        rendered(name, told)
    assert msgspec.json.encode(told) == before
