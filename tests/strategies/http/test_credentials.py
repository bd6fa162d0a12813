"""Credentials: each way of damaging them, and the cases made of that."""

from __future__ import annotations

import string
from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import Contract, Expectation
from export_contract.strategies import plainest_case, suite
from export_contract.strategies.data.case import CONFIGURED
from export_contract.strategies.http.credentials import NONE, PLAIN_PARAMETERS, damage, ways
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
QUIET: Final = settings(deadline=None, database=None)

_VALUES = st.text(string.ascii_letters + string.digits + "-._~+/=", min_size=1, max_size=30)
_FIXED: Final = "type=api,version=1,entity=user"


@st.composite
def headers(draw: st.DrawFn) -> str:
    """Header values with whatever secrets, and with or without blanks behind the commas."""
    parameters = [f"{name}={draw(_VALUES)}" for name in SECRETS]
    return "bln " + draw(st.sampled_from([",", ", "])).join([*_FIXED.split(","), *parameters])


def read(header: str) -> tuple[str, dict[str, str]]:
    """The scheme and the parameters of a header value, as a target reads them."""
    scheme, _, rest = header.partition(" ")
    parts = [part.strip().partition("=") for part in rest.split(",") if part.strip()]
    return scheme.lower(), {name: value for name, _, value in parts}


@pytest.mark.parametrize("way", WAYS)
def test_no_way_leaves_the_credentials_right(way: str) -> None:
    """Damaged credentials never say what the right ones say, whatever the secrets are."""

    @QUIET
    @given(headers())
    @example(f"bln {_FIXED},key=1234,token=5678,secret=90")
    @example(f"bln {_FIXED},key=x,token=xx,secret=xxx")
    @example(f"bln {_FIXED},key=y,token=xy,secret=yx")
    def look(header: str) -> None:
        damaged = damage(way, header)
        assert damaged is None or read(damaged) != read(header)

    look()


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
                assert value is not None
                assert value != right
                assert len(value) == len(right)
                assert right not in value

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
        elif any(letter.isalpha() for name in SECRETS for letter in right[name]):
            assert [changed[name] for name in SECRETS] == [right[name].swapcase() for name in SECRETS]


@QUIET
@given(headers())
def test_schemes_and_absence(header: str) -> None:
    """No header, an empty one, the scheme alone, and another scheme with the same parameters."""
    assert damage(CONFIGURED, header) == header
    assert damage(NONE, header) is None
    assert damage("empty", header) == ""
    assert damage("scheme-only", header) == "bln"
    other = damage("other-scheme", header)
    assert other is not None
    assert read(other)[0] == "bearer"
    assert read(other)[1] == read(header)[1]


@pytest.mark.parametrize("way", [CONFIGURED, *WAYS])
def test_without_credentials_there_is_nothing_to_damage(way: str) -> None:
    """Where none are configured, none are sent."""
    assert damage(way, None) is None


@pytest.mark.parametrize("header", ["Bearer abc.def.ghi", "Basic dXNlcjpwYXNz", "bln key=a"])
def test_other_headers_are_damaged_too(header: str) -> None:
    """A header in another form than the contract's is never sent as it is, and called wrong."""
    sent = {way: damage(way, header) for way in WAYS}
    assert [way for way, damaged in sent.items() if damaged is not None and read(damaged) == read(header)] == []


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
