"""The states of a job, what its id says, and what is known when the id is made."""

from __future__ import annotations

from dataclasses import dataclass

from .export_request import ExportRequest
from .messages import Request

PENDING = "PENDING"
COMPLETED = "COMPLETED"
FAILED = "FAILED"


@dataclass(frozen=True)
class JobFacts:
    """The parts of a job id in the documented form."""

    tenant: str
    export_type: str
    format: str
    start: str
    end: str
    uuid: str


@dataclass(frozen=True)
class Making:
    """The circumstances in which a job id is made."""

    export: ExportRequest
    request: Request
    number: int  # of the job, counted from 1
    previous_id: str | None  # of the job before
