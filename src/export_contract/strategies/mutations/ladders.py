"""Ladders: requests of one kind, each larger than the one before, to find the smallest that a target fails at.

Limits of readers lie anywhere: a column of 255 characters, dates of 128 in Ruby, integers of 4,300 digits in Python,
offsets of 18 hours in Java and of a day in Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.pointers import child
from export_contract.contract.request_schema import Location, locations
from export_contract.strategies.accepted.covering_array import base_of
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import Case, case_id, in_body
from export_contract.strategies.data.edits import changed
from export_contract.strategies.data.moments import offset_text
from export_contract.strategies.data.writers import Raw, show, spell
from export_contract.strategies.mutations.by_keyword import Change
from export_contract.strategies.mutations.unspecified import LONG, deep_nesting, long_string

_LENGTHS = (256, 1024, 4096, 8192, 16 * 1024, 64 * 1024, 256 * 1024, 1024 * 1024)
"""Characters."""
_COUNTS = (256, 1024, 4096, 16 * 1024, 64 * 1024)
"""Members of an object."""
_DEPTHS = (32, 64, 128, 256, 512, 1_000, 10_000, 100_000)
"""Levels; the last and the sixth are the suite's own."""
_OFFSETS = (841, 900, 1080, 1081, 1439, 1440, 99 * 60 + 59)
"""Minutes east of UTC, each beyond the 14:00 that are promised; an offset with the minute 99 is in the suite."""


class Ladder(NamedTuple):
    """Requests of one kind, by their sizes."""

    sizes: tuple[int, ...]
    """From small to large."""
    make: Callable[[int], Case | None]
    """The case of one size; None where it would not be what it should."""
    is_free: bool
    """Whether a conforming target refuses them all, so that they cost no job."""


def ladders(contract: Contract) -> Iterator[Ladder]:
    """The ladders of a contract: for each text that it describes, and for what any reader of JSON may fail at."""
    base = bases(contract)[0]
    if not isinstance(base, dict):
        return
    found = tuple(locations(contract.request, base))
    texts = [one for one in found if isinstance(one.value, str)]
    timed = [one for one in texts if one.keyword("format") == "date-time"]
    maker = _Maker(contract, base)
    for location in texts:
        yield _ladder(_LENGTHS, maker.long_text(location))
    for location in texts[:1]:
        yield _ladder(_COUNTS, maker.many_members(location))
    for location in timed[:1]:
        yield _ladder(_OFFSETS, maker.offset(location))
    yield _ladder((*_LENGTHS[:6], LONG), maker.open_text("json/long-string", long_string))
    yield _ladder(_DEPTHS, maker.open_text("json/deep-nesting", deep_nesting))


def _ladder(sizes: tuple[int, ...], make: Callable[[int], Case | None]) -> Ladder:
    make = cache(make)  # a large case takes a while to make, and is asked for several times
    largest = make(sizes[-1])
    return Ladder(sizes, make, largest is not None and largest.expectation is Expectation.REJECT)


class _Maker(NamedTuple):
    """Makes the cases of ladders from an accepted body."""

    contract: Contract
    base: dict[str, Any]

    def long_text(self, location: Location) -> Callable[[int], Case | None]:
        """A timestamp of digits alone, since those are converted; a word with its last letter again and again."""
        name = ".".join(map(str, location.path))
        is_timestamp = location.keyword("format") == "date-time"
        filler = "1" if is_timestamp else location.value[-1:] or "a"
        start = "" if is_timestamp else location.value

        def make(length: int) -> Case | None:
            value = start + filler * (length - len(start))
            title = f"{name}: {length:,} {'digits' if is_timestamp else 'characters'}"
            return self._case(Change(title, spell(changed(self.base, location.path, value)), title, location.path))

        return make

    def many_members(self, location: Location) -> Callable[[int], Case | None]:
        """An object where a text should be: nothing has to be accepted for its members to be read."""
        name = ".".join(map(str, location.path))

        def make(count: int) -> Case | None:
            value = Raw(json.dumps({f"m{number}": number for number in range(count)}, separators=(",", ":")))
            title = f"{name}: an object of {count:,} members"
            return self._case(Change(title, spell(changed(self.base, location.path, value)), title, location.path))

        return make

    def offset(self, location: Location) -> Callable[[int], Case | None]:
        """A timestamp with an offset beyond the promised ones."""
        name = ".".join(map(str, location.path))
        pointers = [child(schema.pointer, "format") for schema in location.schemas if "format" in schema.keywords]
        aim = self.contract.by_rule("timestamp/large-offset", pointers[0])

        def make(minutes: int) -> Case | None:
            text = f"2013-03-05T11:12:47{offset_text(minutes)}"
            title = f"{name} {show(text)}: offset {offset_text(minutes)}"
            payload = spell(changed(self.base, location.path, text))
            return self._case(Change(title, payload, title, location.path), aim.id if aim else "")

        return make

    def open_text(self, rule: str, change: Callable[[Any, int], Change]) -> Callable[[int], Case | None]:
        """What is left open where it is large, in a property that no contract names."""
        aim = self.contract.by_rule(rule, self.contract.operation.media_type)
        return lambda size: self._case(change(self.base, size), aim.id if aim else "")

    def _case(self, change: Change, aim: str = "") -> Case | None:
        """The case of a change, where the oracle finds that it breaks one requirement, or is open by its aim."""
        said = oracle(self.contract).classify(change.body)
        if said.expectation is Expectation.REJECT:
            requirement = said.broken[0] if len(said.broken) == 1 else None
        elif said.expectation is Expectation.UNSPECIFIED:
            requirement = aim if aim in said.open else next(iter(said.open))
        else:
            requirement = None
        if requirement is None:
            return None
        return Case(
            id=case_id(requirement, change.title),
            title=change.title,
            expectation=said.expectation,
            requirement=requirement,
            payload=change.body,
            base=base_of(self.contract, self.base)[0],
            changed=in_body(change.path),
        )
