"""SARIF: what GitHub's code scanning asks for beyond the schema, by its page "SARIF support for code scanning"."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from export_contract.acceptance import Results
from export_contract.contract import load_contract
from export_contract.reports import rendered

BUILT_IN = Path(load_contract().file).with_name("requirements.yaml")


def document_of(results: Results) -> Any:
    return json.loads(rendered("sarif", results))


def problems(document: Any) -> Iterator[str]:
    """What code scanning would refuse, or could not show."""
    if document.get("version") != "2.1.0" or not str(document.get("$schema")).endswith("sarif-schema-2.1.0.json"):
        yield "version or $schema"
    for run in document["runs"]:
        driver = run["tool"]["driver"]
        if not driver.get("name"):
            yield "tool.driver.name"
        if len(run["results"]) > 25_000 or len(driver["rules"]) > 25_000:
            yield "more results or rules than a file may have"
        for rule in driver["rules"]:
            yield from _rule_problems(rule)
        for result in run["results"]:
            yield from _result_problems(result, driver["rules"])
    if len(json.dumps(document)) > 10_000_000:
        yield "the file is too large"


def _rule_problems(rule: Any) -> Iterator[str]:
    if not rule.get("id"):
        yield "rule: id"
    for name in ("shortDescription", "fullDescription", "help"):
        if not rule.get(name, {}).get("text"):
            yield f"rule: {name}.text"
    if len(rule.get("fullDescription", {}).get("text", "")) > 1_024:
        yield "rule: fullDescription.text is too long"
    if rule.get("properties", {}).get("problem.severity") not in ("error", "warning", "recommendation"):
        yield "rule: problem.severity"


def _result_problems(result: Any, rules: list[Any]) -> Iterator[str]:
    if not result.get("message", {}).get("text"):
        yield "result: message.text"
    if not result.get("partialFingerprints", {}).get("primaryLocationLineHash"):
        yield "result: partialFingerprints.primaryLocationLineHash"
    if "ruleIndex" in result and rules[result["ruleIndex"]]["id"] != result["ruleId"]:
        yield "result: ruleIndex"
    if not 1 <= len(result.get("locations", ())) <= 10:
        yield "result: locations"
    for location in result.get("locations", ()):
        place = location.get("physicalLocation", {})
        uri = place.get("artifactLocation", {}).get("uri", "")
        # "SARIF URI scheme "https" did not match the checkout URI scheme "file""
        if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", uri):
            yield "location: the URI has a scheme"
        if not re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri) or uri.startswith("/"):
            yield "location: the URI is not a path in the repository"
        region = place.get("region", {})
        lines = [region.get(name) for name in ("startLine", "startColumn", "endLine", "endColumn")]
        if not all(type(number) is int and number >= 1 for number in lines):
            yield "location: region"
        elif (lines[2], lines[3]) <= (lines[0], lines[1]):
            yield "location: the region is empty"


@pytest.mark.parametrize("kind", ["violates", "all parts", "warning", "conforms", "inconclusive", "empty"])
def test_code_scanning_takes_it(variations: dict[str, Results], kind: str) -> None:
    """Results of every kind keep the rules of code scanning."""
    assert list(problems(document_of(variations[kind]))) == []


def test_code_scanning_takes_hostile_texts(hostile_results: Results) -> None:
    """Whatever the texts are, the rules are kept."""
    assert list(problems(document_of(hostile_results))) == []


def test_code_scanning_takes_version_1(hostile: Callable[[str], Results]) -> None:
    """Results that do not say where their requirements are written name the file that usually holds them."""
    results = hostile("")
    contract = msgspec.structs.replace(results.contract, file="")
    requirements = tuple(msgspec.structs.replace(one, line=None) for one in results.requirements)
    document = document_of(msgspec.structs.replace(results, contract=contract, requirements=requirements))
    assert list(problems(document)) == []
    place = document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("requirements.yaml", 1)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda run: run["results"][0].pop("locations"), "result: locations"),
        (lambda run: place_of(run).pop("region"), "location: region"),
        (lambda run: place_of(run)["region"].update(startLine=0), "location: region"),
        (
            lambda run: place_of(run)["artifactLocation"].update(uri="http://x/exports"),
            "location: the URI has a scheme",
        ),
        (
            lambda run: place_of(run)["artifactLocation"].update(uri=""),
            "location: the URI is not a path in the repository",
        ),
        (
            lambda run: run["results"][0].pop("partialFingerprints"),
            "result: partialFingerprints.primaryLocationLineHash",
        ),
        (lambda run: run["tool"]["driver"]["rules"][0].pop("fullDescription"), "rule: fullDescription.text"),
    ],
)
def test_the_rules_can_fail(results: Results, damage: Callable[[Any], object], problem: str) -> None:
    """The rules are looked at: a file that breaks one is found."""
    document = document_of(results)
    damage(document["runs"][0])
    assert problem in list(problems(document))


def place_of(run: Any) -> Any:
    return run["results"][0]["locations"][0]["physicalLocation"]


def test_the_line_is_that_of_the_requirement(results: Results) -> None:
    """A result is shown where its requirement is written."""
    lines = BUILT_IN.read_text().splitlines()
    (run,) = document_of(results)["runs"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "requirements.yaml"
        assert result["ruleId"] in lines[place["region"]["startLine"] - 1]


def test_no_two_results_are_one_alert(results: Results) -> None:
    """Code scanning takes results of one rule with the same hash for one; no two findings are."""
    (run,) = document_of(results)["runs"]
    hashes = [one["partialFingerprints"]["primaryLocationLineHash"] for one in run["results"]]
    assert len(set(hashes)) == len(hashes) == len(results.findings)


def test_more_than_are_shown(results: Results) -> None:
    """Of more findings than code scanning takes the first are written, and the rest are counted."""
    many = msgspec.structs.replace(results, findings=results.findings * 2_000)
    (run,) = document_of(many)["runs"]
    assert len(run["results"]) == 5_000
    assert run["properties"]["leftOut"] == len(many.findings) - 5_000
