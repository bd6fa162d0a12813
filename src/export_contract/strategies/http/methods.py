"""Cases that are not about what a body says: methods, ways of sending, and credentials."""

from __future__ import annotations

import struct
import zlib
from functools import cache

from export_contract.contract import Contract, Expectation
from export_contract.strategies.accepted.covering_array import plainest_case
from export_contract.strategies.data.case import Case, case_id, in_header
from export_contract.strategies.http import credentials

# OPTIONS is left out: frameworks answer it with 2xx to list the methods (RFC 9110 section 9.3.7).
_METHODS = ("PUT", "PATCH", "DELETE", "HEAD", "TRACE")
_WITHOUT_BODY = ("HEAD", "TRACE")


@cache
def method_cases(contract: Contract) -> tuple[Case, ...]:
    """One case for each common method that the contract does not declare, with an accepted body."""
    requirement = contract.by_rule("method/undeclared")
    if requirement is None:
        return ()
    plain = plainest_case(contract)
    return tuple(
        Case(
            id=case_id(requirement.id, method),
            title=f"{method} {contract.operation.path}: a method that is not declared",
            expectation=Expectation.REJECT,
            requirement=requirement.id,
            method=method,
            changed="/method",
            headers=() if method in _WITHOUT_BODY else plain.headers,
            payload=b"" if method in _WITHOUT_BODY else plain.payload,
            base=plain.base,
        )
        for method in _METHODS
        if method not in contract.operation.methods
    )


@cache
def transfer_cases(contract: Contract) -> tuple[Case, ...]:
    """An accepted body, sent in chunks, packed as it says, and not packed as it says."""
    requirement = contract.by_rule("transfer")
    if requirement is None:
        return ()
    plain = plainest_case(contract)
    ways = (
        ("in chunks", ("Transfer-Encoding", "chunked"), plain.payload),
        ("packed with gzip", ("Content-Encoding", "gzip"), _packed(plain.payload)),
        ("said to be packed with gzip, and not", ("Content-Encoding", "gzip"), plain.payload),
    )
    return tuple(
        Case(
            id=case_id(requirement.id, title),
            title=f"the body {title}",
            expectation=requirement.expectation,
            requirement=requirement.id,
            headers=(*plain.headers, header),
            payload=payload,
            base=plain.base,
            changed=in_header(header[0]),
        )
        for title, header, payload in ways
    )


def _packed(payload: bytes) -> bytes:
    """`payload` as gzip (RFC 1952) with one stored block: compressors differ from platform to platform."""
    length = struct.pack("<HH", len(payload), len(payload) ^ 0xFFFF)
    ending = struct.pack("<II", zlib.crc32(payload), len(payload))
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + b"\x01" + length + payload + ending


@cache
def credential_cases(contract: Contract) -> tuple[Case, ...]:
    """One case for each way in which the credentials of an accepted request can be wrong."""
    plain = plainest_case(contract)
    cases = []
    for scheme in contract.document.get("components", {}).get("securitySchemes", {}).values():
        for way, rule, title in credentials.ways(scheme):
            requirement = contract.by_rule(rule)
            if requirement:
                cases.append(
                    Case(
                        id=case_id(requirement.id, title),
                        title=title,
                        expectation=Expectation.REJECT,
                        requirement=requirement.id,
                        headers=plain.headers,
                        payload=plain.payload,
                        base=plain.base,
                        credentials=way,
                        changed="/credentials",
                    )
                )
    return tuple(cases)
