"""Group testing: what a target decides on many things, for few jobs.

Several things that the document leaves open go into one request. Accepted, it has answered for each of them, for one
job. Refused, it cost no job, and says nothing of any of them: they are asked for again in requests of half as many,
down to one, so that what counts is always what a request with one thing gives. What is likely to be refused goes alone
from the beginning, and what is likely to be accepted is not packed with what is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Hashable, Iterable, Sequence
from enum import StrEnum
from typing import Final, Generic, TypeVar

MOST_PACKED: Final = 8
"""Things in one request: a refused one takes up to twice as many requests to take apart."""
_WAVE: Final = 8
"""Requests of which none waits for another's answer."""

T = TypeVar("T", bound=Hashable)
Wave = list[tuple[T, ...]]
Joins = Callable[[tuple[T, ...], T], bool]
"""Whether a thing can go into the same request as a group of others."""
Kinds = Callable[[T], Sequence[Hashable]]
"""What a thing is like, the most telling first and at last its place."""


class Answer(StrEnum):
    """What came of a request."""

    ACCEPTED = "accepted"
    """As it should be: it has answered for everything in it."""
    REFUSED = "refused"
    UNCLEAR = "unclear"
    """It failed, or showed something that one thing in it is to be blamed for."""


class Chance(StrEnum):
    """What became of others of a kind, more often than not."""

    GOOD = "good"
    UNKNOWN = "unknown"
    BAD = "bad"


def group_test(
    things: Iterable[T], joins: Joins[T], kinds: Kinds[T]
) -> Generator[Wave[T], Sequence[Answer | None], None]:
    """Yields waves of groups to ask for; to be sent the answer to each, None for one that was not sent.

    `things` are what to find out about, the most telling first; they are all different. Ends when each was answered
    for, and after a wave of which something was not sent.
    """
    testing = _GroupTest(list(things), joins, kinds)
    while testing.waiting:
        wave = testing.next_wave()
        answers = yield wave
        if None in answers:
            return
        for group, answer in zip(wave, answers, strict=True):
            testing.note(group, answer)


class _GroupTest(Generic[T]):
    """What is still to be asked for, and what is known so far."""

    def __init__(self, things: list[T], joins: Joins[T], kinds: Kinds[T]) -> None:
        self.waiting = things
        self._joins = joins
        self._kinds = kinds
        self._most: dict[T, int] = dict.fromkeys(things, MOST_PACKED)
        """How many things the next group of each may have."""
        self._balance: Counter[Hashable] = Counter()
        """For each kind, how many more were accepted than refused."""
        self._forms = Counter(kinds(one)[-1] for one in things)
        """For each place, how many things there are: where many forms are known, readers are strict about form."""

    def next_wave(self) -> Wave[T]:
        """Groups of what waits longest, which do not wait any more."""
        wave: Wave[T] = []
        while self.waiting and len(wave) < _WAVE:
            group = self._next_group()
            self.waiting = [one for one in self.waiting if one not in group]
            wave.append(group)
        return wave

    def note(self, group: tuple[T, ...], answer: Answer | None) -> None:
        """Note what became of a group; what is unknown yet comes next."""
        if answer is Answer.ACCEPTED or len(group) == 1:
            for kind in (kind for one in group for kind in self._kinds(one)):
                self._balance[kind] += 1 if answer is Answer.ACCEPTED else -1
            return
        self._most.update(dict.fromkeys(group, len(group) // 2))
        self.waiting = [*sorted(group, key=lambda one: self._forms[self._kinds(one)[-1]]), *self.waiting]

    def _next_group(self) -> tuple[T, ...]:
        first = self.waiting[0]
        group: tuple[T, ...] = (first,)
        chance = self._chance(first)
        if chance is Chance.BAD:
            return group
        most = self._most[first]
        for one in self.waiting[1:]:
            if len(group) < min(most, self._most[one]) and self._chance(one) is chance and self._joins(group, one):
                group, most = (*group, one), min(most, self._most[one])
        return group

    def _chance(self, thing: T) -> Chance:
        """The chance of a thing, by the first of its kinds of which anything is known."""
        known = next((kind for kind in self._kinds(thing) if self._balance[kind]), None)
        if known is None:
            return Chance.UNKNOWN
        return Chance.GOOD if self._balance[known] > 0 else Chance.BAD
