"""A line for a shell that sends a request again, byte for byte, without a secret in it."""

from __future__ import annotations

import base64
import gzip
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from export_contract.acceptance.model.redaction import MASK
from export_contract.strategies.data.case import CONFIGURED
from export_contract.strategies.http.credentials import AUTHORIZATION, Edit, Form, change

_VARIABLES: Final = {AUTHORIZATION: "EXPORT_CONTRACT_AUTHORIZATION"}
_LONGEST_ARGUMENT: Final = 4_000


def curl_line(
    method: str,
    url: str,
    headers: Sequence[tuple[str, str]],
    payload: bytes,
    *,
    credentials: str,
    forms: Mapping[str, Form],
) -> str | None:
    """A bash command that sends the request and shows the status and headers of the response.

    The headers in `forms` carry the credentials. They come from the environment, Authorization from the variable
    EXPORT_CONTRACT_AUTHORIZATION and others from one that is called like them, X_API_KEY for X-Api-Key, as do other
    secret headers. Damaged credentials are what the kit sends: a text without a secret, or an edit of the variable
    that sends no credentials where it does not apply, and so never the right ones. None where an edit is beyond sed.
    What a shell cannot carry in an argument (NUL, bytes that are not text, a very long body) comes through a pipe.
    """
    carried = _carried(credentials, forms)
    if carried is None:
        return None
    # curl waits for the body of any method but --head, and takes brackets and braces for patterns.
    words = ["curl", "-sS", *(["--head"] if method == "HEAD" else ["-i", "-X", method])]
    words += [*(["--globoff"] if set(url) & set("[]{}") else []), shlex.quote(url)]
    words += _headers(headers, forms)
    if payload and "content-type" not in {name.lower() for name, _ in headers}:
        words += ["-H", "'Content-Type:'"]  # curl would add one of its own
    words += ["-H", "'Accept: application/json'", *carried]
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
    status_url: str, headers: Sequence[tuple[str, str]], *, forms: Mapping[str, Form], with_credentials: bool
) -> str:
    """A bash command that reads the status of a job, and fetches the file that it names.

    The address of a file is often signed, which makes it a secret, and does not last; so it is read again.
    """
    own = [*_headers(headers, forms), *(_carried(CONFIGURED, forms) or [])]
    status = ["curl", "-sS", shlex.quote(status_url), "-H", "'Accept: application/json'", *own]
    # The names of one API's members, until the contract says where the address is.
    find = (
        "import json,sys; s=json.load(sys.stdin); j=s.get('job') or {}; "
        "print((j.get('exportData') or s.get('exportData'))['downloadUrl'])"
    )
    # Redirected to another host, curl takes along every header but Authorization.
    goes_along = with_credentials and (_headers(headers, forms) or forms.keys() - {AUTHORIZATION})
    words = ["curl", "-sS", "-i", *([] if goes_along else ["-L"]), *(own if with_credentials else [])]
    return f'{" ".join(words)} "$({" ".join(status)} | python3 -c {shlex.quote(find)})"'


def _headers(headers: Iterable[tuple[str, str]], forms: Mapping[str, Form]) -> list[str]:
    """Words for the headers that do not carry the credentials."""
    return [word for name, value in headers if name not in forms for word in ("-H", _header(name, value))]


def _header(name: str, value: str) -> str:
    if MASK in value:
        return f'"{name}: ${{{_variable(name)}}}"'
    return shlex.quote(f"{name}: {value}" if value else f"{name};")


def _carried(way: str, forms: Mapping[str, Form]) -> list[str] | None:
    """Words for the headers that carry the credentials, damaged in a way; None where sed cannot do that."""
    words: list[str] = []
    for name, form in forms.items():
        value = f"${{{_variable(name)}}}"
        if way == CONFIGURED:
            words += ["-H", f'"{name}: {value}"']
            continue
        match change(way, form):
            case Edit(replacement=None):
                return None
            case Edit(pattern, replacement):
                script = shlex.quote(f"s/{pattern}/{replacement}/gp")  # -n and p: nothing, where there is no match
                words += ["-H", f'"{name}: $(sed -nE {script} <<<"{value}")"']
            case str(text):
                words += ["-H", _header(name, text)]
    return words


def _variable(name: str) -> str:
    """The variable of the environment that has the value of a secret header."""
    return _VARIABLES.get(name) or re.sub("[^A-Za-z0-9]", "_", name).upper()


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
