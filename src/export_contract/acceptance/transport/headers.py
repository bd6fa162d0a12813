"""Header fields as they are sent and received."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

Headers = Sequence[tuple[str, str]]
RawHeaders = list[tuple[bytes, bytes]]

_ENCODINGS: Final = (("Accept-Encoding", "gzip, deflate"), ("User-Agent", "export-contract"))
ACCEPTS_JSON: Final = (("Accept", "application/json"), *_ENCODINGS)
ACCEPTS_FILES: Final = (("Accept", "*/*"), *_ENCODINGS)
CHUNKED: Final = ("Transfer-Encoding", "chunked")
"""Of a case whose body is to be sent in chunks."""
_NAME: Final = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def check_headers(headers: Headers) -> None:
    """Raise ValueError for a header that cannot be sent; its value, which may be a secret, is not shown."""
    for name, value in headers:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name[:80]!r} is not a valid header name")
        if _CONTROL.search(value):
            raise ValueError(f"the value of the header {name} contains a control character")
        try:
            encoded([(name, value)])
        except UnicodeEncodeError:
            raise ValueError(f"the value of the header {name} cannot be encoded as UTF-8") from None


def encoded(headers: Iterable[tuple[str, str]], authorization: str | None = None) -> RawHeaders:
    """Headers as bytes, with the credentials last; bytes that came from a command line are what they were there."""
    raw = [(name.encode("ascii"), value.strip(" \t").encode("utf-8", "surrogateescape")) for name, value in headers]
    if authorization is not None:
        raw.append((b"Authorization", authorization.strip(" \t").encode("utf-8", "surrogateescape")))
    return raw


def pairs(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Headers as text, byte for character."""
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
