"""The contract that comes with the package."""

from __future__ import annotations

import re

from hypothesis.vendor.pretty import pretty

from export_contract.contract import BUILT_IN, Expectation, classify, load_contract, rules

from .bodies import ENROLLMENTS, INTERACTIONS, spell


def test_the_documented_examples() -> None:
    """The built-in contract has the document's two examples, and accepts both."""
    contract = load_contract()
    assert list(contract.examples().values()) == [ENROLLMENTS, INTERACTIONS]
    for body in contract.examples().values():
        assert classify(spell(body)).expectation is Expectation.ACCEPT
        assert contract.validator(contract.operation.request_schema).is_valid(body)


def test_the_operation() -> None:
    """The call, its place in the document and its limit are found."""
    operation = load_contract().operation
    assert (operation.path, sorted(operation.methods), operation.seconds) == ("/exports", ["GET", "POST"], 4.0)
    assert operation.request_schema == "/components/schemas/ExportRequest"
    assert operation.answer_schema == "/components/schemas/ExportCreated"


def test_the_requirements_are_well_formed() -> None:
    """Every requirement has an id of the common form, once, a statement of one line, a source and a place."""
    requirements = load_contract().requirements
    ids = [requirement.id for requirement in requirements]
    assert len(set(ids)) == len(ids)
    for requirement in requirements:
        assert re.fullmatch(r"EXP-[A-Z0-9-]+", requirement.id)
        assert re.fullmatch(r"\S.*\.", requirement.statement), requirement.id
        assert re.match(r"document: |public: |standard: |decision", requirement.source), requirement.id
        assert requirement.pointers, requirement.id
        assert (requirement.level == "MAY") is (requirement.expectation is Expectation.UNSPECIFIED), requirement.id


def test_it_is_loaded_the_same_each_time() -> None:
    """Without a file, and with the file that is packaged, the same contract is loaded."""
    first, again, by_name = load_contract(), load_contract(), load_contract(BUILT_IN)
    for other in (again, by_name, load_contract(str(BUILT_IN))):
        assert (other.sha256, other.requirements, other.operation) == (
            first.sha256,
            first.requirements,
            first.operation,
        )
    assert (first.title, first.version) == ("Data export API", "2026-11")


def test_every_requirement_is_found_by_its_rule_and_place() -> None:
    """What the oracle looks up by rule and place leads to one requirement: no two of them share both."""
    contract = load_contract()
    seen: dict[tuple[str, str], str] = {}
    for requirement in contract.requirements:
        if requirement.rule in rules.ACCEPT | rules.ANSWERS:
            continue
        for pointer in requirement.pointers:
            assert seen.setdefault((requirement.rule, pointer), requirement.id) == requirement.id
            assert contract.by_rule(requirement.rule, pointer) is not None


def test_the_order_of_the_requirements() -> None:
    """Requirements keep the order of their file, and a rank is a place in it."""
    contract = load_contract()
    assert [contract.rank[requirement.id] for requirement in contract.requirements] == list(
        range(len(contract.requirements))
    )
    assert tuple(contract.by_id) == tuple(requirement.id for requirement in contract.requirements)


def test_a_contract_is_shown_in_few_characters() -> None:
    """Neither repr nor Hypothesis, which shows the arguments of strategies in errors, writes out the whole document."""
    contract = load_contract()
    assert len(repr(contract)) < 300
    assert len(pretty(contract)) < 300
