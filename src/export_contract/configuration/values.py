"""Values of options that mean more than their type says. Each function raises ValueError with the problem."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from export_contract.acceptance import PHASES
from export_contract.contract import Expectation, classify_timestamp
from export_contract.contract.timestamps import instant
from export_contract.options import AUTHORIZATION, shown
from export_contract.reports import FORMATS

Reports = tuple[tuple[str, Path], ...]
"""Formats, and where to write them."""

DIRECTORY: Final = Path("export-contract-report")
"""Where a report is written that has no path."""
_LONGEST_NAME: Final = 247
"""Bytes in the name of a file or a folder, so that a journal's name ends with `.journal` in 255."""
_LONGEST_PATH: Final = 4_000
_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_SECRET: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
_OF_THE_CASE: Final = frozenset({"content-type", "content-length", "host", "transfer-encoding"})
_MOST_IDS: Final = 100
"""Each is sent with every combination that takes one."""


def phases(text: str) -> tuple[str, ...]:
    """The phases that a list names, separated by commas."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    known = f"the phases are {', '.join(PHASES)}"
    for name in names:
        if name not in PHASES:
            raise ValueError(f"there is no phase {shown(name)}; {known}")
    if not names:
        raise ValueError(f"it names no phase; {known}")
    return names


def headers(texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Names and values of headers."""
    return tuple(header(text) for text in texts)


def header(text: str) -> tuple[str, str]:
    """The name and the value of a header, 'Name: value'."""
    match = _HEADER.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{shown(text.partition(':')[0])} is not a header; write 'Name: value'")
    name, value = match[1], match[2].strip()
    if name.lower() in _SECRET:
        raise ValueError(f"{name}: a secret does not belong here; put it into {AUTHORIZATION}")
    if name.lower() in _OF_THE_CASE:
        raise ValueError(f"{name}: each request has its own")
    if not value.isascii():
        raise ValueError(f"{name}: its value has characters that are not ASCII")
    return name, value


def authorization(text: str) -> str | None:
    """The Authorization header's value; None where there is none."""
    value = text.strip()
    if not (value.isascii() and value.isprintable()):
        raise ValueError("the credentials have characters that a header cannot carry")
    return value or None


def authorization_of(file: str) -> str | None:
    """The Authorization header's value, from a file."""
    try:
        text = Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{file} cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror}") from None
    return authorization(text)


def date_range(text: str) -> tuple[str, str]:
    """The two timestamps of START/END."""
    start, separator, end = text.partition("/")
    if not separator:
        raise ValueError(f"{shown(text)} is not START/END, two timestamps with a slash between them")
    for one in (start, end):
        if classify_timestamp(one).expectation is not Expectation.ACCEPT:
            raise ValueError(f"{shown(one)} is not a timestamp that the contract documents, as 2024-01-31T00:00:00Z is")
    first, last = instant(start), instant(end)
    if first and last and first > last:
        raise ValueError(f"{start} is after {end}")
    return start, end


def activity_ids(ids: tuple[int, ...]) -> tuple[int, ...]:
    """Ids that exist on the target, each once."""
    ids = tuple(dict.fromkeys(ids))
    if len(ids) > _MOST_IDS:
        raise ValueError(f"there are {len(ids):,} ids; at most {_MOST_IDS} can be used")
    return ids


def reports(texts: Iterable[str]) -> Reports:
    """Formats, each with where to write it, of FORMAT[=PATH]."""
    return tuple(_report(text) for text in texts)


def _report(text: str) -> tuple[str, Path]:
    name, _, path = text.partition("=")
    if name not in FORMATS:
        raise ValueError(f"there is no format {shown(name)}; the formats are {', '.join(FORMATS)}")
    if len(os.fsencode(path)) > _LONGEST_PATH or any(
        len(os.fsencode(part)) > _LONGEST_NAME for part in path.split("/")
    ):
        raise ValueError(f"{shown(path)} is too long for the name of a file")
    return name, Path(path) if path else DIRECTORY / FORMATS[name].file_name
