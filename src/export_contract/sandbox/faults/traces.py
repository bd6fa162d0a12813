"""What crashed programs say, and should say to their own log only."""

from __future__ import annotations

PYTHON = (
    "Traceback (most recent call last):\n"
    '  File "/srv/exports/api/views.py", line 88, in create_export\n'
    '    start = datetime.fromisoformat(body["startDate"])\n'
    "ValueError: Invalid isoformat string: 'banana'"
)
JAVA = (
    "java.time.format.DateTimeParseException: Text 'banana' could not be parsed at index 0\n"
    "\tat java.base/java.time.format.DateTimeFormatter.parseResolved0(DateTimeFormatter.java:2052)\n"
    "\tat com.example.exports.ExportController.create(ExportController.java:41)"
)
DOTNET = (
    "System.FormatException: String 'banana' was not recognized as a valid DateTime.\n"
    "   at System.DateTimeParse.Parse(ReadOnlySpan`1 s, DateTimeFormatInfo dtfi, DateTimeStyles styles)\n"
    "   at Exports.Api.ExportController.Create(ExportRequest request) in C:\\src\\Exports\\ExportController.cs:line 41"
)
NODE = (
    "RangeError: Invalid time value\n"
    "    at Date.toISOString (<anonymous>)\n"
    "    at createExport (/usr/src/app/routes/exports.js:27:31)\n"
    "    at Layer.handle [as handle_request] (/usr/src/app/node_modules/express/lib/router/layer.js:95:5)"
)
PHP = (
    "<b>Fatal error</b>: Uncaught Exception: DateTime::__construct(): Failed to parse time string (banana)"
    " in /var/www/html/src/ExportController.php:52\nStack trace:\n#0 /var/www/html/src/ExportController.php(52):"
    " DateTime->__construct()\n#1 {main}\n  thrown in <b>/var/www/html/src/ExportController.php</b> on line <b>52</b>"
)
SQL = (
    'ERROR: invalid input value for enum export_type: "users"\nLINE 1: INSERT INTO export_jobs (tenant_id, type,'
    " format) VALUES (17, 'users', 'csv')\nSQLSTATE: 22P02"
)
FILE_PATH = "could not open /opt/exports/config/schemas/export-request.json"
DEBUG_PAGE = (
    b"<!doctype html><html><head><title>ValueError at /exports</title></head><body><h1>ValueError at /exports</h1>"
    b"<p>You're seeing this error because you have <code>DEBUG = True</code> in your settings file.</p>"
    b"<h2>Traceback <span>(most recent call last)</span></h2></body></html>"
)
