"""The rules behind the keywords: the names that join what is judged to the requirement it is judged by.

A requirement without a rule stands for its keyword as JSON Schema defines it. A rule narrows a keyword to one part of
its meaning, or names a promise that no keyword can carry.
"""

from __future__ import annotations

from typing import Final

# What a timestamp may be that the document leaves open; timestamps.py says which text is which.
OPEN_TIMESTAMPS: Final = (
    "timestamp/date-only",
    "timestamp/reduced",
    "timestamp/basic",
    "timestamp/week",
    "timestamp/ordinal",
    "timestamp/no-zone",
    "timestamp/lower-case",
    "timestamp/space",
    "timestamp/comma",
    "timestamp/long-fraction",
    "timestamp/hour-24",
    "timestamp/second-60",
    "timestamp/negative-zero",
    "timestamp/large-offset",
    "timestamp/year",
    "timestamp/signed-year",
    "timestamp/minus-sign",
)

# What a value may be that is none of the x-known-values.
OPEN_NUMBERS: Final = (
    "known-values/undeclared",
    "known-values/fractional",
    "known-values/zero",
    "known-values/negative",
    "known-values/huge",
)

# What a JSON text may be that readers treat differently.
OPEN_JSON: Final = (
    "json/duplicate-key",
    "json/byte-order-mark",
    "json/long-string",
    "json/deep-nesting",
    "json/large-body",
)

OPEN: Final = frozenset(
    {
        *OPEN_TIMESTAMPS,
        *OPEN_NUMBERS,
        *OPEN_JSON,
        "x-ordered",
        "conditional-property",
        "unknown-property",
        "content-type",
    }
)

# Parts of a keyword whose breach is a breach of the keyword; `required/NAME` is one for each NAME.
PARTS: Final = frozenset({"json/syntax", "timestamp/form", "timestamp/calendar"})
REQUIRED: Final = "required/"

ACCEPT: Final = frozenset({"accept", "accept/json", "accept/content-type"})

ANSWERS: Final = frozenset(
    {
        "answer/media-type",
        "answer/schema",
        "answer/time",
        "answer/no-credentials",
        "refusal/status",
        "refusal/no-job",
        "refusal/no-internals",
        "job-id/base64",
        "job-id/form",
        "job-id/match",
        "job-id/unique",
        "job-id/opaque",
        "transfer",
        "method/undeclared",
        "auth/missing",
        "auth/wrong",
        "status/found",
        "status/schema",
        "status/same-id",
        "status/moves",
        "status/completes",
        "status/download",
        "status/unknown-id",
        "status/missing-id",
        "status/open-id",
        "status/auth",
        "file/fetched",
        "file/format",
        "file/dates",
        "file/columns",
        "relation/boundary",
        "relation/boundary-day",
        "relation/complete",
        "relation/formats",
        "relation/link",
        "load/answers",
    }
)


def is_known(rule: str) -> bool:
    """Whether anything in the kit judges by `rule`."""
    return rule in OPEN or rule in PARTS or rule in ACCEPT or rule in ANSWERS or rule.startswith(REQUIRED)
