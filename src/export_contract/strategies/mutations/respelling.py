"""Wrong timestamps in another spelling: a reader that is fixed to one form refuses all others, for the wrong reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from export_contract.contract import Contract, Expectation, oracle
from export_contract.contract.json_text import plain_value
from export_contract.contract.request_schema import Path, locations
from export_contract.strategies.data.case import Case, case_id, in_body
from export_contract.strategies.data.edits import changed
from export_contract.strategies.data.moments import respelt
from export_contract.strategies.data.writers import show, spell

_ENDS_AT = len("2013-03-05T11:12:47")


def timestamps_of(contract: Contract, payload: bytes) -> dict[Path, str]:
    """The texts of a body that should be timestamps, by their places."""
    body = plain_value(payload)
    found = locations(contract.request, body) if isinstance(body, dict) else ()
    return {one.path: one.value for one in found if one.keyword("format") == "date-time" and isinstance(one.value, str)}


def respelt_cases(contract: Contract, case: Case, accepted: dict[Path, str]) -> Iterator[Case]:
    """A case with a wrong timestamp, with every timestamp in the form of one that the target accepted in its place.

    None comes where the case is about something else, or what is wrong with it leaves no place for the form.
    """
    body: Any = plain_value(case.payload)
    texts = timestamps_of(contract, case.payload)
    for path, text in texts.items():
        if case.changed != in_body(path) or path not in accepted or texts.keys() - accepted.keys():
            continue
        written = respelt(text, accepted[path])
        if written is None:
            continue
        for other, right in texts.items():
            body = changed(body, other, written if other == path else right[:_ENDS_AT] + accepted[other][_ENDS_AT:])
        payload = spell(body)
        title = case.title.replace(show(text), show(written))
        if oracle(contract).classify(payload).broken == (case.requirement,):
            yield msgspec.structs.replace(
                case,
                id=case_id(case.requirement, f"{title}, spelt as accepted"),
                title=f"{title}, spelt as accepted",
                expectation=Expectation.REJECT,
                payload=payload,
            )
