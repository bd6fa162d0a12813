"""Redaction: secrets reach no report, no terminal and no traceback, in whichever spelling a target repeats them."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import quote, quote_plus

from export_contract.strategies.credentials import PLAIN_PARAMETERS

MASK: Final = "[redacted]"
_SHORTEST: Final = 4
"""Characters; a shorter value would be masked in ordinary words."""
_SHORTEST_FOUND: Final = 8
"""Characters; a shorter value in an answer may be there by chance, and is no evidence."""
_SECRET_NAMES: Final = re.compile(r"auth|cookie|secret|token|api-?key|password|session|signature", re.IGNORECASE)


class Redaction:
    """Knows the secrets of a run and takes them out of everything that is written."""

    def __init__(self, authorization: str | None = None, headers: Iterable[tuple[str, str]] = ()) -> None:
        values = [*_values_of(authorization or "")]
        self.headers = tuple(headers)
        """What is sent with every request; not to be shown before `header` looked at it."""
        for name, value in self.headers:
            if _SECRET_NAMES.search(name):
                values += _values_of(value)
        self.secrets = tuple(sorted({value for value in values if len(value) >= _SHORTEST}, key=len, reverse=True))
        self._masked = _pattern_of(self.secrets)
        found = _pattern_of(secret for secret in self.secrets if len(secret) >= _SHORTEST_FOUND)
        self._found = re.compile(found.pattern.encode(), re.IGNORECASE) if found else None

    def __repr__(self) -> str:
        return f"Redaction(of {len(self.secrets)} secrets)"

    def text(self, text: str) -> str:
        """`text` with a mask for every secret, and an escape for half a surrogate pair, which no file can hold."""
        masked = self._masked.sub(MASK, text) if self._masked else text
        return masked.encode("utf-8", "backslashreplace").decode()

    def finds(self, content: bytes) -> bool:
        """Whether a secret is in `content`."""
        return bool(self._found and self._found.search(content))

    def header(self, name: str, value: str) -> str:
        """The value of a header as it may be shown: nothing of it where its name says that it is a secret."""
        return MASK if _SECRET_NAMES.search(name) else self.text(value)

    def everything(self, value: Any) -> Any:
        """A copy of a JSON value with a mask for every secret in its strings."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {key: self.everything(part) for key, part in value.items()}
            case list() | tuple():
                return [self.everything(part) for part in value]
        return value


def _pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    spellings = sorted({text for secret in secrets for text in _spellings(secret)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, spellings)), re.IGNORECASE) if spellings else None


def _values_of(value: str) -> Iterator[str]:
    """A header's value, what follows its scheme, and the values of the parameters there that are secret."""
    value = value.strip()
    yield value
    scheme, space, rest = value.partition(" ")
    if space:
        yield rest.strip()
    for parameter in (rest or scheme).split(","):
        name, equals, secret = parameter.partition("=")
        if equals and name.strip().lower() not in PLAIN_PARAMETERS:
            yield secret.strip().strip('"')


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield "".join(f"%{byte:02X}" for byte in secret.encode())
    yield html.escape(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret)[1:-1].replace("/", "\\/")
    yield "".join(f"\\u{ord(character):04x}" for character in secret)
    yield quote_plus(secret)
    yield quote(secret, safe="").lower()
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
            yield encode(content).decode()
    yield content.hex()
