"""JUnit: a test case for each requirement, for whatever shows test results."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree as ET

from export_contract.acceptance.model.results import Finding, RequirementResult, Results
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import finding_text, findings_by_requirement, remarks


def render(results: Results) -> Iterator[bytes]:
    """Results as JUnit's XML, in the dialect of Jenkins.

    Findings are failures; what was not exercised, or is waived, is skipped, with the reason; an inconclusive run has
    an error of its own, so that it never passes.
    """
    root = ET.Element("testsuites", name="export-contract", time=f"{results.seconds:.3f}")
    findings = findings_by_requirement(results)
    for area, group in groupby(results.requirements, key=lambda one: one.area):
        suite = ET.SubElement(root, "testsuite", name=printable(area))
        for one in group:
            _add_requirement(suite, one, findings.get(one.id, []))
    if results.reason:
        suite = ET.SubElement(root, "testsuite", name="The run")
        case = ET.SubElement(suite, "testcase", classname="The run", name="the run as a whole")
        kind = "error" if results.verdict == "inconclusive" else "failure"
        ET.SubElement(case, kind, message=brief(results.reason, 1_000), type=results.cause or results.verdict)
    for suite in root:
        _count(suite, results)
    _count_all(root)
    ET.indent(root)
    yield ET.tostring(root, encoding="utf-8", xml_declaration=True)
    yield b"\n"


def _add_requirement(suite: ET.Element, one: RequirementResult, findings: list[Finding]) -> None:
    name = printable(f"{one.id} {one.statement}")
    case = ET.SubElement(suite, "testcase", classname=printable(one.area), name=name, time="0")
    # Warnings and waived findings do not fail the run, and so they fail no test.
    failing = [finding for finding in findings if counts_against(finding)]
    if one.verdict == "waived":
        ET.SubElement(case, "skipped").text = "waived: " + "; ".join(
            remark for finding in findings for remark in remarks(finding)
        )
    elif one.verdict == "not_exercised":
        ET.SubElement(case, "skipped").text = printable(f"not exercised: {one.reason or 'no reason is known'}")
    for finding in failing:
        failure = ET.SubElement(case, "failure", message=brief(finding.summary, 400), type=printable(finding.check))
        failure.text = finding_text(finding, one)
    others = [finding_text(finding, one) for finding in findings if finding not in failing]
    if others:
        ET.SubElement(case, "system-out").text = "\n\n".join(others)


def _count(suite: ET.Element, results: Results) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("timestamp", printable(results.started_at[:19]))
    properties = ET.Element("properties")
    for key, value in (
        ("target", f"{results.target.base_url}{results.target.path}"),
        ("contract", f"{results.contract.title} {results.contract.version}"),
        ("contract.sha256", results.contract.sha256),
        ("verdict", results.verdict),
    ):
        ET.SubElement(properties, "property", name=key, value=printable(value))
    suite.insert(0, properties)


def _count_all(root: ET.Element) -> None:
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
