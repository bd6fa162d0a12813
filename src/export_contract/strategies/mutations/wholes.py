"""Bodies that break many requirements at once, since some readers fail on those alone.

They are filed under the requirement that the body is an object, and not among the cases that are aimed at it: those
break one requirement and no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.pointers import child
from export_contract.strategies.accepted.covering_array import base_of
from export_contract.strategies.accepted.seed_bodies import bases
from export_contract.strategies.data.case import Case, case_id, in_body
from export_contract.strategies.data.writers import spell


def whole_cases(contract: Contract) -> tuple[Case, ...]:
    """An object without members and one of nulls, where each breaks more than one requirement."""
    places = (child(schema.pointer, "type") for schema in contract.request.always() if "type" in schema.keywords)
    requirement = next(map(contract.by_keyword, places), None)
    if requirement is None:
        return ()
    judge = oracle(contract)
    return tuple(
        Case(
            id=case_id(requirement.id, title),
            title=title,
            expectation=Expectation.REJECT,
            requirement=requirement.id,
            payload=payload,
            base=base,
            changed=in_body(),
        )
        for title, payload, base in _wholes(contract)
        if len(judge.classify(payload).broken) > 1
    )


def _wholes(contract: Contract) -> Iterator[tuple[str, bytes, str]]:
    """(title, payload, the combination of listed values that it was made from)."""
    base: Any = bases(contract)[0]
    if isinstance(base, dict):
        name, _ = base_of(contract, base)
        yield "the body is an empty object", b"{}", name
        yield "the body is an object of nulls", spell(dict.fromkeys(base)), name
