"""A line for a shell that sends a request again, byte for byte, without a secret in it."""

from __future__ import annotations

import base64
import gzip
import re
import shlex
from collections.abc import Sequence
from typing import Final

from export_contract.acceptance.model.redaction import MASK

AUTHORIZATION: Final = "EXPORT_CONTRACT_AUTHORIZATION"
_LONGEST_ARGUMENT: Final = 4_000


def curl_line(
    method: str, url: str, headers: Sequence[tuple[str, str]], payload: bytes, *, authorized: bool, credentials: str
) -> str:
    """A bash command that sends the request and shows the status and headers of the answer.

    The credentials come from the environment variable EXPORT_CONTRACT_AUTHORIZATION, and other secret headers from
    variables that are called like them, X_API_KEY for X-Api-Key. What a shell cannot carry in an argument (NUL, bytes
    that are no text, a very long body) comes through a pipe.
    """
    # curl waits for the body of any method but --head, and takes brackets and braces for patterns.
    words = ["curl", "-sS", *(["--head"] if method == "HEAD" else ["-i", "-X", method])]
    words += [*(["--globoff"] if set(url) & set("[]{}") else []), shlex.quote(url)]
    names = {name.lower() for name, _ in headers}
    words += [word for header in headers for word in ("-H", _header(*header))]
    if payload and "content-type" not in names:
        words += ["-H", "'Content-Type:'"]  # curl would add one of its own
    words += ["-H", "'Accept: application/json'"]
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


def curl_for_file(
    status_url: str, headers: Sequence[tuple[str, str]], *, authorized: bool, with_credentials: bool
) -> str:
    """A bash command that asks for the status of a job, and fetches the file that it names.

    The address of a file is often signed, which makes it a secret, and does not last; so it is asked for anew.
    """
    header = f' -H "Authorization: ${AUTHORIZATION}"'
    own = "".join(f" -H {_header(*one)}" for one in headers)
    status = f"curl -sS {shlex.quote(status_url)} -H 'Accept: application/json'{own}{header if authorized else ''}"
    find = (
        "import json,sys; s=json.load(sys.stdin); j=s.get('job') or {}; "
        "print((j.get('exportData') or s.get('exportData'))['downloadUrl'])"
    )
    return f'curl -sS -i -L{header if with_credentials else ""} "$({status} | python3 -c {shlex.quote(find)})"'


def _header(name: str, value: str) -> str:
    if MASK in value:
        return f'"{name}: ${{{re.sub("[^A-Za-z0-9]", "_", name).upper()}}}"'
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


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
