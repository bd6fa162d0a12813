"""Evidence: how many accepted bad requests show that a requirement is broken, and which cases come later for that.

A bad request that is refused costs a target nothing, one that it accepts costs a job. So the first job that a
requirement costs puts its other cases behind all that may still teach something new. All of this is decided by what was
seen, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final, NamedTuple

from export_contract.acceptance.checks.registry import is_unjudged
from export_contract.acceptance.model.exchange import Exchange
from export_contract.contract import Expectation
from export_contract.strategies import Case
from export_contract.strategies.data.case import CONFIGURED

PUT_OFF_AFTER: Final = 1
"""Jobs that a requirement may cost before its other cases are put off."""
ENOUGH: Final = 3
"""Accepted cases of a requirement that show which class of requests is let through."""
_ENOUGH_CREDENTIALS: Final = 2
"""A target that takes two credentials which have nothing in common does not look at credentials."""
_WAVE: Final = 3
"""Cases of one requirement that are on their way at once: they may all cost a job before the first is known to."""


class Seen(NamedTuple):
    """What the bad requests of one requirement came to."""

    costly: int = 0
    """Those that created a job, or may have."""
    free: int = 0


def seen_of(exchanges: Iterable[Exchange]) -> dict[str, Seen]:
    """For each requirement, what the cases that break it came to."""
    found: dict[str, Seen] = {}
    for one in exchanges:
        if one.case.expectation is Expectation.REJECT and not is_unjudged(one):
            costly, free = found.get(one.case.requirement, Seen())
            found[one.case.requirement] = Seen(costly + one.created_job, free + (not one.created_job))
    return found


def next_wave(left: Sequence[Case], seen: Mapping[str, Seen]) -> list[Case]:
    """The bad requests to send next: a few of each requirement that is not known to cost jobs, in turns.

    A requirement of which nothing is known yet begins with one. Empty where all that is left is put off.
    """
    return in_turns(
        cases[: min(_WAVE, 1 + sum(seen.get(requirement, Seen())))]
        for requirement, cases in by_requirement(left).items()
        if seen.get(requirement, Seen()).costly < PUT_OFF_AFTER
    )


def first_of_unseen(left: Sequence[Case], seen: Mapping[str, Seen]) -> list[Case]:
    """One bad request for each requirement of which nothing is known yet, since requests or jobs had run out."""
    return [cases[0] for requirement, cases in by_requirement(left).items() if requirement not in seen]


def further_evidence(left: Sequence[Case], seen: Mapping[str, Seen]) -> list[Case]:
    """Of the bad requests that were put off, those that are worth a job most.

    First what makes up enough for each requirement, then the rest, but for credentials that are not looked at at all.
    """
    groups = {
        name: cases
        for name, cases in by_requirement(left).items()
        if not (cases[0].credentials != CONFIGURED and _missing(cases[0], seen) == 0 and not seen[name].free)
    }
    first = in_turns(cases[: _missing(cases[0], seen)] for cases in groups.values())
    return first or in_turns(groups.values())


def _missing(case: Case, seen: Mapping[str, Seen]) -> int:
    """How many more accepted cases make up enough evidence for the requirement of a case."""
    enough = ENOUGH if case.credentials == CONFIGURED else _ENOUGH_CREDENTIALS
    return max(0, enough - seen.get(case.requirement, Seen()).costly)


def differing_most_first(cases: Sequence[Case]) -> list[Case]:
    """The cases in such an order that each shares as little as possible with those before it; the first stays first.

    Equal ones stay in their order, so that it is the same in every run.
    """
    traits = {case: traits_of(case) for case in cases}
    common: dict[Case, int] = dict.fromkeys(cases, 0)
    ordered: list[Case] = []
    left = list(cases)
    while left:
        chosen = min(left, key=common.__getitem__)  # of several, min takes the first
        left.remove(chosen)
        ordered.append(chosen)
        for case in left:
            common[case] += len(traits[case] & traits[chosen])
    return ordered


def traits_of(case: Case) -> frozenset[tuple[str, Hashable]]:
    """What makes a case alike to others: what was changed, in which way, and in which body."""
    verb = case.credentials.partition(":")
    way = case.title.rpartition(": ")[2]
    return frozenset(
        {
            ("changed", case.changed),
            ("base", case.base),
            ("way", way),
            *(("word", word) for word in way.split() if len(word) > _SHORT_WORD),
            ("length", len(case.payload).bit_length()),
            ("verb", verb[0]),
            ("parameter", verb[2]),
        }
    )


_SHORT_WORD: Final = 3


def by_requirement(cases: Iterable[Case]) -> dict[str, list[Case]]:
    """The cases of each requirement."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        groups.setdefault(case.requirement, []).append(case)
    return groups


def in_turns(groups: Iterable[Sequence[Case]]) -> list[Case]:
    """The first of each group, then the second of each, and so on."""
    return [case for row in zip_longest(*groups) for case in row if case is not None]
