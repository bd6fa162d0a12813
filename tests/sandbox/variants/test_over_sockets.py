"""Variants that are about connections, limits and hops, seen by the bytes on a socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from export_contract.sandbox import VARIANTS, running

from .. import wire
from ..client import INTERACTIONS, body_with, decoded
from ..wire import Wire, path_of

KIB = 1024


def status_soon(url: str, job_id: str, seconds: float = 20.0) -> dict[str, object]:
    """The job, once it is completed."""
    end = time.monotonic() + seconds
    with Wire(url) as line:
        while (job := line.job(job_id))["status"] != "COMPLETED":
            assert time.monotonic() < end
            time.sleep(0.05)
    return job


def link_of(url: str, **fields: object) -> str:
    """The path of the download of a new job."""
    with Wire(url) as line:
        job = status_soon(url, line.post(**fields).job_id)
    return path_of(job["exportData"]["downloadUrl"])  # type: ignore[index]


def races(url: str) -> None:
    """Every third refusal leaves a connection that dies with the next request, which is not carried out."""
    with Wire(url) as line:
        refusals = line.posts(3, format="XML")
        assert [reply.status for reply in refusals] == [400] * 3
        assert all("connection" not in reply.headers for reply in refusals)
        line.send(line.request("POST", "/exports", body_with()))
        assert line.rest() == b""
    with Wire(url) as line:
        assert line.post().status == 200
        assert json.loads(line.get("/sandbox/jobs").body) == {"created": 1, "requests": 5}


def refuses_early(status: int) -> Callable[[str], None]:
    """A response comes while most of the body was not sent; then the connection is reset."""

    def check(url: str) -> None:
        with Wire(url) as line:
            assert line.post(x="x" * 60 * KIB).status == 200
            line.send(line.request("POST", "/exports", b" " * 80 * KIB, length=KIB * KIB))
            refused = line.read()
            assert (refused.status, refused.headers.get("connection")) == (status, None)
            with pytest.raises(ConnectionResetError):
                line.rest()

    return check


def limits_rate(status: int, retry_after: str | None) -> Callable[[str], None]:
    """The 51st of many requests is turned away, with the header that the variant names, and a later one is not."""

    def check(url: str) -> None:
        with Wire(url) as line:
            replies = line.posts(55, format="XML")
            turned_away = replies[50]
            assert (turned_away.status, turned_away.headers.get("retry-after")) == (status, retry_after)
            assert {reply.status for reply in replies[:50]} == {400}
            time.sleep(0.6)
            assert line.post().status == 200

    return check


def limits_jobs(status: int) -> Callable[[str], None]:
    """A fourth job is refused while three are open, and accepted when they are finished."""

    def check(url: str) -> None:
        with Wire(url) as line:
            replies = line.posts(4)
            assert [reply.status for reply in replies] == [200, 200, 200, status]
            assert b"limit of 3 open jobs reached" in replies[3].body
            assert "retry-after" not in replies[3].headers
            time.sleep(0.4)
            assert line.post().status == 200
            assert json.loads(line.get("/sandbox/jobs").body)["created"] == 4

    return check


def has_only_777(url: str) -> None:
    """Any other learningActivityId is refused, the document's example too."""
    with Wire(url) as line:
        statuses = [line.post(**INTERACTIONS | {"learningActivityId": number}).status for number in (12345, 1, 777)]
    assert statuses == [404, 404, 200]


def has_no_records(url: str) -> None:
    """Every CSV file is its header row, every JSONL file zero bytes."""
    with Wire(url) as line:
        for export_type in ("USERS", "NETWORKS", "LEARNING_ACTIVITIES", "ELEARNING_ENROLLMENTS"):
            csv = line.get(link_of(url, exportType=export_type), authorized=False)
            assert (csv.status, csv.body.count(b"\r\n"), csv.body[-2:]) == (200, 1, b"\r\n")
            assert line.get(link_of(url, exportType=export_type, format="JSONL"), authorized=False).body == b""
        assert line.get(link_of(url, **INTERACTIONS), authorized=False).body == b""


def says(start: str, end: str) -> Callable[[str], None]:
    """The id of a job from .1239 on the first to .99951 on the last second of a day has these."""

    def check(url: str) -> None:
        with Wire(url) as line:
            reply = line.post(startDate="2012-09-05T11:12:47.1239Z", endDate="2015-12-31T23:59:59.99951Z")
            plain = line.post()
        said = decoded(reply.job_id)[0]
        assert (said["start"], said["end"]) == (start, end)
        assert decoded(plain.job_id)[0]["start"] == "2012-09-05T11:12:47.000Z"

    return check


def redirects_files(*statuses: int) -> Callable[[str], None]:
    """Every hop but the last needs the credentials; the last refuses them, and is signed."""

    def check(url: str) -> None:
        target = link_of(url)
        with Wire(url) as line:
            for status in statuses:
                assert "?" not in target
                assert line.get(target, authorized=False).status == 401
                hop = line.get(target)
                assert hop.status == status
                assert hop.headers["location"].startswith(url)
                target = path_of(hop.headers["location"])
            assert "signature=" in target
            assert line.get(target).status == 400
            file = line.get(target, authorized=False)
        assert (file.status, file.body[:8]) == (200, b"User ID,")

    return check


CHECKS: dict[str, Callable[[str], None]] = {
    "keep-alive-race": races,
    "large-bodies-refused-early": refuses_early(413),
    "large-bodies-refused-early-400": refuses_early(400),
    "rate-limited-no-header": limits_rate(429, None),
    "rate-limited-fraction": limits_rate(429, "0.5"),
    "rate-limited-empty": limits_rate(429, ""),
    "rate-limited-negative": limits_rate(429, "-1"),
    "rate-limited-absurd": limits_rate(429, "99999999999"),
    "unavailable-no-header": limits_rate(503, None),
    "open-jobs-409": limits_jobs(409),
    "open-jobs-429": limits_jobs(429),
    "open-jobs-400": limits_jobs(400),
    "open-jobs-403": limits_jobs(403),
    "activity-777-only": has_only_777,
    "no-records": has_no_records,
    "id-milliseconds-cut": says("2012-09-05T11:12:47.123Z", "2015-12-31T23:59:59.999Z"),
    "id-milliseconds-rounded": says("2012-09-05T11:12:47.124Z", "2016-01-01T00:00:00.000Z"),
    "file-redirected-signed": redirects_files(307),
    "file-redirected-twice": redirects_files(302, 307),
}


@pytest.mark.parametrize("name", CHECKS)
def test_a_variant_does_what_it_says(name: str) -> None:
    """Over a socket the variant does what its summary says."""
    with running(variants=[name]) as url:
        CHECKS[name](url)


@pytest.mark.parametrize(
    "name", ["keep-alive-race", "large-bodies-refused-early", "rate-limited-empty", "open-jobs-409"]
)
def test_checks_can_fail(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox without the variant does not pass."""
    monkeypatch.setattr(wire, "SECONDS", 1.0)
    with running() as url, pytest.raises((AssertionError, TimeoutError)):
        CHECKS[name](url)


def test_an_activity_to_declare() -> None:
    """Only the variant that has another activity than the document's example says which one to declare."""
    declared = {name: variant.activity_id for name, variant in VARIANTS.items() if variant.activity_id is not None}
    assert declared == {"activity-777-only": 777}


def test_connections_are_kept() -> None:
    """Without any variant a connection is kept through refusals."""
    with running() as url, Wire(url) as line:
        assert [reply.status for reply in line.posts(30, format="XML")] == [400] * 30
        assert line.post().status == 200
