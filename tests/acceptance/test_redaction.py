"""Redaction: a secret that a target repeats, in whichever spelling, is in no byte of what the kit writes or shows."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest

from export_contract.acceptance import RunPlan
from export_contract.acceptance.redaction import MASK, Redaction
from export_contract.acceptance.target import Target
from export_contract.contract import Contract

if TYPE_CHECKING:
    from tests.acceptance.conftest import Wire

KEY, TOKEN, SECRET = "Key/Of+The-Tenant77=", "tokenTOKEN0123456789abcdefghijklmnopqrstuvwxyzTOKEN", 'Se<cr&et"Of~Mine'
AUTHORIZATION = f"bln type=api,version=1,entity=user,key={KEY},token={TOKEN},secret={SECRET}"
API_KEY = "ApiKey-XyZ-99/plus+more"
SECRETS = (KEY, TOKEN, SECRET, API_KEY)

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper case": str.upper,
    "swapped case": str.swapcase,
    "Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "Base64 in a text": lambda text: base64.b64encode(f"a{text}b".encode()).decode(),
    "Base64 in another text": lambda text: base64.b64encode(f"ab{text}bc".encode()).decode(),
    "URL-safe Base64": lambda text: base64.urlsafe_b64encode(f"\xff{text}\xff".encode("latin-1")).decode(),
    "percent": lambda text: quote(text, safe=""),
    "percent, small": lambda text: quote(text, safe="").lower(),
    "form": quote_plus,
    "all percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON as PHP has it": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON escapes": lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    "HTML": html.escape,
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, capitals": lambda text: text.encode().hex().upper(),
}


def core_of(spelled: str) -> str:
    """What is left of a spelling where its ends depend on what is around it."""
    return spelled[4:-4]


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("secret", SECRETS)
def test_spellings(name: str, secret: str) -> None:
    """Each secret is masked in each spelling, and found in it as evidence."""
    redaction = Redaction(AUTHORIZATION, [("X-Api-Key", API_KEY)])
    spelled = SPELLINGS[name](secret)
    text = redaction.text(f"before {spelled} after")
    assert core_of(spelled).lower() not in text.lower()
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert MASK in text
    assert redaction.finds(f"before {spelled} after".encode())


def test_what_is_no_secret() -> None:
    """Words, the plain parameters, and parts of a secret that are too short to be one, are left alone."""
    redaction = Redaction(
        "bln type=api,version=1,entity=user,key=ab,token=,secret=12345678", [("X-Tenant", "demo-tenant")]
    )
    text = "type=api version=1 entity=user api 1 user ab demo-tenant 1234567"
    assert redaction.text(text) == text
    assert not redaction.finds(text.encode())
    assert not Redaction().finds(text.encode())
    assert Redaction().text(text) == text


@pytest.mark.parametrize("value", ["Basic dXNlcjpwYXNzd29yZA==", "Bearer abcdefgh12345678", "plain-secret-value"])
def test_other_schemes(value: str) -> None:
    """Whatever the scheme, what comes behind it is a secret; so is a value without a scheme."""
    secret = value.rpartition(" ")[2]
    assert secret not in Redaction(value).text(f"x {secret} y")


def test_nothing_shows_a_secret_by_its_repr(contract: Contract) -> None:
    """Plans, targets and redactions, as a traceback shows them, hold no secret."""
    headers = (("X-Api-Key", API_KEY),)
    plan = RunPlan(
        base_url="http://x", contract=contract, authorization=AUTHORIZATION, headers=headers, phases=("probe",)
    )
    with Target("http://x", "/exports", authorization=AUTHORIZATION, headers=headers) as target:
        shown = [repr(plan), str(plan), repr(target), repr(Redaction(AUTHORIZATION, headers))]
    assert [secret for secret in SECRETS for text in shown if secret in text] == []


def everywhere(wire: Wire) -> None:
    """Repeats the credentials in every place and spelling, and fails in every way in turn."""
    secrets = [value for value in (TOKEN, API_KEY, KEY, SECRET) if value in repr(wire.request.headers)]
    spelled = [spell(secret) for secret in secrets or [TOKEN] for spell in SPELLINGS.values()]
    number = len(wire.server.requests)
    pad = "x" * (3_800 + number * 7 % 400)  # so that some secret lies across every place where a text is cut
    job = {"id": base64.b64encode(spelled[number % len(spelled)].encode()).decode()}
    body = json.dumps({"job": job if number % 2 else {"id": " ".join(spelled)}, "pad": pad, "also": spelled}).encode()
    headers = [f"X-Echo-{place}: {text}" for place, text in enumerate(spelled)]
    kind = "application/json" if number % 3 else f"text/{spelled[number % len(spelled)]}"
    status = "HTTP/1.1 500 " if number % 5 == 0 else "HTTP/1.1 200 " if number % 5 < 4 else "HTTP/1.1 400 "
    if number % 11 == 10:
        wire.send(f"no HTTP {spelled[0]} {TOKEN}\r\n\r\n".encode())
        return wire.close()
    head = [status + TOKEN, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return wire.send("\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body)


def leaks_in(content: bytes) -> list[tuple[str, str, str]]:
    """Pieces of secrets in some bytes, and in whatever JSON strings they hold."""
    text = content.decode("utf-8", "replace")
    texts = [text.lower(), text.replace("\\/", "/").replace('\\"', '"').replace("\\\\", "\\").lower()]
    return [
        (name, secret, piece)
        for secret in SECRETS
        for name, spell in SPELLINGS.items()
        for spelled in [core_of(spell(secret)).lower()]
        # A piece of 12 characters is enough to know a secret by.
        for piece in {spelled[start : start + 12] for start in range(max(1, len(spelled) - 11))}
        if len(piece) >= 8 and any(piece in one for one in texts)
    ]


def gate(wire: Wire) -> None:
    """A proxy that sends the credentials on in its address."""
    wire.answer(302, location=f"https://x.example/?{quote(wire.request.header('authorization') or '')}")


def garbage(wire: Wire) -> None:
    """No HTTP, with the credentials in it."""
    wire.send(f"{TOKEN} {API_KEY}\r\n\r\n".encode())


def conforming_at_first(wire: Wire) -> None:
    """Passes the probe, and then repeats everything."""
    wire.conform() if len(wire.server.requests) < 3 else everywhere(wire)


def _bodies(line: dict[str, Any]) -> bytes:
    body = line.get("exchange", {}).get("answer", {}).get("body", "")
    return base64.b64decode(body)
