"""For each fault one request that shows it, what is answered without it, and what with it."""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from export_contract.sandbox import DEMO_AUTHORIZATION

from ..client import EXAMPLE, INTERACTIONS, MISSING, Client, body_with, decoded

Observe = Callable[[Client], object]

DEEP = '"x": ' + "[" * 100 + "]" * 100


def post(**fields: Any) -> Observe:
    return lambda client: client.post(**fields).status_code


def renamed(old: str, new: str) -> Observe:
    return post(**{old: MISSING, new: EXAMPLE[old]})


def interactions(**fields: Any) -> Observe:
    return post(**{**INTERACTIONS, **fields})


def body(content: bytes, content_type: str | None = "application/json") -> Observe:
    return lambda client: client.send(content, content_type).status_code


def ending(text: str) -> Observe:
    """The example with another end than its closing brace."""
    return body(body_with()[:-1] + text.encode())


def start(text: object) -> Observe:
    return post(startDate=text)


def end(text: object) -> Observe:
    return post(endDate=text)


def authorized(old: str, new: str) -> Observe:
    return lambda client: client.post(authorization=DEMO_AUTHORIZATION.replace(old, new)).status_code


def answer(look: Callable[[Any], object], **fields: Any) -> Observe:
    return lambda client: look(client.post(**fields))


def job_id(look: Callable[[str], object], **fields: Any) -> Observe:
    return lambda client: look(client.create(**fields))


def said(part: str, **fields: Any) -> Observe:
    return lambda client: decoded(client.create(**fields))[0][part]


def inside(look: Callable[[bytes], object]) -> Observe:
    return lambda client: look(base64.b64decode(client.create()))


def distinct(look: Callable[[str], object]) -> Observe:
    return lambda client: len({look(client.create()) for _ in range(4)})


def method(name: str) -> Observe:
    return lambda client: client.request(name, "/exports").status_code


def status(look: Callable[[dict[str, Any]], object], before: int = 0) -> Observe:
    def observe(client: Client) -> object:
        created = client.create()
        for _ in range(before):
            client.status(created)
        return look(client.status(created).json()["job"])

    return observe


def status_code(**parts: Any) -> Observe:
    return lambda client: client.status(client.create(), **parts).status_code


def same_id(client: Client) -> object:
    created = client.create()
    return client.status(created).json()["job"]["id"] == created


def asked(query: str) -> Observe:
    return lambda client: client.request("GET", f"/exports{query}").status_code


def file(look: Callable[[Any], object], **fields: Any) -> Observe:
    return lambda client: look(client.file(**fields))


def is_whole(response: Any) -> bool:
    return len(response.content) == int(response.headers.get("content-length", len(response.content)))


def widths(response: Any) -> int:
    return len({len(row) for row in csv.reader(io.StringIO(response.text, newline=""))})


def header(response: Any) -> str:
    first: str = response.text.splitlines()[0]
    return first[:15]


def are_objects(response: Any) -> bool:
    def is_object(line: str) -> bool:
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False

    return all(map(is_object, response.text.splitlines()))


def years(response: Any) -> tuple[bool, bool]:
    """Whether there are records from before, and from after the example's range."""
    dates = [row["Registration Date"] for row in csv.DictReader(io.StringIO(response.text, newline=""))]
    return dates[0] < EXAMPLE["startDate"], dates[-1] > EXAMPLE["endDate"]


def refusal(part: str) -> Observe:
    return lambda client: part in client.post(format="XML").text


def media_type(response: Any) -> object:
    return response.headers.get("content-type", "").split(";")[0]


def is_json(response: Any) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def discloses(secret: str) -> Observe:
    def look(client: Client) -> bool:
        response = client.post()
        everywhere = (response.text, str(response.headers), str(base64.b64decode(response.json()["job"]["id"])))
        return any(secret in text for text in everywhere)

    return look


def seconds(client: Client) -> bool:
    before = time.monotonic()
    client.post(exportType="NETWORKS")
    return time.monotonic() - before > 4


def at_once(look: Callable[[list[Any]], object]) -> Observe:
    headers = {"content-type": "application/json"}
    return lambda client: look(client.at_once(8, "POST", "/exports", content=body_with(), headers=headers))


# Refused with 400 by default, accepted with the fault.
LENIENT: Mapping[str, Observe] = {
    "start-missing": start(MISSING),
    "end-missing": end(MISSING),
    "exporttype-missing": post(exportType=MISSING),
    "format-missing": post(format=MISSING),
    "start-key-any-case": renamed("startDate", "StartDate"),
    "end-key-snake-case": renamed("endDate", "end_date"),
    "format-key-any-case": renamed("format", "FORMAT"),
    "start-null": start(None),
    "end-null": end(None),
    "exporttype-null": post(exportType=None),
    "format-null": post(format=None),
    "exporttype-any-case": post(exportType="users"),
    "exporttype-trimmed": post(exportType=" USERS "),
    "exporttype-line-break": post(exportType="USERS\n"),
    "exporttype-prefix": post(exportType="USERS2"),
    "exporttype-suffix": post(exportType="ALL_USERS"),
    "exporttype-empty": post(exportType=""),
    "exporttype-any": post(exportType="COURSES"),
    "exporttype-ordinal-text": post(exportType="3"),
    "exporttype-ordinal": post(exportType=3),
    "exporttype-in-list": post(exportType=["USERS"]),
    "exporttype-retired": post(exportType="ENROLLMENTS"),
    "exporttype-singular": post(exportType="USER"),
    "exporttype-hyphens": post(exportType="LEARNING-ACTIVITIES"),
    "format-any-case": post(format="csv"),
    "format-trimmed": post(format="CSV "),
    "format-line-break": post(format="CSV\n"),
    "format-prefix": post(format="CSVX"),
    "format-empty": post(format=""),
    "format-any": post(format="XML"),
    "format-ordinal-text": post(format="0"),
    "format-ordinal": post(format=1),
    "format-in-list": post(format=["CSV"]),
    "format-json": post(format="JSON"),
    "format-soft-error": post(format="XML"),
    "interactions-csv": interactions(format="CSV"),
    "interactions-without-id": interactions(learningActivityId=MISSING),
    "interactions-id-text": interactions(learningActivityId="12345"),
    "interactions-id-boolean": interactions(learningActivityId=True),
    "interactions-id-null": interactions(learningActivityId=None),
    "interactions-id-list": interactions(learningActivityId=[12345]),
    "interactions-id-object": interactions(learningActivityId={}),
    "start-words": start("yesterday"),
    "start-epoch-text": start("1346843567"),
    "start-local": start("09/05/2012"),
    "start-mail": start("Wed, 05 Sep 2012 11:12:47 GMT"),
    "start-empty": start(""),
    "start-unread": start("@2012"),
    "start-padded": start(" 2012-09-05T11:12:47Z"),
    "start-text-before": start("on 2012-09-05T11:12:47Z"),
    "start-text-after": start("2012-09-05T11:12:47Z or so"),
    "start-number": start(1346843567),
    "start-month-13": start("2012-13-05T11:12:47Z"),
    "start-day-32": start("2012-01-32T11:12:47Z"),
    "start-february-30": start("2012-02-30T11:12:47Z"),
    "start-leap-day-any-year": start("2011-02-29T11:12:47Z"),
    "start-leap-day-century": start("1900-02-29T11:12:47Z"),
    "start-april-31": start("2012-04-31T11:12:47Z"),
    "start-hour-25": start("2012-09-05T25:12:47Z"),
    "start-minute-60": start("2012-09-05T11:60:47Z"),
    "start-second-61": start("2012-09-05T11:12:61Z"),
    "end-words": end("next year"),
    "end-epoch-text": end("1432834763000"),
    "end-local": end("28.05.2015 17:39"),
    "end-empty": end(""),
    "end-unread": end("2015/05/28"),
    "end-padded": end("2015-05-28T17:39:23Z\n"),
    "end-text-before": end("until 2015-05-28T17:39:23Z"),
    "end-text-after": end("2015-05-28T17:39:23Z[UTC]"),
    "end-number": end(1432834763.5),
    "end-month-00": end("2015-00-28T17:39:23Z"),
    "end-month-13": end("2015-13-28T17:39:23+02:00"),
    "end-day-00": end("2015-05-00T17:39:23Z"),
    "end-february-30": end("2015-02-30T17:39:23Z"),
    "end-leap-day-any-year": end("2015-02-29T17:39:23Z"),
    "end-leap-day-century": end("2100-02-29T17:39:23Z"),
    "end-april-31": end("2015-06-31T17:39:23Z"),
    "end-hour-25": end("2015-05-28T25:39:23Z"),
    "end-minute-60": end("2015-05-28T17:60:23Z"),
    "json-trailing-comma": ending(",}"),
    "json-comments": ending(', /* all */ "x": 1}'),
    "json-single-quotes": body(body_with().replace(b'"', b"'")),
    "json-nan": ending(', "x": NaN}'),
    "json-text-after": ending("} and so on"),
    "json-truncated": ending(""),
    "json-empty-body": body(b""),
    "json-utf-8-replaced": body(body_with(x="@").replace(b"@", b"\xff")),
    "json-utf-8-dropped": body(body_with().replace(b"CSV", b"C\xffSV")),
    "json-utf-16": body(body_with().decode().encode("utf-16")),
    "json-soft-error": body(b"{"),
    "body-list-of-one": body(b"[" + body_with() + b"]"),
    "body-json-in-string": body(json.dumps(body_with().decode()).encode()),
    "body-null": body(b"null"),
}

# Accepted by default, refused with 400 with the fault.
STRICT: Mapping[str, Observe] = {
    "fraction-not-three-refused": start("2012-09-05T11:12:47.12Z"),
    "fraction-six-refused": start("2012-09-05T11:12:47.123456+00:00"),
    "fraction-none-refused": start("2012-09-05T11:12:47Z"),
    "offset-refused": start("2012-09-05T11:12:47+02:00"),
    "offset-zero-refused": end("2015-05-28T17:39:23+00:00"),
    "offset-negative-refused": end("2015-05-28T17:39:23-05:00"),
    "offset-half-hour-refused": end("2015-05-28T17:39:23+05:30"),
    "offset-13-refused": end("2015-05-28T17:39:23+14:00"),
    "leap-day-refused": start("2012-02-29T11:12:47Z"),
    "leap-day-2000-refused": start("2000-02-29T11:12:47Z"),
    "before-1970-refused": start("1969-12-31T23:59:59Z"),
    "from-2038-refused": end("2040-01-01T00:00:01Z"),
    "midnight-refused": start("2012-09-05T00:00:00.000Z"),
    "last-second-refused": end("2015-05-28T23:59:59.999Z"),
    "range-equal-refused": end(EXAMPLE["startDate"]),
    "range-over-a-year-refused": post(),
    "range-over-ten-years-refused": start("2000-01-01T00:00:01Z"),
    "networks-csv-refused": post(exportType="NETWORKS"),
    "networks-jsonl-refused": post(exportType="NETWORKS", format="JSONL"),
    "users-jsonl-refused": post(exportType="USERS", format="JSONL"),
    "activities-csv-refused": post(exportType="LEARNING_ACTIVITIES"),
    "enrollments-jsonl-refused": post(format="JSONL"),
    "interactions-refused": interactions(),
    "json-escapes-refused": body(body_with().replace(b"CSV", b"\\u0043SV")),
    "json-line-breaks-refused": body(json.dumps(EXAMPLE, indent=2).encode()),
    "json-key-order-fixed": body(json.dumps(dict(reversed(EXAMPLE.items()))).encode()),
    "charset-refused": body(body_with(), "application/json; charset=utf-8"),
    "charset-upper-case-refused": body(body_with(), "application/json; charset=UTF-8"),
    "content-type-upper-case-refused": body(body_with(), "Application/JSON"),
}

# Refused with 4xx by default, a server error with the fault.
CRASHING: Mapping[str, Observe] = {
    "start-missing-500": start(MISSING),
    "end-type-500": end(7),
    "exporttype-type-500": post(exportType=None),
    "exporttype-enum-500": post(exportType="COURSES"),
    "interactions-without-id-500": interactions(learningActivityId=MISSING),
    "end-calendar-500": end("2015-02-30T17:39:23Z"),
    "json-malformed-500": body(b"{"),
    "body-list-500": body(b"[]"),
    "id-huge-500": interactions(learningActivityId=2**64),
    "id-fractional-500": interactions(learningActivityId=1.5),
    "id-zero-500": interactions(learningActivityId=0),
    "id-negative-500": interactions(learningActivityId=-1),
    "reversed-range-500": start("2020-01-01T00:00:00Z"),
    "byte-order-mark-500": body(b"\xef\xbb\xbf" + body_with()),
    "no-content-type-500": body(body_with(), None),
    "content-coding-500": lambda client: (
        client.request("POST", "/exports", content=b"packed", headers={"content-encoding": "gzip"}).status_code
    ),
    "date-only-500": start("2012-09-05"),
    "reduced-500": start("2012-09-05T11:12Z"),
    "basic-500": start("20120905T111247Z"),
    "week-500": start("2012-W36-3T11:12:47Z"),
    "ordinal-500": start("2012-249T11:12:47Z"),
    "no-zone-500": end("2015-05-28T17:39:23"),
    "lower-case-500": end("2015-05-28t17:39:23z"),
    "space-500": end("2015-05-28 17:39:23Z"),
    "comma-500": end("2015-05-28T17:39:23,5Z"),
    "long-fraction-500": end("2015-05-28T17:39:23.123456789Z"),
    "hour-24-500": end("2015-05-28T24:00:00Z"),
    "second-60-500": end("2015-06-30T23:59:60Z"),
    "negative-zero-500": end("2015-05-28T17:39:23-00:00"),
    "large-offset-500": end("2015-05-28T17:39:23+18:00"),
    "signed-year-500": start("+002012-09-05T11:12:47Z"),
    "minus-sign-500": end("2015-05-28T17:39:23\u221205:00"),
    "year-0001-500": start("0001-01-01T00:00:00Z"),
    "year-9999-500": end("9999-12-31T23:59:59Z"),
    "status-unknown-500": asked("?id=am9iLTE3"),
    "status-malformed-500": asked("?id=no%20Base64"),
    "status-missing-id-500": asked(""),
}

# Accepted by default, a server error with the fault.
CRASHING_LATE: Mapping[str, Observe] = {
    "id-undeclared-500": interactions(learningActivityId=99),
    "id-elsewhere-500": post(learningActivityId=12345),
    "unknown-property-500": post(x=1),
    "non-ascii-500": post(x="\U0001f600"),
    "nul-500": post(x=["\0"]),
    "duplicate-keys-500": ending(', "format": "CSV"}'),
    "long-string-500": post(x="x" * 5_000),
    "deep-nesting-500": ending(f", {DEEP}}}"),
}

# Anything else: the request, and what is seen without the fault and with it.
OTHER: Mapping[str, tuple[Observe, object, object]] = {
    "users-redirected": (post(exportType="USERS"), 200, 302),
    "large-body-dropped": (answer(is_whole, x="x" * 300_000), True, False),
    "answer-no-id": (answer(lambda r: "id" in r.json()["job"]), True, False),
    "answer-id-null": (answer(lambda r: r.json()["job"]["id"] is None), False, True),
    "answer-id-number": (answer(lambda r: type(r.json()["job"]["id"])), str, int),
    "answer-id-empty": (answer(lambda r: r.json()["job"]["id"] == ""), False, True),
    "answer-id-at-top": (answer(lambda r: [*r.json()]), ["job"], ["jobId"]),
    "answer-job-text": (answer(lambda r: type(r.json()["job"])), dict, str),
    "answer-list": (answer(lambda r: type(r.json())), dict, list),
    "answer-text-html": (answer(media_type), "application/json", "text/html"),
    "answer-no-media-type": (answer(media_type), "application/json", ""),
    "answer-not-json": (answer(is_json), True, False),
    "answer-slow": (seconds, False, True),
    "credentials-in-id": (discloses("demo-key"), False, True),
    "credentials-in-header": (discloses("demo-secret"), False, True),
    "credentials-in-body": (discloses("demo-token"), False, True),
    "refusal-with-job": (refusal('"job"'), False, True),
    "trace-python": (refusal("Traceback"), False, True),
    "trace-java": (refusal("java.base"), False, True),
    "trace-dotnet": (refusal("System.FormatException"), False, True),
    "trace-node": (refusal("node_modules"), False, True),
    "trace-php": (refusal("Stack trace:"), False, True),
    "trace-sql": (refusal("INSERT INTO"), False, True),
    "trace-file-path": (refusal("/opt/exports"), False, True),
    "trace-debug-page": (refusal("DEBUG = True"), False, True),
    "job-id-not-base64": (job_id(lambda text: text.count("-")), 0, 4),
    "job-id-unpadded": (job_id(lambda text: len(text) % 4 == 0), True, False),
    "job-id-wrapped": (job_id(lambda text: "\r\n" in text), False, True),
    "job-id-not-canonical": (
        job_id(lambda text: base64.b64encode(base64.b64decode(text)).decode() == text),
        True,
        False,
    ),
    "job-id-percent-encoded": (job_id(lambda text: "%3D" in text), False, True),
    "job-id-line-break": (job_id(lambda text: text.endswith("\n")), False, True),
    "job-id-url-safe": (job_id(lambda text: text.startswith("-")), False, True),
    "job-id-double-base64": (inside(lambda content: content[:1]), b"[", b"W"),
    "job-id-cut": (inside(lambda content: content.endswith(b"]")), True, False),
    "job-id-python": (inside(lambda content: content[:2]), b'["', b"['"),
    "job-id-no-uuid": (inside(lambda content: len(json.loads(content))), 2, 1),
    "job-id-bad-uuid": (inside(lambda content: len(json.loads(content)[1])), 36, 1),
    "job-id-undefined-date": (said("end"), EXAMPLE["endDate"], "undefined"),
    "job-id-wrong-type": (said("type"), "elearning_enrollments", "learning_activities"),
    "job-id-wrong-format": (said("format"), "csv", "jsonl"),
    "job-id-upper-case": (said("type"), "elearning_enrollments", "ELEARNING_ENROLLMENTS"),
    "job-id-dates-swapped": (said("start"), EXAMPLE["startDate"], EXAMPLE["endDate"]),
    "job-id-offset-dropped": (
        said("end", endDate="2015-05-28T17:39:23+02:00"),
        "2015-05-28T15:39:23.000Z",
        "2015-05-28T17:39:23Z",
    ),
    "job-id-fraction-dropped": (
        said("start", startDate="2012-09-05T11:12:47.5Z"),
        "2012-09-05T11:12:47.500Z",
        "2012-09-05T11:12:47Z",
    ),
    "job-id-microseconds-dropped": (
        said("start", startDate="2012-09-05T11:12:47.123456Z"),
        "2012-09-05T11:12:47.123456Z",
        "2012-09-05T11:12:47.123Z",
    ),
    "job-id-midnight": (said("end"), EXAMPLE["endDate"], "2015-05-28T00:00:00.000Z"),
    "job-id-constant": (distinct(str), 4, 1),
    "job-id-uuid-reused": (distinct(lambda text: decoded(text)[1]), 4, 1),
    "job-id-counter": (distinct(str), 4, 2),
    "method-put": (method("PUT"), 405, 200),
    "method-patch": (method("PATCH"), 405, 200),
    "method-delete": (method("DELETE"), 405, 200),
    "method-head": (method("HEAD"), 405, 200),
    "auth-missing": (post(authorization=None), 401, 200),
    "auth-missing-400": (post(authorization=None), 401, 400),
    "auth-any": (post(authorization="Basic eDp5"), 401, 200),
    "auth-key": (authorized("demo-key", "x"), 401, 200),
    "auth-token": (authorized("demo-token", "x"), 401, 200),
    "auth-secret": (authorized("demo-secret", "x"), 401, 200),
    "auth-no-secret": (authorized(",secret=demo-secret", ""), 401, 200),
    "auth-empty": (authorized("demo-token", ""), 401, 200),
    "auth-prefix": (authorized("demo-secret", "demo-secrets"), 401, 200),
    "auth-any-case": (authorized("demo-secret", "DEMO-SECRET"), 401, 200),
    "auth-scheme": (authorized("bln", "Bearer"), 401, 200),
    "auth-wrong-500": (authorized("demo-secret", "x"), 401, 500),
    "status-not-found": (status_code(), 200, 404),
    "status-plus-as-space": (status_code(), 200, 404),
    "status-lower-case": (status(lambda job: job["status"]), "COMPLETED", "completed"),
    "status-missing": (status(lambda job: "status" in job), True, False),
    "status-not-json": (lambda client: is_json(client.status(client.create())), True, False),
    "status-other-id": (same_id, True, False),
    "status-id-lower-case": (same_id, True, False),
    "status-goes-back": (status(lambda job: job["status"], before=1), "COMPLETED", "PENDING"),
    "status-fails-late": (status(lambda job: job["status"], before=1), "COMPLETED", "FAILED"),
    "status-never-ends": (status(lambda job: job["status"]), "COMPLETED", "PENDING"),
    "status-failed": (status(lambda job: job["status"]), "COMPLETED", "FAILED"),
    "status-no-export-data": (status(lambda job: type(job["exportData"])), dict, type(None)),
    "status-no-url": (status(lambda job: type(job["exportData"]["downloadUrl"])), str, type(None)),
    "status-no-expiry": (status(lambda job: "downloadExpiresAt" in job["exportData"]), True, False),
    "status-expired": (status(lambda job: job["exportData"]["downloadExpiresAt"] < "2020"), False, True),
    "status-unknown-200": (asked("?id=am9iLTE3"), 404, 200),
    "status-any-id": (asked("?id=am9iLTE3"), 404, 200),
    "status-missing-id-200": (asked(""), 400, 200),
    "status-no-credentials": (status_code(authorization=None), 401, 200),
    "status-any-credentials": (status_code(authorization="Basic eDp5"), 401, 200),
    "file-404": (file(lambda r: r.status_code), 200, 404),
    "file-needs-credentials": (file(lambda r: r.status_code), 200, 401),
    "file-broken-off": (file(is_whole), True, False),
    "file-empty": (file(lambda r: len(r.content) > 0), True, False),
    "csv-json": (file(is_json), False, True),
    "csv-ragged": (file(widths), 1, 2),
    "csv-unquoted": (file(widths), 1, 3),
    "csv-no-header": (file(lambda r: r.text[:7] == "User ID"), True, False),
    "csv-semicolons": (file(widths), 1, 2),
    "csv-web-page": (file(lambda r: r.text[0]), "U", "<"),
    "csv-latin-1": (file(lambda r: "Führung".encode() in r.content), True, False),
    "jsonl-csv": (file(are_objects, format="JSONL"), True, False),
    "jsonl-values": (file(are_objects, format="JSONL"), True, False),
    "jsonl-blank-lines": (file(are_objects, format="JSONL"), True, False),
    "jsonl-joined": (file(are_objects, format="JSONL"), True, False),
    "jsonl-list": (file(are_objects, format="JSONL"), True, False),
    "jsonl-indented": (file(are_objects, format="JSONL"), True, False),
    "jsonl-cut": (file(are_objects, format="JSONL"), True, False),
    "file-dates-ignored": (file(years), (False, False), (True, True)),
    "file-start-ignored": (file(years), (False, False), (True, False)),
    "file-end-ignored": (file(years), (False, False), (False, True)),
    "csv-columns-renamed": (file(header), "User ID,Registr", "user_id,registr"),
    "csv-column-missing": (file(header), "User ID,Registr", "User ID,Program"),
    "csv-columns-swapped": (file(header), "User ID,Registr", "Registration Da"),
    "load-shared-id": (at_once(lambda rs: len({r.json()["job"]["id"] for r in rs})), 8, 3),
    "load-mixed-up": (at_once(lambda rs: len({decoded(r.json()["job"]["id"])[0]["end"] for r in rs})), 1, 2),
    "load-500": (at_once(lambda rs: {r.status_code for r in rs}), {200}, {200, 500}),
}
