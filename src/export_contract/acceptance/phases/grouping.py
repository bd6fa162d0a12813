"""Group testing: what a target decides on many things, for few jobs.

Several things that the document leaves open go into one request. Accepted, it has answered for each of them, for one
job. Refused, it cost no job, and says nothing of any of them: the half that is refused most likely is asked for again,
down to one thing, so that what counts is always what a request with one thing gives. Once a thing of it is refused
alone, that explains the refusal, and the others go into new requests; until then they wait, since to ask for them by
themselves would cost jobs. What is likely to be refused goes alone from the beginning, and what is likely to be
accepted is not packed with what is unknown.
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
"""What a thing is like, the most telling first."""
Suspicion = Callable[[T], int]
"""How likely a thing is refused of which nothing is known yet, compared with others."""


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
    things: Iterable[T], joins: Joins[T], kinds: Kinds[T], suspicion: Suspicion[T]
) -> Generator[Wave[T], Sequence[Answer | None], None]:
    """Yields waves of groups to ask for; to be sent the answer to each, None for one that was not sent.

    `things` are what to find out about, the most telling first; they are all different. Ends when each was answered
    for, and after a wave of which something was not sent.
    """
    testing = _GroupTest(list(things), joins, kinds, suspicion)
    while testing.waiting:
        wave = testing.next_wave()
        answers = yield wave
        if None in answers:
            return
        for group, answer in zip(wave, answers, strict=True):
            testing.note(group, answer)


class _GroupTest(Generic[T]):
    """What is still to be asked for, and what is known so far."""

    def __init__(self, things: list[T], joins: Joins[T], kinds: Kinds[T], suspicion: Suspicion[T]) -> None:
        self.waiting = things
        self._joins = joins
        self._kinds = kinds
        self._refused: list[list[T]] = []
        """What is left of each group that was refused, and of which no thing is known to be refused alone."""
        self._answered: set[Hashable] = set()
        """The first kinds of the things that were answered for."""
        self._balance: Counter[Hashable] = Counter()
        """For each kind, how many more were accepted than refused."""
        self._suspicion = suspicion

    def next_wave(self) -> Wave[T]:
        """Groups of which none waits for another's answer.

        While refused groups are looked into, nothing else is packed: what they set free may go into the same request.
        Groups begin with a thing of a kind that was not answered for, as long as there is one.
        """
        wave = [self._group_of(self._suspects(group)) for group in self._innermost()]
        held = {one for group in self._refused for one in group}
        free = [one for one in self.waiting if one not in held and (not wave or self._chance(one) is Chance.BAD)]
        new = {kind for one in self.waiting if (kind := self._kinds(one)[0]) not in self._answered}
        asked: set[Hashable] = set()
        while len(wave) < _WAVE:
            heads = [one for one in free if not new or self._kinds(one)[0] in new - asked]
            if not heads:
                break
            group = self._group_of([*heads, *free])
            wave.append(group)
            free = [one for one in free if one not in group]
            asked |= {self._kinds(one)[0] for one in group}
        return wave

    def note(self, group: tuple[T, ...], answer: Answer | None) -> None:
        """Note what became of a group; what is refused alone explains all the groups that it was refused in."""
        if answer is not Answer.ACCEPTED and len(group) > 1:
            self._refused.append(list(group))
            return
        self._answered |= {self._kinds(one)[0] for one in group}
        for kind in (kind for one in group for kind in self._kinds(one)):
            self._balance[kind] += 1 if answer is Answer.ACCEPTED else -1
        self.waiting = [one for one in self.waiting if one not in group]
        if answer is Answer.ACCEPTED:
            rest = ([one for one in refused if one not in group] for refused in self._refused)
            self._refused = [refused for refused in rest if refused]
        else:
            self._refused = [refused for refused in self._refused if group[0] not in refused]

    def _innermost(self) -> list[list[T]]:
        """The refused groups in which no smaller one lies."""
        sets = [frozenset(group) for group in self._refused]
        return [group for group, own in zip(self._refused, sets, strict=True) if not any(other < own for other in sets)]

    def _suspects(self, group: list[T]) -> list[T]:
        """The half of a refused group, or the single thing, that is refused most likely."""
        bad = [one for one in group if self._chance(one) is Chance.BAD]
        return bad[:1] or sorted(group, key=self._suspicion, reverse=True)[: (len(group) + 1) // 2]

    def _group_of(self, things: list[T]) -> tuple[T, ...]:
        """The first of the things, with as many others as go with it into one request."""
        group: tuple[T, ...] = (things[0],)
        chance = self._chance(things[0])
        if chance is not Chance.BAD:
            for one in things[1:]:
                is_room = len(group) < MOST_PACKED and one not in group
                if is_room and self._chance(one) is chance and self._joins(group, one):
                    group = (*group, one)
        return group

    def _chance(self, thing: T) -> Chance:
        """The chance of a thing, by the first of its kinds of which anything is known."""
        known = next((kind for kind in self._kinds(thing) if self._balance[kind]), None)
        if known is None:
            return Chance.UNKNOWN
        return Chance.GOOD if self._balance[known] > 0 else Chance.BAD
