"""Packs: one request with what several others change, where the document leaves each of them open.

What a case changed is found by comparing the members of its body, as they are written, with those of its base: a number
such as 1e400, half a surrogate pair, or a name that is there twice would be lost if the text were read and written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies.accepted.covering_array import base_of
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import CONFIGURED, JSON, Call, Case, Feature, case_id
from export_contract.strategies.data.writers import spell

_ASPECT: Final = "open"
_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},]', re.DOTALL)
_MEMBER: Final = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:(.*)', re.DOTALL)
_CONTENT_TYPE: Final = "content-type"

Members = dict[str, tuple[str, ...]]
"""Names and values as they are written; several values for a name that is there more than once."""


class _Change(NamedTuple):
    """What a case changed in its base."""

    members: Members
    around: tuple[str, str]
    """What it wrote before and after the object."""
    headers: dict[str, tuple[str, str] | None]
    """By their names in lower case; None for one that it left out."""
    open: frozenset[str]
    """The requirements that leave it open."""


def packed(contract: Contract, cases: Sequence[Case]) -> Case | None:
    """One case with what all of these change; a single one stays as it is.

    None where they get in each other's way: the oracle has to find open in it what it finds open in each of them, and
    nothing else.
    """
    if len(cases) == 1:
        return cases[0]
    found = [_change(contract, case) for case in cases]
    changes = [one for one in found if one is not None]
    if len(changes) < len(cases) or _overlap(changes):
        return None
    for base in dict.fromkeys(case.base for case in cases):
        if (case := _put_together(contract, cases, changes, base)) is not None:
            return case
    return None


def _overlap(changes: Sequence[_Change]) -> bool:
    """Whether two of them change the same."""
    touched: list[object] = []
    for one in changes:
        touched += [("member", name) for name in one.members]
        touched += [("header", name) for name in one.headers]
        touched += [("around",)] * (one.around != ("", ""))
    return len(touched) > len(set(touched))


def _put_together(contract: Contract, cases: Sequence[Case], changes: Sequence[_Change], base: str) -> Case | None:
    """The case of some changes in one base, where it leaves open what they do."""
    members = dict(_bases(contract)[base])
    headers: dict[str, tuple[str, str] | None] = {_CONTENT_TYPE: ("Content-Type", JSON)}
    for one in changes:
        members |= one.members
        headers |= one.headers
    before = "".join(one.around[0] for one in changes)
    after = "".join(one.around[1] for one in changes)
    payload = f"{before}{_written(members)}{after}".encode("latin-1")
    sent = tuple(header for header in headers.values() if header is not None)
    content_type = next((value for name, value in sent if name.lower() == _CONTENT_TYPE), None)
    classified = oracle(contract).classify(payload, content_type)
    expected = frozenset().union(*(one.open for one in changes))
    if classified.expectation is Expectation.REJECT or {*classified.open} != expected:
        return None
    title = "; ".join(case.title for case in cases)
    return Case(
        id=case_id(cases[0].requirement, title),
        title=title,
        expectation=Expectation.UNSPECIFIED,
        requirement=cases[0].requirement,
        headers=sent,
        payload=payload,
        features=tuple(Feature(_ASPECT, case.title, case.requirement) for case in cases),
        base=base,
    )


@cache
def _change(contract: Contract, case: Case) -> _Change | None:
    """What a case changed in its base; None where that cannot be told, or it is more than a body and headers."""
    is_plain = case.call is Call.CREATE and case.method == "POST" and case.credentials == CONFIGURED and not case.query
    base = _bases(contract).get(case.base)
    read = _members(case.payload.decode("latin-1"))
    if not is_plain or base is None or read is None or case.expectation is not Expectation.UNSPECIFIED:
        return None
    before, members, after = read
    if base.keys() - members.keys():
        return None
    headers: dict[str, tuple[str, str] | None] = {name.lower(): (name, value) for name, value in case.headers}
    if headers.setdefault(_CONTENT_TYPE, None) == ("Content-Type", JSON):
        del headers[_CONTENT_TYPE]
    return _Change(
        {name: values for name, values in members.items() if base.get(name) != values},
        (before, after),
        headers,
        frozenset(oracle(contract).classify(case.payload, case.content_type).open),
    )


@cache
def _bases(contract: Contract) -> Mapping[str, Members]:
    """The members of each base that is an object, by the name of the base."""
    texts = {base_of(contract, body)[0]: spell(body).decode("latin-1") for body in bases(contract)}
    return {name: read[1] for name, text in texts.items() if (read := _members(text)) is not None}


def _written(members: Members) -> str:
    return f"{{{','.join(f'{name}:{value}' for name, values in members.items() for value in values)}}}"


def _members(text: str) -> tuple[str, Members, str] | None:
    """(what is before the object, its members, what is after it) of a JSON text; None where it is no object.

    Only the text is looked at, so that any depth can be read.
    """
    before, brace, rest = text.partition("{")
    inside, _, after = rest.rpartition("}")
    if not brace:
        return None
    found: Members = {}
    for part in _parts(inside):
        member = _MEMBER.fullmatch(part)
        if member is None:
            return None
        found[member[1]] = (*found.get(member[1], ()), member[2])
    return before, found, after


def _parts(inside: str) -> Iterator[str]:
    """What stands between the commas of an object, but those further in."""
    depth = start = 0
    for token in _TOKENS.finditer(inside):
        match token[0]:
            case "{" | "[":
                depth += 1
            case "}" | "]":
                depth -= 1
            case "," if not depth:
                yield inside[start : token.start()]
                start = token.end()
    yield inside[start:]
