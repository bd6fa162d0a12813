"""The oracle against a table that was written from the contract's own words, row by row."""

from __future__ import annotations

import pytest

from export_contract.contract import Expectation, classify, load_contract, rules

from . import rows_fields, rows_open, rows_text
from .oracle_rows import ROWS
from .rows import Row

OPEN = [item.id for item in load_contract().requirements if item.expectation is Expectation.UNSPECIFIED]
LENIENT = load_contract().with_expectations(dict.fromkeys(OPEN, Expectation.ACCEPT))
STRICT = load_contract().with_expectations(dict.fromkeys(OPEN, Expectation.REJECT))


def _title(row: Row) -> str:
    return f"{row.rule}: {row.name}"


@pytest.mark.parametrize("row", ROWS, ids=_title)
def test_row(row: Row) -> None:
    """A body has the expectation that the contract gives it, and exactly the requirements that say so."""
    found = classify(row.body, row.content_type)
    assert (found.expectation.value, set(found.broken), set(found.open)) == (
        row.expectation,
        set(row.broken),
        set(row.open),
    ), found.reasons


def test_every_id_has_a_reason() -> None:
    """Every requirement named has a reason, in one line of plain words, and nothing else has."""
    for row in ROWS:
        found = classify(row.body, row.content_type)
        assert {reason.requirement for reason in found.reasons} == {*found.broken, *found.open}, _title(row)
        assert all(reason.problem and "\n" not in reason.problem for reason in found.reasons), _title(row)


def test_ids_come_in_the_order_of_the_contract() -> None:
    """The ids of a classification stand once each, in the order of the requirements file."""
    rank = load_contract().rank
    for row in ROWS:
        found = classify(row.body, row.content_type)
        for ids in (found.broken, found.open):
            assert list(ids) == sorted(set(ids), key=rank.__getitem__), _title(row)


def test_the_table_is_large_and_has_no_row_twice() -> None:
    """There are at least 230 rows, each with a title and a request of its own."""
    assert len(ROWS) >= 230
    assert len({_title(row) for row in ROWS}) == len(ROWS)
    requests = [(row.body, row.content_type) for row in rows_fields.ROWS + rows_text.ROWS + rows_open.ROWS]
    assert len(set(requests)) == len(requests)


def test_most_rejections_break_exactly_one_requirement() -> None:
    """A body that breaks two says little, so there are few of them."""
    several = [row for row in ROWS if len(row.broken) > 1]
    assert 1 <= len(several) <= 5


def test_every_requirement_on_a_request_is_broken_by_some_row() -> None:
    """No requirement that a body can break is missing from the table."""
    about_requests = {
        requirement.id
        for requirement in load_contract().requirements
        if requirement.expectation is Expectation.REJECT and requirement.rule not in rules.ANSWERS
    }
    assert about_requests == {name for row in ROWS for name in row.broken}


def test_every_open_requirement_is_met_by_some_row() -> None:
    """No requirement that a body can leave open is missing from the table."""
    unspecified = {
        requirement.id
        for requirement in load_contract().requirements
        if requirement.expectation is Expectation.UNSPECIFIED and requirement.rule not in rules.ANSWERS
    }
    assert unspecified == {name for row in ROWS for name in row.open}


def test_every_open_requirement_stands_alone_in_some_row() -> None:
    """Each open requirement but two can be told apart from all others; those two need an unknown property."""
    alone = {row.open[0] for row in ROWS if row.expectation == "unspecified" and len(row.open) == 1}
    together = {"EXP-OPEN-LONG-STRING", "EXP-OPEN-DEEP-NESTING"}
    assert alone | together == {name for row in ROWS for name in row.open}


@pytest.mark.parametrize("row", [row for row in ROWS if row.expectation != "accept"], ids=_title)
def test_everything_open_is_decided(row: Row) -> None:
    """Where all that is open is accepted, what was rejected still is; where it is rejected, all of it is broken."""
    accepted = classify(row.body, row.content_type, contract=LENIENT)
    if row.expectation == "reject":
        assert (accepted.expectation, set(accepted.broken)) == (Expectation.REJECT, set(row.broken))
    elif row.rule == rows_open.TOO_DEEP:
        assert accepted.expectation is Expectation.UNSPECIFIED  # nobody knows what else it is
    elif "EXP-OPEN-DUPLICATE-KEY" not in row.open and row.name != "a form, declared as one":
        assert accepted.expectation is Expectation.ACCEPT
    rejected = classify(row.body, row.content_type, contract=STRICT)
    assert (rejected.expectation, set(rejected.broken)) == (Expectation.REJECT, {*row.broken, *row.open})
    readings = {"EXP-OPEN-DUPLICATE-KEY", *(("EXP-OPEN-DEEP-NESTING",) if row.rule == rows_open.TOO_DEEP else ())}
    assert (set(accepted.open) | set(rejected.open)) <= readings


@pytest.mark.parametrize(
    ("body", "expectation"),
    [
        (b'"format":"CSV","format":"CSV"', Expectation.ACCEPT),
        (b'"format":"CSV","format":"JSONL"', Expectation.ACCEPT),
        (b'"format":"CSV","format":"XML"', Expectation.UNSPECIFIED),
        (b'"format":null,"format":"CSV"', Expectation.UNSPECIFIED),
        (b'"format":"CSV","endDate":"2015-05-28"', Expectation.UNSPECIFIED),
        (b'"format":"XML","format":"xml"', Expectation.REJECT),
    ],
)
def test_accepted_duplicates_are_accepted_in_every_reading(body: bytes, expectation: Expectation) -> None:
    """Where a user decides that keys may stand twice, a body of which one reading is refused is accepted by nobody."""
    contract = load_contract().with_expectations({"EXP-OPEN-DUPLICATE-KEY": Expectation.ACCEPT})
    payload = (
        b'{"startDate":"2012-09-05T11:12:47.000Z","endDate":"2015-05-28T17:39:23.000Z","exportType":"USERS",%s}' % body
    )
    said = classify(payload, contract=contract)
    assert said.expectation is expectation
    assert said.open == (("EXP-OPEN-DUPLICATE-KEY",) if expectation is Expectation.UNSPECIFIED else ())


def test_what_is_no_json_is_not_accepted_with_its_content_type() -> None:
    """A user who decides that any content type is accepted has not decided that anything but JSON is."""
    for body in (b"hello", b"startDate=2012-09-05&format=CSV", b"{", b""):
        for content_type in (None, "text/plain", "application/x-www-form-urlencoded"):
            assert classify(body, content_type, contract=LENIENT).broken == ("EXP-BODY-JSON",)


def _one_row_each() -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in ROWS:
        if row.expectation == "unspecified" and len(row.open) == 1 and row.rule != rows_open.TOO_DEEP:
            rows.setdefault(row.open[0], row)
    return rows


@pytest.mark.parametrize(("name", "row"), _one_row_each().items(), ids=_one_row_each())
def test_what_is_open_can_be_decided(name: str, row: Row) -> None:
    """A user who turns an open requirement into accept or reject gets just that, under the same name."""
    contract = load_contract()
    accepting = contract.with_expectations({name: Expectation.ACCEPT})
    accepted = classify(row.body, row.content_type, contract=accepting)
    assert (accepted.expectation, accepted.broken, accepted.open) == (Expectation.ACCEPT, (), ())
    rejecting = contract.with_expectations({name: Expectation.REJECT})
    rejected = classify(row.body, row.content_type, contract=rejecting)
    assert (rejected.expectation, rejected.broken, rejected.open) == (Expectation.REJECT, (name,), ())
