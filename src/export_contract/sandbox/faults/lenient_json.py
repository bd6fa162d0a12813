"""Lenient readings of bodies that are not JSON, or not a JSON object."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ..service.json_text import read_json
from ..service.messages import json_bytes
from ..service.seams import Changes

_DEFAULT_REQUEST = {
    "startDate": "1970-01-01T00:00:00Z",
    "endDate": "2199-12-31T23:59:59Z",
    "exportType": "USERS",
    "format": "CSV",
}


def _repairs(repair: Callable[[bytes], bytes]) -> Changes:
    """Repairs a body, unless it is JSON as it is."""
    return {"mend_body": lambda body: body if _is_json(body) else repair(body)}


def _replaces(pattern: bytes, replacement: bytes) -> Changes:
    return _repairs(lambda body: re.sub(pattern, replacement, body, flags=re.DOTALL))


def _is_json(body: bytes) -> bool:
    try:
        read_json(body)
    except ValueError:
        return False
    return True


def _first_document(body: bytes) -> bytes:
    text = body.decode(errors="replace").lstrip()
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return body
    return text[:end].encode()


def _completed(body: bytes) -> bytes:
    return next((body + end for end in (b"}", b'"}', b"]}") if _is_json(body + end)), body)


def _decoded_as_detected(body: bytes) -> bytes:
    return body.decode(json.detect_encoding(body), errors="replace").encode()


def _inner_document(document: Any) -> Any:
    try:
        return read_json(document.encode()) if isinstance(document, str) else document
    except ValueError:
        return document


TRAILING_COMMA = _replaces(rb",(\s*[}\]])", rb"\1")
COMMENTS = _replaces(rb"/\*.*?\*/|//[^\n]*", b"")
SINGLE_QUOTES = _replaces(rb"'", b'"')
NOT_A_NUMBER = _replaces(rb"-?\b(?:NaN|Infinity)\b", b"12345")
TEXT_AFTER = _repairs(_first_document)
TRUNCATED = _repairs(_completed)
EMPTY = _repairs(lambda body: body if body.strip() else json_bytes(_DEFAULT_REQUEST))
UTF_8_REPLACED = _repairs(lambda body: body.decode(errors="replace").encode())
UTF_8_DROPPED = _repairs(lambda body: body.decode(errors="ignore").encode())
LATIN_1 = _repairs(lambda body: body.decode("latin-1").encode())
UTF_16 = _repairs(_decoded_as_detected)

LIST_OF_ONE: Changes = {
    "mend_document": lambda document: document[0] if isinstance(document, list) and len(document) == 1 else document
}
JSON_IN_A_STRING: Changes = {"mend_document": _inner_document}
NULL: Changes = {"mend_document": lambda document: _DEFAULT_REQUEST if document is None else document}
