"""Packs: a request with what several open cases change, and with nothing else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.contract import Expectation, built_in_contract, oracle
from export_contract.strategies import Case, suite
from export_contract.strategies.mutations.packs import packed

CONTRACT = built_in_contract()
OPEN = [case for case in suite() if case.expectation is Expectation.UNSPECIFIED]


def the(title: str) -> Case:
    """The open case of that title."""
    return next(case for case in OPEN if case.title == title)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(OPEN), min_size=2, max_size=4, unique=True))
def test_a_pack_is_open_for_what_its_cases_are(cases: list[Case]) -> None:
    """The oracle finds in a pack what it finds in each of its cases."""
    pack = packed(CONTRACT, cases)
    if pack is None:
        return
    judge = oracle(CONTRACT)
    alone = {name for case in cases for name in judge.classify(case.payload, case.content_type).open}
    together = judge.classify(pack.payload, pack.content_type)
    assert (together.broken, set(together.open)) == ((), alone)
    assert [(one.requirement, one.name) for one in pack.features] == [(one.requirement, one.title) for one in cases]


def test_texts_are_taken_over_as_they_are_written() -> None:
    """A number that no reader keeps, a name that is there twice, and bytes before the body are all in one pack."""
    pack = packed(
        CONTRACT,
        [
            the("learningActivityId 1e400: huge"),
            the('startDate "2013-03-05": date only'),
            the("the body: an unknown property with half a surrogate pair"),
            the("a byte order mark before the body"),
        ],
    )
    assert pack is not None
    assert pack.payload.startswith(b"\xef\xbb\xbf{")
    for part in (b'"learningActivityId":1e400', b'"startDate":"2013-03-05"', b'"unexpected":"\\ud800"'):
        assert part in pack.payload
    pack = packed(CONTRACT, [the("the body in chunks"), the("no content type")])
    assert pack is not None
    assert pack.headers == (("Transfer-Encoding", "chunked"),)


def test_what_gets_in_each_others_way() -> None:
    """Two values of one member, two content types, and dates that would be in the wrong order are not packed."""
    for titles in (
        ('startDate "2013-03-05": date only', 'startDate "0001-01-01T00:00:00Z": the year 0001'),
        ("no content type", "text/plain"),
        ("the body packed with gzip", 'startDate "2013-03-05": date only'),
    ):
        assert packed(CONTRACT, [the(title) for title in titles]) is None


def test_a_case_alone_stays_as_it_is() -> None:
    """What shows a finding is a request with one thing in it."""
    assert packed(CONTRACT, [OPEN[0]]) is OPEN[0]
