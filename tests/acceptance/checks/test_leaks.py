"""Leaks: what a server should not show of its inside is found, and prose that speaks of errors is not."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.acceptance.checks.harmless_samples import HARMLESS
from tests.acceptance.checks.leak_samples import LEAKS

from export_contract.acceptance.checks.leaks import find_leak
from export_contract.sandbox.variants.differences import PROSE

TRACES: list[tuple[str, str]] = [
    (
        "Python",
        'Traceback (most recent call last):\n  File "/srv/app/views.py", line 8, in create\n    x = y[0]\nKeyError: 0',
    ),
    ("Python", '  File "C:\\app\\views.py", line 88, in create_export\n    raise ValueError("banana")'),
    (
        "Java",
        "java.lang.NullPointerException: no text\n\tat com.example.Exports.create(Exports.java:41)"
        "\n\tat java.base/java.lang.Thread.run(Thread.java:833)",
    ),
    (
        "Java",
        "Caused by: org.hibernate.exception.DataException\n"
        "    at sun.reflect.NativeMethodAccessorImpl.invoke0(Native Method)",
    ),
    ("Java", 'Exception in thread "main" x.Failed: no\n\tat com.example.ApiKt.handle(Api.kt:17)'),
    (
        ".NET",
        "System.NullReferenceException: Object reference not set to an instance of an object.\n"
        "   at Exports.Api.Create(Request r) in C:\\src\\Api.cs:line 41",
    ),
    (".NET", "   at Exports.Jobs.<Run>d__7.MoveNext() in /build/Jobs.cs:line 12"),
    (
        "Node",
        "TypeError: Cannot read properties of undefined (reading 'id')\n"
        "    at createExport (/usr/src/app/routes/exports.js:27:31)",
    ),
    ("Node", "Error: no\n    at node:internal/process/task_queues:95:5\n    at async file:///app/index.mjs:3:1"),
    (
        "PHP",
        "<b>Fatal error</b>:  Uncaught TypeError in /var/www/html/index.php:3\n#0 /var/www/html/index.php(7): create()",
    ),
    ("PHP", 'Warning: Undefined array key "format" in /var/www/html/api.php on line 12'),
    (
        "Go",
        "panic: runtime error: index\n\ngoroutine 17 [running]:\nmain.create(0x1)\n\t/app/main.go:9 +0x1d",
    ),
    ("Ruby", "app/controllers/exports_controller.rb:12:in `create'\nNoMethodError: undefined method"),
    ("SQL", "SQLSTATE[22P02]: Invalid text representation: 7 ERROR"),
    ("SQL", "ORA-01858: a non-numeric character was found where a numeric was expected"),
    ("SQL", "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version"),
    ("SQL", "(psycopg2.errors.InvalidDatetimeFormat) invalid input syntax for type timestamp"),
    ("SQL", "query failed: SELECT id, type FROM export_jobs WHERE tenant = 'T'"),
    ("SQL", "INSERT INTO export_jobs (tenant, type) VALUES ('T', 'users')"),
    (
        "debug page",
        "<title>ValueError at /exports</title> ... You're seeing this error because you have <code>DEBUG = True",
    ),
    ("debug page", "<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping</p>"),
    ("debug page", "<title>KeyError: 'format' // Werkzeug Debugger</title>"),
    ("file path", "could not open /opt/exports/config/schemas/export-request.json"),
    ("file path", "ENOENT: C:\\inetpub\\exports\\web.config"),
]

# What services say to people, and what they may: none of it shows an inside.
PROSE_LINES = [
    "An error occurred.",
    "Internal server error",
    "There was an error at line 1 column 5.",
    "Unexpected token } in JSON at position 57",
    "Expecting ',' delimiter: line 1 column 38 (char 37)",
    "Parse error: syntax error, unexpected character at line 3, column 12 of the request body",
    "Warning: the export may take up to 4 hours. See line 3 of the documentation on exports.",
    "Notice: exports are deleted on 1 January",
    "Fatal error: the request is not valid",
    "Exceptions to these rules can be asked for; please trace your request with the number below.",
    "No stack trace is available. Contact support at support@example.com:443 for help.",
    "The request failed. Traceback is disabled in production.",
    "Could not parse startDate at index 0",
    "startDate: Text 'banana' could not be parsed at index 0",
    "Validation failed for $.startDate (path: $.startDate, line: 1, column: 15)",
    "exports[0].format: must be one of CSV, JSONL",
    "Please select a format from the list where it says CSV or JSONL.",
    "Select an export type from USERS, NETWORKS where needed",
    "Insert into the body the values (startDate, endDate, exportType, format)",
    "POST /api/v1/exports: 400 Bad Request",
    "Not found: /api/v1/exports",
    "See https://docs.example.com/home/exports/format.json for the schema",
    "See https://api.example.com/var/schemas/v1/export-request.json",
    "Schema at /schemas/export-request.json does not allow null",
    "http://json-schema.org/draft-07/schema#/definitions/nonNegativeInteger",
    "/definitions/ExportRequest/properties/startDate: does not match format date-time",
    "API version 2026.11.3 (build 4711) on node 7 at 12:30:05",
    "Request 7f3a:12:9 failed at 2026-11-23T08:15:27Z",
    "java is not a supported export type",
    "The python client needs version 3.11 or later",
    'For input string: "banana"',
    "Object reference 4711 is not set",
    "org.example: unknown organisation",
    "goroutine is not an export type",
    "You are looking at Exports.Create (deprecated) in version 2: line items are no longer exported",
    "meet us at cafe (Main Street 12:30:05)",
    "NumberFormatException",
    "Error: InvalidDateException: endDate is before startDate",
    "A ValueError was raised: format must be CSV or JSONL",
    "SQL is not supported; JSONL is",
    "error ORA is unknown",
    "The debug option is on for this tenant (DEBUG = True)",
    "Use Windows format C: for the drive",
    "report.rb is no file format; report.csv:1 is the first line",
    "the file /exports/2026/users.csv is not ready",
]

ERROR_BODIES = [
    {"error": "Bad Request", "message": "format must be one of CSV, JSONL", "path": "/api/v1/exports", "status": 400},
    {"errors": [{"key": "$.startDate", "message": "is no timestamp", "line": 1, "column": 15}]},
    {
        "type": "https://example.com/problems/validation",
        "title": "Validation error",
        "instance": "/api/v1/exports/4711",
    },
    {"exception": "ValidationException", "trace": "b7ad6b7169203331", "stackTrace": [], "cause": None},
    {"detail": [{"loc": ["body", "startDate"], "msg": "field required", "type": "value_error.missing"}]},
    {"code": "invalid_format", "where": "exports[0].format", "at": "body.exports[0] (line 3:17)"},
    {
        "traceId": "00-4bf92f3577b34da6a3ce929d0e0e4736-00",
        "errors": {"$.format": ["The JSON value could not be converted."]},
    },
]


@pytest.mark.parametrize(("kind", "text"), TRACES)
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "in JSON"])
def test_traces(kind: str, text: str, wrapped: bool) -> None:
    """Each trace is found, as plain text and inside a JSON string, and named by its kind."""
    found = find_leak(json.dumps({"error": {"detail": f"It failed: {text}"}}) if wrapped else text)
    assert found is not None
    what, piece = found
    assert kind in what or kind in ("SQL", "PHP", "debug page")
    assert 0 < len(piece) <= 200


@pytest.mark.parametrize(
    "text", [*PROSE_LINES, *map(json.dumps, ERROR_BODIES), PROSE.decode(), json.dumps(PROSE_LINES)]
)
def test_prose(text: str) -> None:
    """Prose and error bodies that speak of errors, lines, versions and paths of the API alarm nobody."""
    assert find_leak(text) is None


def samples(table: dict[str, list[str]]) -> list[Any]:
    """(family, text) with a readable id."""
    return [
        pytest.param(family, text, id=f"{family} {number}")
        for family, texts in table.items()
        for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(("family", "text"), samples(LEAKS))
def test_leaks_of_each_stack(family: str, text: str) -> None:
    """Each text that shows an inside is found, by itself and inside a JSON string."""
    assert find_leak(text), family
    assert find_leak(json.dumps({"message": f"It failed.\n{text}"})), family


@pytest.mark.parametrize(("family", "text"), samples(HARMLESS))
def test_harmless_texts_of_each_stack(family: str, text: str) -> None:
    """Validation messages that name fields, lines, types and dates are no leaks, nor are those beside them."""
    assert find_leak(text) is None, family
    assert find_leak(json.dumps({"errors": [{"key": "/startDate", "message": text, "at": "line 3, column 5"}]})) is None


def test_each_stack_has_enough_samples() -> None:
    """Twenty leaks and twenty harmless texts of each."""
    assert LEAKS.keys() == HARMLESS.keys()
    assert all(len(set(texts)) >= 20 for table in (LEAKS, HARMLESS) for texts in table.values())


ATTACKS = {
    "perl": " at a.pm line" * 90_000,
    "perl paths": " at " + "a/" * 500_000,
    "uninitialized": "Use of uninitialized value $a" * 40_000,
    "panicked": "panicked at 'a" * 80_000,
    "panicked paths": "panicked at " + "a/" * 500_000,
    "thread": "thread 'a" * 120_000,
    "frames": "\n  1: std::" * 100_000,
    "elixir": "** (A" * 200_000,
    "elixir frames": "\n  (a 1) a/" * 100_000,
    "badmatch": "{badmatch" * 110_000,
    "erlang files": '[{file,"a' * 110_000,
    "deprecated": "Deprecated: " * 90_000,
    "php files": '"file":"a' * 110_000,
    "in": "in a" * 260_000,
    "dotnet frames": "\n  at System" * 90_000,
    "dotnet types": "Microsoft." * 100_000,
    "go": "a.go:1" * 170_000,
    "java": "java." * 200_000,
    "error": "ERROR: " * 150_000,
    "doctrine": "Doctrine" * 130_000,
    "SQL words": "ER_AA" * 200_000,
    "gems": "gems/" * 200_000,
    "lib": "lib/" * 250_000,
    "letters": "A" * 2**20,
    "dots": "a." * 2**19,
    "slashes": "/app/" * 200_000,
    "path": "/app/" + "a/" * 500_000,
    "at": "at " * 350_000,
    "calls": "at a(" * 200_000,
    "at dots": "at " + "a." * 500_000,
    "at node": ("at " + "a " * 100) * 5_000,
    "select": "select from " * 87_000,
    "insert": "insert into values " * 50_000,
    "warning": "Warning in " * 95_000,
    "hash": "#1 " * 350_000,
    "php": "#1 " + "a.php(" * 170_000,
    "file": 'File "' * 170_000,
    "title": "<title>" * 150_000,
    "goroutine": "goroutine 1 [" * 80_000,
    "ruby": "a.rb:1:" * 150_000,
    "system": "System." * 150_000,
    "drive": "A:\\a" * 250_000,
    "drives": "A:\\" + "a\\" * 500_000,
    "spaces": " " * 2**20,
    "lines": "\n" * 2**20,
    "backslashes": "\\" * 2**20,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_texts_that_are_meant_to_take_long(name: str) -> None:
    """A body of 1 MiB is looked through in no time, whatever is in it."""
    started = time.process_time()
    find_leak(ATTACKS[name])
    assert time.process_time() - started < 1


def test_how_far_is_looked() -> None:
    """A leak is found in the first 128 KiB, and what comes after is not looked at."""
    leak = "ORA-01858"
    far = 128 * 1024
    assert find_leak(" " * (far - len(leak)) + leak)
    assert find_leak(" " * far + leak) is None
