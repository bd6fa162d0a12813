"""Addresses: what is a usable one, whose it is, and whether it lets its bearer in."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

_SIGNATURE: Final = re.compile(r"sig|signature|token|x-amz-.*|x-goog-.*|expires|key-pair-id|policy", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_LABEL: Final = re.compile(r"[A-Za-z0-9_-]{1,63}")
_LONGEST: Final = 16 * 1024
"""Characters; servers take 8 KiB or so (RFC 9110 section 4.1)."""
_LONGEST_HOST: Final = 253
_MOST_SHOWN: Final = 200
"""Characters of a text in a message."""


def checked_url(text: str) -> str:
    """`text` as a base URL without its last slash; raises ValueError, with a sentence to show, where it is not one."""
    if "@" in text.partition("//")[2].partition("/")[0]:
        raise ValueError("credentials do not belong in the URL; put them into EXPORT_CONTRACT_AUTHORIZATION")
    try:
        usable_url(text)
        if any(character.isspace() for character in text):
            raise ValueError("it contains white space")
    except ValueError as error:
        shown = repr(text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…")
        raise ValueError(f"{shown} is not a valid URL: {error}") from None
    if "?" in text or "#" in text:
        kind = "query" if "?" in text else "fragment"
        raise ValueError(f"{text!r} has a {kind}; a base URL ends with its path")
    return text.rstrip("/")


def usable_url(text: str) -> httpx.URL:
    """A URL that a request can be sent to; raises ValueError, which says why it is not one without repeating it."""
    if len(text) > _LONGEST:
        raise ValueError(f"it is longer than {_LONGEST // 1024} KiB")
    try:
        url = httpx.URL(text)
        port = urlsplit(text).port  # asking for it checks it
    except (httpx.InvalidURL, ValueError) as error:
        raise ValueError(str(error)[:_MOST_SHOWN]) from None
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("it must begin with http:// or https:// and name a host")
    if port == 0:
        raise ValueError("its port is 0")
    if not has_valid_host(url):
        raise ValueError("its host is not a valid host name")
    return url


def has_valid_host(url: httpx.URL) -> bool:
    """Whether the host is an address, or a name that can be looked up."""
    host = url.raw_host.decode("ascii")  # what is beyond ASCII is encoded by IDNA here
    if ":" in host:  # of IPv6, which httpx has checked
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in labels)


def joined(base: str, reference: str) -> str:
    """A reference, such as a redirect's, as an absolute URL; as it is where the two cannot be joined.

    >>> joined("http://api.example/exports", "files/1"), joined("http://api.example/exports", "http:///files/1")
    ('http://api.example/files/1', 'http:///files/1')
    """
    # urljoin drops line breaks, and completes an absolute URL of the same scheme that has no host.
    if not reference.isprintable() or _SCHEME.match(reference):
        return reference
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference


def same_origin(one: str, other: str) -> bool:
    """Whether two absolute URLs have the same scheme, host and port; what is not a usable URL has no origin."""
    try:
        return _origin(usable_url(one)) == _origin(usable_url(other))
    except ValueError:
        return False


def is_signed(url: str) -> bool:
    """Whether a URL carries what lets its bearer in, so that no credentials are to go with it.

    >>> is_signed("https://files.example/1?X-Amz-Signature=abc"), is_signed("/files/1?id=abc")
    (True, False)
    """
    try:
        return any(_SIGNATURE.fullmatch(name) for name, _ in parse_qsl(urlsplit(url).query))
    except ValueError:
        return False


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host.lower(), url.port  # httpx leaves out the usual port of a scheme
