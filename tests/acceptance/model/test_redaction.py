"""Redaction: a secret that a target repeats, in whichever spelling, is in no byte of what the kit writes or shows."""

from __future__ import annotations

import base64
import html
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import msgspec
import pytest

from export_contract.acceptance import Limits, Results, RunPlan
from export_contract.acceptance.model.redaction import MASK, Redaction
from export_contract.acceptance.model.results_file import to_json
from export_contract.acceptance.transport.target import Target
from export_contract.acceptance.verdict.journal import Journal
from export_contract.contract import Contract
from export_contract.sandbox import DEMO_AUTHORIZATION

if TYPE_CHECKING:
    from tests.acceptance.conftest import Handler, RunAt, Serve, Wire

KEY, TOKEN, SECRET = "Key/Of+The-Tenant77=", "tokenTOKEN9081726354abcdefghijklmnopqrstuvwxyzTOKEN", 'Se<cr&et"Of~Mine'
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


def pieces_of(secret: str, length: int = 12) -> list[str]:
    """Every so many characters of a secret in a row."""
    return [secret[start : start + length] for start in range(len(secret) - length + 1)]


def everywhere(wire: Wire) -> None:
    """Repeats the credentials in every place and spelling, whole and in pieces, and fails in every way in turn."""
    spelled = [spell(secret) for secret in SECRETS for spell in SPELLINGS.values()]
    number = len(wire.server.requests)
    spelled += [spell(secret[number % 5 :][:12]) for secret in SECRETS for spell in SPELLINGS.values()]
    one = spelled[number % len(spelled)]
    pad = "x" * (3_800 + number * 7 % 400)  # so that some secret lies across every place where a text is cut
    ids = [base64.b64encode(one.encode()).decode(), pad[: number * 3 % 80] + " ".join(spelled), f"\u00e4{one}"]
    body = json.dumps({"job": {"id": ids[number % 3]}, "pad": pad, "also": spelled}).encode()
    if number % 7 == 6:
        body = json.dumps({"trace": f"Traceback (most recent call last): {one}", one: {"job": one}}).encode()
    headers = [f"X-Echo-{place}: {text}" for place, text in enumerate(spelled[:90])] + [f"{TOKEN}: 1"]
    kind = "application/json" if number % 3 else f"text/{one}"
    if number % 11 == 10:
        wire.send(f"no HTTP {spelled[0]} {TOKEN}\r\n\r\n".encode())
        return wire.close()
    status = "HTTP/1.1 500 " if number % 5 == 0 else "HTTP/1.1 200 " if number % 5 < 4 else "HTTP/1.1 400 "
    head = [status + TOKEN, f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return wire.send("\r\n".join([*head, "", ""]).encode("latin-1", "replace") + body)


def gate(wire: Wire) -> None:
    """A proxy that sends the credentials on in its address."""
    wire.answer(302, location=f"https://x.example/?{quote(wire.request.header('authorization') or '')}")


def garbage(wire: Wire) -> None:
    """No HTTP, with the credentials in it."""
    wire.send(f"{TOKEN} {API_KEY}\r\n\r\n".encode())


def conforming_at_first(wire: Wire) -> None:
    """Passes the probe, and then repeats everything."""
    wire.conform() if len(wire.server.requests) < 3 else everywhere(wire)


def leaks_in(content: bytes) -> list[tuple[str, str]]:
    """Twelve characters in a row of a secret in some bytes, or in the JSON strings that they hold, in any spelling."""
    text = content.decode("utf-8", "replace")
    texts = [text.lower(), text.replace("\\/", "/").replace('\\"', '"').replace("\\\\", "\\").lower()]
    return [
        (name, piece)
        for secret in SECRETS
        for piece in pieces_of(secret)
        for name, spell in SPELLINGS.items()
        for spelled in [(core_of(spell(piece)) if "Base64" in name else spell(piece)).lower()]
        if any(spelled in one for one in texts)
    ]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", SPELLINGS)
def test_pieces(name: str, secret: str) -> None:
    """What is left of a secret that was cut is masked too."""
    redaction = Redaction(AUTHORIZATION, [("X-Api-Key", API_KEY)])
    for piece in pieces_of(secret):
        assert leaks_in(redaction.text(f"…{SPELLINGS[name](piece)}…").encode()) == []


def test_basic_credentials() -> None:
    """The password that the Basic scheme packs is a secret as well."""
    redaction = Redaction("Basic " + base64.b64encode(b"tester:pass word 99").decode())
    assert redaction.text("tester may not use pass word 99 here") == f"tester may not use {MASK} here"


@pytest.mark.parametrize("word", ["conforms", "violates", "MUST", "failure", "accept"])
def test_secrets_that_are_words(run_at: RunAt, sandbox_url: str, word: str) -> None:
    """Not even a secret that is a word of the results file spoils that."""
    results = run_at(sandbox_url, headers=(("X-Api-Key", word),), authorization=DEMO_AUTHORIZATION, phases=("probe",))
    assert results.verdict == "inconclusive"
    assert msgspec.json.decode(to_json(results), type=Results) == results


@pytest.mark.parametrize("handler", [conforming_at_first, everywhere, gate, garbage])
def test_results_and_journal(serve: Serve, run_at: RunAt, contract: Contract, tmp_path: Path, handler: Handler) -> None:
    """Neither the results nor the journal of a run hold a secret."""
    server = serve(handler)
    plan: dict[str, Any] = {
        "authorization": AUTHORIZATION,
        "headers": (("X-Api-Key", API_KEY),),
        "phases": ("probe", "protocol", "suite"),
    }
    path = tmp_path / "journal"
    with Journal.of_run(path, RunPlan(base_url=server.url, contract=contract, **plan)) as journal:
        results = run_at(server.url, **plan, limits=Limits(requests=100), listener=journal)
    assert results.verdict != "conforms"
    assert leaks_in(to_json(results)) == []
    lines = path.read_bytes().splitlines()
    assert leaks_in(b"\n".join(lines)) == []
    assert leaks_in(b"\n".join(_bodies(json.loads(line)) for line in lines)) == []


def _bodies(line: dict[str, Any]) -> bytes:
    body = line.get("exchange", {}).get("answer", {}).get("body", "")
    return base64.b64decode(body)


def test_the_check_of_echoes_sees_the_answer_itself(serve: Serve, run_at: RunAt) -> None:
    """That the credentials come back is a finding, and a job id with them inside is no less Base64 for the mask."""

    def echo(wire: Wire) -> None:
        job_id = base64.b64encode(f"{len(wire.server.requests)} {TOKEN}".encode()).decode()
        wire.answer(200, json.dumps({"job": {"id": job_id}}).encode()) if wire.request.method == "POST" else None

    results = run_at(serve(echo).url, authorization=AUTHORIZATION, phases=("probe",))
    assert [(finding.check, finding.observed) for finding in results.findings] == [
        ("credentials", "a secret that was sent, in the job id")
    ]


@pytest.mark.parametrize("handler", [conforming_at_first, gate, garbage])
def test_the_command(serve: Serve, tmp_path: Path, handler: Handler) -> None:
    """Neither standard output, nor standard error, nor any file that the command writes, holds a secret."""
    server = serve(handler)
    (tmp_path / "authorization").write_text(AUTHORIZATION + "\n")
    (tmp_path / "export-contract.toml").write_text(
        f'base-url = "{server.url}"\nheader = ["X-Api-Key: {API_KEY}"]\nauthorization-file = "authorization"\n'
        'report = ["json=out/results.json"]\nmax-requests = 100\nphases = "probe,suite"\nchecks = "checks.py"\n'
    )
    # A check that fails shows what it was given.
    (tmp_path / "checks.py").write_text(
        "from export_contract import check\nseen = []\n\n"
        '@check(requirement="EXP-ANSWER-JOB-ID")\ndef fails_late(request, answer):\n'
        "    seen.append(answer)\n    assert len(seen) < 60, answer\n"
    )
    given = {"authorization", "export-contract.toml", "checks.py"}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EXPORT_CONTRACT_")}
    process = subprocess.run(
        [Path(sys.executable).with_name("export-contract"), "run", "-v"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=60,
    )
    assert process.returncode in (1, 3), process.stderr
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name not in given}
    assert "results.json" in files
    for name, content in {"out": process.stdout, "err": process.stderr, **files}.items():
        assert (name, leaks_in(content)) == (name, [])
    assert server.requests[0].header("x-api-key") == API_KEY


def test_headers_are_part_of_the_curl_line(serve: Serve, run_at: RunAt) -> None:
    """A header that the target needs stands in the line that sends a request again; of a secret one only the name."""
    server = serve(lambda wire: wire.answer(500) if wire.request.method == "PUT" else wire.conform())
    headers = (("X-Tenant", "seven"), ("X-Api-Key", API_KEY))
    (finding,) = run_at(server.url, headers=headers, phases=("probe", "protocol")).findings
    assert "-H 'X-Tenant: seven'" in finding.curl
    assert '-H "X-Api-Key: ${X_API_KEY}"' in finding.curl
    assert "Authorization" not in finding.curl
