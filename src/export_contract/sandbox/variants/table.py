"""The variants: conforming ways to be different, which a fair test must let pass. One line each."""
# ruff: noqa: E501 - a table reads best with one line to an entry.

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..service.job_ids import opaque
from ..service.limits import SizeLimit
from ..service.messages import EVENTS
from ..service.seams import REFUSALS, Changes, job_id_encodes, job_id_says, rewrites, sends
from ..service.timestamps import DATE_ONLY, LARGE_OFFSET, NO_ZONE, SIGNED_YEAR, UNCOMMON_FORMS, YEAR
from . import differences


@dataclass(frozen=True)
class Variant:
    """One conforming way to be different."""

    name: str
    summary: str  # one line
    changes: Changes
    activity_id: int | None = None  # the one to declare to a run; None: any will do


# fmt: off
_TABLE = (
    # The response
    Variant("status-201", "Responds with 201 to a new job.", sends("created", status=201)),
    Variant("status-202", "Responds with 202 to a new job.", sends("created", status=202)),
    Variant("media-type-charset", "JSON has a charset in its Content-Type.", sends("created", "status", media_type="application/json; charset=utf-8")),
    Variant("media-type-vendor", "JSON has the Content-Type application/vnd.api+json.", sends("created", "status", media_type="application/vnd.api+json")),
    Variant("extra-members", "Responses have members that the document does not name.", rewrites("created", "status", by=differences.with_more_members)),
    Variant("gzip", "Responses are compressed where the client accepts it.", rewrites(*EVENTS, by=differences.compressed)),
    Variant("connection-close", "Every response closes its connection.", rewrites(*EVENTS, by=differences.closing)),
    Variant("slow", "The response to a new job takes 0.3 seconds.", sends("created", delay=0.3)),
    Variant("idempotent", "The same body again gets the same job.", {"idempotent": True}),
    # Refusals
    Variant("refusal-422", "Refuses with 422.", rewrites("refused", by=differences.unprocessable)),
    Variant("refusal-403", "Refuses wrong credentials with 403.", sends("unauthorized", status=403)),
    Variant("problem-json", "Refusals are application/problem+json.", rewrites(*REFUSALS, by=differences.as_problem)),
    Variant("refusal-empty", "Refusals have no body.", sends(*REFUSALS, body=b"", media_type=None)),
    Variant("refusal-text", "Refusals are plain text.", rewrites(*REFUSALS, by=differences.as_text)),
    Variant("refusal-prose", "Refusals mention errors, exceptions and lines, and contain none.", sends(*REFUSALS, body=differences.PROSE)),
    Variant("methods-not-implemented", "Responds with 501 to methods that are not declared.", sends("undeclared-method", status=501)),
    Variant("rate-limited", "Responds with 429 to every 20th request, and Retry-After in seconds.", {"intercept": differences.too_many}),
    Variant("unavailable", "Responds with 503 to every 20th request, and Retry-After as a date.", {"intercept": differences.unavailable}),
    Variant("keep-alive-race", "Closes the connection of every third refusal when the next request arrives.", rewrites("refused", by=differences.closing_on_next)),
    Variant("large-bodies-refused-early", "Refuses bodies of more than 64 KiB with 413 before it has read them, and resets the connection.", {"early_refusal": SizeLimit(64 * 1024, 413)}),
    Variant("large-bodies-refused-early-400", "Refuses bodies of more than 64 KiB with 400 before it has read them, and resets the connection.", {"early_refusal": SizeLimit(64 * 1024, 400)}),
    # Limits
    Variant("rate-limited-no-header", "Responds with 429 to more than 50 requests in half a second, without Retry-After.", differences.limits_rate(429, None)),
    Variant("rate-limited-fraction", "Responds with 429 to more than 50 requests in half a second, with a Retry-After of 0.5.", differences.limits_rate(429, "0.5")),
    Variant("rate-limited-empty", "Responds with 429 to more than 50 requests in half a second, with an empty Retry-After.", differences.limits_rate(429, "")),
    Variant("rate-limited-negative", "Responds with 429 to more than 50 requests in half a second, with a Retry-After of -1.", differences.limits_rate(429, "-1")),
    Variant("rate-limited-absurd", "Responds with 429 to more than 50 requests in half a second, with a Retry-After of 3,000 years.", differences.limits_rate(429, "99999999999")),
    Variant("unavailable-no-header", "Responds with 503 to more than 50 requests in half a second, without Retry-After.", differences.limits_rate(503, None)),
    Variant("open-jobs-409", "Responds with 409 while three jobs are unfinished.", differences.limits_jobs(409)),
    Variant("open-jobs-429", "Responds with 429 while three jobs are unfinished, without Retry-After.", differences.limits_jobs(429)),
    Variant("open-jobs-400", "Responds with 400 while three jobs are unfinished.", differences.limits_jobs(400)),
    Variant("open-jobs-403", "Responds with 403 while three jobs are unfinished.", differences.limits_jobs(403)),
    # The job id
    Variant("id-opaque", "The job id is Base64 of random bytes.", job_id_encodes(opaque)),
    Variant("id-number", "The job id is Base64 of a number.", differences.numbered()),
    Variant("id-fraction-normalized", "The job id omits fractions of zero.", job_id_says(differences.without_zero_fractions)),
    Variant("id-offset-kept", "The job id has the dates as the client wrote them.", job_id_says(differences.as_written)),
    Variant("id-uuid-upper-case", "The UUID in the job id is in upper case.", job_id_says(lambda facts, making: {"uuid": facts.uuid.upper()})),
    Variant("id-milliseconds-cut", "The job id has finer fractions cut to milliseconds.", job_id_says(differences.cut_to_milliseconds)),
    Variant("id-milliseconds-rounded", "The job id has finer fractions rounded to milliseconds.", job_id_says(differences.rounded_to_milliseconds)),
    # What the document leaves open, the other way
    Variant("date-only-accepted", "Accepts a date without a time.", {"timestamp_forms": frozenset({DATE_ONLY})}),
    Variant("no-zone-accepted", "Accepts a timestamp without a zone, as UTC.", {"timestamp_forms": frozenset({NO_ZONE})}),
    Variant("iso-8601-accepted", "Accepts every form of ISO 8601.", {"timestamp_forms": UNCOMMON_FORMS}),
    Variant("large-offset-accepted", "Accepts an offset beyond 14:00.", {"timestamp_forms": frozenset({LARGE_OFFSET})}),
    Variant("any-year-accepted", "Accepts every year, with a sign and without.", {"timestamp_forms": frozenset({SIGNED_YEAR, YEAR})}),
    Variant("iso-8601-in-any-order", "Accepts every form of ISO 8601, and a startDate after the endDate.", {"timestamp_forms": UNCOMMON_FORMS, "accept_reversed_range": True}),
    Variant("reversed-range-accepted", "Accepts a startDate after the endDate.", {"accept_reversed_range": True}),
    Variant("unknown-properties-refused", "Refuses properties that the document does not name.", {"refuse_unknown_properties": True}),
    Variant("id-elsewhere-refused", "Refuses learningActivityId beside another exportType.", {"id_elsewhere": "refused"}),
    Variant("id-elsewhere-number", "Requires a number as learningActivityId beside another exportType too.", {"id_elsewhere": "number"}),
    Variant("undeclared-id-refused", "Responds with 404 to any learningActivityId but 12345.", {"refuse_undeclared_ids": True}),
    Variant("activity-777-only", "Responds with 404 to any learningActivityId but 777, which a run has to declare.", {"refuse_undeclared_ids": True, "activity_id": 777}, activity_id=777),
    Variant("fractional-id-accepted", "Accepts a learningActivityId with a fraction or an exponent.", {"accept_fractional_ids": True}),
    Variant("zero-id-accepted", "Accepts the learningActivityId 0.", {"accept_zero_id": True}),
    Variant("negative-id-accepted", "Accepts a negative learningActivityId.", {"accept_negative_ids": True}),
    Variant("huge-id-accepted", "Accepts a learningActivityId of any size.", {"accept_huge_ids": True}),
    Variant("any-number-accepted", "Accepts every number as learningActivityId.", {"accept_fractional_ids": True, "accept_zero_id": True, "accept_negative_ids": True, "accept_huge_ids": True}),
    Variant("duplicate-keys-refused", "Refuses a key given twice.", {"refuse_duplicate_keys": True}),
    Variant("byte-order-mark-accepted", "Accepts a byte order mark.", {"accept_byte_order_mark": True}),
    Variant("any-content-type-accepted", "Accepts any Content-Type, and none.", {"accept_any_content_type": True}),
    Variant("long-strings-refused", "Refuses strings of more than 1,000 characters.", {"longest_string": 1_000}),
    Variant("deep-nesting-refused", "Refuses bodies nested more than 20 levels deep.", {"deepest_nesting": 20}),
    Variant("large-bodies-refused", "Refuses bodies of more than 16 KiB with 413, after it has read them.", {"largest_body": 16 * 1024}),
    Variant("bodies-over-4-kib-refused", "Refuses bodies of more than 4 KiB with 413, after it has read them.", {"largest_body": 4 * 1024}),
    # The job
    Variant("completed-at-once", "A job is completed as soon as it is created.", {"completed_after": 0.0}),
    Variant("completed-late", "A job is completed after 1.2 seconds, and has a Retry-After until then.", {"completed_after": 1.2} | rewrites("status", by=differences.later)),
    Variant("export-data-beside-job", "exportData is beside the job, not inside.", rewrites("status", by=differences.beside)),
    Variant("export-data-null", "exportData is null until the job is completed.", rewrites("status", by=differences.null_until_completed)),
    Variant("status-plus-kept", "The + in the query of a status is a +, as in RFC 3986; ids have one.", job_id_encodes(opaque) | {"status_query": differences.with_plus}),
    Variant("status-padding-ignored", "Finds a job by its id without padding too.", {"status_query": differences.with_padding}),
    Variant("status-last-id", "Reads the last of several ids, also of a list.", {"status_query": differences.last_id}),
    # The file
    Variant("file-elsewhere", "Files are on another host, which refuses credentials.", differences.elsewhere()),
    Variant("file-relative", "The downloadUrl has no host.", rewrites("status", by=differences.relative_link)),
    Variant("file-redirected", "The downloadUrl redirects to the file.", {"intercept": differences.moved}),
    Variant("file-redirected-signed", "The downloadUrl needs credentials, and redirects with 307 to a signed URL that refuses them.", differences.redirected_to_signed(hops=1)),
    Variant("file-redirected-twice", "The downloadUrl and the next URL need credentials, and lead to a signed URL that refuses them.", differences.redirected_to_signed(hops=2)),
    Variant("no-records", "There are no records: CSV is a header row, JSONL is zero bytes.", {"has_records": False}),
    Variant("file-bare-line-feeds", "CSV lines end in a line feed alone.", rewrites("file", by=differences.with_line_feeds)),
    Variant("file-byte-order-mark", "A CSV file begins with a byte order mark.", rewrites("file", by=differences.with_byte_order_mark)),
    Variant("file-dates-to-the-second", "Dates in files have no fraction of a second.", {"records": differences.to_the_second}),
    Variant("file-dates-to-the-day", "Dates in files have no time.", {"records": differences.to_the_day}),
    Variant("file-order-changes", "Records come in another order each time.", {"records": differences.shuffled}),
    Variant("file-records-arrive", "Each file has a record more than the one before.", differences.growing()),
    Variant("file-empty-members-omitted", "JSONL leaves out members without a value.", {"records": differences.without_empty}),
    Variant("link-one-use", "A link to a file is refused with 410 the second time.", differences.one_use()),
    Variant("file-no-last-break", "The last record has no line break.", rewrites("file", by=differences.without_last_break)),
)
# fmt: on

VARIANTS: Mapping[str, Variant] = {variant.name: variant for variant in _TABLE}
