"""Redaction: secrets reach no report, no terminal and no traceback, in whichever spelling a target repeats them.

Not only whole ones: a target may cut a secret, and so may whoever shows an answer. So every eight characters of one in
a row are masked, wherever they stand.
"""

from __future__ import annotations

import base64
import html
import json
import re
from binascii import Error as NoBase64
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, Literal, Self, TypeVar, cast, get_origin
from urllib.parse import quote, quote_plus

import msgspec

from export_contract.strategies.http.credentials import (
    ONE_VALUE,
    PLAIN_PARAMETERS,
    SECRET_NAMES,
    Form,
    carriers,
    form_of,
)

MASK: Final = "[redacted]"
_SHORTEST: Final = 4
"""Characters; a shorter value would be masked in ordinary words."""
_PIECE: Final = 8
"""Characters of a secret in a row that tell too much of it; fewer may be there by chance, and are no evidence."""
_SIGNATURES: Final = re.compile(
    rb"((?:[?&]|&amp;|\\u0026)[\w.-]{0,40}?(?:signature|sig|token|credential|secret|password|api[_-]?key)=)[^&\s\"'<>\\#]+",
    re.IGNORECASE,
)
"""In an address: what lets its bearer in, which a target makes and nobody could know before."""
_T = TypeVar("_T")


class Redaction:
    """Knows the secrets of a run and takes them out of everything that is written."""

    def __init__(self, authorization: str | None = None, headers: Iterable[tuple[str, str]] = ()) -> None:
        headers = tuple(headers)
        values = [*_values_of(authorization or "")]
        for name, value in headers:
            if SECRET_NAMES.search(name):
                values += _values_of(value)
        self.secrets = tuple(sorted({value for value in values if len(value) >= _SHORTEST}, key=len, reverse=True))
        self._starts = _by_their_starts(_pieces_of(self.secrets))
        self._found = _pattern_of(secret for secret in self.secrets if len(secret) >= _PIECE)
        self.forms = {name: form_of(value) for name, value in carriers(authorization, headers)}
        """The headers that carry the credentials, and how they are written; nothing of them is a secret."""
        self.headers = tuple((name, self.header(name, value)) for name, value in headers)
        """The headers, as they may be shown."""

    @classmethod
    def of_forms(cls, forms: Mapping[str, Form], headers: Iterable[tuple[str, str]]) -> Self:
        """That of a run whose secrets are not at hand, which may be known by what it shows of them."""
        redaction = cls()
        redaction.forms, redaction.headers = dict(forms), tuple(headers)
        return redaction

    def __repr__(self) -> str:
        return f"Redaction(of {len(self.secrets)} secrets)"

    def text(self, text: str) -> str:
        """`text` with a mask for every secret, and an escape for half a surrogate pair, which no file can hold."""
        return self.content(text.encode("utf-8", "backslashreplace")).decode("utf-8", "backslashreplace")

    def content(self, content: bytes) -> bytes:
        """`content` with a mask for every secret, those that a target put into an address among them."""
        masked, kept = bytearray(), 0
        for start, end in self._spans(content):
            masked += content[kept:start] + MASK.encode()
            kept = end
        return _SIGNATURES.sub(rb"\1" + MASK.encode(), bytes(masked + content[kept:]) if kept else content)

    def finds(self, content: bytes) -> bool:
        """Whether a whole secret is in `content`."""
        return bool(self._found and self._found.search(content))

    def header(self, name: str, value: str) -> str:
        """The value of a header as it may be shown: nothing of it where its name says that it is a secret."""
        return MASK if SECRET_NAMES.search(name) else self.text(value)

    def record(self, value: _T) -> _T:
        """A copy of a record, or of another value, with a mask for every secret in its texts.

        The kit's own words, an enumeration's or a Literal's, stay as they are.
        """
        return cast(_T, self._masked(value))

    def _masked(self, value: Any) -> Any:
        match value:
            case Enum() | bool():
                return value
            case str():
                return self.text(value)
            case bytes():
                return self.content(value)
            case msgspec.Struct():
                names = _fields_with_text(type(value))
                return msgspec.structs.replace(value, **{name: self._masked(getattr(value, name)) for name in names})
            case dict():
                return {key: self._masked(part) for key, part in value.items()}
            case list() | tuple():
                return type(value)(map(self._masked, value))
        return value

    def _spans(self, content: bytes) -> list[tuple[int, int]]:
        """Where the secrets are, from the first; those that touch are one."""
        small = content.lower()
        found = []
        for width, pieces in self._starts.items():
            for at in [at for at in range(len(small) - width + 1) if small[at : at + width] in pieces]:
                lengths = [len(piece) for piece in pieces[small[at : at + width]] if small.startswith(piece, at)]
                found += [(at, at + max(lengths))] if lengths else []
        spans: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if spans and start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans


@cache
def _fields_with_text(record: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(record) if get_origin(field.type) is not Literal)


def _pieces_of(secrets: Iterable[str]) -> set[bytes]:
    """Every piece of every secret, in every spelling; in small letters."""
    pieces = {secret[start : start + _PIECE] for secret in secrets for start in range(max(1, len(secret) - _PIECE + 1))}
    spelled = {text for piece in pieces for text in _spellings(piece)}
    spelled |= {json.dumps(text)[1:-1] for text in spelled}  # in a string of other JSON
    return {text.lower().encode() for text in spelled}


def _by_their_starts(pieces: Iterable[bytes]) -> Mapping[int, Mapping[bytes, list[bytes]]]:
    """The pieces by their first characters, and those by how many they are: so that a text is looked through once."""
    starts: dict[int, dict[bytes, list[bytes]]] = {}
    for piece in pieces:
        start = piece[:_PIECE]
        starts.setdefault(len(start), {}).setdefault(start, []).append(piece)
    return starts


def _pattern_of(secrets: Iterable[str]) -> re.Pattern[bytes] | None:
    spellings = sorted({text for secret in secrets for text in _spellings(secret)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, spellings)).encode(), re.IGNORECASE) if spellings else None


def _values_of(value: str) -> Iterator[str]:
    """What is secret in a header's value: the parameters behind its scheme, or all that stands there."""
    scheme, space, rest = value.strip().partition(" ")
    whole = rest.strip() if space else scheme
    if scheme.lower() in ONE_VALUE:
        yield whole
        yield from _user_and_password(whole)
        return
    parameters = [parameter.partition("=") for parameter in whole.split(",")]
    secrets = [text.strip().strip('"') for name, _, text in parameters if name.strip().lower() not in PLAIN_PARAMETERS]
    yield from secrets
    # Not where it holds more than secrets, which would be masked too.
    if not space or not any(len(secret) >= _SHORTEST for secret in secrets):
        yield whole


def _user_and_password(credentials: str) -> Iterator[str]:
    """What the Basic scheme packs (RFC 7617); nothing where it packs nothing."""
    try:
        user, colon, password = base64.b64decode(credentials).decode().partition(":")
    except (NoBase64, ValueError):
        return
    if colon:
        yield f"{user}:{password}"
        yield password


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield "".join(f"%{byte:02X}" for byte in secret.encode())
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield html.escape(secret).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    in_json = json.dumps(secret)[1:-1]
    yield in_json
    yield in_json.replace("/", "\\/")
    yield "".join(f"\\u{ord(one):04x}" if one in "<>&" else one for one in in_json)
    yield "".join(f"\\u{ord(one):04x}" if one in "<>&'\"+`" else one for one in secret.replace("\\", "\\\\"))
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    yield secret.replace("\\", "\\\\").replace("'", "\\'")
    content = secret.encode()
    # Within a longer text, Base64 of the secret begins at one of three places; its ends depend on what is around it.
    for lead in range(3):
        padded = b"\0" * lead + content
        whole = len(padded) // 3 * 3
        start = 4 if lead else 0
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            inner = encode(padded[:whole]).decode()[start:]
            if len(inner) >= _SHORTEST * 2:
                yield inner
            if len(secret) < _PIECE:
                yield encode(content).decode()
    yield content.hex()
