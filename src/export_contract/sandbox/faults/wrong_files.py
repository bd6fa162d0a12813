"""Files that are not in the requested format, or not whole."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..service.authorization import is_authorized
from ..service.messages import Problem, Request, Response, refusal
from ..service.seams import Changes, rewrites

WEB_PAGE = b"<!DOCTYPE html>\n<html><body>The export, which you can <a href='/'>see here</a></body></html>\n"
S3_ERROR = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Request has expired</Message>'
    b"<RequestId>8F2B1E7C90A4D356</RequestId></Error>"
)

_Rows = list[list[str]]


def csv_rows(change: Callable[[_Rows], Iterable[list[str]]]) -> Changes:
    """Changes the rows of CSV files."""
    return csv_text(lambda content: _written(change(_rows(content))))


def csv_text(change: Callable[[bytes], bytes]) -> Changes:
    """Changes the text of CSV files."""
    return _files(".csv", change)


def jsonl_text(change: Callable[[bytes], bytes]) -> Changes:
    """Changes the text of JSONL files."""
    return _files(".jsonl", change)


def any_file(change: Callable[[bytes], bytes]) -> Changes:
    """Changes the text of files in both formats."""
    return _files("", change)


def needs_credentials() -> Changes:
    """Requires the API's credentials at the signed link."""

    def guarded(response: Response, request: Request) -> Response:
        if is_authorized(request.authorization):
            return response
        return refusal("file-refused", 401, Problem("authorization", "is missing or wrong"))

    return rewrites("file", by=guarded)


def ragged(rows: _Rows) -> _Rows:
    """Empty fields at the end of a row left out."""
    return [rows[0], *(row[:-1] if number % 3 == 0 else row for number, row in enumerate(rows[1:]))]


def unquoted(content: bytes) -> bytes:
    """Joined with commas, whatever is in the fields."""
    return "".join(",".join(row) + "\r\n" for row in _rows(content)).encode()


def csv_as_json(content: bytes) -> bytes:
    """The same rows as JSON."""
    header, *rows = _rows(content)
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()


def jsonl_as_list(content: bytes) -> bytes:
    """One JSON list."""
    return b"[" + b",".join(content.splitlines()) + b"]"


def as_json_array(content: bytes) -> bytes:
    """The same records as one JSON array."""
    return jsonl_as_list(content) if content.startswith(b"{") else csv_as_json(content)


def jsonl_indented(content: bytes) -> bytes:
    """Objects over several lines."""
    return b"\n".join(json.dumps(json.loads(line), indent=2).encode() for line in content.splitlines())


def semicolons(content: bytes) -> bytes:
    """Separated by semicolons, as some spreadsheets write it."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(_rows(content))
    return text.getvalue().encode()


def jsonl_as_csv(content: bytes) -> bytes:
    """The same records as CSV."""
    records = [json.loads(line) for line in content.splitlines()]
    return _written([list(records[0]), *([str(value) for value in record.values()] for record in records)])


def jsonl_as_lists(content: bytes) -> bytes:
    """The values alone."""
    return b"".join(json.dumps(list(json.loads(line).values())).encode() + b"\n" for line in content.splitlines())


def jsonl_spaced(content: bytes) -> bytes:
    """A blank line between records."""
    return content.replace(b"\n", b"\n\n")


def jsonl_joined(content: bytes) -> bytes:
    """No line breaks between records."""
    return content.replace(b"\n", b"")


def in_latin_1(content: bytes) -> bytes:
    """In an encoding of the last century."""
    return content.decode().encode("latin-1", "replace")


def snake_case(rows: _Rows) -> _Rows:
    """Column names as a database has them."""
    return [[name.lower().replace(" ", "_") for name in rows[0]], *rows[1:]]


def without_second_column(rows: _Rows) -> _Rows:
    """One column left out."""
    return [[row[0], *row[2:]] for row in rows]


def second_column_first(rows: _Rows) -> _Rows:
    """Two columns in each other's place."""
    return [[row[1], row[0], *row[2:]] for row in rows]


def _files(suffix: str, change: Callable[[bytes], bytes]) -> Changes:
    return rewrites(
        "file",
        by=lambda response, request: (
            replace(response, body=change(response.body)) if request.path.endswith(suffix) else response
        ),
    )


def _rows(content: bytes) -> _Rows:
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def _written(rows: Iterable[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
