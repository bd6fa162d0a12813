"""Jobs are followed to their ends and files, over real sockets, and no further than the run may."""

from __future__ import annotations

import json
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from export_contract.acceptance import Limits, Results, RunPlan
from export_contract.acceptance.checks.file.facts import wanted_of
from export_contract.acceptance.phases.jobs import cases_to_follow
from export_contract.contract import BUILT_IN, Contract, Expectation, load_contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

PHASES = ("probe", "jobs")


def findings(results: Results) -> dict[str, str]:
    """What was observed, by requirement; what the odd files of these tests lack is left out."""
    return {
        one.requirement: one.observed
        for one in results.findings
        if not one.requirement.startswith("EXP-FILE") and one.requirement != "EXP-JOBID-UNIQUE"
    }


def verdicts(results: Results) -> dict[str, str]:
    return {one.id: one.verdict for one in results.requirements}


def test_a_conforming_target(run_at: RunAt) -> None:
    """Nine jobs, one for each combination, are followed to their files; nothing is found, and all of it is told."""
    with running(variants=["completed-late"]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)
    assert results.findings == ()
    passed = {name for name, verdict in verdicts(results).items() if verdict == "passed"}
    shown = {one.id for one in load_contract().requirements if one.rule.startswith(("status/", "file/"))}
    assert shown <= passed
    assert len({job.combination for job in results.jobs}) == len(results.jobs) == 9
    for job in results.jobs:
        assert [poll.status for poll in job.polls][-3:] == ["COMPLETED"] * 3
        assert job.polls[0].status == "PENDING"
        assert job.state == "COMPLETED"
        assert job.file
        assert job.file.problem == ""
    assert results.counts["jobs_created"] == 2 + 9


def test_no_job_is_created_twice(run_at: RunAt) -> None:
    """What was followed is not sent again by the suite."""
    with running() as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION)
    cases = [one.case.id for one in results.exchanges if one.case.method == "POST" and one.phase in ("jobs", "suite")]
    assert len(cases) == len(set(cases))


def test_a_job_that_never_ends(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A job that is PENDING at the deadline is a finding; until then it is looked at less and less often."""
    target = jobs(status=lambda job, look: "PENDING")
    started = time.monotonic()
    results = run_at(serve(target).url, phases=PHASES, job_seconds=1.5, most_followed=2)
    assert 1.4 < time.monotonic() - started < 4
    assert "still PENDING after 1.5 seconds" in findings(results)["EXP-STATUS-COMPLETES"]
    for looks in target.looks.values():
        gaps = [after - before for before, after in pairwise(looks)]
        assert len(gaps) >= 3
        assert gaps[-2] > gaps[0]


def test_retry_after(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A status that says when to look again is left alone until then."""
    target = jobs(status=lambda job, look: "COMPLETED" if look > 1 else "PENDING", headers={"retry-after": "1"})
    run_at(serve(target).url, phases=PHASES, most_followed=1)
    (looks,) = target.looks.values()
    assert looks[1] - looks[0] >= 0.95


@pytest.mark.parametrize(
    ("status", "requirement", "observed"),
    [
        (lambda job, look: "FAILED", "EXP-STATUS-COMPLETES", "FAILED"),
        (
            lambda job, look: "COMPLETED" if look < 2 else "PENDING",
            "EXP-STATUS-MOVES",
            "it was COMPLETED, and then PENDING",
        ),
        (
            lambda job, look: "COMPLETED" if look < 2 else "FAILED",
            "EXP-STATUS-MOVES",
            "it was COMPLETED, and then FAILED",
        ),
        (lambda job, look: "DONE", "EXP-STATUS-SCHEMA", "job.status"),
        (lambda job, look: (404, b"{}"), "EXP-STATUS-FOUND", "status 404"),
        (lambda job, look: (405, b""), "EXP-STATUS-FOUND", "status 405"),
        (lambda job, look: (200, b"<html>"), "EXP-STATUS-SCHEMA", "a body of which"),
    ],
)
def test_statuses(serve: Serve, run_at: RunAt, jobs: Any, status: Any, requirement: str, observed: str) -> None:
    """Each wrong status is one finding, under its own requirement."""
    results = run_at(serve(jobs(status=status)).url, phases=PHASES, most_followed=3, job_seconds=5.0)
    assert findings(results).keys() == {requirement}
    assert observed in findings(results)[requirement]


def test_credentials_stay(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """Credentials and headers of the run go to the API's own origin only, and not with a signed address."""
    other = serve(lambda wire: wire.answer(200, b"Network ID\r\n"))
    headers = (("X-Api-Key", "own-secret-1234"),)

    def files(url: Any) -> list[Any]:
        target = jobs(url=url)
        server = serve(target)
        run_at(server.url, phases=PHASES, authorization=DEMO_AUTHORIZATION, headers=headers, most_followed=2)
        return target.files  # type: ignore[no-any-return]

    signed = files(lambda wire, job: f"{wire.server.url}/files/{job}?X-Amz-Signature=abcdef")
    assert [request.header("authorization") for request in signed] == [None] * 2
    own = files(lambda wire, job: f"/files/{job}")
    assert [request.header("authorization") for request in own] == [DEMO_AUTHORIZATION] * 2
    assert files(lambda wire, job: f"{other.url}/files/{job}") == []
    assert other.requests
    assert all(one.header("authorization") is None and one.header("x-api-key") is None for one in other.requests)


def test_redirects(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A file behind a redirect to another host is fetched there, without credentials; a circle ends."""
    other = serve(lambda wire: wire.answer(200, b'{"a":1}\n'))
    target = jobs(
        url=lambda wire, job: f"/files/{job}",
        file=lambda wire, is_csv: wire.answer(302, location=other.url if not is_csv else wire.request.path),
    )
    results = run_at(serve(target).url, phases=PHASES, authorization=DEMO_AUTHORIZATION, most_followed=2)
    assert other.requests
    assert all(request.header("authorization") is None for request in other.requests)
    found = {one.requirement: one.observed for one in results.findings}
    assert "redirected more than 5 times" in found["EXP-FILE-FETCHED"]


@pytest.mark.parametrize(
    ("url", "observed"),
    [
        ("file:///etc/passwd", "it must begin with http:// or https://"),
        ("ftp://127.0.0.1/x", "it must begin with http:// or https://"),
        ("http://[::1", "the URL of the file is not valid"),
    ],
)
def test_odd_addresses(serve: Serve, run_at: RunAt, jobs: Any, url: str, observed: str) -> None:
    """A downloadUrl that leads nowhere is a finding, and only http and https are followed."""
    results = run_at(serve(jobs(url=lambda wire, job: url)).url, phases=PHASES, most_followed=1)
    found = {one.requirement: one.observed for one in results.findings}
    assert observed in found["EXP-FILE-FETCHED"]


def test_a_file_host_that_is_away(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A file host that cannot be reached may be behind a firewall: no finding, but the requirement is not exercised."""
    url = "http://127.0.0.1:1/x"
    results = run_at(serve(jobs(url=lambda wire, job: url)).url, phases=PHASES, most_followed=1)
    assert not [one for one in results.findings if one.requirement.startswith("EXP-FILE")]
    (fetched,) = [one for one in results.requirements if one.id == "EXP-FILE-FETCHED"]
    assert (fetched.verdict, fetched.cause, fetched.applies) == ("not_exercised", "file_unreachable", True)
    assert "127.0.0.1:1" in (fetched.reason or "")


def test_patience_for_files(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A host that asks for patience is asked again; a run with a rate fetches no faster than that."""
    asked: list[float] = []

    def file(wire: Any, is_csv: bool) -> None:
        asked.append(time.monotonic())
        wire.answer(503, retry_after="1") if len(asked) == 1 else wire.answer(200, b"User ID\r\n" if is_csv else b"{}")

    results = run_at(serve(jobs(file=file)).url, phases=PHASES, most_followed=1)
    assert asked[1] - asked[0] >= 0.95
    assert "EXP-FILE-FETCHED" not in {one.requirement for one in results.findings}
    assert results.counts["requests"] == len(results.exchanges)
    assert [one.retried for one in results.exchanges if "/files/" in one.url] == [True, False]
    asked[:] = [0.0]
    run_at(serve(jobs(file=file)).url, phases=PHASES, most_followed=3, rate=10.0)
    assert asked[3] - asked[1] >= 0.15  # two intervals of 0.1 s, as far as they are seen from here


def test_a_file_that_breaks_off(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """A file that ends before its end is not whole; that its last line is cut is no second finding."""

    def broken(wire: Any, is_csv: bool) -> None:
        wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b'{"a":1}\n{"a":')
        wire.close()

    results = run_at(serve(jobs(file=broken)).url, phases=PHASES, most_followed=2)
    names = {one.requirement for one in results.findings}
    assert "EXP-FILE-FETCHED" in names
    assert not any("is cut" in one.observed for one in results.findings)


def test_what_is_in_a_file_stays_there(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """Records are somebody's data: none is in the results; nor is the signature of an address."""
    person = b'{"name":"Ada Lovelace","Registration Date":"2018-07-01"}\n{"name":"Ada Lovelace",\n'
    target = jobs(file=lambda wire, is_csv: wire.answer(200, person))
    results = run_at(serve(target).url, phases=PHASES, most_followed=2)
    text = json.dumps([str(results)])
    assert "Lovelace" not in text
    assert "signature=abcdef" not in text
    assert "signature=[redacted]" in text
    assert {"EXP-FILE-FORMAT"} <= {one.requirement for one in results.findings}


@pytest.mark.parametrize(
    "job_id", ['"\\ud800x"', '"\\u0000\\r\\n"', f'"{"x" * 900_000}"', '"\u00e9"', '"<script>"', '""', "17"]
)
def test_hostile_ids(serve: Serve, run_at: RunAt, jobs: Any, job_id: str) -> None:
    """Whatever stands for an id, the run ends with what it found, and sends no address that nobody could read."""

    def answer(wire: Any) -> None:
        if wire.request.method == "GET":
            wire.answer(404, b"{}")
        else:
            wire.answer(200, b'{"job":{"id":%s}}' % job_id.encode())

    server = serve(answer)
    results = run_at(server.url, phases=PHASES, most_followed=2)
    assert results.verdict == "violates"
    assert all(len(request.path) < 8_300 and request.path.isascii() for request in server.requests)


@pytest.mark.parametrize(("most", "limits", "followed"), [(0, Limits(), 0), (4, Limits(), 4), (9, Limits(jobs=18), 3)])
def test_how_many(serve: Serve, run_at: RunAt, jobs: Any, most: int, limits: Limits, followed: int) -> None:
    """As many jobs are followed as asked for, and no more than a sixth of the budget of jobs."""
    target = jobs()
    results = run_at(serve(target).url, phases=PHASES, most_followed=most, limits=limits)
    assert len(results.jobs) == followed == len(target.looks)


def test_the_budget(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """Looking at a status costs requests and no jobs, and ends with the budget; what was not seen is no finding."""
    target = jobs(status=lambda job, look: "PENDING")
    server = serve(target)
    results = run_at(server.url, phases=PHASES, limits=Limits(requests=20), job_seconds=30.0)
    assert len(server.requests) == 20 == results.counts["requests"]
    assert results.findings == ()
    assert verdicts(results)["EXP-STATUS-COMPLETES"] == "not_exercised"
    results = run_at(serve(jobs()).url, phases=("probe", "jobs"), limits=Limits(jobs=3))
    assert results.counts["jobs_created"] == 3
    assert verdicts(results)["EXP-STATUS-FOUND"] == "passed"


def test_a_contract_without_a_status(serve: Serve, run_at: RunAt, jobs: Any, tmp_path: Path) -> None:
    """Where the contract declares no GET, what is behind the id is not exercised, and no finding."""
    document = yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    del document["paths"]["/exports"]["get"]
    promises = yaml.safe_load(BUILT_IN.with_name("requirements.yaml").read_text(encoding="utf-8"))
    for area in promises["areas"]:
        for requirement in area["requirements"]:
            requirement["pointers"] = [
                "/paths/~1exports" if "/get" in pointer else pointer for pointer in requirement["pointers"]
            ]
    (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    (tmp_path / "requirements.yaml").write_text(yaml.safe_dump(promises), encoding="utf-8")
    contract = load_contract(tmp_path / "openapi.yaml")
    results = run_at(serve(jobs(status=lambda *_: (500, b""))).url, contract=contract, phases=PHASES)
    assert findings(results) == {}
    reasons = {one.id: one.reason for one in results.requirements}
    assert reasons["EXP-STATUS-FOUND"] == "the contract declares no call that reads a status"
    assert results.jobs == ()


def test_opaque_ids_can_be_refused(run_at: RunAt, contract: Contract) -> None:
    """The configuration can demand the documented form; without that, which form ids have is recorded."""
    decided = contract.with_expectations({"EXP-OPEN-JOBID-OPAQUE": Expectation.REJECT})
    with running(variants=["id-opaque"]) as url:
        plain = run_at(url, authorization=DEMO_AUTHORIZATION, phases=("probe",))
        strict = run_at(url, authorization=DEMO_AUTHORIZATION, phases=("probe",), contract=decided)
    choices = {one.id: one.choice for one in plain.requirements}
    assert choices["EXP-OPEN-JOBID-OPAQUE"] == "opaque"
    assert plain.findings == ()
    assert [one.requirement for one in strict.findings] == ["EXP-OPEN-JOBID-OPAQUE"]


def test_what_a_case_packs_hides_no_job(run_at: RunAt) -> None:
    """Where a target refuses something that is packed with an export, the job of a plain request is followed."""
    with running(["offset-refused", "json-escapes-refused"]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)
    assert "EXP-ACCEPT-PAIRS" not in {one.requirement for one in results.findings}
    assert len({job.combination for job in results.jobs}) == 9
    assert all(job.file for job in results.jobs)


def test_no_job_to_follow(serve: Serve, run_at: RunAt) -> None:
    """Where no request creates a job after the first, what is about jobs says that, and not that nothing showed it."""

    def takes_the_example(wire: Wire) -> None:
        if b'"2012-09-05T11:12:47.000Z"' in wire.request.body:
            wire.answer(200, json.dumps({"job": {"id": "am9iIDAwMDAwMQ=="}}).encode())
        else:
            wire.answer(422, b"{}")

    results = run_at(serve(takes_the_example).url, phases=PHASES)
    about_jobs = ("EXP-STATUS-FOUND", "EXP-STATUS-COMPLETES", "EXP-FILE-FETCHED", "EXP-FILE-FORMAT")
    reasons = {one.reason for one in results.requirements if one.id in about_jobs}
    assert reasons == {"no request created a job that could be followed"}


def test_ranges_to_come() -> None:
    """One job of each format is followed for which there can be no record; all others have a range that is over."""
    plan = RunPlan(base_url="http://127.0.0.1:1", contract=load_contract())
    wanted = [wanted_of(case, plan.contract) for case in cases_to_follow(plan)]
    assert sorted(one.format for one in wanted if one.is_to_come) == ["CSV", "JSONL"]
    assert {one.format for one in wanted if one.known and one.known.created and not one.is_to_come} == {"CSV", "JSONL"}


def test_where_the_target_has_data(serve: Serve, run_at: RunAt, jobs: Any) -> None:
    """The jobs whose files are read ask for the range that the user names, but for the one that is still to come."""
    target = jobs()
    found = ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")
    results = run_at(serve(target).url, phases=PHASES, date_range=found, most_followed=3)
    followed = [one for one in results.exchanges if one.phase == "jobs" and one.case.call == "create"]
    ranges = [
        (json.loads(one.case.body or "")["startDate"], json.loads(one.case.body or "")["endDate"]) for one in followed
    ]
    assert len(ranges) == 3
    assert ranges.count(found) == 2
