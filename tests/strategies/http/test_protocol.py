"""Cases that are not about what a body says: methods, and ways of sending."""

from __future__ import annotations

import copy
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from export_contract.contract import BUILT_IN, Contract, Expectation, classify, load_contract
from export_contract.strategies import plainest_case, suite
from export_contract.strategies.http.methods import method_cases, transfer_cases

Write = Callable[[Any, Any], Path]


def documents() -> tuple[Any, Any]:
    """The two files of the built-in contract."""
    files = (BUILT_IN, BUILT_IN.with_name("requirements.yaml"))
    openapi, requirements = (yaml.safe_load(file.read_text(encoding="utf-8")) for file in files)
    return openapi, requirements


def test_methods_that_are_not_declared(contract: Contract) -> None:
    """Each common method but POST, GET and OPTIONS has a case, to be answered with anything but 2xx."""
    cases = method_cases(contract)
    assert {case.method for case in cases} == {"PUT", "PATCH", "DELETE", "HEAD", "TRACE"}
    assert {case.expectation for case in cases} == {Expectation.REJECT}
    assert {contract.by_id[case.requirement].rule for case in cases} == {"method/undeclared"}
    assert set(cases) <= set(suite(contract=contract))


def test_methods_carry_an_accepted_body(contract: Contract) -> None:
    """Nothing but the method gives a reason to refuse; HEAD and TRACE carry no body (RFC 9110 section 9.3)."""
    plain = plainest_case(contract)
    for case in method_cases(contract):
        has_body = case.method not in ("HEAD", "TRACE")
        assert case.payload == (plain.payload if has_body else b"")
        assert case.headers == (plain.headers if has_body else ())


@pytest.mark.parametrize("method", ["put", "delete", "head"])
def test_a_declared_method_is_not_tried(method: str, write_contract: Write) -> None:
    """What the document declares may be answered 2xx."""
    openapi, requirements = documents()
    item = openapi["paths"]["/exports"]
    item[method] = copy.deepcopy(item["get"])
    contract = load_contract(write_contract(openapi, requirements))
    assert method.upper() not in {case.method for case in method_cases(contract)}
    assert len(method_cases(contract)) == 4


def test_without_their_requirements_there_are_no_such_cases(write_contract: Write) -> None:
    """A contract that promises nothing of methods, credentials or ways of sending has no cases of them."""
    openapi, requirements = documents()
    for area in requirements["areas"]:
        left = [
            one for one in area["requirements"] if not one.get("rule", "").startswith(("method", "auth/", "transfer"))
        ]
        area["requirements"] = left
    contract = load_contract(write_contract(openapi, requirements))
    assert {case.method for case in suite(contract=contract)} == {"POST"}
    assert {case.credentials for case in suite(contract=contract)} == {"configured"}
    assert {name for case in suite(contract=contract) for name, _ in case.headers} == {"Content-Type"}


def test_ways_of_sending(contract: Contract) -> None:
    """An accepted body in chunks, one packed with gzip, and one that only says so: all are left open."""
    cases = transfer_cases(contract)
    assert {case.expectation for case in cases} == {Expectation.UNSPECIFIED}
    assert {contract.by_id[case.requirement].rule for case in cases} == {"transfer"}
    assert set(cases) <= set(suite(contract=contract))
    headers = [dict(case.headers) for case in cases]
    assert {header["Content-Type"] for header in headers} == {"application/json"}
    codings = [(header.get("Transfer-Encoding"), header.get("Content-Encoding")) for header in headers]
    assert sorted(codings, key=str) == [("chunked", None), (None, "gzip"), (None, "gzip")]


def test_what_is_packed_is_an_accepted_body(contract: Contract) -> None:
    """Unpacked, each body is an accepted one; of those that say gzip, one is and one is not."""
    plain = plainest_case(contract).payload
    assert classify(plain).expectation is Expectation.ACCEPT
    found = [case.payload for case in transfer_cases(contract)]
    packed = [payload for payload in found if payload != plain]
    assert [gzip.decompress(payload) for payload in packed] == [plain]
    assert len(found) == 3
