"""What an accepted export request says."""

from __future__ import annotations

from dataclasses import dataclass

from .timestamps import Instant

ENROLLMENTS = "ELEARNING_ENROLLMENTS"
ACTIVITIES = "LEARNING_ACTIVITIES"
NETWORKS = "NETWORKS"
USERS = "USERS"
INTERACTIONS = "LEARNING_ACTIVITY_INTERACTIONS"

EXPORT_TYPES = (ENROLLMENTS, ACTIVITIES, NETWORKS, USERS, INTERACTIONS)
FORMATS = ("CSV", "JSONL")
MANDATORY = ("startDate", "endDate", "exportType", "format")
ACTIVITY_ID = "learningActivityId"
DECLARED_ACTIVITY_ID = 12345


@dataclass(frozen=True)
class Timestamp:
    """A moment as the client wrote it, and what that means."""

    text: str
    instant: Instant


@dataclass(frozen=True)
class ExportRequest:
    """An export request that is valid."""

    export_type: str
    format: str
    start: Timestamp
    end: Timestamp
    activity_id: int | float | None = None
