"""Requests to send at the same time: alike, but each for another export."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from export_contract.contract import Contract, Expectation, classify
from export_contract.contract.timestamps import instant
from export_contract.strategies.data.case import Case, case_id

_SECONDS: Final = re.compile(r"(?<=T)\d\d:\d\d:\d\d")


def simultaneous_cases(contract: Contract, model: Case, count: int) -> tuple[Case, ...]:
    """`count` accepted requests like `model`, an accepted case, each with the end of its range some seconds later.

    None of them where the contract has no range, since nothing would distinguish the requests.
    """
    requirement = contract.by_rule("load/answers")
    if requirement is None:
        return ()
    plain = json.loads(model.payload)
    bodies: list[Any] = []
    names = [name for schema in contract.request.beside() for name in schema.keywords.get("x-ordered", ())][-1:]
    # The model itself was sent before, and the same request may get the same job.
    for step in range(1, count + 1):
        body = {**plain, **{name: _later(plain.get(name), step) for name in names}}
        expectation = classify(json.dumps(body).encode(), contract=contract).expectation
        if body in (plain, *bodies) or expectation is not Expectation.ACCEPT:
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
