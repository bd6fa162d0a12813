"""Redirects: of requests that create a job, of statuses, and of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.hostile.behaviour import (
    ACCEPT,
    FILE,
    HARMLESS,
    LEGAL,
    REFUSE,
    STATUS,
    UNKNOWN,
    Behaviour,
    Change,
    Expected,
    fault,
    on,
    status,
    stopped,
)
from tests.hostile.server import Reply, Wire

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName as Check
from export_contract.acceptance.model.results import Cause

_CODES = (301, 302, 303, 307, 308)
_MOST_HOPS = 5
_PLACES = {
    "no place": None,
    "an empty place": "",
    "itself": "{url}/exports",
    "a trailing slash": "{url}/exports/",
    "another host": "{elsewhere}/exports",
    "a script": "javascript:alert(1)",
    "what is not an address": "http://[::1",
    "an address of 50 KB": "/" + "x" * 50_000,
    "control codes of a terminal": "/\x1b[31mred",
}
_FETCHED = fault(Check.FETCHED)
_FILE_PLACES: dict[str, tuple[str | None, Expected]] = {
    "no place": (None, _FETCHED),
    "an empty place": ("", _FETCHED),
    "a path": ("/files/{name}?again", LEGAL),
    "a query": ("?again", LEGAL),
    "another host": ("{elsewhere}/files/{name}?again", LEGAL),
    "another host, without a scheme": ("//{elsewhere_host}/files/{name}?again", LEGAL),
    "the same host by another name": ("http://localhost:{port}/files/{name}?again", LEGAL),
    "a signed address": ("{url}/files/{name}?again&X-Amz-Signature=abc&X-Amz-Expires=60", LEGAL),
    "an address with a fragment": ("{url}/files/{name}?again#top", LEGAL),
    "an address with a user and a password": ("http://u:p@{host}/files/{name}?again", LEGAL),
    "a place that is not there": ("/nowhere", _FETCHED),
    "a script": ("javascript:alert(1)", _FETCHED),
    "a file of this machine": ("file:///etc/passwd", _FETCHED),
    "a place with data": ("data:text/csv,a", _FETCHED),
    "what is not an address": ("http://[::1", _FETCHED),
    "no host": ("http:///files/{name}?again", _FETCHED),
    "a port that there is not": ("http://127.0.0.1:99999/", _FETCHED),
    "port 0": ("http://127.0.0.1:0/", _FETCHED),
    "a host with empty labels": ("http://a..b/", _FETCHED),
    "a port where nobody listens": ("http://127.0.0.1:1/", HARMLESS),
    "a name that nobody has": ("http://nowhere.invalid/", HARMLESS),
    "HTTPS where there is none": ("https://{host}/files/{name}?again", HARMLESS),
    "itself": ("{url}/files/{name}", _FETCHED),
    "an address of 50 KB": ("/" + "x" * 50_000, _FETCHED),
    "bytes beyond ASCII": ("/files/{name}?again=\xe9\xff", LEGAL),
}


def redirects() -> Iterator[Behaviour]:
    """Those of files are followed, as far as is sensible, and no others; credentials never go to another host."""
    for code in _CODES:
        for name in _PLACES if code == 302 else ("a trailing slash", "another host"):
            change = _to(code, _PLACES[name])
            for kind in (ACCEPT, REFUSE, STATUS, UNKNOWN):
                yield _one(f"{kind}: {code} to {name}", kind, change, fault(Check.STATUS))
            yield Behaviour(
                f"all: {code} to {name} from the first request",
                "redirects",
                on(ACCEPT, change=change, after=0, creates=False),
                stopped(Cause.GATE),
            )
        for name in _FILE_PLACES if code == 302 else ("a path", "another host", "no place"):
            place, expected = _FILE_PLACES[name]
            yield _one(f"file: {code} to {name}", FILE, _to(code, place), expected)
    for hops in (2, _MOST_HOPS, _MOST_HOPS + 1, 20):
        expected = LEGAL if hops <= _MOST_HOPS else _FETCHED
        chain = _one(f"file: {hops} redirects one after the other", FILE, _hops(hops), expected)
        yield replace(chain, plan={"limits": Limits(requests=200, jobs=20, seconds=60.0)})
    yield _one("file: to and fro between two hosts", FILE, _to_and_fro, _FETCHED)
    for code in (300, 304, 305, 306):
        yield _one(f"file: {code}", FILE, status(code, b""), _FETCHED)


def _one(name: str, kind: str, change: Change, expected: Expected) -> Behaviour:
    return Behaviour(name, "redirects", on(kind, change=change, creates=kind != ACCEPT), expected, loses_jobs=True)


def _to(code: int, place: str | None) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        if "again" in wire.request.path:
            return reply
        where = () if place is None else (("Location", filled(place, wire)),)
        return status(code, b"", *where)(reply, wire)

    return change


def _hops(count: int) -> Change:
    def change(reply: Reply, wire: Wire) -> Reply:
        path, _, made = wire.request.path.partition("?hop=")
        number = int(made or 0)
        return reply if number >= count else status(302, b"", ("Location", f"{path}?hop={number + 1}"))(reply, wire)

    return change


def _to_and_fro(reply: Reply, wire: Wire) -> Reply:
    elsewhere = wire.server.elsewhere
    assert elsewhere is not None
    elsewhere.handler = lambda other: other.reply(
        status(302, b"", ("Location", f"{wire.server.url}{other.request.path}"))(Reply(), other)
    )
    return status(302, b"", ("Location", f"{elsewhere.url}{wire.request.path}"))(reply, wire)


def filled(place: str, wire: Wire) -> str:
    """A place with what is known of servers and files filled in."""
    server, elsewhere = wire.server, wire.server.elsewhere
    assert elsewhere is not None
    known = {
        "{url}": server.url,
        "{host}": server.url.removeprefix("http://"),
        "{port}": str(server.port),
        "{elsewhere}": elsewhere.url,
        "{elsewhere_host}": elsewhere.url.removeprefix("http://"),
        "{name}": wire.request.path.partition("?")[0].rpartition("/")[2],
    }
    for name, value in known.items():
        place = place.replace(name, value)
    return place
