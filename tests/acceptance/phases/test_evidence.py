"""Evidence: a requirement that is broken costs few jobs, and none that is kept loses a case."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.acceptance.phases.evidence import (
    ENOUGH,
    Seen,
    differing_most_first,
    first_of_unseen,
    further_evidence,
    next_wave,
)
from export_contract.contract import Expectation
from export_contract.strategies import Case, suite

BAD = [case for case in suite() if case.expectation is Expectation.REJECT]


def sent_to(accepts: frozenset[str]) -> tuple[list[Case], list[Case]]:
    """(What is sent before anything is put off, what is put off) to a target that accepts the cases of some ids."""
    left, sent = list(BAD), list[Case]()
    while wave := next_wave(left, seen_by(sent, accepts)):
        sent += wave
        left = [case for case in left if case not in wave]
    return sent, left


def seen_by(sent: list[Case], accepts: frozenset[str]) -> dict[str, Seen]:
    """What such a target showed."""
    return {
        name: Seen(sum(one.id in accepts for one in of_one), sum(one.id not in accepts for one in of_one))
        for name in {one.requirement for one in sent}
        if (of_one := [one for one in sent if one.requirement == name])
    }


@settings(max_examples=50, deadline=None)
@given(st.sets(st.sampled_from([case.id for case in BAD])).map(frozenset))
def test_what_is_put_off(accepts: frozenset[str]) -> None:
    """A requirement that is kept has all its cases sent; a broken one costs one job, and never more than a wave."""
    sent, left = sent_to(accepts)
    assert Counter(sent) + Counter(left) == Counter(BAD)
    costly = Counter(one.requirement for one in sent if one.id in accepts)
    assert max(costly.values(), default=0) <= ENOUGH
    assert {one.requirement for one in left} <= set(costly)
    assert {one.requirement for one in BAD if one.id in accepts} == set(costly)


def test_what_requests_ran_out_for() -> None:
    """One request goes first for each requirement of which nothing is known, and for no other."""
    known = {BAD[0].requirement: Seen(free=1)}
    assert Counter(one.requirement for one in first_of_unseen(BAD, known)) == Counter(
        {one.requirement for one in BAD} - set(known)
    )


def test_a_target_that_accepts_everything() -> None:
    """It is asked once for each requirement; then three times at most for each, before any of them a fourth time."""
    everything = frozenset(case.id for case in BAD)
    sent, left = sent_to(everything)
    assert Counter(one.requirement for one in sent) == Counter({one.requirement for one in BAD})
    further = further_evidence(left, seen_by(sent, everything))
    counts = Counter(one.requirement for one in (*sent, *further))
    credentials = {one.requirement for one in BAD if one.credentials != "configured"}
    for name, count in Counter(one.requirement for one in BAD).items():
        assert counts[name] == min(count, 2 if name in credentials else ENOUGH)


def test_credentials_that_are_not_looked_at() -> None:
    """Thirteen damaged credentials that are all accepted cost two jobs; where one is refused, the others are sent."""
    damaged = [case for case in BAD if case.requirement == "EXP-AUTH-WRONG"]
    assert len(damaged) == 13
    assert next_wave(damaged, {}) == damaged[:1]
    assert next_wave(damaged[1:], {"EXP-AUTH-WRONG": Seen(1, 0)}) == []
    assert further_evidence(damaged[1:], {"EXP-AUTH-WRONG": Seen(1, 0)}) == damaged[1:2]
    assert further_evidence(damaged[2:], {"EXP-AUTH-WRONG": Seen(2, 0)}) == []
    assert further_evidence(damaged[3:], {"EXP-AUTH-WRONG": Seen(2, 1)}) == damaged[3:]


def test_the_cases_of_one_requirement_differ() -> None:
    """The first three words for a wrong exportType are not three spellings of one mistake."""
    cases = [case for case in BAD if case.requirement == "EXP-EXPORTTYPE-ENUM"]
    ordered = differing_most_first(cases)
    assert ordered[0] == cases[0]
    assert Counter(ordered) == Counter(cases)
    assert len({case.base for case in ordered[:ENOUGH]}) == ENOUGH
    assert len({case.title.rpartition(": ")[2] for case in ordered[:ENOUGH]}) == ENOUGH
