"""Credentials: each way of damaging them, and the cases made of that."""

from __future__ import annotations

import base64
import string
import subprocess
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.acceptance.model.redaction import Redaction
from export_contract.contract import Contract, Expectation
from export_contract.strategies import plainest_case, suite
from export_contract.strategies.data.case import CONFIGURED
from export_contract.strategies.http.credentials import (
    NONE,
    PLAIN_PARAMETERS,
    Edit,
    Form,
    change,
    damage,
    form_of,
    ways,
    with_credentials,
)
from export_contract.strategies.http.methods import credential_cases

SCHEME: Final[Mapping[str, Any]] = {
    "type": "http",
    "scheme": "bln",
    "x-parameters": {
        "type": "api",
        "version": "1",
        "entity": "user",
        "key": "secret",
        "token": "secret",
        "secret": "secret",
    },
}
WAYS: Final = [way for way, _, _ in ways(SCHEME)]
SECRETS: Final = ("key", "token", "secret")
KEEPING: Final = frozenset({"other-scheme", "longer", "other-case"})
"""Ways that leave every secret in the header, on purpose."""
QUIET: Final = settings(deadline=None, database=None, max_examples=50)

_FIRST: Final = string.ascii_letters + string.digits + "-._~+/\\&"
_VALUES = st.builds(str.__add__, st.sampled_from(_FIRST), st.text(_FIRST + "=", max_size=29))
_FIXED: Final = "type=api,version=1,entity=user"
_WORDS: Final = string.ascii_letters + string.digits + "-._~"


@st.composite
def headers(draw: st.DrawFn) -> str:
    """Header values with whatever secrets, and with or without blanks behind the commas."""
    parameters = draw(st.permutations([*_FIXED.split(","), *(f"{name}={draw(_VALUES)}" for name in SECRETS)]))
    return draw(st.sampled_from(["bln ", "BLN  "])) + draw(st.sampled_from([",", ", "])).join(parameters)


def _basic(user: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


TOKENS = st.builds(str.__add__, st.text(_WORDS, min_size=1, max_size=40), st.sampled_from(["", "=", "=="]))
KINDS: Final[Mapping[str, st.SearchStrategy[str]]] = {
    "bln": headers(),
    "Bearer": st.builds("{} {}".format, st.sampled_from(["Bearer", "bearer"]), TOKENS),
    "Basic": st.builds(_basic, st.text(_WORDS, min_size=1), st.text(min_size=1)),
    "API key": TOKENS | st.uuids().map(str),
}
"""The four kinds of credentials; an API key stands alone in its header."""


def read(header: str) -> tuple[str, dict[str, str]]:
    """The scheme and the parameters of a header value, as a target reads them; a value alone has neither."""
    scheme, blank, rest = header.partition(" ")
    if not blank:
        return "", {"": header}
    if scheme.lower() in ("basic", "bearer") and "type=api" not in rest:
        return scheme.lower(), {"": rest}
    parts = [part.strip().partition("=") for part in rest.split(",") if part.strip()]
    return scheme.lower(), {name: value for name, _, value in parts}


def _hexadecimal(value: str) -> bytes:
    if not (digits := value.strip("-")):
        raise ValueError
    return bytes.fromhex(digits.replace("-", ""))


def _unpadded(value: str) -> bytes:
    text = value.rstrip("=").replace("-", "+").replace("_", "/")
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def _base32(value: str) -> bytes:
    text = value.rstrip("=")
    return base64.b32decode(text + "=" * (-len(text) % 8), casefold=True)


def _base32_as_issued(value: str) -> bytes:
    if value != value.upper():
        raise ValueError
    return _base32(value)


Reader = Callable[[str], bytes]
READERS: Final[tuple[tuple[Reader, Reader], ...]] = (
    (str.encode, str.encode),
    (_hexadecimal, _hexadecimal),
    (_unpadded, _unpadded),
    (_base32, _base32_as_issued),
)
"""How a target may read the value that is sent, and the right one."""


def mean_the_same(sent: str, right: str) -> bool:
    """Whether two values are the same to a reader who takes them for text, hexadecimal, a UUID, Base64 or Base32."""
    for read_sent, read_right in READERS:
        try:
            if read_sent(sent) == read_right(right):
                return True
        except ValueError:
            continue
    return False


def are_equivalent(sent: str, right: str) -> bool:
    """Whether a fair target may take the header value that is sent for the right one."""
    (scheme, values), (right_scheme, expected) = read(sent), read(right)
    same_names = scheme == right_scheme and values.keys() == expected.keys()
    return same_names and all(mean_the_same(values[name], expected[name]) for name in values)


def pieces(secret: str) -> Iterator[str]:
    """Every eight characters of a secret in a row."""
    return (secret[at : at + 8] for at in range(len(secret) - 7))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_damaged_credentials_are_wrong(way: str, kind: str) -> None:
    """They never say what the right ones say, in another spelling either; not the case of the scheme, nor of a UUID."""

    @QUIET
    @given(KINDS[kind])
    @example(f"bln {_FIXED},key=1234,token=5678,secret=90")
    @example(f"bln {_FIXED},key=x,token=xx,secret=xxx")
    @example(f"bln {_FIXED},key=xxxxxxxx,token=yyyyyyyy,secret=XXXXzzzz")
    @example(f"bln {_FIXED},key=12ab,token=3F2504E0-4F89-41D3-9A0C-0305E82C3301,secret=JBSWY3DPEHPK3PXP")
    @example(f"bln {_FIXED},key=MQ==,token=abc=,secret==a")
    @example('bln key="a, b",token="c"')
    @example("Token token=abc")
    @example("Bearer xxxxxxxx")
    @example("Bearer MQ==")
    @example(_basic("xxxxxxxx", "xxxxxxxx"))
    @example(_basic("user", "1"))
    @example("xxxxxxxx")
    def look(header: str) -> None:
        damaged = damage(way, header)
        assert damaged is None or not are_equivalent(damaged, header)
        assert damaged is None or damaged == damaged.strip()

    look()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_a_secret_is_left(way: str, kind: str) -> None:
    """No eight characters in a row, but of the parameters that a way keeps; and none in what a line is made of."""

    @QUIET
    @given(KINDS[kind])
    @example(f"bln {_FIXED},key=xxxx,token=yyyy,secret=zzzzzzzzzz")
    @example("Bearer xxxxxxxxxx")
    @example(_basic("xxxx", "xxxxxx"))
    @example("xxxxxxxxxx")
    def look(header: str) -> None:
        _, right = read(header)
        damaged = damage(way, header)
        secrets = {name: value for name, value in right.items() if name not in PLAIN_PARAMETERS}
        made_of = change(way, form_of(header))
        texts = (made_of.pattern, made_of.replacement or "") if isinstance(made_of, Edit) else (made_of or "",)
        assert [piece for one in secrets.values() for piece in pieces(one) if piece in "\n".join(texts)] == []
        if way not in KEEPING and damaged is not None:
            kept = "\n".join(value for name, value in secrets.items() if name != way.partition(":")[2] and name)
            lost = [one for name, one in secrets.items() if name in ("", way.partition(":")[2])]
            assert [piece for one in lost for piece in pieces(one) if piece in damaged and piece not in kept] == []

    look()


@QUIET
@given(st.one_of(*KINDS.values()))
@example(f"bln {_FIXED},key=xxxx,token=yyyy,secret=zzzz")
@example(_basic("xxxx", "yyyy"))
def test_masking_leaves_a_wrong_value_alone(header: str) -> None:
    """The value that stands in the place of a secret is not taken for one where results are masked."""
    wrong = form_of(header).wrong
    assert Redaction(header).text(wrong) == wrong


@pytest.mark.parametrize("way", [way for way in WAYS if way not in (NONE, "empty", "scheme-only", "other-case")])
def test_sed_takes_an_edit_for_the_same(way: str) -> None:
    """`sed -E` makes the same of a header as the kit does, and prints nothing of one that has another form."""

    @settings(QUIET, max_examples=20)
    @given(st.lists(headers(), min_size=1, max_size=20))
    @example(["bln key=a,token=b,secret=c", "bln secret=c, token=b, key=a", "bln  key=a"])
    def look(right: list[str]) -> None:
        by_edit: dict[Edit, list[str]] = {}
        for header in right:
            edit = change(way, form_of(header))
            if isinstance(edit, Edit):
                by_edit.setdefault(edit, []).append(header)
        for edit, alike in by_edit.items():
            script = f"s/{edit.pattern}/{edit.replacement}/gp"
            lines = "\n".join([*alike, "abc", ""])
            done = subprocess.run(["sed", "-nE", script], input=lines, capture_output=True, text=True, check=True)
            assert done.stdout.splitlines() == [damage(way, header) for header in alike]

    look()


@pytest.mark.parametrize(
    ("header", "form"),
    {
        "bln type=api,key=a, token=b": Form("bln", ("type", "key", "token")),
        "Bearer a.b.c": Form("Bearer"),
        "Bearer a=b": Form("Bearer"),
        "Basic dXNlcjpwYXNz": Form("Basic", (), "eHh4eHh4eHg6eHh4eHh4eHg="),
        "abc": Form(),
        "key=a, token=b": Form(),
        "Token abc==": Form("Token"),
        'Token token="a, b"': Form("Token"),
        "bln key=a,key=b": Form("bln"),
        "Bearer xxxx": Form("Bearer", (), "yyyyyyyy"),
    }.items(),
)
def test_forms(header: str, form: Form) -> None:
    """A scheme and parameters, a scheme and a value, or a value alone; what is none of a token is no scheme."""
    assert form_of(header) == form


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("verb", ["wrong", "emptied", "missing"])
def test_one_parameter_is_touched(verb: str, name: str) -> None:
    """Scheme and all other parameters stay what and where they are."""

    @QUIET
    @given(headers())
    def look(header: str) -> None:
        damaged = damage(f"{verb}:{name}", header)
        assert damaged is not None
        scheme, parameters = read(header)
        damaged_scheme, others = read(damaged)
        assert damaged_scheme == scheme
        value = others.pop(name, None)
        right = parameters.pop(name)
        assert list(others.items()) == list(parameters.items())
        match verb:
            case "missing":
                assert value is None
            case "emptied":
                assert value == ""
            case "wrong":
                assert value == form_of(header).wrong != right

    look()


@QUIET
@given(headers())
def test_all_secrets_are_touched_at_once(header: str) -> None:
    """`longer` and `other-case` change the secrets, and leave type, version and entity alone."""
    _, right = read(header)
    plain = PLAIN_PARAMETERS & right.keys()
    assert len(plain) == 3
    for way in ("longer", "other-case"):
        scheme, changed = read(damage(way, header) or "")
        assert scheme == "bln"
        assert changed.keys() == right.keys()
        assert {name: changed[name] for name in plain} == {name: right[name] for name in plain}
        if way == "longer":
            assert [changed[name] for name in SECRETS] == [right[name] + "x" for name in SECRETS]
        elif any(letter in "ghijklmnopqrstuvwxyz" for name in SECRETS for letter in right[name]):
            assert [changed[name] for name in SECRETS] == [right[name].swapcase() for name in SECRETS]


@QUIET
@given(headers())
def test_schemes_and_absence(header: str) -> None:
    """No header, an empty one, the scheme alone, and another scheme with the same parameters."""
    assert damage(CONFIGURED, header) == header
    assert damage(NONE, header) is None
    assert damage("empty", header) == ""
    assert damage("scheme-only", header) == header.partition(" ")[0]
    other = damage("other-scheme", header)
    assert other is not None
    assert other.partition(" ") == ("Bearer", " ", header.partition(" ")[2])


def test_another_scheme_than_bearer() -> None:
    """Credentials of the scheme Bearer, in any case, are sent as Basic."""
    assert [damage("other-scheme", f"{scheme} abc") for scheme in ("Bearer", "bearer")] == ["Basic abc"] * 2


@pytest.mark.parametrize("way", [CONFIGURED, *WAYS])
def test_secret_headers_are_credentials(way: str) -> None:
    """Where no Authorization is configured, the user's secret headers are damaged in its place; others never are."""
    own = (("X-Tenant", "seven"), ("X-Api-Key", "a-key-of-ours"))
    sent = dict(with_credentials(way, None, own))
    assert sent.pop("X-Tenant") == "seven"
    assert sent == {name: value for name, value in [("X-Api-Key", damage(way, own[1][1]))] if value is not None}
    assert (sent.get("X-Api-Key") == own[1][1]) == (way == CONFIGURED)
    both = dict(with_credentials(way, "Bearer abc", own))
    assert both.pop("Authorization", None) == damage(way, "Bearer abc")
    assert both == dict(own)


@pytest.mark.parametrize("way", [CONFIGURED, *WAYS])
def test_without_credentials_there_is_nothing_to_damage(way: str) -> None:
    """Where none are configured, none are sent."""
    assert damage(way, None) is None


def test_every_parameter_has_its_ways() -> None:
    """Missing, empty, another scheme, the scheme alone; each secret wrong, emptied and missing in turn."""
    assert set(WAYS) >= {NONE, "empty", "other-scheme", "scheme-only"}
    assert set(WAYS) >= {f"{verb}:{name}" for verb in ("wrong", "emptied", "missing") for name in SECRETS}
    assert len(set(WAYS)) == len(WAYS)
    assert {rule for way, rule, _ in ways(SCHEME) if way in (NONE, "empty")} == {"auth/missing"}
    assert {rule for way, rule, _ in ways(SCHEME) if way not in (NONE, "empty")} == {"auth/wrong"}


def test_a_scheme_without_parameters_has_ways() -> None:
    """A bearer token can be missing, empty, of another scheme, or no token."""
    assert {way for way, _, _ in ways({"type": "http", "scheme": "bearer"})} >= {NONE, "empty", "other-scheme"}


def test_credential_cases(contract: Contract) -> None:
    """Each way has one case, with an accepted body, to be refused by the requirement of its rule."""
    cases = credential_cases(contract)
    scheme = contract.document["components"]["securitySchemes"]["bln"]
    rules = {way: rule for way, rule, _ in ways(scheme)}
    assert [case.credentials for case in cases] == list(rules)
    assert {name for name, value in scheme["x-parameters"].items() if value == "secret"} == set(SECRETS)
    plain = plainest_case(contract)
    for case in cases:
        assert case.expectation is Expectation.REJECT
        assert contract.by_id[case.requirement].rule == rules[case.credentials]
        assert (case.method, case.headers, case.payload) == (plain.method, plain.headers, plain.payload)
        assert case in suite(contract=contract)


def test_no_other_case_touches_the_credentials(contract: Contract) -> None:
    """All other cases go with the credentials that are configured."""
    damaged = {case.id for case in suite(contract=contract) if case.credentials != CONFIGURED}
    assert damaged == {case.id for case in credential_cases(contract)}
    assert [
        case for case in suite(contract=contract) if "authorization" in {name.lower() for name, _ in case.headers}
    ] == []
