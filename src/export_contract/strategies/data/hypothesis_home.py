"""A home for Hypothesis that is not the user's directory: as it draws, it writes tables and constants there."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from hypothesis import configuration

_UTF_8: Final = "codec-v2-utf-8.json.gz"
"""The file in which Hypothesis keeps the characters that have a UTF-8 encoding, as (first, last), and those that do
not come back from it. It takes over a second and 200 MB to find them one by one; another version looks elsewhere."""
_CHARACTERS: Final = ((0x0, 0xD7FF), (0xE000, 0x10FFFF))


@contextmanager
def temporary_home() -> Iterator[None]:
    """Let Hypothesis write into a temporary folder until the end of the block, and into its own home again after it.

    Where no such folder can be made, Hypothesis keeps its own.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix="export-contract-hypothesis-"))
        table = folder / "unicode_data" / unicodedata.unidata_version / _UTF_8
        table.parent.mkdir(parents=True)
        table.write_bytes(gzip.compress(json.dumps([_CHARACTERS, ()]).encode()))
    except OSError:
        yield
        return
    home: Any = configuration.storage_directory(intent_to_write=False)
    configuration.set_hypothesis_home_dir(folder)
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(getattr(home, "path", home))  # some versions give the path itself
        shutil.rmtree(folder, ignore_errors=True)
