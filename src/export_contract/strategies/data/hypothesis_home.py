"""A home for Hypothesis that is not the user's directory: as it draws, it writes tables and constants there."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Final
from unicodedata import category, unidata_version

from hypothesis import configuration

# What Hypothesis keeps in its home after it has looked at each of a million characters, which takes over a second and
# 200 MB. It is written here at once; a version of Hypothesis that looks elsewhere finds it out by itself.
_CATEGORIES: Final = "charmap.json.gz"
_UTF_8: Final = "codec-v2-utf-8.json.gz"
_ENCODABLE: Final = ((0x0, 0xD7FF), (0xE000, 0x10FFFF))
_ASSIGNED: Final = 0x40000
"""Planes from here on hold no characters, but for a few tags, and for private use."""
_TAGS: Final = 0xE0000, 0xE1000
_PRIVATE_USE: Final = 0xF0000, 0x100000


@contextmanager
def temporary_home() -> Iterator[None]:
    """Let Hypothesis write into a temporary folder until the end of the block, and into its own home again after it.

    Where no such folder can be made, Hypothesis keeps its own.
    """
    folder = _folder()
    if folder is None:
        yield
        return
    home: Any = configuration.storage_directory(intent_to_write=False)
    configuration.set_hypothesis_home_dir(folder)
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(getattr(home, "path", home))  # some versions give the path itself
        shutil.rmtree(folder, ignore_errors=True)


def _folder() -> Path | None:
    with suppress(OSError):
        folder = Path(tempfile.mkdtemp(prefix="export-contract-hypothesis-"))
        with suppress(OSError):  # the tables save time and memory, no more
            tables = folder / "unicode_data" / unidata_version
            tables.mkdir(parents=True)
            for name, table in _tables().items():
                (tables / name).write_bytes(table)
        return folder
    return None


@cache
def _tables() -> dict[str, bytes]:
    """The content of each file, by its name."""
    tables = {_CATEGORIES: sorted(_by_category().items()), _UTF_8: (_ENCODABLE, ())}
    return {name: gzip.compress(json.dumps(table).encode(), 1) for name, table in tables.items()}


def _by_category() -> dict[str, list[tuple[int, int]]]:
    """The (first, last) characters of each general category of Unicode, in their order."""
    runs = [*_runs(0, _ASSIGNED), ("Cn", _TAGS[0] - _ASSIGNED), *_runs(*_TAGS), ("Cn", _PRIVATE_USE[0] - _TAGS[1])]
    runs += [("Co", 0xFFFE), ("Cn", 2)] * len(_PRIVATE_USE)
    found: dict[str, list[tuple[int, int]]] = {}
    start = 0
    for name, group in groupby(runs, key=lambda run: run[0]):
        end = start + sum(length for _, length in group)
        found.setdefault(name, []).append((start, end - 1))
        start = end
    return found


def _runs(start: int, end: int) -> Iterator[tuple[str, int]]:
    """(category, how many characters in a row have it) from `start` up to `end`."""
    for name, group in groupby(map(category, map(chr, range(start, end)))):
        yield name, sum(1 for _ in group)
