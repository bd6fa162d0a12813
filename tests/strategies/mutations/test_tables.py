"""The tables that cases are made of: near misses, wrong types, timestamps, and texts that are no JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation, classify, classify_timestamp
from export_contract.contract.rules import OPEN_TIMESTAMPS
from export_contract.contract.timestamps import CALENDAR, FORM
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.moments import (
    FRACTIONS,
    NO_MOMENTS,
    NO_TIMESTAMPS,
    OPEN_MOMENTS,
    write,
    zone,
)
from export_contract.strategies.data.writers import spell
from export_contract.strategies.mutations.malformed_json import malformed_payloads_of
from export_contract.strategies.mutations.near_misses import has_type, near_values, near_words, wrong_types

MomentOf = Callable[[str], datetime | None]
BODY: Final[dict[str, Any]] = {
    "startDate": "2012-09-05T11:12:47.000Z",
    "endDate": "2015-05-28T17:39:23.000Z",
    "exportType": "NETWORKS",
    "format": "CSV",
}
EXPORT_TYPES: Final = (
    *("ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS"),
    "LEARNING_ACTIVITY_INTERACTIONS",
)
SAMPLES: Final[dict[str, Any]] = {
    "null": None,
    "boolean": True,
    "integer": 12345,
    "number": 1.5,
    "string": "text",
    "array": [1],
    "object": {"a": 1},
}


@pytest.mark.parametrize("word", EXPORT_TYPES)
def test_near_words_break_the_list_and_nothing_else(word: str) -> None:
    """A word that is almost an export type is none, and breaks that requirement alone, whatever it looks like."""
    near = dict(near_words(word, EXPORT_TYPES))
    assert len(set(near.values())) == len(near) >= 18
    for text in near.values():
        said = classify(spell({**BODY, "exportType": text, "format": "JSONL"}))
        assert said.broken == ("EXP-EXPORTTYPE-ENUM",), text


def test_near_words_have_the_classes_of_the_contract() -> None:
    """Case, padding, prefixes and suffixes, plural and singular, the empty word, an ordinal: each is there."""
    near = {text for _, text in near_words("USERS", EXPORT_TYPES)}
    assert near >= {"users", "Users", "USERS ", " USERS", "USERS\n", "USERS\0", "USER", "USERSS"}
    assert near >= {"", "0", "*", "null", "constructor"}
    assert near.isdisjoint(EXPORT_TYPES)


@settings(deadline=None, database=None)
@given(st.lists(st.text(max_size=8), min_size=1, max_size=4, unique=True), st.data())
def test_near_words_are_never_in_the_list(words: list[str], data: st.DataObject) -> None:
    """Whatever is listed, a near miss is not listed, and none comes twice."""
    word = data.draw(st.sampled_from(words))
    near = [text for _, text in near_words(word, words)]
    assert set(near).isdisjoint(words)
    assert len(near) == len(set(near))


@settings(deadline=None, database=None)
@given(st.one_of(st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))
@example(0)
def test_near_values_are_never_in_the_list(value: Any) -> None:
    """Numbers and booleans have near misses that are none of the values listed, and of the same type."""
    for _, near in near_values(value, [value]):
        assert near != value
        assert isinstance(near, bool) == isinstance(value, bool)


@pytest.mark.parametrize("name", SAMPLES)
def test_wrong_types_are_wrong(name: str) -> None:
    """None of the values has the type that is right, each other type is among them, and none comes twice."""
    wrong = [value for _, value in wrong_types(SAMPLES[name], [name], is_timestamp=False)]
    read = [json.loads(spell(value)) for value in wrong]
    assert not any(has_type(value, name) for value in read)
    types = {other for other in SAMPLES if any(has_type(value, other) for value in read)}
    similar = {"integer": {"integer", "number"}, "number": {"integer", "number"}}.get(name, {name})
    assert types >= SAMPLES.keys() - similar
    assert len({json.dumps(value) for value in read}) == len(read)


def test_wrong_types_leave_out_all_that_are_right() -> None:
    """Where two types are right, neither is among them."""
    read = [json.loads(spell(value)) for _, value in wrong_types("text", ["string", "null"], is_timestamp=False)]
    assert not any(value is None or isinstance(value, str) for value in read)
    assert read


def test_wrong_types_are_falsy_and_coercible() -> None:
    """Values for readers that test for truth or coerce: false, zero, nothing, a number as text, true."""
    wrong = [value for _, value in wrong_types(12345, ["number"], is_timestamp=False)]
    wanted: list[Any] = [None, False, "", [], {}, "12345", True]
    assert [one for one in wanted if one not in wrong] == []
    assert 1362481967000 in [value for _, value in wrong_types("x", ["string"], is_timestamp=True)]


@pytest.mark.parametrize(("kind", "text"), NO_TIMESTAMPS)
def test_no_timestamps(kind: str, text: str, moment_of: MomentOf) -> None:
    """Each has no form of ISO 8601."""
    assert classify_timestamp(text)[:2] == (Expectation.REJECT, (FORM,)), kind
    assert moment_of(text) is None


@pytest.mark.parametrize(("kind", "text"), NO_MOMENTS)
def test_no_moments(kind: str, text: str, moment_of: MomentOf) -> None:
    """Each has a form of ISO 8601, and names a day or a time that does not exist."""
    assert classify_timestamp(text)[:2] == (Expectation.REJECT, (CALENDAR,)), kind
    assert moment_of(text) is None


@pytest.mark.parametrize(("rule", "kind", "text"), OPEN_MOMENTS)
def test_open_moments(rule: str, kind: str, text: str, moment_of: MomentOf) -> None:
    """Each is left open by the rule that it stands for."""
    said = classify_timestamp(text)
    assert said.expectation is Expectation.UNSPECIFIED, kind
    assert rule in said.rules, kind
    assert moment_of(text) is None


def test_every_rule_has_an_open_moment() -> None:
    """No rule that leaves timestamps open is without one, and no text stands in two tables or twice in one."""
    assert {rule for rule, _, _ in OPEN_MOMENTS} == set(OPEN_TIMESTAMPS)
    texts = Counter([text for *_, text in (*NO_TIMESTAMPS, *NO_MOMENTS, *OPEN_MOMENTS)])
    assert [text for text, times in texts.items() if times > 1] == []


@settings(deadline=None, database=None)
@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)),
    st.sampled_from([digits for members in FRACTIONS for digits in members]),
    st.one_of(st.none(), st.integers(-840, 840)),
)
def test_written_moments_are_read_back(moment_of: MomentOf, local: datetime, digits: int, offset: int | None) -> None:
    """A moment that is written is documented, and reads as itself, cut to the digits that are shown."""
    moment = local.replace(tzinfo=zone(offset))
    text = write(moment, digits, offset)
    read = moment_of(text)
    assert classify_timestamp(text).expectation is Expectation.ACCEPT
    assert read is not None
    assert timedelta(0) <= moment - read < timedelta(seconds=1) / 10**digits
    assert text.startswith(f"{local:%Y-%m-%dT%H:%M:%S}".zfill(19))


def test_malformed_payloads_are_no_json(contract: Contract) -> None:
    """A strict reader refuses each, for every base, and the oracle finds nothing else wrong with it."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    for body in bases(contract):
        made = dict(malformed_payloads_of(body))
        assert len(made) >= 24
        assert len(set(made.values())) == len(made)
        for kind, payload in made.items():
            with pytest.raises(ValueError):  # noqa: PT011  # no UTF-8, no JSON, or a constant that JSON lacks
                json.loads(payload.decode("utf-8"), parse_constant=refuse)
            assert classify(payload).broken == ("EXP-BODY-JSON",), kind


def test_malformed_payloads_have_the_classes_of_the_contract() -> None:
    """Empty, cut, commas, comments, quotes, NaN and Infinity, more after it, no UTF-8: each is there."""
    made = dict(malformed_payloads_of(BODY))
    plain = spell(BODY)
    assert set(made.values()) >= {b"", plain[:-1], plain[:-1] + b",}", plain + plain, plain.replace(b'"', b"'")}
    together = b"\n".join(made.values())
    assert all(piece in together for piece in (b"/*", b"//", b"NaN", b"Infinity", b"\xff", b"\xe9", b"\0{"))
