"""What the sandbox answers by default, and to whom."""

from __future__ import annotations

import re
import uuid

import pytest

from export_contract.sandbox import DEMO_AUTHORIZATION

from ..client import INTERACTIONS, Client, decoded

RIGHT = {
    "type": "api",
    "version": "1",
    "entity": "user",
    "key": "demo-key",
    "token": "demo-token",
    "secret": "demo-secret",
}


def header(scheme: str = "bln", **parameters: str) -> str:
    return f"{scheme} " + ",".join(f"{name}={value}" for name, value in {**RIGHT, **parameters}.items())


def test_a_job_id_says_what_it_is_for(sandbox: Client) -> None:
    """A job id is in the documented form, with the request's type, format and exact instants."""
    job_id = sandbox.create(startDate="2012-09-05T11:12:47+02:00", endDate="2015-05-28T17:39:23.123456Z")
    description, unique = decoded(job_id)
    assert description == {
        "": "data-export",
        "tenantKey": "sandbox",
        "type": "elearning_enrollments",
        "format": "csv",
        "start": "2012-09-05T09:12:47.000Z",
        "end": "2015-05-28T17:39:23.123456Z",
    }
    assert uuid.UUID(unique).version == 4


def test_every_job_has_its_own_id(sandbox: Client) -> None:
    """The same request again is another job with another id and another UUID."""
    ids = [sandbox.create() for _ in range(20)]
    assert len({decoded(job_id)[1] for job_id in ids}) == sandbox.created == 20


def test_an_answer_is_the_job_alone(sandbox: Client) -> None:
    """A new job is answered 200, as JSON, with its id."""
    answer = sandbox.post(**INTERACTIONS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json()) == ["job"]
    assert list(answer.json()["job"]) == ["id"]


@pytest.mark.parametrize(
    "authorization",
    [
        DEMO_AUTHORIZATION,
        header("BLN"),
        "bln " + ", ".join(reversed(header().removeprefix("bln ").split(","))),
        "  bln   type=api ,version=1 , entity=user,key=demo-key,token=demo-token,secret=demo-secret ",
    ],
)
def test_credentials(sandbox: Client, authorization: str) -> None:
    """The scheme is taken in any case, and the parameters in any order, with white space around them."""
    assert sandbox.post(authorization=authorization).status_code == 200


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "bln",
        "Basic ZGVtbzpkZW1v",
        header("Bearer"),
        *(header(**{name: value}) for name in RIGHT for value in ("", "wrong", RIGHT[name].upper() + "2")),
        *(",".join(part for part in header().split(",") if name not in part) for name in ("version", "key", "secret")),
        header(extra="x"),
        header() + ",key=demo-key",
        header() + ",",
        header().replace("=", ":"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_wrong_credentials(sandbox: Client, authorization: str | None, method: str) -> None:
    """Missing, wrong, doubled and damaged credentials are answered 401, for a status as for an export."""
    answer = sandbox.request(method, "/exports", authorization=authorization)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "bln"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_methods(sandbox: Client, method: str) -> None:
    """A method that is not declared is answered 405 with those that are, with or without credentials."""
    for authorization in (None, DEMO_AUTHORIZATION):
        answer = sandbox.request(method, "/exports", authorization=authorization)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize("path", ["/", "/export", "/exports/", "/exports/1", "/files", "/sandbox"])
def test_unknown_paths(sandbox: Client, path: str) -> None:
    """An unknown path is answered 404, as JSON."""
    answer = sandbox.request("GET", path)
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["key"] == "path"


def test_counts(sandbox: Client) -> None:
    """The sandbox counts every request but those for its counts, whatever became of it, and every job."""
    sandbox.create()
    sandbox.post(format="XML")
    sandbox.request("PUT", "/exports")
    sandbox.request("GET", "/exports/1", authorization=None)
    assert sandbox.created == 1
    assert sandbox.request("GET", "/sandbox/jobs").json() == {"created": 1, "requests": 4}


def test_a_job_is_pending_and_then_completed() -> None:
    """A job is PENDING until its time has come, and COMPLETED with a link from then on."""
    pending, completed = Client(completed_after=60.0), Client()
    job_id = pending.create()
    assert pending.status(job_id).json() == {"job": {"id": job_id, "status": "PENDING"}, "errors": []}
    answer = completed.status(completed.create()).json()
    assert answer["job"]["status"] == "COMPLETED"
    assert answer["job"]["exportData"]["downloadUrl"].startswith("http://sandbox.test:8080/files/1.csv?")
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}Z", answer["job"]["exportData"]["downloadExpiresAt"])


@pytest.mark.parametrize("job_id", ["x", "am9iLTE3", "%", "é", "\0", "' OR 1=1 --", "x" * 5000])
def test_unknown_ids(sandbox: Client, job_id: str) -> None:
    """An id that names no job, well formed or not, is answered 404 without a job."""
    sandbox.create()
    answer = sandbox.status(job_id)
    assert answer.status_code == 404
    assert "job" not in answer.json()


@pytest.mark.parametrize("query", ["", "?", "?id", "?id=", "?ID=x", "?id=x&id=y"])
def test_missing_ids(sandbox: Client, query: str) -> None:
    """A status without an id, or with two, is answered 400."""
    assert sandbox.request("GET", f"/exports{query}").status_code == 400
