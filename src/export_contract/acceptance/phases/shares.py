"""Shares: how the jobs of a budget are divided, what teaches most before what teaches less.

A job is a real export on a system that others use. What the first ones do not leave is what the last ones miss, and so
each phase leaves what those behind it need at least.
"""

from __future__ import annotations

from typing import Final

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.transport.budget import Exhausted, Limits

_FOLLOW: Final = 6
_LOAD: Final = 10
_EXPLAIN: Final = 20
_CONFIRM: Final = 20
_COMPARE: Final = 10
_COMPARE_REQUESTS: Final = 6
_OPEN: Final = 4
_EXPLORE: Final = 20
"""One in so many jobs, or requests, each."""
_MOST_TO_COMPARE: Final = 40
"""Requests: six jobs, with statuses that are read twice and files that are some redirects away."""


def is_spent(session: Session) -> bool:
    """Whether the phase that is running can send nothing more, whatever it costs: then no requests need be made."""
    return session.is_stopped or session.exhausted in (Exhausted.REQUESTS, Exhausted.SECONDS)


def to_follow(limits: Limits) -> int:
    """Jobs that may be followed to their files; they show what every accepted request shows, too."""
    return max(1, limits.jobs // _FOLLOW)


def to_load(limits: Limits) -> int:
    """Jobs that requests at the same time may create."""
    return limits.jobs // _LOAD


def to_confirm(limits: Limits) -> int:
    """Jobs that are left to look for findings again, whatever a target accepts."""
    return limits.jobs // _CONFIRM


def to_explain(limits: Limits) -> int:
    """Jobs that are left to find out which feature of a failed request is at fault."""
    return limits.jobs // _EXPLAIN


def to_open(limits: Limits) -> int:
    """Jobs that are left at most for what the document leaves open."""
    return limits.jobs // _OPEN


def to_compare(limits: Limits) -> int:
    """Jobs that are left to compare files with each other, whatever a target accepts."""
    return limits.jobs // _COMPARE


def requests_to_compare(limits: Limits) -> int:
    """Requests that are left to compare files: a request for a job, its status and its file, for each of them."""
    return min(limits.requests // _COMPARE_REQUESTS, _MOST_TO_COMPARE)


def to_explore(limits: Limits) -> int:
    """Jobs that drawn requests may create."""
    return limits.jobs // _EXPLORE
