"""A line for a shell that sends a request again, byte for byte, without a secret in it."""

from __future__ import annotations

import base64
import gzip
import re
import shlex
from collections.abc import Sequence
from typing import Final

AUTHORIZATION: Final = "EXPORT_CONTRACT_AUTHORIZATION"
_LONGEST_ARGUMENT: Final = 4_000


def curl_line(
    method: str,
    url: str,
    headers: Sequence[tuple[str, str]],
    payload: bytes,
    *,
    authorized: bool,
    credentials: str,
    secret_headers: Sequence[str] = (),
) -> str:
    """A bash command that sends the request and shows the status and headers of the answer.

    The credentials come from the environment variable EXPORT_CONTRACT_AUTHORIZATION, and the values of other secret
    headers from variables that are called like them, `X_API_KEY` for X-Api-Key. What a shell cannot carry in an
    argument (NUL, bytes that are no text, a very long body) comes through a pipe.
    """
    # curl waits for the body of any method but --head, and takes brackets and braces for patterns.
    words = ["curl", "-sS", *(["--head"] if method == "HEAD" else ["-i", "-X", method])]
    words += [*(["--globoff"] if set(url) & set("[]{}") else []), shlex.quote(url)]
    names = {name.lower() for name, _ in headers}
    for name, value in headers:
        words += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    if payload and "content-type" not in names:
        words += ["-H", "'Content-Type:'"]  # curl would add one of its own
    words += ["-H", "'Accept: application/json'"]
    for name in secret_headers:
        variable = re.sub(r"\W", "_", name.upper(), flags=re.ASCII)
        words += ["-H", f'"{name}: ${{{variable}}}"']
    if authorized:
        words += ["-H", _authorization(credentials)]
    if not payload and method in ("POST", "PUT", "PATCH"):
        words += ["-H", "'Content-Length: 0'"]
    if not payload:
        return " ".join(words)
    if len(payload) > 1_000_000:
        words += ["-H", "'Expect:'"]
    text = _as_argument(payload)
    if text is not None:
        return " ".join([*words, "--data-binary", text])
    return f"{_as_pipe(payload)} | {' '.join(words)} --data-binary @-"


def _authorization(credentials: str) -> str:
    verb, _, name = credentials.partition(":")
    value = f"${AUTHORIZATION}"
    match verb:
        case "configured":
            return f'"Authorization: {value}"'
        case "empty":
            return "'Authorization;'"
        case "other-scheme":
            return f'"Authorization: Bearer ${{{AUTHORIZATION}#* }}"'
        case "scheme-only":
            return f'"Authorization: ${{{AUTHORIZATION}%% *}}"'
    if verb in ("longer", "other-case"):
        value_of = "s/\\b(key|token|secret)=([^,]*)/\\1="
        change = value_of + ("\\2x/g" if verb == "longer" else "\\U\\2/g")
        return f'"Authorization: $(sed -E {shlex.quote(change)} <<<"{value}")"'
    pattern = {
        "wrong": f"s/\\b{name}=[^,]*/{name}=xxxxxxxx/",
        "emptied": f"s/\\b{name}=[^,]*/{name}=/",
        "missing": f"s/,? *\\b{name}=[^,]*//",
    }[verb]
    return f'"Authorization: $(sed -E {shlex.quote(pattern)} <<<"{value}")"'


def _as_argument(payload: bytes) -> str | None:
    """The payload as one word of bash, or None where it cannot be one."""
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        return None
    # A body that begins with @ would be taken for a file's name.
    if len(text) > _LONGEST_ARGUMENT or "\0" in text or text.startswith("@"):
        return None
    if text.isprintable():
        return shlex.quote(text)
    escaped = "".join(_escape(character) for character in text)
    return f"$'{escaped}'"


def _escape(character: str) -> str:
    if character in "\\'":
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def _as_pipe(payload: bytes) -> str:
    packed = gzip.compress(payload, mtime=0)
    if len(packed) < len(payload):
        return f"base64 -d <<< {base64.b64encode(packed).decode()} | gunzip"
    return f"base64 -d <<< {base64.b64encode(payload).decode()}"
