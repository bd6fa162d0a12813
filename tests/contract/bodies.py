"""The bodies that the tests start from, and the ways they change them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

ENROLLMENTS: Final[Mapping[str, Any]] = {
    "startDate": "2012-09-05T11:12:47.000Z",
    "endDate": "2015-05-28T17:39:23.000Z",
    "exportType": "ELEARNING_ENROLLMENTS",
    "format": "CSV",
}
"""The document's first example."""

INTERACTIONS: Final[Mapping[str, Any]] = {
    "startDate": "2012-09-05T11:12:47.000Z",
    "endDate": "2015-05-28T17:39:23.000Z",
    "exportType": "LEARNING_ACTIVITY_INTERACTIONS",
    "format": "JSONL",
    "learningActivityId": 12345,
}
"""The document's second example."""

PAIRS: Final = tuple(
    (export_type, file_format)
    for export_type in ("ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS")
    for file_format in ("CSV", "JSONL")
)
"""What goes together, without the interactions."""

REQUIRED: Final = {
    "startDate": "EXP-START-REQUIRED",
    "endDate": "EXP-END-REQUIRED",
    "exportType": "EXP-EXPORTTYPE-REQUIRED",
    "format": "EXP-FORMAT-REQUIRED",
}
"""The mandatory fields, and the requirement that each is there."""


def spell(value: Any) -> bytes:
    """A value as JSON, the way most clients write it."""
    return json.dumps(value).encode()


def enrollments(**changes: Any) -> bytes:
    """The first example with `changes`."""
    return spell({**ENROLLMENTS, **changes})


def interactions(**changes: Any) -> bytes:
    """The second example with `changes`."""
    return spell({**INTERACTIONS, **changes})


def without(name: str, base: Mapping[str, Any] = ENROLLMENTS) -> bytes:
    """A base body that lacks one field."""
    return spell({key: value for key, value in base.items() if key != name})


def renamed(name: str, other: str, base: Mapping[str, Any] = ENROLLMENTS) -> bytes:
    """A base body with another name for one field."""
    return spell({other if key == name else key: value for key, value in base.items()})


def written(field: str, text: str, base: Mapping[str, Any] = ENROLLMENTS) -> bytes:
    """A base body with `text` for the value of a field, to the letter, whether it is JSON or not."""
    mark = "\N{REPLACEMENT CHARACTER}"
    return json.dumps({**base, field: mark}, ensure_ascii=False).replace(f'"{mark}"', text).encode()
