"""JSON: every hard value at every place of every answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.hostile.behaviour import (
    ACCEPT,
    HARMLESS,
    LEGAL,
    REFUSE,
    STATUS,
    UNKNOWN,
    Behaviour,
    Change,
    Expected,
    fault,
    not_green,
    on,
)
from tests.hostile.server import Reply, Wire
from tests.hostile.values import PLAIN, VALUES, Value

from export_contract.acceptance.model.outcome import CheckName as Check

_HERE = "the value stands here"


@dataclass(frozen=True)
class Place:
    """A place in an answer."""

    kind: str
    path: tuple[str, ...]
    """Names of members; none for the whole body."""
    values: tuple[Value, ...] = VALUES

    @property
    def name(self) -> str:
        """What it is called: `status: job.id`."""
        return f"{self.kind}: {'.'.join(self.path) or 'the body'}"


PLACES = (
    Place(ACCEPT, ()),
    Place(ACCEPT, ("job",)),
    Place(ACCEPT, ("job", "id")),
    Place(ACCEPT, ("job", "more")),
    Place(ACCEPT, ("errors",), PLAIN),
    Place(REFUSE, ()),
    Place(REFUSE, ("job",), PLAIN),
    Place(REFUSE, ("job", "id"), PLAIN),
    Place(REFUSE, ("errors",), PLAIN),
    Place(UNKNOWN, (), PLAIN),
    Place(UNKNOWN, ("job", "id"), PLAIN),
    Place(STATUS, ()),
    Place(STATUS, ("job",), PLAIN),
    Place(STATUS, ("job", "id"), PLAIN),
    Place(STATUS, ("job", "status")),
    Place(STATUS, ("job", "exportData"), PLAIN),
    Place(STATUS, ("job", "exportData", "downloadUrl")),
    Place(STATUS, ("job", "exportData", "downloadExpiresAt")),
    Place(STATUS, ("errors",), PLAIN),
    Place(STATUS, ("more",), PLAIN),
)


def json_answers() -> Iterator[Behaviour]:
    """Each value at each place."""
    for place in PLACES:
        for value in place.values:
            yield Behaviour(
                name=f"{place.name} is {value.name}",
                family="JSON",
                make=on(place.kind, change=_put(place.path, value)),
                expected=_expected(place, value),
                loses_jobs=place.kind in (ACCEPT, REFUSE),
            )


def _put(path: tuple[str, ...], value: Value) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        if not path:
            return replace(reply, body=value.text)
        document = json.loads(reply.body)
        parent = document
        for name in path[:-1]:
            parent = parent.setdefault(name, {})
        parent[path[-1]] = _HERE
        return replace(reply, body=json.dumps(document).encode().replace(f'"{_HERE}"'.encode(), value.text))

    return change


def _expected(place: Place, value: Value) -> Expected:
    if place.kind in (REFUSE, UNKNOWN):
        return _of_a_refusal(place.path, value)
    if value.kind == "broken" or not place.path:
        if value.kind == "deep":
            return not_green(Check.SCHEMA, Check.STATUS_SCHEMA)
        return fault(Check.SCHEMA, Check.MEDIA_TYPE) if place.kind == ACCEPT else fault(Check.STATUS_SCHEMA)
    return (_of_a_job if place.kind == ACCEPT else _of_a_status)(place.path, value)


def _of_a_refusal(path: tuple[str, ...], value: Value) -> Expected:
    """Any body or none is right, but for the id of a job."""
    if path == ("job", "id") and value.kind not in ("null", "broken", "deep"):
        return fault(Check.NO_JOB)
    return HARMLESS if value.kind == "deep" else LEGAL


def _of_a_job(path: tuple[str, ...], value: Value) -> Expected:
    match path:
        case ("job",):
            return fault(Check.SCHEMA) if value.kind != "deep" else not_green(Check.SCHEMA)
        case ("job", "id"):
            if value.kind == "deep":
                return not_green(Check.SCHEMA)
            if value.kind != "string" or value.name == "an empty string":
                return fault(Check.SCHEMA)
            return fault(Check.JOB_ID_BASE64, Check.JOB_ID_UNIQUE, Check.LOAD, Check.STATUS)
    return HARMLESS if value.kind == "deep" else LEGAL


def _of_a_status(path: tuple[str, ...], value: Value) -> Expected:
    if value.kind == "deep":
        return HARMLESS if path in (("errors",), ("more",)) else not_green(Check.STATUS_SCHEMA, Check.DOWNLOAD)
    match path:
        case ("job",) | ("job", "status"):
            return fault(Check.STATUS_SCHEMA)
        case ("job", "id"):
            is_text = value.kind == "string" and value.name != "an empty string"
            return fault(Check.STATUS_ID) if is_text else fault(Check.STATUS_SCHEMA, Check.STATUS_ID)
        case ("errors",):
            return LEGAL if _is_list_of_objects(value) else fault(Check.STATUS_SCHEMA)
        case ("more",):
            return LEGAL
        case ("job", "exportData"):
            return (
                fault(Check.DOWNLOAD)
                if value.kind in ("null", "object")
                else fault(Check.STATUS_SCHEMA, Check.DOWNLOAD)
            )
        case ("job", "exportData", "downloadUrl"):
            if value.kind == "string" and value.name != "an empty string":
                return fault(Check.FETCHED)
        case ("job", "exportData", "downloadExpiresAt") if value.name == "the end of time":
            return LEGAL
    return fault(Check.DOWNLOAD) if value.kind in ("null", "string") else fault(Check.STATUS_SCHEMA, Check.DOWNLOAD)


def _is_list_of_objects(value: Value) -> bool:
    return value.name in ("an empty array", "30,000 objects")
