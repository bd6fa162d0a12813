"""Sample records: always the same, and some of them just inside and just outside the document's example range."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from .export_request import (
    ACTIVITIES,
    ACTIVITY_ID,
    DECLARED_ACTIVITY_ID,
    ENROLLMENTS,
    INTERACTIONS,
    NETWORKS,
    USERS,
    ExportRequest,
)
from .timestamps import Instant

_SEED = 20120905
_EXAMPLE_START = datetime(2012, 9, 5, 11, 12, 47)
_EXAMPLE_END = datetime(2015, 5, 28, 17, 39, 23)
_DISTANCES = [sign * timedelta(seconds=seconds) for sign in (-1, 1) for seconds in (1, 86_400, 31 * 86_400)]
_RANDOM_RECORDS = 400

# Separators, quotes, line breaks and letters beyond ASCII, as real names have them.
_PROGRAMS = ("Onboarding", "Safety, Level 1", 'The "Basics"', "Führung", "安全研修", "Compliance\r\n(renewed)")
_FIRST_NAMES = ("Ada", "Bjørn", "Chloé", "Dmitri", "Élise", "Fatima")
_LAST_NAMES = ("Lovelace", "O'Brien", "van der Berg", "Núñez", "Smith, Jr.", "Zhang")
_NETWORK_NAMES = ("Headquarters", "North", "South", "Partners, EMEA")

Values = Mapping[str, object]


@dataclass(frozen=True)
class Record:
    """One line of an export."""

    at: Instant | None  # what startDate and endDate filter; networks have no date
    values: Values


def records_for(export: ExportRequest, *, ignore_start: bool = False, ignore_end: bool = False) -> list[Record]:
    """The records that belong into the export, in the order of their dates."""
    return [
        record
        for record in _all_records(export.export_type, export.activity_id)
        if record.at is None
        or ((ignore_start or export.start.instant <= record.at) and (ignore_end or record.at <= export.end.instant))
    ]


def columns_of(export_type: str) -> list[str]:
    """The names of a record's values, in their order."""
    return list(_all_records(export_type, None)[0].values)


@lru_cache(maxsize=64)
def _all_records(export_type: str, activity_id: int | float | None) -> tuple[Record, ...]:
    # Every learning activity has the same interactions.
    rng = random.Random(f"{_SEED} {export_type}")
    if export_type == NETWORKS:
        return tuple(Record(None, _network(number)) for number in range(len(_NETWORK_NAMES)))
    if export_type == INTERACTIONS:
        return tuple(Record(at, {ACTIVITY_ID: activity_id, **_interaction(at, rng)}) for at in _moments(rng))
    make = _MAKERS[export_type]
    return tuple(Record(at, make(at, rng)) for at in _moments(rng))


def _moments(rng: random.Random) -> list[Instant]:
    first, last = datetime(2010, 1, 1), datetime(2018, 1, 1)
    seconds = int((last - first).total_seconds())
    drawn = [first + timedelta(seconds=rng.randrange(seconds)) for _ in range(_RANDOM_RECORDS)]
    edges = [edge + distance for edge in (_EXAMPLE_START, _EXAMPLE_END) for distance in (timedelta(0), *_DISTANCES)]
    return [Instant(moment) for moment in sorted(edges + drawn)]


def _network(number: int) -> Values:
    return {
        "Network ID": 100 + number,
        "Network Name": _NETWORK_NAMES[number],
        "Parent Network ID": 100 if number else "",
    }


def _user(at: Instant, rng: random.Random) -> Values:
    network = rng.randrange(len(_NETWORK_NAMES))
    return {
        "User ID": rng.randrange(10_000, 100_000),
        "Firstname": rng.choice(_FIRST_NAMES),
        "Middlename": rng.choice(("", "J.")),
        "Lastname": rng.choice(_LAST_NAMES),
        "Network ID": 100 + network,
        "Network Name": _NETWORK_NAMES[network],
        "Grouping": rng.choice(("", "Sales", "Service")),
        "Account Creation Date": str(at),
        "Status": rng.choice(("active", "inactive")),
    }


def _enrollment(at: Instant, rng: random.Random) -> Values:
    return {
        "User ID": rng.randrange(10_000, 100_000),
        "Registration Date": str(at),
        "Program Completion Date": rng.choice(("", at.second.date().isoformat())),
        "Product ID": rng.randrange(1_000, 2_000),
        "Program Name": rng.choice(_PROGRAMS),
    }


def _activity(at: Instant, rng: random.Random) -> Values:
    return {
        "User ID": rng.randrange(10_000, 100_000),
        "Product ID": rng.randrange(1_000, 2_000),
        "Program Name": rng.choice(_PROGRAMS),
        "Learning Activity ID": DECLARED_ACTIVITY_ID + rng.randrange(10),
        "Learning Activity Name": rng.choice(("Quiz", "Video", "Reading, part 2")),
        "Learning Activity Date": str(at),
        "Timespent": rng.randrange(10, 7_200),
        "Status": rng.choice(("passed", "failed", "incomplete")),
        "Score": rng.choice(("", *range(0, 101, 10))),
    }


def _interaction(at: Instant, rng: random.Random) -> Values:
    return {
        "userId": rng.randrange(10_000, 100_000),
        "interactionId": f"question-{rng.randrange(1, 30)}",
        "interactionDate": str(at),
        "answer": rng.choice(("a", "b", "true", "Ja, natürlich")),
        "correct": rng.choice((True, False)),
        "seconds": rng.randrange(1, 300),
    }


_MAKERS: Mapping[str, Callable[[Instant, random.Random], Values]] = {
    ENROLLMENTS: _enrollment,
    ACTIVITIES: _activity,
    USERS: _user,
}
