"""The catalogue: every behaviour by its name, the part of it that CI tries, and mixes of it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from tests.hostile.behaviour import Behaviour, Expected
from tests.hostile.downloads import downloads
from tests.hostile.dying import connections
from tests.hostile.files import files
from tests.hostile.framing import framing
from tests.hostile.headers import headers
from tests.hostile.json_answers import json_answers
from tests.hostile.redirects import redirects
from tests.hostile.retry_after import capacity
from tests.hostile.secrets import secrets
from tests.hostile.server import Handler, Wire
from tests.hostile.slowness import slowness

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName
from export_contract.acceptance.model.results import Cause

_FAMILIES: Final[tuple[Callable[[], Iterator[Behaviour]], ...]] = (
    json_answers,
    framing,
    headers,
    capacity,
    redirects,
    downloads,
    files,
    slowness,
    connections,
    secrets,
)
_SAMPLED: Final = {"JSON": 7, "framing": 4, "headers": 4, "redirects": 4, "secrets": 4, "slowness": 2}
"""Of large families, which are products, CI tries one in so many: always the same ones, by their names."""
_SAMPLED_ELSE: Final = 3
ANYTHING: Final = Expected(
    ("conforms", "violates", "inconclusive"),
    frozenset(CheckName),
    tuple(cause for cause in Cause if cause is not Cause.DEFECT),
)
"""What a run may say of a target that does several things at once: all but that the kit has a defect."""


@cache
def catalogue() -> dict[str, Behaviour]:
    """All behaviours, by family and name."""
    found: dict[str, Behaviour] = {}
    for family in _FAMILIES:
        for one in family():
            name = f"{one.family} / {one.name}"
            assert name not in found, f"two behaviours are called {name}"
            found[name] = one
    return found


def sample() -> dict[str, Behaviour]:
    """The behaviours that CI tries."""
    return {
        name: one
        for name, one in catalogue().items()
        if zlib.crc32(name.encode()) % _SAMPLED.get(one.family, _SAMPLED_ELSE) == 0
    }


def mix(seed: int, *, most_seconds: float = 8.0) -> Behaviour:
    """A target that does several things: for each request it is drawn whether it conforms, or what it does instead."""
    chance = random.Random(seed)
    names = chance.sample(sorted(catalogue()), chance.randint(2, 6))
    share = chance.choice((0.1, 0.3, 0.7, 1.0))

    def make() -> Handler:
        draws = random.Random(seed)
        handlers = [catalogue()[name].make() for name in names]

        def handler(wire: Wire) -> None:
            with wire.server.lock:
                chosen = draws.choice(handlers) if draws.random() < share else None
            return chosen(wire) if chosen else wire.conform()

        return handler

    return Behaviour(
        f"mix {seed}: {share:.0%} of {'; '.join(names)}",
        "mixes",
        make,
        ANYTHING,
        {"give_up": 1.0, "limits": Limits(requests=90, jobs=20, seconds=most_seconds)},
        loses_jobs=True,
        loses_requests=True,
        hides_jobs=True,
    )
