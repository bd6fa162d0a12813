"""What fingerprints are made of, beside the requirement: users' baselines stand on it, so it stays as it is."""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.checks.file.outcomes import FILE_CHECKS
from export_contract.acceptance.checks.registry import CHECKS
from export_contract.acceptance.model.outcome import CheckName, Kind

PINNED: Final = {
    "status": ["1xx", "2xx", "3xx", "4xx", "5xx", "no 401", "closed", "timeout", "garbled", "error with 2xx"],
    "time": ["late"],
    "media type": ["no JSON"],
    "schema": ["other form"],
    "base64": ["no Base64"],
    "job id form": ["damaged"],
    "job id match": ["another request"],
    "opaque": ["opaque"],
    "unique": ["same job id", "same UUID"],
    "no job": ["job in a refusal"],
    "internals": [],  # named by the patterns: see LEAKS
    "credentials": ["echoed"],
    "load": ["shared", "mixed up"],
    "status schema": ["other form"],
    "same id": ["another id"],
    "download": ["no data", "no url", "expiry"],
    "moves": ["back"],
    "completes": ["failed", "unfinished"],
    "fetched": ["1xx", "3xx", "4xx", "5xx", "closed", "timeout", "garbled", "broken off"],
    "file format": ["malformed", "empty", "other format"],  # the last one is newer than the others
    "file dates": ["out of range"],
    "file columns": ["other columns"],
    "boundary": ["lost"],
    "complete": ["lost", "twice"],
    "same data": ["other count", "other columns"],
    "link": ["1xx", "3xx", "5xx", "closed", "timeout", "garbled", "broken off", "malformed", "other format", "empty"],
}
OF_USERS: Final = "deviates"
LEAKS: Final = [
    "a Python stack trace",
    "a Java stack trace",
    "a .NET stack trace",
    "a Node.js stack trace",
    "a PHP error page",
    "a Go stack trace",
    "a Ruby stack trace",
    "SQL text",
    "a debug page",
    "a file path of the server",
]


def test_names() -> None:
    """Checks and kinds have the names that they always had."""
    assert [one.value for one in CheckName] == list(PINNED)
    assert {one.value for one in Kind} == {OF_USERS, *(kind for kinds in PINNED.values() for kind in kinds)}


def test_leaks() -> None:
    """So have leaks."""
    from export_contract.acceptance.checks.leaks import _TABLES

    traces, messages = ([what for what, _ in table] for table in _TABLES)
    assert traces == LEAKS
    assert set(messages) - set(traces) == {
        "a Perl error",
        "a Rust panic",
        "an Elixir stack trace",
        "an Erlang error",
        "a message of an ORM",
    }


def test_all_checks_are_there() -> None:
    """Each name is that of a check; eight of them look at several exchanges."""
    assert {one.name for one in (*CHECKS, *FILE_CHECKS)} == set(PINNED) - {
        *("unique", "load", "moves", "completes", "boundary", "complete", "same data", "link")
    }
