"""Files: what is in them, and how they come. Each record holds somebody's data, of which nothing may be reported."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from tests.hostile.behaviour import (
    FILE,
    HARMLESS,
    LEGAL,
    Behaviour,
    Change,
    Expected,
    fault,
    not_green,
    on,
    raw,
    status,
    warning,
)
from tests.hostile.server import CREATED, Reply, Wire

from export_contract.acceptance.model.outcome import CheckName as Check

_RECORD = "Ada Canary 7f3a9c"
_HEADER = b"User ID,Registration Date,Program Completion Date,Product ID,Program Name\r\n"
_ROW = f"{_RECORD},{CREATED},{CREATED},1,{_RECORD}\r\n".encode()
_LINE = (
    json.dumps(dict(zip(_HEADER.decode().strip().split(","), _ROW.decode().strip().split(","), strict=True))).encode()
    + b"\n"
)
_FORMAT = fault(Check.FILE_FORMAT)
_COLUMNS = warning(Check.FILE_COLUMNS, Check.SAME_DATA)
_OTHER_DATA = warning(Check.SAME_DATA)
"""Records like these are allowed, but the file in the other format has one record, and the documented columns."""
_FORMAT_OR_COLUMNS = not_green(Check.FILE_FORMAT, Check.FILE_COLUMNS, Check.SAME_DATA)
_PERHAPS_OTHER_DATA = replace(HARMLESS, checks=_OTHER_DATA.checks)
_Content = bytes | Callable[[], bytes]


def _row(text: str) -> bytes:
    """A file with one row, in which {} stands for the record's data."""
    return _HEADER + text.replace("{}", _RECORD).replace("{CREATED}", CREATED).encode() + b"\r\n"


_CSV: dict[str, tuple[_Content, Expected]] = {
    "no byte": (b"", _FORMAT),
    "a line break": (b"\r\n", _FORMAT),
    "a header alone": (_HEADER, _PERHAPS_OTHER_DATA),
    "a header without a line break": (_HEADER.strip(), _PERHAPS_OTHER_DATA),
    "a record for a header": (_ROW, _FORMAT_OR_COLUMNS),
    "a record of words for a header": (f"{_RECORD},Grace {_RECORD}\r\n".encode(), _FORMAT_OR_COLUMNS),
    "other columns": (f"Name,Of,{_RECORD}\r\na,b,c\r\n".encode(), _COLUMNS),
    "one more column": (_HEADER.strip() + f",{_RECORD}\r\n".encode() + _ROW.strip() + b",x\r\n", _COLUMNS),
    "columns in small letters": (_HEADER.lower() + _ROW, _COLUMNS),
    "the same column twice": (b"User ID,User ID\r\n" + _ROW, _FORMAT),
    "semicolons": ((_HEADER + _ROW).replace(b",", b";"), _FORMAT),
    "tabs": ((_HEADER + _ROW).replace(b",", b"\t"), _FORMAT),
    "a byte order mark": (b"\xef\xbb\xbf" + _HEADER + _ROW, LEGAL),
    "line feeds alone": ((_HEADER + _ROW).replace(b"\r\n", b"\n"), LEGAL),
    "carriage returns alone": ((_HEADER + _ROW).replace(b"\r\n", b"\r"), _PERHAPS_OTHER_DATA),
    "no line break at its end": ((_HEADER + _ROW).strip(), LEGAL),
    "a blank line at its end": (_HEADER + _ROW + b"\r\n", LEGAL),
    "a blank line within": (_HEADER + b"\r\n" + _ROW, _FORMAT),
    "a short row": (_row("{}"), _FORMAT),
    "a long row": (_row("{},{CREATED},,1,x,{}"), _FORMAT),
    "a line break within quotation marks": (_row('"{}\r\nx",{CREATED},,1,"a""b"'), LEGAL),
    "a quotation mark that is not closed": (_row('"{},{CREATED},,1,x'), _FORMAT),
    "text after quotation marks": (_row('"{}"x,{CREATED},,1,x'), _FORMAT),
    "a NUL": (_row("{}\0,{CREATED},,1,x"), HARMLESS),
    "Latin-1": (_HEADER + f"{_RECORD} Gr\xfc\xdfe,{CREATED},,1,x\r\n".encode("latin-1"), _FORMAT),
    "UTF-16": ((_HEADER + _ROW).decode().encode("utf-16"), _FORMAT),
    "a formula": (_row("=HYPERLINK({}),{CREATED},,1,x"), LEGAL),
    "100,000 rows": (lambda: _HEADER + _ROW * 100_000, _OTHER_DATA),
    "a record without end": (lambda: _HEADER + b'"' + f"{_RECORD}\r\n".encode() * 300_000, _FORMAT),
    "a header of 300,000 columns": (lambda: b",".join(b"c%d" % number for number in range(300_000)), _FORMAT),
    "a row of 5,000,000 commas": (lambda: _HEADER + b"," * 5_000_000 + b"\r\n", _FORMAT),
    "a row of 20 MB": (lambda: _HEADER + b"x" * 20_000_000, _FORMAT),
    "dates in another form": (
        lambda: _HEADER + f"{_RECORD},31.12.2013 5pm,soon,1,x\r\n".encode() * 20_000,
        _OTHER_DATA,
    ),
    "absurd dates": (_row("{},9999-12-31T23:59:59-14:00,0000-00-00,1,x"), LEGAL),
    "a record after the range": (_row("{},2199-01-01,,1,x"), fault(Check.FILE_DATES)),
}
_JSONL: dict[str, tuple[_Content, Expected]] = {
    "no byte": (b"", fault(Check.FILE_FORMAT, Check.SAME_DATA)),  # where CSV has a record of the same range
    "a line break": (b"\n", _FORMAT),
    "a record": (_LINE, LEGAL),
    "no line break at its end": (_LINE.strip(), LEGAL),
    "line breaks of Windows": (_LINE.replace(b"\n", b"\r\n") * 2, _OTHER_DATA),
    "a byte order mark": (b"\xef\xbb\xbf" + _LINE, LEGAL),
    "an empty object": (b"{}\n", _OTHER_DATA),
    "a blank line within": (_LINE + b"\n" + _LINE, _FORMAT),
    "a number a line": (b"1\n2\n", _FORMAT),
    "a text a line": (f'"{_RECORD}"\n'.encode() * 2, _FORMAT),
    "an array a line": (f'["{_RECORD}"]\n'.encode(), _FORMAT),
    "null": (b"null\n", _FORMAT),
    "one array": (f'[\n{{"User ID":"{_RECORD}"}}\n]\n'.encode(), _FORMAT),
    "a pretty object": (json.dumps({"User ID": _RECORD}, indent=2).encode(), _FORMAT),
    "objects on one line": (_LINE.strip() * 2 + b"\n", _FORMAT),
    "objects with commas": (lambda: _LINE.strip() + b"," * 100_000, _FORMAT),
    "one line of {},{},…": (lambda: b"{}," * 1_000_000, _FORMAT),
    "a last line that is cut": (_LINE * 3 + _LINE[:-9], _FORMAT),
    "single quotes": (b"{'a':1}\n", _FORMAT),
    "NaN": (b'{"a":NaN}\n', _FORMAT),
    "the same member twice": (b'{"a":1,"a":2}\n', _OTHER_DATA),
    "half a character": (b'{"a":"\\ud800"}\n', _OTHER_DATA),
    "1,000 arrays": (b'{"a":' + b"[" * 1_000 + b"]" * 1_000 + b"}\n", _OTHER_DATA),
    "100,000 arrays": (lambda: b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n", _PERHAPS_OTHER_DATA),
    "100,000 objects that do not end": (lambda: b'{"a":' * 100_000, _PERHAPS_OTHER_DATA),
    "a number of 5,000 digits": (b'{"a":' + b"9" * 5_000 + b"}\n", _OTHER_DATA),
    "an exponent": (b'{"a":1E999999}\n', _PERHAPS_OTHER_DATA),
    "a byte that is not UTF-8": (f'{{"a":"{_RECORD} \xff"}}\n'.encode("latin-1"), _FORMAT),
    "a raw NUL": (b'{"a":"\0"}\n', _FORMAT),
    "100,000 lines": (lambda: _LINE * 100_000, _OTHER_DATA),
    "a line of 10 MB": (lambda: b'{"a":"' + b"x" * 10_000_000 + b'"}\n', not_green(Check.FILE_FORMAT)),
    "an object of 200,000 members": (lambda: b"{%s}\n" % b",".join(b'"%d":1' % n for n in range(200_000)), _OTHER_DATA),
    "CSV": (_HEADER + _ROW, _FORMAT),
}
_OTHERS: dict[str, _Content] = {
    "a web page": f"<!DOCTYPE html><html><body>{_RECORD}</body></html>".encode(),
    "an XML error": f"<Error><Code>AccessDenied</Code><Message>{_RECORD}</Message></Error>".encode(),
    "XML": f"<rows><row>{_RECORD}</row></rows>".encode(),
    "gzip": lambda: gzip.compress(_HEADER + _ROW),
    "a gzip bomb": lambda: gzip.compress(bytes(50_000_000), 1),
    "a zip archive": lambda: _zipped(),
    "random bytes": bytes(range(256)) * 100,
    "zeros": bytes(100_000),
    "a JSON error": json.dumps({"errors": [{"message": _RECORD}]}, indent=1).encode(),
    "50 MB of zeros": lambda: bytes(50_000_000),
}
_STATUSES = (201, 202, 203, 204, 206, 400, 401, 403, 404, 410, 416, 451, 500, 502, 504, 599)


# The first job is that of a CSV file, the second that of a JSONL file; the range of a third is still to come.
_DATA = ("2012-01-01T00:00:00Z", "2014-01-01T00:00:00Z")
_FOLLOWED = {name: {"most_followed": most, "date_range": _DATA} for name, most in (("CSV", 1), ("JSONL", 3))}


def files() -> Iterator[Behaviour]:
    """In the file of a job that is CSV, or in that of one that is JSONL."""
    for format_name, contents in (("CSV", _CSV), ("JSONL", _JSONL)):
        named = {**contents, **{name: (content, _FORMAT) for name, content in _OTHERS.items()}}
        for name, (content, expected) in named.items():
            change = _of_format(format_name, _body(content))
            yield replace(_one(f"{format_name} file: {name}", change, expected), plan=_FOLLOWED[format_name])
    for code in _STATUSES:
        expected = LEGAL if code in (201, 202, 203, 206) else fault(Check.FETCHED, Check.FILE_FORMAT)
        yield _one(f"file: status {code}", status(code, b"" if code == 204 else None), expected)
    yield from _on_the_way()


def _on_the_way() -> Iterator[Behaviour]:
    fetched = fault(Check.FETCHED)
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + _HEADER + _ROW * 3
    in_chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for name, change in {
        "closed midway": raw(begun, "close"),
        "reset midway": raw(begun, "reset"),
        "closed between chunks": raw(in_chunks + b"5\r\nUser \r\n", "close"),
        "a chunk without a size": raw(in_chunks + b"zz\r\n", "close"),
        "no response": raw(b"", "close"),
        "reset at once": raw(b"", "reset"),
        "no HTTP": raw(_HEADER + _ROW, "close"),
    }.items():
        yield Behaviour(
            f"file: {name}", "files", on(FILE, change=change), fetched, loses_requests=True, plan={"give_up": 2.0}
        )
    until_closed = raw(lambda reply: b"HTTP/1.1 200 OK\r\n\r\n" + reply.body, "close")
    yield _one("file: ends with the connection", until_closed, LEGAL)
    pieces = raw(lambda reply: in_chunks + b"".join(b"1\r\n%c\r\n" % one for one in reply.body) + b"0\r\n\r\n")
    yield _one("file: in chunks of one byte", pieces, LEGAL)


def _one(name: str, change: Change, expected: Expected) -> Behaviour:
    return Behaviour(name, "files", on(FILE, change=change), expected)


def _of_format(format_name: str, change: Change) -> Change:
    """A change of the files of one format that have a record: those of a range without one stay as they are."""

    def only(reply: Reply, wire: Wire) -> Reply | None:
        is_of_format = wire.server.formats.get(wire.request.path.rpartition("/")[2]) == format_name
        return change(reply, wire) if is_of_format and wire.server.record_text.encode() in reply.body else reply

    return only


def _body(content: _Content) -> Change:
    made = content if callable(content) else (lambda: content)
    return lambda reply, wire: replace(reply, body=made())


@cache
def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("rows.csv", _HEADER + _ROW)
    return file.getvalue()
