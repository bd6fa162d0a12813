"""Unpacking the content of a response as it comes, in pieces of a bounded size."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Final

MOST_PIECE: Final = 1024 * 1024
"""Bytes: a few packed bytes may stand for very many."""
_GZIP_OR_ZLIB: Final = 47
_GZIP_MAGIC: Final = 0x1F


class Undecodable(ValueError):
    """The content is not encoded as the response says, or in a way that was not asked for."""


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The content, unpacked as Content-Encoding says; raises Undecodable."""
    match encoding.strip().lower():
        case "" | "identity":
            return iter(chunks)
        case "gzip" | "x-gzip":
            return _unpacked(chunks, _GZIP_OR_ZLIB)
        case "deflate":
            return _unpacked(chunks, zlib.MAX_WBITS)
    raise Undecodable(f"Content-Encoding is {encoding[:40]!r}, which was not asked for")


def _unpacked(chunks: Iterable[bytes], window: int) -> Iterator[bytes]:
    decompressor = zlib.decompressobj(window)
    is_empty = True
    try:
        for chunk in chunks:
            packed = chunk
            is_empty = is_empty and not packed
            while packed:
                if decompressor.eof:
                    if packed[0] != _GZIP_MAGIC:
                        break  # padding behind the end, which all clients overlook
                    decompressor = zlib.decompressobj(window)  # a gzip file may have several members
                if piece := decompressor.decompress(packed, MOST_PIECE):
                    yield piece
                packed = decompressor.unconsumed_tail or decompressor.unused_data
        if piece := decompressor.flush():
            yield piece
    except zlib.error:
        raise Undecodable("the content does not decode as Content-Encoding says") from None
    if not is_empty and not decompressor.eof:
        raise Undecodable("the compressed content ends before its end")
