"""Suite and strategies follow a contract that they have never seen, without a change of code."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.rules import ANSWERS
from export_contract.strategies import (
    Case,
    cases,
    explored_cases,
    invalid_requests,
    malformed_payloads,
    reduced_cases,
    suite,
    unspecified_requests,
    valid_requests,
)

Draw = Callable[[st.SearchStrategy[Any], int], list[Any]]
Validator = Callable[[Mapping[str, Any], str], Draft202012Validator]
IsAboutItsBody = Callable[[Case], bool]


def wrong(contract: Contract, found: list[Case], *, only: bool = True) -> list[Case]:
    """The cases that are not what they claim; without `only`, a rejected one may break more than its requirement."""
    judge = oracle(contract)
    bad = []
    for case in found:
        said = judge.classify(case.payload, case.content_type)
        is_aimed = {
            Expectation.ACCEPT: True,
            Expectation.REJECT: said.broken == (case.requirement,) or (not only and case.requirement in said.broken),
            Expectation.UNSPECIFIED: case.requirement in said.open,
        }[case.expectation]
        if said.expectation is not case.expectation or not is_aimed:
            bad.append(case)
    return bad


def test_every_requirement_has_a_case(other: Contract) -> None:
    """No requirement of the request is without a case of its expectation, or a feature where it is to be accepted."""
    answers = ANSWERS - {"method/undeclared", "auth/missing", "auth/wrong", "transfer"}
    wanted = {one.id for one in other.requirements if one.rule not in answers}
    found = {case.requirement for case in suite(contract=other)}
    found |= {feature.requirement for case in suite(contract=other) for feature in case.features}
    assert sorted(wanted - found) == []
    assert sorted(found - wanted) == []


def test_the_suite_agrees_with_the_oracle(other: Contract, is_about_its_body: IsAboutItsBody) -> None:
    """Each case is what it claims, ids are unique, and rejected cases come first."""
    found = suite(contract=other)
    assert wrong(other, [case for case in found if is_about_its_body(case)]) == []
    assert Counter(case.id for case in found).most_common(1)[0][1] == 1
    order = [case.expectation for case in found]
    assert Expectation.REJECT not in order[order.index(Expectation.ACCEPT) :]
    assert Expectation.REJECT not in order[order.index(Expectation.UNSPECIFIED) :]


def test_the_strategies_agree_with_the_oracle(other: Contract, draw: Draw) -> None:
    """Drawn cases are what they claim as well."""
    for strategy in (valid_requests, invalid_requests, unspecified_requests, cases):
        drawn = draw(strategy(contract=other), 30)
        assert len(drawn) == 30, strategy
        assert wrong(other, drawn) == [], strategy
    assert wrong(other, draw(explored_cases(contract=other), 30), only=False) == []
    rule = other.by_rule("json/syntax")
    assert rule is not None
    judge = oracle(other)
    assert {judge.classify(payload).broken for payload in draw(malformed_payloads(contract=other), 20)} == {(rule.id,)}


def test_accepted_requests_are_valid(other: Contract, draw: Draw, plain_validator: Validator) -> None:
    """jsonschema by itself accepts all that is said to be accepted, named or drawn, and all reduced cases."""
    schema = other.operation.request_schema.removeprefix("/components/schemas/")
    validator = plain_validator(other.document, schema)
    named = [case for case in suite(contract=other) if case.expectation is Expectation.ACCEPT]
    reduced = [one for case in named[:6] for one in reduced_cases(other, case)]
    accepted = [*named, *reduced, *draw(valid_requests(contract=other), 50)]
    errors = [error.message for case in accepted for error in validator.iter_errors(json.loads(case.payload))]
    assert errors == []
    assert wrong(other, accepted) == []


def test_every_combination_is_accepted(
    older: Contract, courses: Contract, draw: Draw, plain_validator: Validator
) -> None:
    """Whatever is listed, each combination that the schema allows is in the suite, and is drawn."""
    for contract, count in ((older, 8), (courses, 11)):
        listed = contract.document["components"]["schemas"]["ExportRequest"]["properties"]
        dates = {"startDate": "2012-09-05T11:12:47Z", "endDate": "2012-09-05T11:12:47Z"}
        ids = {"learningActivityId": 1, "courseId": 1}
        validator = plain_validator(contract.document, "ExportRequest")
        allowed = {
            (export_type, form)
            for export_type in listed["exportType"]["enum"]
            for form in listed["format"]["enum"]
            if validator.is_valid({**dates, **ids, "exportType": export_type, "format": form})
        }
        assert len(allowed) == count
        named = [case for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]
        for accepted in (named, draw(valid_requests(contract=contract), 200)):
            bodies = [json.loads(case.payload) for case in accepted]
            assert {(body["exportType"], body["format"]) for body in bodies} == allowed


def test_the_older_contract_is_older(older: Contract) -> None:
    """What a newer contract brought in is nowhere in the older one's cases, but for what it calls unknown."""
    for case in suite(contract=older):
        assert b"learningActivityId" not in case.payload
        assert b"LEARNING_ACTIVITY_INTERACTIONS" not in case.payload
        assert b'"ELEARNING_ENROLLMENTS"' not in case.payload or case.expectation is not Expectation.ACCEPT
    assert any(
        b'"ENROLLMENTS"' in case.payload and case.expectation is Expectation.ACCEPT for case in suite(contract=older)
    )


def test_a_second_condition(courses: Contract) -> None:
    """The new conditional field is required, typed and bounded where it is asked for, and open elsewhere."""
    of_courses = [case for case in suite(contract=courses) if case.base.startswith("exportType COURSES")]
    accepted = [json.loads(case.payload) for case in of_courses if case.expectation is Expectation.ACCEPT]
    assert {body["format"] for body in accepted} == {"CSV", "JSONL"}
    assert all(body["courseId"] >= 1 and "learningActivityId" not in body for body in accepted)
    aimed = {name: [case for case in suite(contract=courses) if case.requirement == name] for name in courses.by_id}
    (required,) = [name for name in aimed if name.endswith("required-courseId")]
    assert all(b'"courseId":' not in case.payload for case in aimed[required])
    elsewhere = next(name for name in aimed if name.endswith("conditional-property") and "courseId" in name)
    assert aimed[elsewhere]
    assert all(b'"COURSES"' not in case.payload and b'"courseId":' in case.payload for case in aimed[elsewhere])


def test_reports_have_their_edges(reports: Contract) -> None:
    """Bounds, lengths and counts of a contract about something else are tried on both sides."""
    accepted = [json.loads(case.payload) for case in suite(contract=reports) if case.expectation is Expectation.ACCEPT]
    assert {body["limits"]["rows"] for body in accepted} >= {1, 1_000_000}
    assert {len(body["title"]) for body in accepted} >= {3, 40}
    assert {body["urgent"] for body in accepted} == {True, False}
    assert {body["delivery"]["kind"] for body in accepted} == {"MAIL", "SFTP"}
    rejected: dict[str, list[bytes]] = {}
    for case in suite(contract=reports):
        rejected.setdefault(case.requirement, []).append(case.payload)
    assert any(b'"rows":0' in payload for payload in rejected["REP-reject-limits-rows-minimum"])
    assert any(b'"rows":1000001' in payload for payload in rejected["REP-reject-limits-rows-maximum"])
    assert any(b'"share":100' in payload for payload in rejected["REP-reject-limits-share-exclusiveMaximum"])
    assert any(b'"step":0' in payload for payload in rejected["REP-reject-limits-step-exclusiveMinimum"])
    assert any(b'"columns":[]' in payload for payload in rejected["REP-reject-columns-minItems"])


def test_reports_show_optional_properties(reports: Contract, draw: Draw) -> None:
    """Properties that may be left out are sometimes there and sometimes not, and null where that is allowed."""
    bodies = [json.loads(case.payload) for case in draw(valid_requests(contract=reports), 100)]
    for name in ("note", "comment"):
        assert {name in body for body in bodies} == {True, False}
        assert None in [body.get(name, "") for body in bodies]
    assert len({len(body["columns"]) for body in bodies}) >= 2


def test_a_pattern_ends_where_the_text_ends(reports: Contract, draw: Draw) -> None:
    """The $ of a JSON Schema pattern (ECMA-262) is the end of the text, and no line break may follow."""
    bodies = [json.loads(case.payload) for case in draw(valid_requests(contract=reports), 100)]
    assert [body["code"] for body in bodies if len(body["code"]) != 6] == []
    broken = [case.payload for case in suite(contract=reports) if case.requirement == "REP-reject-code-pattern"]
    assert any(b'-000\\n"' in payload for payload in broken)
