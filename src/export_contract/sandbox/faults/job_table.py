"""More faults: how a status is asked for, and what files say beside each other."""
# ruff: noqa: E501 - a table reads best with one line to an entry.

from __future__ import annotations

from . import status_queries, wrong_links, wrong_records
from .fault import Fault

# fmt: off
JOB_FAULTS = (
    # The query of a status
    Fault("status-list-500", "EXP-OPEN-STATUS-ID", "id[] causes a server error, as trim() of an array does in PHP.", status_queries.list_fails()),
    Fault("status-two-ids-500", "EXP-OPEN-STATUS-ID", "Two ids cause a server error, as a list does in Express.", status_queries.two_ids_fail()),
    Fault("status-two-ids-other", "EXP-STATUS-SAME-ID", "Shows a job that nobody asked for to two ids.", status_queries.two_ids_show_another()),
    Fault("status-bad-escape-500", "EXP-STATUS-UNKNOWN-ID", "A broken escape causes a server error, as decodeURIComponent does.", status_queries.bad_escape_fails()),
    Fault("status-path-500", "EXP-OPEN-STATUS-ID", "An id in the path causes a server error, as a route that only DELETE has does.", status_queries.path_fails()),
    Fault("status-nul-cut", "EXP-STATUS-UNKNOWN-ID", "Reads an id up to its first NUL, as C does.", {"status_id": status_queries.up_to_nul}),
    Fault("status-long-id-500", "EXP-STATUS-UNKNOWN-ID", "An id of more than 4,096 characters overflows a column.", status_queries.long_id_fails(4_096)),
    # Files beside each other
    Fault("file-end-exclusive", "EXP-FILE-BOUNDARY", "endDate is exclusive, as in a half-open range.", wrong_records.end_exclusive()),
    Fault("file-start-exclusive", "EXP-FILE-BOUNDARY", "startDate is exclusive, as > in SQL.", wrong_records.start_exclusive()),
    Fault("file-end-as-day", "EXP-FILE-BOUNDARY", "endDate is cast to a day, so that the last day is missing.", wrong_records.end_as_day()),
    Fault("file-local-time", "EXP-FILE-BOUNDARY", "Dates are filtered by a local time two hours ahead.", wrong_records.hours_off(2)),
    Fault("file-offsets-dropped", "EXP-FILE-BOUNDARY", "Dates are filtered as written, whatever their offsets.", wrong_records.offsets_dropped()),
    Fault("file-second-end-exclusive", "EXP-FILE-BOUNDARY-DAY", "endDate is exclusive, and dates are to the second.", wrong_records.to_the_second_and_end_exclusive()),
    Fault("file-cut-at-100", "EXP-FILE-COMPLETE", "A file has the first page alone, of 100 records.", wrong_records.first_ones(100)),
    Fault("file-pages-apart", "EXP-FILE-COMPLETE", "The first record of each further page of 25 is skipped.", wrong_records.pages_apart(25)),
    Fault("file-pages-overlap", "EXP-FILE-COMPLETE", "The last record of each page of 25 is on the next one too.", wrong_records.pages_overlapping(25)),
    Fault("file-first-year", "EXP-FILE-COMPLETE", "Of a range of more than a year, only the first year comes.", wrong_records.first_days(365)),
    Fault("csv-cut-at-100", "EXP-FILE-SAME-DATA", "CSV ends after 100 records, and JSONL does not.", wrong_records.first_ones(100, "CSV")),
    Fault("csv-quoted-skipped", "EXP-FILE-SAME-DATA", "CSV leaves out records with a comma, a quote or a line break.", wrong_records.in_format("CSV", wrong_records.without_quotes)),
    Fault("jsonl-last-missing", "EXP-FILE-SAME-DATA", "The last record of JSONL is not flushed.", wrong_records.in_format("JSONL", wrong_records.without_last)),
    Fault("jsonl-camel-case", "EXP-FILE-SAME-DATA", "Members of JSONL are in camelCase.", wrong_records.in_format("JSONL", wrong_records.in_camel_case)),
    Fault("jsonl-internal-id", "EXP-FILE-SAME-DATA", "JSONL has the key of the database too.", wrong_records.in_format("JSONL", wrong_records.with_internal_id)),
    Fault("link-second-500", "EXP-FILE-LINK", "The file is deleted when it was sent, and then a server error.", wrong_links.second_time(wrong_links.deleted)),
    Fault("link-second-empty", "EXP-FILE-LINK", "The file is a stream that is empty the second time.", wrong_links.second_time(wrong_links.read_to_its_end)),
    Fault("link-second-web-page", "EXP-FILE-LINK", "The link leads to a web page the second time.", wrong_links.second_time(wrong_links.login_page)),
    Fault("link-second-broken-off", "EXP-FILE-LINK", "The connection closes when the link is followed again.", wrong_links.second_time(wrong_links.broken_off)),
)
# fmt: on
