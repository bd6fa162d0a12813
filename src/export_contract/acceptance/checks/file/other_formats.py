"""What a file is that is not in the format requested, as far as its beginning shows."""

from __future__ import annotations

import re
from typing import Final

BEGINNING: Final = 1024
"""Bytes that are looked at."""
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_COMMENTS: Final = r"(?:\s|<!--.{0,500}?-->|<\?xml[^>]{0,200}>)*"
_FORMATS: Final = tuple(
    (what, re.compile(pattern.encode("latin-1"), re.IGNORECASE | re.DOTALL))
    for what, pattern in (
        ("a gzip file", r"\x1f\x8b"),
        ("an Excel workbook", r"pk\x03\x04.{0,900}(?:\[content_types\]\.xml|xl/)"),
        ("a zip archive", r"pk(?:\x03\x04|\x05\x06)"),
        ("UTF-16 text", r"\xff\xfe|\xfe\xff"),
        ("a web page", rf"{_COMMENTS}<(?:!doctype\s+html|html|head|body)\b"),
        ("XML", r"\s*<"),
        ("a JSON array", r"\s*\["),
    )
)
_XML_ERROR: Final = re.compile(rf"{_COMMENTS}<Error>\s*<Code>([A-Za-z]{{1,60}})</Code>".encode(), re.DOTALL)
"""As object stores write it."""
_JSON_ERROR: Final = re.compile(rb'\s*\{\s*"(?:errors?|message|detail|title|fault|code|status)"')
_JSON_OBJECT: Final = re.compile(rb"\s*\{")


def other_format(begin: bytes, *, is_csv: bool) -> str:
    """What a file begins like, where that is neither CSV nor JSON lines; the empty string otherwise.

    >>> other_format(b"<?xml version='1.0'?><Error><Code>AccessDenied</Code>", is_csv=True)
    'an XML error (AccessDenied)'
    """
    begin = begin.removeprefix(_BYTE_ORDER_MARK)
    if error := _XML_ERROR.match(begin):
        return f"an XML error ({error[1].decode()})"
    if is_csv and _JSON_OBJECT.match(begin):
        return "a JSON error" if _JSON_ERROR.match(begin) else "a JSON object"
    return next((what for what, pattern in _FORMATS if pattern.match(begin)), "")
