"""Telling the features of an accepted case apart, by cases that show one of them each."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies import BODY, Case, case_with, plainest_case, reduced_cases
from export_contract.strategies.accepted.covering_array import accepted_cases, aspects, build


def remarkable(case: Case) -> set[tuple[str, str]]:
    """What is remarkable about a case, its listed values apart."""
    return {
        (feature.aspect, feature.name) for feature in case.features if feature.remarkable and feature.aspect != BODY
    }


@pytest.fixture(scope="module")
def pairs(contract: Contract) -> list[tuple[Case, tuple[Case, ...]]]:
    """Each accepted case of the suite, with its reduced cases."""
    return [(case, reduced_cases(contract, case)) for case in accepted_cases(contract)]


def test_the_plainest_case_is_plain(contract: Contract) -> None:
    """The base of group testing has nothing remarkable in it: the first combination, in the plainest spelling."""
    plain = plainest_case(contract)
    assert remarkable(plain) == set()
    assert plain.expectation is Expectation.ACCEPT
    body = json.loads(plain.payload)
    assert plain.payload == json.dumps(body, separators=(",", ":")).encode()
    assert list(body) == ["startDate", "endDate", "exportType", "format"]
    assert (body["exportType"], body["format"]) == ("ELEARNING_ENROLLMENTS", "CSV")
    assert plain.headers == (("Content-Type", "application/json"),)
    assert body["startDate"].endswith("Z")
    assert body["endDate"].endswith("Z")


def test_one_feature_each(pairs: list[tuple[Case, tuple[Case, ...]]]) -> None:
    """Each remarkable feature has one reduced case, which shows that feature and nothing else."""
    for case, reduced in pairs:
        features = [feature for feature in case.features if feature.remarkable]
        assert len(reduced) == len(features)
        for feature, one in zip(features, reduced, strict=True):
            assert feature in one.features
            assert remarkable(one) == ({(feature.aspect, feature.name)} if feature.aspect != BODY else set())


def test_reduced_cases_are_accepted(contract: Contract, pairs: list[tuple[Case, tuple[Case, ...]]]) -> None:
    """A reduced case is a promise of its own: the oracle accepts it, by accept requirements of the contract."""
    judge = oracle(contract)
    for _, reduced in pairs:
        for case in reduced:
            assert case.expectation is Expectation.ACCEPT
            assert judge.classify(case.payload, case.content_type).expectation is Expectation.ACCEPT, case
            assert {contract.by_id[feature.requirement].expectation for feature in case.features} == {"accept"}


def test_there_are_few_of_them(pairs: list[tuple[Case, tuple[Case, ...]]]) -> None:
    """Explaining a refusal costs at most as many jobs as there are aspects."""
    assert 0 < max(len(reduced) for _, reduced in pairs) <= 12


def test_a_spelling_changes_no_value(contract: Contract) -> None:
    """With one choice of spelling, the plainest case still says the same."""
    plain = json.loads(plainest_case(contract).payload)
    spelled = [
        feature
        for feature in {feature for case in accepted_cases(contract) for feature in case.features}
        if feature.aspect in ("white space", "escapes", "key order", "content type")
    ]
    assert len(spelled) >= 12
    assert [one for one in spelled if json.loads(case_with(contract, [one]).payload) != plain] == []


def test_any_moment_goes_with_any_zones_and_range(
    contract: Contract, moment_of: Callable[[str], datetime | None]
) -> None:
    """Whichever of them are put together, both dates are promised and in order: group testing may try any of them."""
    plans = {aspect.name: [choice for members in aspect.classes for choice in members] for aspect in aspects(contract)}
    names = [name for name in plans if name in ("moment", "length") or name.endswith(" zone")]
    assert len(names) == 4
    wrong = []
    for chosen in itertools.product(*(plans[name] for name in names)):
        body = json.loads(build(contract, dict(zip(names, chosen, strict=True))).payload)
        start, end = (moment_of(body[field]) for field in ("startDate", "endDate"))
        if start is None or end is None or start > end:
            wrong.append("; ".join(choice.name for choice in chosen))
    assert wrong == []


@settings(deadline=None, database=None, derandomize=True)
@given(st.data())
def test_any_features_go_together(data: st.DataObject) -> None:
    """A case with any choice of every aspect is accepted, and shows them all."""
    judge = oracle()
    contract = judge.contract
    plan = {
        aspect.name: data.draw(st.sampled_from([choice for members in aspect.classes for choice in members]))
        for aspect in aspects(contract)
    }
    case = build(contract, plan)
    assert judge.classify(case.payload, case.content_type).expectation is Expectation.ACCEPT
    assert {feature.name for feature in case.features} == {choice.name for choice in plan.values()}


def test_the_same_features_make_the_same_case(contract: Contract) -> None:
    """A reduced case is the same whichever case it was made from, so it need not be sent twice."""
    made: dict[tuple[str, str], Case] = {}
    for case in accepted_cases(contract):
        for feature, one in zip((f for f in case.features if f.remarkable), reduced_cases(contract, case), strict=True):
            assert made.setdefault((feature.aspect, feature.name), one) == one


def test_no_features_make_the_plainest_case(contract: Contract, is_about_its_body: Callable[[Case], bool]) -> None:
    """Nothing asked for is nothing remarkable."""
    assert case_with(contract, ()) == plainest_case(contract)
    assert is_about_its_body(plainest_case(contract))
