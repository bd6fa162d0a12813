"""A contract as `contract show` and `contract lint` show it, and the difference of two."""

from __future__ import annotations

import json
from collections.abc import Iterator

from export_contract.contract import Contract
from export_contract.contract.pointers import child
from export_contract.strategies import suite


def contract_lines(contract: Contract) -> Iterator[str]:
    """The requirements of a contract, with their sources and places."""
    yield f"{contract.title} {contract.version}"
    yield f"{contract.file}, sha256 {contract.sha256}"
    for area in contract.areas:
        yield ""
        yield area.title
        for requirement in area.requirements:
            yield f"  {requirement.id}  {requirement.level}, {requirement.expectation}"
            yield f"      {requirement.statement}"
            yield f"      {requirement.source}"
            yield from (f"      {pointer}" for pointer in requirement.pointers)


def difference_lines(old: Contract, new: Contract) -> list[str]:
    """What a newer contract promises differently: requirements, keywords of the request, and methods."""
    lines = [f"- {name}  {one.statement}" for name, one in old.by_id.items() if name not in new.by_id]
    lines += [f"+ {name}  {one.statement}" for name, one in new.by_id.items() if name not in old.by_id]
    for name, one in old.by_id.items():
        other = new.by_id.get(name, one)
        for what in ("level", "expectation", "statement"):
            was, becomes = getattr(one, what), getattr(other, what)
            if was != becomes:
                lines.append(f"~ {name}  {what}: {was} -> {becomes}")
    was_asserted, is_asserted = _assertions(old), _assertions(new)
    for place in dict.fromkeys((*was_asserted, *is_asserted)):
        was, becomes = was_asserted.get(place, "nothing"), is_asserted.get(place, "nothing")
        if was != becomes:
            lines.append(f"~ {place}  {was} -> {becomes}")
    lines += [f"- {method} {old.operation.path}" for method in sorted(old.operation.methods - new.operation.methods)]
    lines += [f"+ {method} {new.operation.path}" for method in sorted(new.operation.methods - old.operation.methods)]
    return lines


def _assertions(contract: Contract) -> dict[str, str]:
    """Every keyword of the request by its place, with its value as JSON."""
    return {
        child(schema.pointer, name): json.dumps(value)
        for schema in contract.request.walk()
        for name, value in schema.assertions()
    }


def lint_line(contract: Contract) -> str:
    """One line that says that a contract can be used; raises ContractError where it cannot."""
    cases = suite(contract=contract)
    aimed = {case.requirement for case in cases} | {one.requirement for case in cases for one in case.features}
    return (
        f"{contract.file}: {len(contract.requirements)} requirements, {len(cases)} cases aimed at {len(aimed)} of them"
    )
