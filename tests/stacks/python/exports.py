"""What is behind the Python services: accounts, records, jobs and their files. Nothing here looks at a request."""

import base64
import csv
import io
import itertools
import json
import os
import time
import uuid
from datetime import UTC, datetime, timedelta

SECONDS = 0.3
"""That a job takes."""
ACTIVITIES = {4711, 4712}
COLUMNS = {
    "ELEARNING_ENROLLMENTS": ["User ID", "Registration Date", "Program Completion Date", "Product ID", "Program Name"],
    "LEARNING_ACTIVITIES": [
        "User ID", "Product ID", "Program Name", "Learning Activity ID", "Learning Activity Name",
        "Learning Activity Date", "Timespent", "Status", "Score",
    ],
    "NETWORKS": ["Network ID", "Network Name"],
    "USERS": [
        "User ID", "Firstname", "Middlename", "Lastname", "Network ID", "Network Name", "Grouping",
        "Account Creation Date",
    ],
    "LEARNING_ACTIVITY_INTERACTIONS": ["User ID", "Learning Activity ID", "Interaction", "Interaction Date"],
}  # fmt: skip
JOBS = {}
_NUMBERS = itertools.count(1)


def authorized(header):
    """Whether an Authorization header has the scheme and the three parts of the one account."""
    scheme, _, rest = (header or "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    wanted = {name: os.environ["API_" + name.upper()] for name in ("key", "token", "secret")}
    return scheme.lower() == "bln" and parts.get("type") == "api" and wanted.items() <= parts.items()


def start_job(export_type, file_format, start, end):
    """Start a job; its id. A time without a zone is UTC."""
    start, end = (moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in (start, end))
    label = f"data-export|tenantKey:acme|type:{export_type.lower()}|format:{file_format.lower()}"
    label += "".join(f"|{name}:{milliseconds(moment)}" for name, moment in (("start", start), ("end", end)))
    job_id = base64.b64encode(json.dumps([label, str(uuid.uuid4())], separators=(",", ":")).encode()).decode()
    JOBS[job_id] = (next(_NUMBERS), time.time(), export_type, file_format, start, end)
    return job_id


def milliseconds(moment):
    """A time as the ids write it."""
    moment = moment.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").zfill(20) + f"{moment.microsecond // 1000:03d}Z"


def status_of(job_id, url):
    """The status of a job as the API reports it, or None; `url` is that of the service."""
    if job_id not in JOBS:
        return None
    number, started = JOBS[job_id][:2]
    if time.time() < started + SECONDS:
        return {"job": {"id": job_id, "status": "PENDING"}, "errors": []}
    export = {
        "downloadUrl": f"{url}/files/{number}?signature={uuid.uuid5(uuid.NAMESPACE_URL, job_id)}",
        "downloadExpiresAt": milliseconds(datetime.now(UTC) + timedelta(hours=1)),
    }
    return {"job": {"id": job_id, "status": "COMPLETED", "exportData": export}, "errors": []}


def file_of(number, signature):
    """Media type and content of a file; None where there is no such file, or the signature is not right."""
    for job_id, (own, _, export_type, file_format, start, end) in JOBS.items():
        if str(own) == str(number) and signature == str(uuid.uuid5(uuid.NAMESPACE_URL, job_id)):
            records = [record for moment, record in _records(export_type) if start <= moment <= end]
            if file_format == "CSV":
                return "text/csv; charset=utf-8", _csv(COLUMNS[export_type], records)
            return "application/jsonl", "".join(json.dumps(record) + "\n" for record in records).encode()
    return None


def _records(export_type):
    """All records of a type, each with the time of its creation."""
    for number in range(40):
        moment = datetime(2012, 10, 1, 8, 30, tzinfo=UTC) + timedelta(days=number * 23)
        record = {}
        for column in COLUMNS[export_type]:
            if column.endswith("Date"):
                record[column] = milliseconds(moment)
            elif column.endswith("ID"):
                record[column] = 1000 + number
            else:
                record[column] = f'{column} "{number}", ä'
        yield moment, record


def _csv(columns, records):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()
