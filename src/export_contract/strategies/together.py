"""Requests for going together: of one shape, each for another export."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from export_contract.contract import Contract, Expectation, classify
from export_contract.contract.timestamps import instant
from export_contract.strategies.case import Case, case_id

_SECONDS: Final = re.compile(r"(?<=T)\d\d:\d\d:\d\d")


def simultaneous_cases(contract: Contract, model: Case, count: int) -> tuple[Case, ...]:
    """`count` accepted requests like `model`, an accepted case, each with the end of its range some seconds later.

    Fewer where the contract has no range, or requests could not be told apart: one, the model itself.
    """
    requirement = contract.by_rule("load/answers")
    if requirement is None:
        return ()
    bodies = [json.loads(model.payload)]
    names = [name for schema in contract.request.beside() for name in schema.keywords.get("x-ordered", ())][-1:]
    for step in range(1, count):
        later = {name: _later(bodies[0].get(name), step) for name in names}
        body = {**bodies[0], **later}
        expectation = classify(json.dumps(body).encode(), contract=contract).expectation
        if body in bodies or expectation is not Expectation.ACCEPT:
            break
        bodies.append(body)
    return tuple(
        msgspec.structs.replace(
            model,
            id=case_id(requirement.id, title),
            title=title,
            requirement=requirement.id,
            payload=json.dumps(body).encode(),
            features=(),
        )
        for position, body in enumerate(bodies, start=1)
        for title in [f"request {position} of {len(bodies)} at the same time"]
    )


def _later(text: Any, seconds: int) -> Any:
    """A documented timestamp some seconds later, in the same form; anything else as it is."""
    moment = instant(text) if isinstance(text, str) else None
    if moment is None:
        return text
    shifted: datetime = moment + timedelta(seconds=seconds)
    return f"{shifted.date().isoformat()}T{_SECONDS.sub(shifted.strftime('%H:%M:%S'), text)[11:]}"
