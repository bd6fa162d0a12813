"""Group testing says of each thing what a request with that thing alone says."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.phases.grouping import Answer, group_test

Group = tuple[int, ...]
NUMBERS = range(40)


def ask(
    target: Callable[[Group], Answer],
    joins: Callable[[Group, int], bool],
    kinds: Callable[[int], tuple[int, ...]] = lambda number: (number // 20, number % 10),
) -> tuple[dict[int, Answer], int, int]:
    """(What a target says of each number, jobs, requests); the last decimal is the place that a number changes."""
    found: dict[int, Answer] = {}
    jobs = requests = 0
    testing = group_test(NUMBERS, joins, kinds, lambda number: number % 10)
    wave = next(testing)
    while True:
        answers = [target(group) for group in wave]
        requests += len(wave)
        jobs += answers.count(Answer.ACCEPTED)
        for group, answer in zip(wave, answers, strict=True):
            if answer is Answer.ACCEPTED or len(group) == 1:
                assert not found.keys() & set(group)
                found.update(dict.fromkeys(group, answer))
        try:
            wave = testing.send(answers)
        except StopIteration:
            return found, jobs, requests


def differ(group: Group, number: int) -> bool:
    """Whether a number changes another place than those of a group."""
    return number % 10 not in {one % 10 for one in group}


Refused = st.frozensets(st.sampled_from(NUMBERS))
Pairs = st.frozensets(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(NUMBERS)), max_size=6)


@given(Refused, Pairs, Refused)
def test_the_choice_is_that_of_a_request_with_one_thing(
    refused: frozenset[int], pairs: frozenset[tuple[int, int]], crashing: frozenset[int]
) -> None:
    """Whatever a target refuses, fails at, or refuses together, each thing gets what it gets alone."""

    def target(group: Group) -> Answer:
        if crashing & set(group):
            return Answer.UNCLEAR
        together = any(one != other and {one, other} <= set(group) for one, other in pairs)
        return Answer.REFUSED if together or refused & set(group) else Answer.ACCEPTED

    found, _, _ = ask(target, differ)
    assert found == {number: target((number,)) for number in NUMBERS}


@given(Refused)
def test_it_never_costs_more_jobs(refused: frozenset[int]) -> None:
    """There are never more jobs than things that are accepted, and never more than twice as many requests as things."""
    found, jobs, requests = ask(lambda group: Answer.REFUSED if refused & set(group) else Answer.ACCEPTED, differ)
    assert jobs <= sum(answer is Answer.ACCEPTED for answer in found.values())
    assert requests < 2 * len(NUMBERS)


def test_a_lenient_target() -> None:
    """Where all is accepted, a request answers for all the places that there are, up to eight."""
    _, jobs, requests = ask(lambda group: Answer.ACCEPTED, differ)
    assert jobs == requests
    assert jobs <= 7


def test_what_is_refused_sets_the_others_free() -> None:
    """A target that refuses one thing in each request costs as many jobs as one that accepts them all."""
    refused = {9, 19, 29, 39}

    def target(group: Group) -> Answer:
        return Answer.REFUSED if refused & set(group) else Answer.ACCEPTED

    _, lenient, _ = ask(lambda group: Answer.ACCEPTED, differ, lambda number: (number,))
    found, jobs, _ = ask(target, differ, lambda number: (number,))
    assert {number for number, answer in found.items() if answer is Answer.REFUSED} == refused
    assert jobs <= lenient


def test_things_that_cannot_be_packed_go_alone() -> None:
    """What gets in each other's way is never in one request."""
    groups: list[Group] = []
    ask(lambda group: groups.append(group) or Answer.ACCEPTED, lambda group, number: False)
    assert sorted(groups) == [(number,) for number in NUMBERS]


def test_it_ends_where_something_was_not_sent() -> None:
    """Without jobs there is no use in asking further."""
    testing = group_test(NUMBERS, differ, lambda number: (number,), lambda number: 0)
    wave = next(testing)
    try:
        testing.send([None] * len(wave))
    except StopIteration:
        return
    raise AssertionError
