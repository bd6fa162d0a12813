"""What is kept of a response once every check has seen it: its beginning, its length, its hash, and what it says of a
job, however long it is. A run has hundreds of them in memory and in its journal.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

import msgspec

from export_contract.acceptance.model.exchange import Exchange, Response

MOST_KEPT: Final = 16 * 1024
"""Bytes of a body, of a header section, and characters of a text in what a body says of a job."""
_LONGEST_VALUE: Final = 4 * 1024
"""Characters of a header's value."""
_READ_LATER: Final = frozenset({"content-type", "date", "location", "retry-after"})
"""Headers that are kept before all others."""
_MEMBERS: Final = {
    "": ("job", "exportData", "errors", "error"),
    "job": ("id", "status", "exportData"),
    "exportData": ("downloadUrl", "downloadExpiresAt"),
}
"""Of a body, and of its objects: what is read after the checks."""
_YES_OR_NO: Final = frozenset({"errors", "error"})
"""Members of which only whether they hold something is read."""


def kept_exchange(exchange: Exchange) -> Exchange:
    """An exchange with what is kept of its response; itself where that is all."""
    response = exchange.response
    if len(response.body) > MOST_KEPT:
        response = msgspec.structs.replace(
            response,
            body=response.body[:MOST_KEPT],
            body_bytes=len(response.body),
            body_sha256=hashlib.sha256(response.body).hexdigest(),
            essence=_essence_of(response),
        )
    if sum(len(name) + len(value) for name, value in response.headers) > MOST_KEPT:
        headers = _kept_headers(response.headers)
        response = msgspec.structs.replace(
            response, headers=headers, headers_left_out=len(response.headers) - len(headers)
        )
    return exchange if response is exchange.response else msgspec.structs.replace(exchange, response=response)


def shortened(text: str) -> str:
    """A text that is no longer than what is kept, with its length and hash where it was; they tell two of them apart.

    A target may well give every job an id that begins with the same kilobytes.
    """
    if len(text) <= MOST_KEPT:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:MOST_KEPT]}… ({len(text):,} characters, SHA-256 {digest})"


def _essence_of(response: Response) -> bytes:
    """What a JSON body says of a job, as JSON; nothing where it is not an object."""
    body = response.json()
    return json.dumps(_essence(body, "")).encode() if isinstance(body, dict) else b""


def _essence(value: Any, name: str) -> Any:
    if name in _YES_OR_NO:
        return bool(value)
    match value:
        case str():
            return shortened(value)
        case dict() if name in _MEMBERS:
            return {member: _essence(value[member], member) for member in _MEMBERS[name] if member in value}
        case dict() | list():
            return [None] if value else []
    return value


def _kept_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Those that are read later, and of the others as many as there is room for, in their order."""
    room = MOST_KEPT
    kept: dict[int, tuple[str, str]] = {}
    for place, (name, value) in sorted(enumerate(headers), key=lambda one: one[1][0].lower() not in _READ_LATER):
        cut = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
        room -= len(name) + len(cut)
        if room < 0:
            break
        kept[place] = (name, cut)
    return tuple(kept[place] for place in sorted(kept))
