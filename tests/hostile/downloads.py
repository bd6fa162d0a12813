"""What a status says of a file: its address, its expiry, and the state of the job."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.hostile.behaviour import (
    HARMLESS,
    LEGAL,
    STATUS,
    Behaviour,
    Change,
    Expected,
    fault,
    not_green,
    on,
    status,
    turns,
)
from tests.hostile.redirects import filled
from tests.hostile.server import Handler, Reply, Wire

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check

_FETCHED = fault(Check.FETCHED)
_ADDRESSES: dict[str, tuple[str, Expected]] = {
    "a path": ("/files/{name}", LEGAL),
    "a relative path": ("files/{name}", LEGAL),
    "a path with dots": ("/x/../files/{name}", HARMLESS),
    "without a scheme": ("//{host}/files/{name}", LEGAL),
    "a scheme in capitals": ("HTTP://{host}/files/{name}", LEGAL),
    "another host": ("{elsewhere}/files/{name}", LEGAL),
    "another name of this host": ("http://localhost:{port}/files/{name}", LEGAL),
    "a signature": ("{url}/files/{name}?X-Amz-Signature=c2lnbmF0dXJl&X-Amz-Credential=a%2Fb", LEGAL),
    "a signature on another host": ("{elsewhere}/files/{name}?sig=c2lnbmF0dXJl&se=2199-01-01", LEGAL),
    "a fragment": ("{url}/files/{name}#top", LEGAL),
    "a user and a password": ("http://user:pass@{host}/files/{name}", LEGAL),
    "a query of 4 KB": ("{url}/files/{name}?" + "q" * 4_000, LEGAL),
    "letters beyond ASCII": ("{url}/files/{name}?name=Gr\xfc\xdfe", LEGAL),
    "percent signs that encode nothing": ("{url}/files/{name}?a=%zz&b=%", LEGAL),
    "a place that is not there": ("{url}/nowhere", _FETCHED),
    "a blank": (" ", _FETCHED),
    "a fragment alone": ("#top", _FETCHED),
    "a script": ("javascript:alert(1)", _FETCHED),
    "a file of this machine": ("file:///etc/passwd", _FETCHED),
    "a path of Windows": ("C:\\files\\1.csv", _FETCHED),
    "FTP": ("ftp://127.0.0.1/files", _FETCHED),
    "data": ("data:text/csv;base64,YQ==", _FETCHED),
    "mail": ("mailto:a@example.com", _FETCHED),
    "no host": ("http://", _FETCHED),
    "an empty host": ("http:///files/{name}", _FETCHED),
    "a bracket": ("http://[::1", _FETCHED),
    "empty labels": ("http://a..b/", _FETCHED),
    "a label of 64 letters": (f"http://{'a' * 64}.example/", _FETCHED),
    "port 0": ("http://127.0.0.1:0/files/{name}", _FETCHED),
    "port 99999": ("http://127.0.0.1:99999/files/{name}", _FETCHED),
    "a port in words": ("http://127.0.0.1:http/files/{name}", _FETCHED),
    "a NUL": ("{url}/files/\0", _FETCHED),
    "a line break and a header": ("{url}/files/1 HTTP/1.1\r\nX-Injected: 1\r\n\r\n", _FETCHED),
    "a path with a line break": ("/files/{name}\r\nX-Injected: 1", _FETCHED),
    "100 KB": ("{url}/" + "p" * 100_000, _FETCHED),
    "a port where nobody listens": ("http://127.0.0.1:1/", HARMLESS),
    "a name that nobody has": ("http://nowhere.invalid/", HARMLESS),
    "HTTPS where there is none": ("https://{host}/files/{name}", HARMLESS),
    "the API itself": ("{url}/exports", _FETCHED),
}
_DOWNLOAD = fault(Check.DOWNLOAD)
_EXPIRIES: dict[str, tuple[str, Expected]] = {
    "in an hour": ("+3600", LEGAL),
    "in a second": ("+1", HARMLESS),
    "a second ago": ("-1", _DOWNLOAD),
    "a year ago": ("-31536000", _DOWNLOAD),
    "1970": ("1970-01-01T00:00:00Z", _DOWNLOAD),
    "the year 1": ("0001-01-01T00:00:00Z", _DOWNLOAD),
    "the end of time": ("9999-12-31T23:59:59Z", LEGAL),
    "the end of time without a zone": ("9999-12-31T23:59:59", LEGAL),
    "the end of time in the west": ("9999-12-31T23:59:59-14:00", LEGAL),
    "a week of the year 9999": ("9999-W52-6", LEGAL),
    "a day of the year 9999": ("9999-365", LEGAL),
    "a year of six digits": ("+010000-01-01T00:00:00Z", LEGAL),
    "a year of 20 digits": ("9" * 20 + "-01-01T00:00:00Z", not_green(Check.DOWNLOAD)),
    "seconds since 1970": ("4102444800", _DOWNLOAD),
    "a date of HTTP": ("Fri, 31 Dec 2100 23:59:59 GMT", LEGAL),
    "a date of HTTP of the year 9999": ("Fri, 31 Dec 9999 23:59:59 -1400", LEGAL),
    "a date alone": ("2100-01-01", LEGAL),
    "a leap second": ("2100-12-31T23:59:60Z", HARMLESS),
    "24:00": ("2100-12-31T24:00:00Z", LEGAL),
    "30 February": ("2100-02-30T00:00:00Z", _DOWNLOAD),
    "hour 25": ("2100-01-01T25:00:00Z", _DOWNLOAD),
    "a fraction of 400 digits": (f"2100-01-01T00:00:00.{'9' * 400}Z", LEGAL),
    "digits of another script": ("\u0662\u0661\u0660\u0660-01-01T00:00:00Z", _DOWNLOAD),
    "never": ("never", _DOWNLOAD),
    "a duration": ("PT1H", _DOWNLOAD),
    "100 KB": ("2" * 100_000, _DOWNLOAD),
}
_IMPATIENT = {"job_seconds": 1.0}
_SHORT = {"limits": Limits(requests=90, jobs=20, seconds=4.0), **_IMPATIENT}


def downloads() -> Iterator[Behaviour]:
    """Each beside everything that is right."""
    for name, (address, expected) in _ADDRESSES.items():
        yield _one(f"status: the address is {name}", _put("downloadUrl", address), expected)
    for name, (expiry, expected) in _EXPIRIES.items():
        yield _one(f"status: the expiry is {name}", _put("downloadExpiresAt", expiry), expected)
    yield _one("status: the data stand beside the job", _document(_move_data), LEGAL)
    yield _one("status: the data stand in both places", _document(_copy_data), LEGAL)
    yield _one("status: completed without data", _document(lambda body, _: body["job"].pop("exportData")), _DOWNLOAD)
    yield from _states()


def _states() -> Iterator[Behaviour]:
    schema = fault(Check.STATUS_SCHEMA)
    for name, states, expected in (
        ("pending, then completed", ("PENDING", "PENDING", "COMPLETED"), LEGAL),
        ("pending for ever", ("PENDING",), fault(Check.COMPLETES)),
        ("failed", ("FAILED",), fault(Check.COMPLETES)),
        ("pending, then failed", ("PENDING", "FAILED"), fault(Check.COMPLETES)),
        ("completed, then pending", ("COMPLETED", "PENDING"), fault(Check.MOVES)),
        ("completed, then failed", ("COMPLETED", "FAILED"), fault(Check.MOVES, Check.COMPLETES)),
        ("in small letters", ("completed",), schema),
        ("with blanks", (" COMPLETED ",), schema),
        ("of another enumeration", ("IN_PROGRESS",), schema),
        ("of 100 KB", ("P" * 100_000,), schema),
    ):
        yield Behaviour(f"status: {name}", "downloads", _going_through(states), expected, _IMPATIENT)
    for name, value in {"5,000 seconds": "5000", "400 digits": "9" * 400, "1 second": "1"}.items():
        waiting = _document(lambda body, _: body["job"].update(status="PENDING"), ("Retry-After", value))
        yield _one(f"status: pending for ever, with Retry-After {name}", waiting, not_green(Check.COMPLETES), _SHORT)
    yield _one("status: no state", _document(lambda body, _: body["job"].pop("status")), schema)
    other = _document(lambda body, _: body["job"].update(id="b3RoZXI="))
    yield _one("status: of another job", other, fault(Check.STATUS_ID))
    yield _one("status: of a job that is gone at once", status(404, b"{}"), fault(Check.STATUS))
    late = turns(3, status(404, b"{}"))
    yield _one("status: of a job that is there a little later", late, not_green(Check.STATUS))


def _one(name: str, change: Change, expected: Expected, plan: dict[str, Any] | None = None) -> Behaviour:
    return Behaviour(name, "downloads", on(STATUS, change=change), expected, plan=plan or {})


def _going_through(states: tuple[str, ...]) -> Callable[[], Handler]:
    """Makes a handler for each run, since it remembers the jobs."""

    def make() -> Handler:
        return on(STATUS, change=_turning(states))()

    return make


def _turning(states: tuple[str, ...]) -> Change:
    """Each job goes through some states, and stays in the last."""
    seen: dict[str, int] = {}

    def change(reply: Reply, wire: Wire) -> Reply | None:
        job_id = json.loads(reply.body)["job"]["id"]
        with wire.server.lock:
            at = seen[job_id] = seen.get(job_id, -1) + 1
        state = states[min(at, len(states) - 1)]
        return _document(lambda body, _: body["job"].update(status=state))(reply, wire)

    return change


def _put(name: str, text: str) -> Change:
    def put(body: Any, wire: Wire) -> None:
        data = body["job"]["exportData"]
        value = text.replace("{name}", data["downloadUrl"].rpartition("/")[2])
        if name == "downloadExpiresAt" and text[0] in "+-" and len(text) < 12:
            value = (datetime.now(UTC) + timedelta(seconds=int(text))).isoformat()
        data[name] = filled(value, wire)

    return _document(put)


def _document(edit: Callable[[Any, Wire], object], *headers: tuple[str, str]) -> Change:
    """A change of the decoded body, and headers that are added."""

    def change(reply: Reply, wire: Wire) -> Reply:
        body = json.loads(reply.body)
        edit(body, wire)
        return replace(reply, body=json.dumps(body).encode(), headers=(*reply.headers, *headers))

    return change


def _move_data(body: Any, wire: Wire) -> None:
    body["exportData"] = body["job"].pop("exportData")


def _copy_data(body: Any, wire: Wire) -> None:
    body["exportData"] = body["job"]["exportData"]
