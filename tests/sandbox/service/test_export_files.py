"""The files that the sandbox exports."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from ..client import INTERACTIONS, Client

COLUMNS = {
    "ELEARNING_ENROLLMENTS": ["User ID", "Registration Date", "Program Completion Date", "Product ID", "Program Name"],
    "LEARNING_ACTIVITIES": [
        "User ID",
        "Product ID",
        "Program Name",
        "Learning Activity ID",
        "Learning Activity Name",
        "Learning Activity Date",
        "Timespent",
        "Status",
        "Score",
    ],
    "NETWORKS": ["Network ID", "Network Name"],
    "USERS": [
        "User ID",
        "Firstname",
        "Middlename",
        "Lastname",
        "Network ID",
        "Network Name",
        "Grouping",
        "Account Creation Date",
    ],
}
DATES = {
    "ELEARNING_ENROLLMENTS": "Registration Date",
    "LEARNING_ACTIVITIES": "Learning Activity Date",
    "USERS": "Account Creation Date",
    "LEARNING_ACTIVITY_INTERACTIONS": "interactionDate",
}
WIDE = {"startDate": "1900-01-01T00:00:00Z", "endDate": "2199-12-31T23:59:59Z"}
EMPTY = {"startDate": "1950-01-01T00:00:00Z", "endDate": "1950-01-02T00:00:00Z"}


def records(sandbox: Client, export_type: str, **fields: Any) -> list[dict[str, Any]]:
    more = INTERACTIONS if export_type == INTERACTIONS["exportType"] else {"exportType": export_type, "format": "JSONL"}
    return [json.loads(line) for line in sandbox.file(**{**more, **fields}).text.splitlines()]


@pytest.mark.parametrize("export_type", COLUMNS)
def test_csv(sandbox: Client, export_type: str) -> None:
    """A CSV file has CRLF at every line's end, the columns of the guide first, and rows of equal width."""
    file = sandbox.file(exportType=export_type, format="CSV")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    expected = COLUMNS[export_type]
    assert header[: len(expected)] == expected
    assert {len(row) for row in rows} == {len(header)}
    assert file.headers["x-record-count"] == str(len(rows))
    assert file.text.startswith(",".join(header) + "\r\n")
    assert file.text.endswith("\r\n")


@pytest.mark.parametrize("export_type", [*COLUMNS, "LEARNING_ACTIVITY_INTERACTIONS"])
def test_jsonl(sandbox: Client, export_type: str) -> None:
    """A JSONL file has one object on each line, all with the same members."""
    found = records(sandbox, export_type)
    assert len(found) > 2
    assert len({tuple(record) for record in found}) == 1


@pytest.mark.parametrize("export_type", DATES)
def test_dates(sandbox: Client, export_type: str) -> None:
    """A file has the records of its range, both ends included, and there are others just outside."""
    dates = [record[DATES[export_type]] for record in records(sandbox, export_type)]
    assert dates[0] == "2012-09-05T11:12:47.000Z"
    assert dates[-1] == "2015-05-28T17:39:23.000Z"
    assert dates == sorted(dates)
    outside = {record[DATES[export_type]] for record in records(sandbox, export_type, **WIDE)} - set(dates)
    assert {"2012-09-04T11:12:47.000Z", "2012-09-05T11:12:46.000Z", "2015-05-29T17:39:23.000Z"} <= outside


def test_networks_have_no_date(sandbox: Client) -> None:
    """Networks are exported whole, whatever the range."""
    assert records(sandbox, "NETWORKS", **EMPTY) == records(sandbox, "NETWORKS", **WIDE)


def test_empty_files(sandbox: Client) -> None:
    """A CSV file without records is its header; a JSONL file without records is empty, and says so."""
    assert sandbox.file(exportType="USERS", format="CSV", **EMPTY).text.count("\r\n") == 1
    file = sandbox.file(exportType="USERS", format="JSONL", **EMPTY)
    assert (file.content, file.headers["x-record-count"]) == (b"", "0")


def test_interactions_are_of_their_activity(sandbox: Client) -> None:
    """Interactions carry the requested id."""
    found = records(sandbox, "LEARNING_ACTIVITY_INTERACTIONS", learningActivityId=77)
    assert {record["learningActivityId"] for record in found} == {77}


def test_files_are_the_same_every_time() -> None:
    """Two sandboxes have the same records."""
    assert Client().file(exportType="USERS").content == Client().file(exportType="USERS").content


def test_links_are_signed(sandbox: Client) -> None:
    """A link that was changed in any part is refused, and so is one that has ended."""
    url = sandbox.status(sandbox.create()).json()["job"]["exportData"]["downloadUrl"]
    assert sandbox.request("GET", url, authorization=None).status_code == 200
    for changed in (url.replace("1.csv", "2.csv"), url.replace("expires=", "expires=1"), url[:-1], url.split("?")[0]):
        assert sandbox.request("GET", changed).status_code == 403
    ended = Client(link_lifetime=-1.0)
    url = ended.status(ended.create()).json()["job"]["exportData"]["downloadUrl"]
    assert ended.request("GET", url).status_code == 403
    assert sandbox.request("POST", url).status_code == 405
