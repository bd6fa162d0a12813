"""An outcome: what one exchange says of one requirement."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class CheckName(StrEnum):
    """The built-in checks. Fingerprints are made of these names, so they stay as they are."""

    # Of the response to a request that creates an export.
    STATUS = "status"
    RESPONSE_TIME = "time"
    MEDIA_TYPE = "media type"
    SCHEMA = "schema"
    JOB_ID_BASE64 = "base64"
    JOB_ID_FORM = "job id form"
    JOB_ID_MATCH = "job id match"
    JOB_ID_OPAQUE = "opaque"
    JOB_ID_UNIQUE = "unique"
    NO_JOB = "no job"
    INTERNALS = "internals"
    CREDENTIALS = "credentials"
    LOAD = "load"
    # Of the status of a job.
    STATUS_SCHEMA = "status schema"
    STATUS_ID = "same id"
    DOWNLOAD = "download"
    MOVES = "moves"
    COMPLETES = "completes"
    # Of a file.
    FETCHED = "fetched"
    FILE_FORMAT = "file format"
    FILE_DATES = "file dates"
    FILE_COLUMNS = "file columns"
    # Of several files.
    BOUNDARY = "boundary"
    COMPLETE = "complete"
    SAME_DATA = "same data"
    LINK = "link"


class Kind(StrEnum):
    """In which way a requirement was not kept, as built-in checks say it. Fingerprints are made of these, too.

    Kinds of leaks are named by the patterns that find them.
    """

    # Statuses, and the lack of one (values of Failure).
    SERVER_ERROR = "5xx"
    ACCEPTED = "2xx"
    ERROR_WITH_SUCCESS = "error with 2xx"
    """The request was refused in the body of a 2xx."""
    REFUSED = "4xx"
    REDIRECTED = "3xx"
    INFORMATIONAL = "1xx"
    NOT_UNAUTHORIZED = "no 401"
    CLOSED = "closed"
    TIMEOUT = "timeout"
    GARBLED = "garbled"
    # Responses.
    LATE = "late"
    NOT_JSON = "no JSON"
    OTHER_FORM = "other form"
    NOT_BASE64 = "no Base64"
    DAMAGED = "damaged"
    OTHER_REQUEST = "another request"
    OPAQUE = "opaque"
    JOB_IN_REFUSAL = "job in a refusal"
    ECHOED = "echoed"
    SAME_JOB_ID = "same job id"
    SAME_UUID = "same UUID"
    # Load.
    SHARED = "shared"
    MIXED_UP = "mixed up"
    # Jobs.
    OTHER_ID = "another id"
    NO_DATA = "no data"
    NO_URL = "no url"
    EXPIRY = "expiry"
    BACK = "back"
    FAILED = "failed"
    UNFINISHED = "unfinished"
    # Files.
    BROKEN_OFF = "broken off"
    MALFORMED = "malformed"
    OTHER_FORMAT = "other format"
    EMPTY = "empty"
    OUT_OF_RANGE = "out of range"
    OTHER_COLUMNS = "other columns"
    # Files beside each other.
    LOST = "lost"
    TWICE = "twice"
    OTHER_COUNT = "other count"
    # Checks of the user's.
    DEVIATES = "deviates"


class Choice(StrEnum):
    """What a target chose where the document leaves it open."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    MIXED = "mixed"
    """Accepted in some requests and refused in others: said of a whole run, never of one exchange."""
    OPAQUE = "opaque"
    DOCUMENTED = "documented"


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one exchange says of one requirement."""

    requirement: str
    exchange: int
    """The number of the exchange."""
    check: str
    """A CheckName, or the name of a check of the user's."""
    kind: str | None = None
    """In which way the requirement was not kept: a Kind, or the kind of a leak; None where it was kept.

    Deviations of one requirement, check and kind are one finding, whatever their bodies.
    """
    summary: str = ""
    """What happened, in one line; empty where the requirement was kept, like the two below."""
    expected: str = ""
    observed: str = ""
    choice: Choice | None = None
    """What the target chose, where the document leaves it open."""

    @property
    def deviates(self) -> bool:
        """Whether the requirement was not kept."""
        return self.kind is not None
