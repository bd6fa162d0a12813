"""Requirements: what a contract promises, one promise a record."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec


class Expectation(StrEnum):
    """What a conforming target does with a request."""

    ACCEPT = "accept"
    """It answers 2xx with a job."""
    REJECT = "reject"
    """It answers 4xx and creates no job."""
    UNSPECIFIED = "unspecified"
    """It may do either, but it answers, and not with a server error."""


Level = Literal["MUST", "SHOULD", "MAY"]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One promise of the contract."""

    id: str
    """Stable name, `EXP-…`."""
    level: Level
    """How binding it is (RFC 2119); MAY is what the document leaves open."""
    expectation: Expectation
    """For the request: what is expected of a target. For an answer: the requests whose answers it speaks of."""
    statement: str
    """The promise in one line."""
    source: str
    """Where it is written."""
    pointers: tuple[str, ...]
    """JSON pointers of the keywords in openapi.yaml that it stands for."""
    rule: str = ""
    """The rule behind those keywords that it is narrowed to (see `rules`); empty for the keyword itself."""


class Area(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Requirements that are reported together."""

    title: str
    requirements: tuple[Requirement, ...]


class RequirementsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What requirements.yaml holds."""

    areas: tuple[Area, ...]
