"""Every variant conforms, and differs."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from export_contract.sandbox import VARIANTS

from ..client import EXAMPLE, INTERACTIONS, Client, body_with, decoded
from ..faults.probes import (
    answer,
    body,
    distinct,
    end,
    ending,
    file,
    interactions,
    job_id,
    linked_twice,
    media_type,
    post,
    said,
    start,
)
from .test_over_sockets import CHECKS

BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def refusal(look: Callable[[Any], object]) -> Callable[[Client], object]:
    return lambda client: look(client.post(format="XML"))


def reported(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = client.status(client.create()).json()
    return document


def url_of(client: Client) -> str:
    """How the URL of a file begins."""
    url: str = reported(client)["job"]["exportData"]["downloadUrl"]
    return url[:19]


def first_hop(client: Client) -> object:
    """The status of the address of a file."""
    return client.link(reported(client)["job"]["exportData"]["downloadUrl"]).status_code


def twentieth(client: Client) -> object:
    """The statuses of twenty calls, and of the one after them."""
    return [client.post().status_code for _ in range(21)][-3:]


def is_slow(client: Client) -> bool:
    before = time.monotonic()
    client.post()
    return 0.3 <= time.monotonic() - before < 4


def padded(client: Client) -> str:
    """An id that ends with padding."""
    types = ("NETWORKS", "USERS", "LEARNING_ACTIVITIES", "ELEARNING_ENROLLMENTS")
    return next(created for one in types if (created := client.create(exportType=one)).endswith("="))


def with_bare_plus(client: Client) -> int:
    """The status of an id whose plus is not percent-encoded."""
    return client.request("GET", f"/exports?id={client.create().replace('/', '%2F').replace('=', '%3D')}").status_code


# What is seen by default, and with the variant.
DIFFERENCES: dict[str, tuple[Callable[[Client], object], object, object]] = {
    "status-201": (post(), 200, 201),
    "large-offset-accepted": (end("2015-05-28T17:39:23+23:59"), 400, 200),
    "any-year-accepted": (start("+000001-01-01T00:00:00Z"), 400, 200),
    "iso-8601-in-any-order": (post(startDate="2016-W01-1", endDate="20150528"), 400, 200),
    "any-number-accepted": (interactions(learningActivityId=-0.5), 400, 200),
    "bodies-over-4-kib-refused": (ending(", " + '"x": "' + "x" * 4096 + '"}'), 200, 413),
    "status-202": (post(), 200, 202),
    "media-type-charset": (answer(lambda r: r.headers["content-type"][16:]), "", "; charset=utf-8"),
    "media-type-vendor": (answer(media_type), "application/json", "application/vnd.api+json"),
    "extra-members": (answer(lambda r: [*r.json()["job"]]), ["id"], ["id", "priority", "links"]),
    "gzip": (answer(lambda r: r.headers.get("content-encoding")), None, "gzip"),
    "connection-close": (answer(lambda r: r.headers.get("connection")), None, "close"),
    "slow": (is_slow, False, True),
    "idempotent": (distinct(str), 4, 1),
    "refusal-422": (post(format="XML"), 400, 422),
    "refusal-403": (post(authorization=None), 401, 403),
    "problem-json": (refusal(media_type), "application/json", "application/problem+json"),
    "refusal-empty": (refusal(lambda r: len(r.content) > 0), True, False),
    "refusal-text": (refusal(media_type), "application/json", "text/plain"),
    "refusal-prose": (refusal(lambda r: "at line 1 column 5" in r.text), False, True),
    "methods-not-implemented": (lambda client: client.request("TRACE", "/exports").status_code, 405, 501),
    "rate-limited": (twentieth, [200, 200, 200], [200, 429, 200]),
    "unavailable": (twentieth, [200, 200, 200], [200, 503, 200]),
    "id-opaque": (job_id(lambda text: text[0]), "W", "+"),
    "id-number": (job_id(str), None, "MQ=="),
    "id-fraction-normalized": (said("start"), EXAMPLE["startDate"], "2012-09-05T11:12:47Z"),
    "id-offset-kept": (
        said("start", startDate="2012-09-05T11:12:47+02:00"),
        "2012-09-05T09:12:47.000Z",
        "2012-09-05T11:12:47+02:00",
    ),
    "id-uuid-upper-case": (job_id(lambda text: (unique := decoded(text)[1]) == unique.upper()), False, True),
    "date-only-accepted": (start("2012-09-05"), 400, 200),
    "no-zone-accepted": (end("2015-05-28T17:39:23"), 400, 200),
    "iso-8601-accepted": (start("+002012-w36-3 11:12:60,1234567-18:30"), 400, 200),
    "reversed-range-accepted": (start("2020-01-01T00:00:00Z"), 400, 200),
    "unknown-properties-refused": (post(x=1), 200, 400),
    "id-elsewhere-refused": (post(learningActivityId=12345), 200, 400),
    "id-elsewhere-number": (post(learningActivityId=None), 200, 400),
    "undeclared-id-refused": (interactions(learningActivityId=99), 200, 404),
    "fractional-id-accepted": (interactions(learningActivityId=12345.0), 400, 200),
    "zero-id-accepted": (interactions(learningActivityId=0), 400, 200),
    "negative-id-accepted": (interactions(learningActivityId=-(2**53 - 1)), 400, 200),
    "huge-id-accepted": (interactions(learningActivityId=10**400), 400, 200),
    "duplicate-keys-refused": (ending(', "format": "CSV"}'), 200, 400),
    "byte-order-mark-accepted": (body(b"\xef\xbb\xbf" + body_with()), 400, 200),
    "any-content-type-accepted": (body(body_with(), None), 415, 200),
    "long-strings-refused": (post(x="x" * 1_001), 200, 400),
    "deep-nesting-refused": (ending(', "x": ' + "[" * 21 + "]" * 21 + "}"), 200, 400),
    "large-bodies-refused": (post(x="x" * 16_384), 200, 413),
    "file-elsewhere": (url_of, "http://sandbox.test", "http://localhost:80"),
    "file-relative": (url_of, "http://sandbox.test", "/files/1.csv?expire"),
    "file-redirected": (first_hop, 200, 302),
    "file-bare-line-feeds": (file(lambda r: b"\r\n" in r.content), True, False),
    "file-byte-order-mark": (file(lambda r: r.content[:3]), b"Use", b"\xef\xbb\xbf"),
    "file-dates-to-the-second": (file(lambda r: ".000Z" in r.text), True, False),
    "file-dates-to-the-day": (file(lambda r: "T" in r.text.splitlines()[1]), True, False),
    "file-order-changes": (lambda client: client.file().text == client.file().text, True, False),
    "file-records-arrive": (lambda client: client.file().text == client.file().text, True, False),
    "file-empty-members-omitted": (file(lambda r: ': ""' in r.text, format="JSONL"), True, False),
    "link-one-use": (linked_twice, 200, 410),
    "status-plus-kept": (with_bare_plus, 200, 200),
    "status-padding-ignored": (lambda client: client.status(padded(client).rstrip("=")).status_code, 404, 200),
    "status-last-id": (
        lambda client: client.request("GET", f"/exports?id=x&id[]={client.create()}").status_code,
        404,
        200,
    ),
    "file-no-last-break": (file(lambda r: r.content[-1:] == b"\n"), True, False),
    "export-data-beside-job": (lambda client: [*reported(client)], ["job", "errors"], ["job", "errors", "exportData"]),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_every_variant_shows(name: str) -> None:
    """With the variant, one request is answered differently."""
    observe, default, with_variant = DIFFERENCES[name]
    seen = observe(Client())
    assert seen == default if default is not None else seen != with_variant
    assert observe(Client(variants=[name])) == with_variant


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_accepts_the_examples(name: str) -> None:
    """With any variant both examples are accepted, completed and exported."""
    client = Client(variants=[name])
    activity_id = VARIANTS[name].activity_id or INTERACTIONS["learningActivityId"]
    for fields in ({}, {**INTERACTIONS, "learningActivityId": activity_id}):
        created = client.post(**fields)
        assert created.is_success
        assert set(created.json()["job"]["id"]) <= {*BASE64}
        assert client.file(**fields).is_success


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_refuses(name: str) -> None:
    """With any variant, bad requests and wrong credentials are refused with 4xx, and without a job."""
    client = Client(variants=[name])
    refused = [client.post(format="XML"), client.send(b"{"), client.post(authorization=None), client.status("am9iLTE3")]
    assert all(400 <= response.status_code < 500 for response in refused)
    assert client.created == 0


def test_jobs_before_their_end() -> None:
    """A job is completed at once, or has exportData of null until it is, with the variants of these names."""
    assert "exportData" not in reported(Client(completed_after=60.0))["job"]
    assert reported(Client(variants=["export-data-null"], completed_after=60.0))["job"]["exportData"] is None
    assert VARIANTS["completed-at-once"].changes == {"completed_after": 0.0}
    late = Client(variants=["completed-late"], completed_after=60.0)
    assert late.status(late.create()).headers["retry-after"] == "1"


def test_every_variant_is_tested() -> None:
    """Every variant has an entry in a table of this folder."""
    assert {*DIFFERENCES, *CHECKS, "export-data-null", "completed-at-once", "completed-late"} == {*VARIANTS}
    assert len(VARIANTS) >= 20
    assert all(name == variant.name and variant.summary.endswith(".") for name, variant in VARIANTS.items())


def test_retry_after() -> None:
    """A call that is turned away says when to come back, in seconds or as a date."""
    for variant in ("rate-limited", "unavailable"):
        client = Client(variants=[variant])
        turned_away = next(r for r in (client.post() for _ in range(20)) if not r.is_success)
        after = turned_away.headers["retry-after"]
        seconds = int(after) if after.isdigit() else parsedate_to_datetime(after).timestamp() - time.time()
        assert -1 <= seconds <= 1
        assert client.created == 19


def test_gzip_is_only_for_those_who_ask() -> None:
    """An answer is compressed only where the client accepts it."""
    client = Client(variants=["gzip"])
    headers = {"content-type": "application/json", "accept-encoding": "identity"}
    plain = client.request("POST", "/exports", content=body_with(), headers=headers)
    assert "content-encoding" not in plain.headers
    assert plain.json()["job"]["id"]


def test_iso_8601_accepted() -> None:
    """Every form is accepted with exact instants, and what is no ISO 8601 is still refused."""
    client = Client(variants=["iso-8601-accepted"])
    assert said("start", startDate="2012-W36-3T11:12:47,123456789+01")(client) == "2012-09-05T10:12:47.123456789Z"
    for text in ("yesterday", "2012-13-05", "2012-W54-1", "2012-366T00:00:00+24", "2011-366", "0000-01-01", ""):
        assert client.post(startDate=text).status_code == 400


def test_variants_combine_with_faults() -> None:
    """A fault shows through a variant."""
    client = Client(["start-month-13"], ["status-201", "gzip"])
    assert client.post(startDate="2012-13-05T11:12:47Z").status_code == 201
