"""Cases that read the status of a job: of one that exists, of one that does not, and without an id."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from export_contract.contract import Contract, Expectation, Requirement
from export_contract.contract.status import StatusCall, status_call
from export_contract.strategies.data.case import CONFIGURED, Call, Case, case_id, in_query
from export_contract.strategies.http import credentials

_NO_JOB: Final = base64.b64encode(hashlib.sha256(b"a job that nobody created").digest()).decode()
_WAYS: Final = (credentials.NONE, "other-scheme")
"""Of wrong credentials; the cases that create jobs try each parameter."""
_BROKEN_ESCAPES: Final = ("%ZZ", "%4", "%u0041")
"""Percent signs without two hexadecimal digits: some readers raise an error, others take them as they are."""


def status_case(contract: Contract, job_id: str, title: str = "the status of a job") -> Case:
    """The request for the status of a job that exists, its id percent-encoded (RFC 3986 section 2.1).

    Raises ValueError where the contract declares no such call, or has no requirement for it.
    """
    return _case(contract, "status/found", _query(contract, job_id), title)


def status_refusals(contract: Contract, job_id: str) -> tuple[Case, ...]:
    """Requests for a status that must be refused; near misses are made of `job_id`, which exists.

    None of them creates a job. Those with wrong credentials are left to `status_intrusions`.
    """
    wrong: list[tuple[str, str, str]] = []
    if contract.by_rule("status/unknown-id"):
        wrong += [
            ("status/unknown-id", _query(contract, other), f"the status of {name}")
            for name, other in _ids_of_no_job(job_id)
        ]
        broken = f"{_query(contract, '')}%FF%FE"
        wrong += [("status/unknown-id", broken, "the status of an id whose bytes are no UTF-8")]
        for escape in _BROKEN_ESCAPES:
            query, what = f"{_query(contract, '')}{escape}", f"the broken escape {escape}"
            wrong += [("status/unknown-id", query, f"the status of {what}")]
    if contract.by_rule("status/missing-id"):
        wrong += [("status/missing-id", "", "a status without an id")]
        wrong += [("status/missing-id", _query(contract, ""), "a status with an empty id")]
    return tuple(
        _case(contract, rule, query, title, in_query(_call(contract).parameter)) for rule, query, title in wrong
    )


def status_ambiguities(contract: Contract, job_ids: Sequence[str]) -> tuple[Case, ...]:
    """Requests for the status of jobs that exist, by ids that readers of a query take in different ways.

    What answers them is left open: a form reads a plus as a space (WHATWG URL section 5.1) and RFC 3986 does not; and
    many decoders of Base64 do without its padding.
    """
    requirement = contract.by_rule("status/open-id")
    if requirement is None or not job_ids:
        return ()
    first, name = job_ids[0], quote(_call(contract).parameter, safe="")
    open_queries = [
        (f"{name}[]={quote(first, safe='')}", "the status of an id in brackets, as of a list"),
        (f"{_query(contract, first)}&{_query(contract, _NO_JOB)}", "the status of two ids, an unknown one last"),
        (f"{_query(contract, _NO_JOB)}&{_query(contract, first)}", "the status of two ids, an unknown one first"),
    ]
    if with_plus := next((one for one in job_ids if "+" in one), ""):
        query = _query(contract, with_plus).replace("%2B", "+")
        open_queries.append((query, "the status of an id whose plus is not percent-encoded"))
    if padded := next((one for one in job_ids if one.endswith("=")), ""):
        open_queries.append((_query(contract, padded.rstrip("=")), "the status of an id without its padding"))
    changed = in_query(_call(contract).parameter)
    in_path = _case(contract, "status/open-id", "", "the status of an id in the path", "/path")
    return (
        *(_case(contract, "status/open-id", query, title, changed) for query, title in open_queries),
        msgspec.structs.replace(in_path, path=f"/{quote(first, safe='')}"),
    )


def status_intrusions(contract: Contract, job_id: str) -> tuple[Case, ...]:
    """Requests for the status of a job that exists, without the right credentials."""
    if not contract.by_rule("status/auth"):
        return ()
    titles = {credentials.NONE: "without credentials", "other-scheme": "with credentials of another scheme"}
    secrets = _secret_parameters(contract)
    ways = [*_WAYS, *(f"wrong:{name}" for name in secrets[-1:])]
    return tuple(
        _case(
            contract,
            "status/auth",
            _query(contract, job_id),
            f"a status {titles.get(way, 'with a ' + way.replace(':', ' '))}",
            "/credentials",
            way,
        )
        for way in ways
    )


def _case(
    contract: Contract, rule: str, query: str, title: str, changed: str | None = None, way: str = CONFIGURED
) -> Case:
    """A request for a status; one in which something was changed is expected to end as its requirement says."""
    requirement = _requirement(contract, rule)
    return Case(
        id=case_id(requirement.id, title),
        title=title,
        expectation=Expectation.ACCEPT if changed is None else _expectation(requirement),
        requirement=requirement.id,
        call=Call.STATUS,
        method="GET",
        headers=(),
        credentials=way,
        query=query,
        changed=changed,
    )


def _expectation(requirement: Requirement) -> Expectation:
    is_open = requirement.expectation is Expectation.UNSPECIFIED
    return Expectation.UNSPECIFIED if is_open else Expectation.REJECT


def _requirement(contract: Contract, rule: str) -> Requirement:
    requirement = contract.by_rule(rule)
    if requirement is None:
        raise ValueError(f"{contract.file} promises nothing about {rule}")
    return requirement


def _call(contract: Contract) -> StatusCall:
    call = status_call(contract)
    if call is None:
        raise ValueError(f"{contract.file} declares no call that reads a status")
    return call


def _query(contract: Contract, job_id: str) -> str:
    return f"{quote(_call(contract).parameter, safe='')}={quote(job_id, safe='')}"


def _ids_of_no_job(job_id: str) -> Iterator[tuple[str, str]]:
    """(what it is, an id that no job has): what lookups by prefix, pattern, letter case or number would find."""
    yield "an unknown id", _NO_JOB
    yield "an id that is no Base64", "not a job id!"
    yield "the first half of an id", job_id[: len(job_id) // 2]
    yield "an id with another one behind it", f"{job_id},{_NO_JOB}"
    if job_id.swapcase() != job_id:
        yield "an id in the other case", job_id.swapcase()
    yield "a percent sign, as in SQL patterns", "%"
    yield "an asterisk, as in search patterns", "*"
    yield "a quotation mark", "'"
    yield "the number 1", "1"
    yield "the word null", "null"
    yield "a path", "../../exports"
    yield "a NUL", "\0"
    yield "an id with a NUL behind it", f"{job_id}\0"
    yield "an id of 2,000 characters", "QUJD" * 500
    yield "an id of 8 KiB", "QUJD" * 2_048


def _secret_parameters(contract: Contract) -> list[str]:
    schemes = contract.document.get("components", {}).get("securitySchemes", {}).values()
    return [name for scheme in schemes for name, value in scheme.get("x-parameters", {}).items() if value == "secret"]
