"""More faults: how a status is asked for."""
# ruff: noqa: E501 - a table reads best with one line to an entry.

from __future__ import annotations

from . import status_queries
from .fault import Fault

# fmt: off
JOB_FAULTS = (
    # The query of a status
    Fault("status-list-500", "EXP-OPEN-STATUS-ID", "id[] causes a server error, as trim() of an array does in PHP.", status_queries.list_fails()),
    Fault("status-two-ids-500", "EXP-OPEN-STATUS-ID", "Two ids cause a server error, as a list does in Express.", status_queries.two_ids_fail()),
    Fault("status-two-ids-other", "EXP-STATUS-SAME-ID", "Shows a job that nobody asked for to two ids.", status_queries.two_ids_show_another()),
    Fault("status-bad-escape-500", "EXP-STATUS-UNKNOWN-ID", "A broken escape causes a server error, as decodeURIComponent does.", status_queries.bad_escape_fails()),
    Fault("status-nul-cut", "EXP-STATUS-UNKNOWN-ID", "Reads an id up to its first NUL, as C does.", {"status_id": status_queries.up_to_nul}),
    Fault("status-long-id-500", "EXP-STATUS-UNKNOWN-ID", "An id of more than 4,096 characters overflows a column.", status_queries.long_id_fails(4_096)),
)
# fmt: on
