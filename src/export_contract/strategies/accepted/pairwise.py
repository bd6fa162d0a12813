"""Rows of a covering array of strength 2, in which the listed values of a body are aspects of their own.

A type that is only exported in some formats is a combination, and each combination is sent. But what a target does with
an offset depends on the type, or on the format, and hardly ever on both together: to let each combination meet each
offset would cost half as many jobs again.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import covertable

_SALT: Final = "3379"
"""Growing the array is a matter of luck. Of those that are as short for the built-in contract, this one has a long
range in the past for most combinations, so that there are files to look at, and one to come in each format."""

Row = tuple[int, ...]
"""The number of the combination, then that of the class of each other aspect."""


def covering_rows(combinations: Sequence[Mapping[str, Hashable]], sizes: Sequence[int]) -> list[Row]:
    """Rows in which each listed value meets each class, every two classes meet, and each combination is there.

    `combinations` are the listed values by their names, `sizes` how many classes each other aspect has.
    """
    names = list(dict.fromkeys(name for one in combinations for name in one))
    numbers = {tuple(one.get(name) for name in names): number for number, one in enumerate(combinations)}
    values = [list(dict.fromkeys(key[place] for key in numbers)) for place in range(len(names))]
    array = _array(values, sizes, set(numbers))
    rows = [(numbers[tuple(row[: len(names)])], *row[len(names) :]) for row in array]
    missing = set(range(len(combinations))) - {row[0] for row in rows}
    return [*rows, *((number, *(0 for _ in sizes)) for number in sorted(missing))]


def _array(
    values: Sequence[list[Hashable]], sizes: Sequence[int], allowed: set[tuple[Hashable, ...]]
) -> list[list[Any]]:
    fields = list(range(len(values)))
    is_allowed = {
        "operator": "fn",
        "requires": fields,
        "evaluate": lambda row: tuple(row[field] for field in fields) in allowed,
    }
    factors = [*values, *(list(range(size)) for size in sizes)]
    rows: list[list[Any]] = covertable.make(factors, strength=2, salt=_SALT, constraints=[is_allowed] if fields else [])
    return rows
