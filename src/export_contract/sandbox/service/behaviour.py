"""Everything about the service that can be changed, in one frozen record. Its defaults make a conforming service.

The first fields are choices: what the document leaves open. The others are seams: places where a fault or a variant
puts a function of its own, so that the service itself reads as if nothing could ever be wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from .export_request import DECLARED_ACTIVITY_ID, ExportRequest
from .job_facts import JobFacts, Making
from .limits import JobLimit, RateLimit, SizeLimit
from .messages import Request, Response, Rewrite
from .records import Record

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How the service behaves; see the comments for the unit and the meaning of each field."""

    # Choices: what the document leaves open.
    timestamp_forms: frozenset[str] = frozenset()  # accepted besides the plain one; timestamps.py has the names
    accept_reversed_range: bool = False
    refuse_unknown_properties: bool = False
    id_elsewhere: Literal["ignored", "number", "refused"] = "ignored"  # learningActivityId beside another exportType
    activity_id: int = DECLARED_ACTIVITY_ID  # the only one that exists
    refuse_undeclared_ids: bool = False  # with 404
    accept_fractional_ids: bool = False
    accept_zero_id: bool = False
    accept_negative_ids: bool = False
    accept_huge_ids: bool = False  # beyond 2^53 - 1
    refuse_duplicate_keys: bool = False  # otherwise the last one counts
    accept_byte_order_mark: bool = False
    accept_any_content_type: bool = False
    longest_string: int | None = None  # characters
    deepest_nesting: int | None = None  # levels
    largest_body: int = MEBIBYTE  # bytes; a longer one is read to its end, and refused with 413

    # Choices: what is limited.
    early_refusal: SizeLimit | None = None
    rate_limit: RateLimit | None = None
    job_limit: JobLimit | None = None

    # Choices: how jobs live, and what is in their files.
    completed_after: float = 0.2  # seconds from PENDING to COMPLETED
    link_lifetime: float = 3600.0  # seconds that a download URL lasts
    idempotent: bool = False  # the same body again names the same job
    has_records: bool = True

    # Switches that only faults use.
    interactions_formats: frozenset[str] = frozenset({"JSONL"})
    found_after: float = 0.0  # seconds for which a new job cannot be found
    ignore_start: bool = False  # in the file
    ignore_end: bool = False
    slash_redirect: int | None = None  # the path is /exports/, and /exports redirects there with this status

    # Seams. Each holds functions that are applied in turn.
    admit: tuple[Callable[[Request], bool], ...] = ()  # lets requests in that authorization would turn away
    intercept: tuple[Callable[[Request], Response | None], ...] = ()  # responds in place of the service
    mend_body: tuple[Callable[[bytes], bytes], ...] = ()  # lenient readings of bytes that are not JSON
    mend_document: tuple[Callable[[Any], Any], ...] = ()  # lenient readings of JSON that is not an export request
    job_facts: tuple[Callable[[JobFacts, Making], JobFacts], ...] = ()  # what the job id says
    job_bytes: tuple[Callable[[bytes], bytes], ...] = ()  # how it says it
    job_text: tuple[Callable[[str, Making], str], ...] = ()  # how that is spelt
    status_query: tuple[Callable[[Request], Sequence[tuple[str, str]]], ...] = ()  # the query, as it is read
    status_id: tuple[Callable[[str], str], ...] = ()  # the id in a query, as it is read
    status: tuple[Callable[[str, int], str], ...] = ()  # from the true one, and how often COMPLETED was reported
    records: tuple[Callable[[Sequence[Record], ExportRequest], Sequence[Record]], ...] = ()  # those of a file
    response: tuple[Rewrite, ...] = ()  # what is sent in the end

    def changed(self, changes: Mapping[str, Any]) -> Behaviour:
        """This behaviour with the changes: seams and sets grow, anything else is replaced."""
        unknown = changes.keys() - {field.name for field in fields(self)}
        if unknown:
            raise TypeError(f"Behaviour has no {', '.join(sorted(unknown))}.")
        return replace(self, **{name: _merged(getattr(self, name), value) for name, value in changes.items()})


def _merged(now: Any, value: Any) -> Any:
    if isinstance(now, tuple):
        return (*now, value)
    if isinstance(now, frozenset):
        return now | value
    return value
