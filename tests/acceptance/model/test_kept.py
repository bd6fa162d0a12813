"""What is kept of a long response, in memory and in the journal, once it was judged."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from export_contract.acceptance.checks.job_status import export_data, state_of
from export_contract.acceptance.checks.uniqueness import unique_job_ids
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.kept import MOST_KEPT, kept_exchange
from export_contract.acceptance.model.records import response_record
from export_contract.acceptance.model.redaction import Redaction

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

    from export_contract.acceptance.checks.context import CheckContext

PADDING = "x" * 1_000_000
JSON = (("Content-Type", "application/json"),)


def kept(make_case: MakeCase, body: Any, headers: tuple[tuple[str, str], ...] = JSON, status: int = 200) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = Response(status=status, headers=headers, body=content)
    return kept_exchange(Exchange(1, "suite", make_case(), response)).response


def test_a_short_response_is_kept_as_it_is(make_case: MakeCase) -> None:
    """Nothing is cut, and nothing added, up to the limit."""
    exchange = Exchange(1, "suite", make_case(), Response(status=200, headers=JSON, body=b"x" * MOST_KEPT))
    assert kept_exchange(exchange) is exchange


def test_a_long_body(make_case: MakeCase) -> None:
    """Its beginning is kept, with its length and its hash; and these are in the results, too."""
    content = json.dumps({"job": {"id": "am9i"}, "more": PADDING}).encode()
    response = kept(make_case, content)
    assert response.body == content[:MOST_KEPT]
    assert (response.body_bytes, response.body_sha256) == (len(content), hashlib.sha256(content).hexdigest())
    record = response_record(response, Redaction())
    assert (record.truncated, record.body_bytes, record.body_sha256) == (True, len(content), response.body_sha256)


def test_results_cut_further(make_case: MakeCase) -> None:
    """A body that is kept whole, and is cut in the results, has its length and hash there; a short one has none."""
    long, short = (response_record(kept(make_case, content), Redaction()) for content in (b"x" * 10_000, b"x" * 1_000))
    assert (long.truncated, long.body_bytes) == (True, 10_000)
    assert long.body_sha256 == hashlib.sha256(b"x" * 10_000).hexdigest()
    assert (short.truncated, short.body_bytes, short.body_sha256) == (False, 0, "")


@pytest.mark.parametrize("beside", [False, True])
def test_what_a_long_body_says_of_a_job(make_case: MakeCase, *, beside: bool) -> None:
    """The id, the state and the address of the file are read as if nothing were cut, wherever the padding is."""
    data = {"more": PADDING, "downloadUrl": "https://files.example/1", "downloadExpiresAt": "2199-12-31T00:00:00Z"}
    job: dict[str, Any] = {"more": [PADDING], "id": "am9i", "status": "COMPLETED"}
    body = {"errors": [], "job": job, "exportData": data} if beside else {"job": {**job, "exportData": data}}
    response = kept(make_case, body)
    assert (response.job_id, state_of(response)) == ("am9i", "COMPLETED")
    assert export_data(response)["downloadUrl"] == "https://files.example/1"
    assert not response.has_errors_only
    assert len(response.essence) < 1_000


@pytest.mark.parametrize(
    ("body", "has_job_id", "has_errors_only"),
    [
        ({"errors": [{"message": PADDING}]}, False, True),
        ({"error": PADDING}, False, True),
        ({"errors": [], "more": PADDING}, False, False),
        ({"job": {"id": [PADDING]}}, True, False),
        ({"job": {"id": {"a": PADDING}}, "errors": [PADDING]}, True, False),
        ([PADDING], False, False),
        (json.dumps({"job": {"id": "am9i"}}).encode() + b" " * 20_000 + b"x", False, False),
        (b'{"job":{"id":"am9i"},"more":' + b"[" * 200_000, False, False),
    ],
)
def test_what_else_a_long_body_says(make_case: MakeCase, body: Any, *, has_job_id: bool, has_errors_only: bool) -> None:
    """Whether there is a job id, or errors alone, is known of what is kept; of what is not JSON, nothing is."""
    response = kept(make_case, body)
    assert (response.job_id is not None, response.has_errors_only) == (has_job_id, has_errors_only)
    assert len(response.essence) < 1_000


def test_long_ids_are_told_apart(make_case: MakeCase, context: CheckContext) -> None:
    """Ids that begin with the same kilobytes stay different, and equal ones equal."""

    def outcomes(*ids: str) -> list[str | None]:
        exchanges = [
            Exchange(number, "suite", make_case(payload=payload), Response(status=200, headers=JSON, body=body))
            for number, (job_id, payload) in enumerate(zip(ids, (b"{}", b'{"format":"CSV"}'), strict=True))
            for body in [json.dumps({"job": {"id": job_id}}).encode()]
        ]
        return [one.kind for one in unique_job_ids(map(kept_exchange, exchanges), context)]

    assert outcomes("A" * 100_000 + "B", "A" * 100_000 + "C") == [None]
    assert outcomes("A" * 100_000, "A" * 100_000) == ["same job id"]


def test_many_headers(make_case: MakeCase) -> None:
    """Those that are read later stay, with as many others as there is room for; how many were left out is known."""
    many = tuple((f"X-{number}", "y" * 100) for number in range(2_000))
    late = (("Retry-After", "7"), ("Location", "/" + "z" * 100_000), *JSON)
    response = kept(make_case, b"{}", headers=(*many, *late))
    assert sum(len(name) + len(value) for name, value in response.headers) <= MOST_KEPT + 3
    assert (response.header("retry-after"), response.media_type) == ("7", "application/json")
    assert response.headers[:2] == many[:2]
    assert response.headers_left_out == len(many) + len(late) - len(response.headers)
    assert response_record(response, Redaction()).headers_left_out == response.headers_left_out
