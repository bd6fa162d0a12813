"""The accepted cases of the suite: what they pack, that they show what they claim, and that all of it is promised."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from export_contract.contract import Contract, Expectation
from export_contract.strategies import BODY, Case, Feature, suite
from export_contract.strategies.accepted.covering_array import accepted_cases, aspects, case_with

MomentOf = Callable[[str], datetime | None]
RANGES: Final = {
    "no time at all": timedelta(0),
    "one second": timedelta(seconds=1),
    "three years": timedelta(days=1095),
    "25 years": timedelta(days=9131),
}


@pytest.fixture(scope="module")
def accepted(contract: Contract) -> list[Case]:
    """The accepted cases of the suite."""
    return [case for case in suite(contract=contract) if case.expectation is Expectation.ACCEPT]


@pytest.fixture(scope="module")
def bodies(accepted: list[Case]) -> list[dict[str, Any]]:
    """Their bodies."""
    return [json.loads(case.payload) for case in accepted]


def test_a_plain_validator_accepts_them(
    contract: Contract,
    bodies: list[dict[str, Any]],
    plain_validator: Callable[[Mapping[str, Any], str], Draft202012Validator],
) -> None:
    """jsonschema by itself, with its own check of dates, finds nothing wrong with any of them."""
    validator = plain_validator(contract.document, "ExportRequest")
    assert [error.message for body in bodies for error in validator.iter_errors(body)] == []


def test_nothing_in_them_is_left_open(contract: Contract, bodies: list[dict[str, Any]], moment_of: MomentOf) -> None:
    """Their dates are in order, their ids are declared, and they have no property that the document does not name."""
    for body in bodies:
        start, end = moment_of(body["startDate"]), moment_of(body["endDate"])
        assert start is not None
        assert end is not None
        assert start <= end
        assert body.get("learningActivityId", 12345) == 12345
        is_interactions = body["exportType"] == "LEARNING_ACTIVITY_INTERACTIONS"
        asked = {"startDate", "endDate", "exportType", "format"} | (
            {"learningActivityId"} if is_interactions else set()
        )
        assert body.keys() == asked


def test_every_combination_occurs(
    contract: Contract,
    bodies: list[dict[str, Any]],
    plain_validator: Callable[[Mapping[str, Any], str], Draft202012Validator],
) -> None:
    """Each exportType is sent with each format that the schema allows beside it: nine combinations."""
    listed = contract.document["components"]["schemas"]["ExportRequest"]["properties"]
    dates = {"startDate": "2012-09-05T11:12:47Z", "endDate": "2012-09-05T11:12:47Z", "learningActivityId": 12345}
    validator = plain_validator(contract.document, "ExportRequest")
    allowed = {
        (export_type, form)
        for export_type, form in itertools.product(listed["exportType"]["enum"], listed["format"]["enum"])
        if validator.is_valid({**dates, "exportType": export_type, "format": form})
    }
    assert len(allowed) == 9
    assert {(body["exportType"], body["format"]) for body in bodies} == allowed


def test_every_choice_occurs(contract: Contract, accepted: list[Case]) -> None:
    """Each choice of each aspect is a feature of some case, and no case has a feature that is none."""
    shown = {(feature.aspect, feature.name) for case in accepted for feature in case.features}
    choices = {
        (aspect.name, choice.name) for aspect in aspects(contract) for members in aspect.classes for choice in members
    }
    assert shown == choices


def test_every_two_classes_meet(contract: Contract, accepted: list[Case]) -> None:
    """Strength 2: each pair of classes of two aspects is in some case, where each listed value is an aspect's."""
    classes = {
        (aspect.name, choice.name): (aspect.name, position)
        for aspect in aspects(contract)[1:]
        for position, members in enumerate(aspect.classes)
        for choice in members
    }
    met: set[frozenset[tuple[str, Any]]] = set()
    listed: set[tuple[str, Any]] = set()
    for case in accepted:
        body, *features = case.features
        values = [(name, value) for name, value in (word.split(" ") for word in body.name.split(" with "))]
        listed |= {*values}
        found = [*values, *(classes[feature.aspect, feature.name] for feature in features)]
        met |= {frozenset(pair) for pair in itertools.combinations(found, 2)}
    others = {(aspect.name, position) for aspect in aspects(contract)[1:] for position in range(len(aspect.classes))}
    every = {
        frozenset(pair) for pair in itertools.combinations(listed | others, 2) if len({name for name, _ in pair}) == 2
    } - {frozenset({("exportType", "LEARNING_ACTIVITY_INTERACTIONS"), ("format", "CSV")})}
    assert len(every) > 300
    assert every - met == set()


def test_shapes_of_timestamps_occur(bodies: list[dict[str, Any]], moment_of: MomentOf) -> None:
    """0 to 6 digits, Z, offsets of both signs, half hours, 14:00, equal dates and leap days all occur."""
    for field in ("startDate", "endDate"):
        texts = [body[field] for body in bodies]
        fractions = [re.search(r"\.([0-9]+)", text) for text in texts]
        assert {len(found[1]) if found else 0 for found in fractions} == set(range(7))
        zones = {text[19:].lstrip(".0123456789") for text in texts}
        assert zones >= {"Z", "+00:00", "+05:30", "+14:00"}
        assert any(zone.startswith("-") for zone in zones)
        assert any("-02-29T" in text for text in texts)
    spans = [_span(body, moment_of) for body in bodies]
    assert min(spans) == timedelta(0)
    assert any(timedelta(0) < span < timedelta(seconds=2) for span in spans)
    assert max(spans) > timedelta(days=9000)
    years = {int(body[field][:4]) for body in bodies for field in ("startDate", "endDate")}
    assert years & set(range(1900, 1970))
    assert years & set(range(2100, 2200))


def _span(body: Mapping[str, Any], moment_of: MomentOf) -> timedelta:
    start, end = moment_of(body["startDate"]), moment_of(body["endDate"])
    assert start is not None
    assert end is not None
    return end - start


def test_each_case_shows_its_features(accepted: list[Case], moment_of: MomentOf) -> None:
    """What a case is said to show can be seen in what it sends."""
    missing = [
        (feature.name, case.payload)
        for case in accepted
        for feature in case.features
        if not _shows(case, feature, moment_of)
    ]
    assert missing == []


def _shows(case: Case, feature: Feature, moment_of: MomentOf) -> bool:
    """Whether a case shows a feature, by the feature's own words."""
    text, body = case.payload.decode(), json.loads(case.payload)
    field, _, rest = feature.name.partition(" ")
    match feature.aspect:
        case "body":
            listed = dict(word.split(" ") for word in feature.name.split(" with "))
            return {name: str(body[name]) for name in listed} == listed
        case "content type":
            return case.content_type == feature.name.removeprefix("Content-Type ")
        case "white space":
            blanks = {"no white space": "", "a space after each comma and colon": " "}.get(feature.name, "\t\r\n")
            return {letter for letter in text if letter.isspace()} == set(blanks)
        case "escapes":
            plain = re.sub(r"\\u[0-9a-fA-F]{4}", "", text)
            letters = any(letter.isalpha() for letter in plain)
            return {"no escapes": "\\" not in text, "every character escaped": not letters}.get(
                feature.name, "\\" in text and letters
            )
        case "key order":
            documented = ["startDate", "endDate", "exportType", "format", "learningActivityId"]
            keys = [key for key in documented if key in body]
            orders = {"keys in reverse": keys[::-1], "keys in alphabetical order": sorted(keys)}
            return list(body) == orders.get(feature.name, keys)
        case "length":
            span = _span(body, moment_of)
            return abs(span - RANGES[feature.name.removeprefix("a range of ")]) < timedelta(
                seconds=1 if span else 0, microseconds=1
            )
        case "moment":
            return bool(body[field].startswith(rest))
        case "startDate fraction" | "endDate fraction":
            digits = re.search(r"with ([0-9])", rest)
            return bool(re.search(rf"\d\.\d{{{digits[1]}}}\D" if digits else r":\d\d[Z+-]", body[field]))
        case "startDate zone" | "endDate zone":
            zone = "Z" if rest == "in Z" else rest.removeprefix("with the offset ")
            return bool(body[field].endswith(zone))
    return False


def test_titles_tell_all_that_is_remarkable(accepted: list[Case]) -> None:
    """A title names the listed values and every remarkable feature, in one line."""
    for case in accepted:
        assert case.title == "; ".join(feature.name for feature in case.features if feature.remarkable)
        assert case.base == case.features[0].name
        assert case.features[0].aspect == BODY


def test_a_case_is_built_again_from_its_features(contract: Contract, accepted: list[Case]) -> None:
    """All that makes an accepted case is in its features."""
    for case in accepted_cases(contract):
        assert case_with(contract, case.features) == case
        assert case in accepted
