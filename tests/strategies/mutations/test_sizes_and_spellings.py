"""Ladders and respelt timestamps: each request is what it claims."""

from __future__ import annotations

import json

import pytest

from export_contract.contract import Contract, Expectation, classify_timestamp, oracle
from export_contract.contract.timestamps import CALENDAR, FORM
from export_contract.strategies import suite
from export_contract.strategies.data.moments import NO_MOMENTS, NO_TIMESTAMPS, respelt
from export_contract.strategies.mutations.ladders import ladders
from export_contract.strategies.mutations.respelling import respelt_cases, timestamps_of

ACCEPTED = "2012-09-05T11:12:47.123+05:30"


def test_every_rung_is_what_it_claims(contract: Contract) -> None:
    """A rung of a free ladder breaks one requirement; another falls under the one that it is aimed at."""
    judge = oracle(contract)
    found = list(ladders(contract))
    assert len(found) == 4 + 1 + 1 + 2
    for ladder in found:
        assert list(ladder.sizes) == sorted(ladder.sizes)
        cases = [case for size in ladder.sizes if (case := ladder.make(size))]
        assert len({case.id for case in cases}) == len(ladder.sizes)
        for case in cases:
            said = judge.classify(case.payload)
            assert said.expectation is case.expectation
            assert ladder.is_free is (case.expectation is Expectation.REJECT)
            assert said.broken == (case.requirement,) if ladder.is_free else case.requirement in said.open


def test_lengths_are_those_of_the_texts(contract: Contract) -> None:
    """Every text of the request has a ladder, from 256 characters to a Mi."""
    lengths: dict[str, list[int]] = {}
    for ladder in ladders(contract):
        for size in ladder.sizes if ladder.is_free else ():
            case = ladder.make(size)
            assert case is not None
            name = (case.changed or "").rpartition("/")[2]
            value = json.loads(case.payload)[name]
            assert len(value) == size
            if isinstance(value, str):
                lengths.setdefault(name, []).append(size)
    assert {*lengths} == {"startDate", "endDate", "exportType", "format"}
    assert all((min(sizes), max(sizes)) == (256, 2**20) for sizes in lengths.values())


def test_the_ends_of_open_ladders_are_in_the_suite(contract: Contract) -> None:
    """What the suite sends is not sent again by a ladder."""
    known = {case.id for case in suite(contract=contract)}
    ends = [ladder.make(ladder.sizes[-1]) for ladder in ladders(contract) if not ladder.is_free]
    assert [case.requirement for case in ends if case and case.id not in known] == ["EXP-OPEN-TIME-LARGE-OFFSET"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2013-02-30T11:12:47Z", "2013-02-30T11:12:47.123+05:30"),
        ("2013-03-05T11:12:47Z or so", "2013-03-05T11:12:47.123+05:30 or so"),
        ("2013-3-5T11:12:7Z", "2013-3-5T11:12:7.123+05:30"),
        ("2013-03-05T11:12:47+01:60", "2013-03-05T11:12:47.123+01:60"),
        ("2013-03-05T11:12:47 Z", "2013-03-05T11:12:47.123 +05:30"),
        ("03/05/2013 11:12:47", None),
        ("yesterday", None),
    ],
)
def test_respelt(text: str, expected: str | None) -> None:
    """The fraction and the zone of a right timestamp are put into a wrong one, and what is wrong stays."""
    assert respelt(text, ACCEPTED) == expected


@pytest.mark.parametrize("like", ["2012-09-05T11:12:47.000Z", "2012-09-05T11:12:47+02:00", ACCEPTED])
def test_what_is_wrong_stays_wrong(like: str) -> None:
    """In every form each text breaks the rule that it broke, and most of them have a place for the form."""
    for rule, table in ((CALENDAR, NO_MOMENTS), (FORM, NO_TIMESTAMPS)):
        written = [new for _, text in table if (new := respelt(text, like))]
        assert len(written) >= len(table) // 2
        assert {classify_timestamp(text).rules for text in written} == {(rule,)}


def test_respelt_cases_have_every_timestamp_in_the_accepted_form(contract: Contract) -> None:
    """A target that reads one form refuses a body with another one in it, wherever that stands."""
    accepted = {("startDate",): ACCEPTED, ("endDate",): "2015-05-28T17:39:23-08:00"}
    found = [one for case in suite(contract=contract) for one in respelt_cases(contract, case, accepted)]
    assert len(found) >= 70
    for case in found:
        texts = timestamps_of(contract, case.payload)
        assert oracle(contract).classify(case.payload).broken == (case.requirement,)
        (wrong,) = [path for path in texts if case.changed == f"/body/{path[0]}"]
        assert all(text.endswith(accepted[path][19:]) for path, text in texts.items() if path != wrong)
    assert len({case.id for case in found}) == len({case.payload for case in found}) == len(found)
