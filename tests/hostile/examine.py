"""One run against one behaviour, and everything that must hold of it whatever the target does."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import jsonschema_rs
import msgspec
from tests.hostile.behaviour import Behaviour, Expected
from tests.hostile.busy import waited_for_cores
from tests.hostile.server import Hostile

from export_contract.acceptance import Limits, Results, RunPlan, run, to_json
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.verdict.journal import Journal, read_journal
from export_contract.contract import Contract
from export_contract.reports import FORMATS, rendered
from export_contract.reports.schema import FILE as SCHEMA_FILE

SECRETS: Final = ("Key/Of+The-Hostile77", "hostileTOKEN0123456789abcdef", "Se<cr&etOfTheHostile")
AUTHORIZATION: Final = "bln type=api,version=1,entity=user,key={},token={},secret={}".format(*SECRETS)
RECORD: Final = "Ada Canary 7f3a9c"
"""What stands in each record of each file; somebody's data."""
PHASES: Final = ("probe", "load", "auth", "protocol", "jobs", "suite", "relations")
LIMITS: Final = Limits(requests=120, jobs=20, seconds=60.0)
"""Few, and enough for a target that keeps the contract to be seen doing so, on a busy machine too."""
MOST_SECONDS_LATE: Final = 5.0
"""And for as long as this process waited for a core."""
MOST_KILOBYTES: Final = 150_000
_SECONDS_TO_ARRIVE: Final = 10.0
"""For the last requests, which may be on their way when the time of the run is over."""
_SECONDS_WHERE_LOST: Final = 0.1
"""For the last requests where some never arrive."""


@dataclass
class Examined:
    """What a run was like."""

    results: Results | None = None
    seconds: float = 0.0
    """How long it took, without what it waited for a core."""
    kilobytes: int = 0
    complaints: list[str] = field(default_factory=list)
    """Each of which fails a test."""


def examine(behaviour: Behaviour, contract: Contract, folder: Path) -> Examined:
    """Run the kit against a behaviour, and complain of all that must not be."""
    server = Hostile(behaviour.make(), contract, authorization=AUTHORIZATION, record_text=RECORD)
    elsewhere = server.elsewhere = Hostile(lambda wire: wire.conform(), contract, record_text=RECORD)
    elsewhere.files = server.files
    server.start()
    elsewhere.start()
    examined = Examined()
    complain = examined.complaints.append
    plan = RunPlan(
        **{
            "base_url": server.url,
            "contract": contract,
            "authorization": AUTHORIZATION,
            "phases": PHASES,
            "limits": LIMITS,
            "concurrency": 2,
            "most_followed": 2,
            **behaviour.plan,
        }
    )
    path = folder / "results.json.journal"
    try:
        with _measured(examined), _thread_errors(complain), Journal.of_run(path, plan) as journal:
            results = examined.results = run(plan, journal)
        _wait_for_requests(server, results, _SECONDS_WHERE_LOST if behaviour.loses_requests else _SECONDS_TO_ARRIVE)
    except Exception as error:  # it must not happen, and the other behaviours are to be tried all the same
        complain(f"the run was lost: {type(error).__name__}: {error}"[:500])
        return examined
    finally:
        server.stopped.set()
        server.stop()
        elsewhere.stop()
    limits = plan.limits
    if limits.seconds is not None and examined.seconds > limits.seconds + MOST_SECONDS_LATE:
        complain(f"it took {examined.seconds:.1f} seconds, where {limits.seconds:g} were allowed")
    if examined.kilobytes > MOST_KILOBYTES:
        complain(f"it took {examined.kilobytes // 1024} MB of memory")
    for problem in _wrong_verdict(results, behaviour.expected):
        complain(problem)
    for problem in _wrong_counts(results, server, behaviour, limits):
        complain(problem)
    for request in elsewhere.requests:
        if _secret_in(repr(request).encode()):
            complain(f"credentials went to another host: {request.method} {request.path[:100]}")
    for problem in _wrong_reports(results, path):
        complain(problem)
    return examined


def _wrong_verdict(results: Results, expected: Expected) -> Iterator[str]:
    found = {one.check for one in results.findings}
    verdict = f"{results.verdict} ({results.cause}: {results.reason})" if results.cause else results.verdict
    if results.cause is Cause.DEFECT:
        yield verdict
    elif results.verdict not in expected.verdicts:
        yield f"the verdict is {verdict}, where it must be {' or '.join(expected.verdicts)}"
    elif results.verdict == "inconclusive" and results.cause not in expected.causes:
        yield f"the verdict is {verdict}, which is the wrong cause"
    if len(expected.verdicts) == 1 and expected.checks and not found & expected.checks:
        yield "nothing was found"
    for check in sorted(found - expected.checks):
        one = next(one for one in results.findings if one.check == check)
        yield f"{one.requirement} was found broken by the check {check}: {one.summary[:200]}"


def _wrong_counts(results: Results, server: Hostile, behaviour: Behaviour, limits: Limits) -> Iterator[str]:
    arrived = _arrived(server)
    requests, jobs = results.counts["requests"], results.counts["jobs_created"]
    if arrived > requests or (arrived < requests and not behaviour.loses_requests):
        yield f"{arrived} requests arrived, and the results count {requests}"
    created = len(server.jobs)
    if (created > jobs and not behaviour.hides_jobs) or (created < jobs and not behaviour.loses_jobs):
        yield f"{created} jobs were created, and the results count {jobs}"
    if requests > limits.requests or jobs > limits.jobs:
        yield f"the budget was exceeded: {requests} requests and {jobs} jobs"


def _wrong_reports(results: Results, journal: Path) -> Iterator[str]:
    written = {name: rendered(name, results) for name in FORMATS}
    written["journal"] = journal.read_bytes()
    for name, content in written.items():
        if _secret_in(content):
            yield f"a secret is in the report {name}"
        if RECORD.encode() in content:
            yield f"a record's data is in the report {name}"
    for error in _validator().iter_errors(msgspec.json.decode(written["json"])):
        yield f"the results are not valid: {error.instance_path}: {error.message[:200]}"
    again = read_journal(journal)
    for what in ("findings", "ledger", "requests"):
        of_run, of_journal = (_of(one, what) for one in (results, again))
        if of_run != of_journal:
            yield f"the journal has other {what}: {_difference(of_run, of_journal)}"


def _of(results: Results, what: str) -> list[Any]:
    match what:
        case "findings":
            return [(one.fingerprint, one.occurrences) for one in results.findings]
        case "ledger":
            return sorted(one.exchange or 0 for one in results.ledger)
    return [results.counts["requests"]]


def _difference(one: list[Any], other: list[Any]) -> str:
    return f"{[part for part in one if part not in other]} and {[part for part in other if part not in one]}"[:300]


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(SCHEMA_FILE.read_bytes()))


@cache
def _spelled_secrets() -> tuple[bytes, ...]:
    spelled = set()
    for secret in SECRETS:
        raw = secret.encode()
        spelled |= {raw, quote(secret, safe="").encode(), raw.hex().encode(), to_json(secret).strip()[1:-1]}
        spelled |= {base64.b64encode(b"\0" * lead + raw)[4:-4] for lead in range(3)}
        spelled |= {raw[:12], raw[-12:]}  # a piece tells too much of it
    return tuple({one.lower() for one in spelled})


def _secret_in(content: bytes) -> bool:
    small = content.lower()
    return any(one in small for one in _spelled_secrets())


def _arrived(server: Hostile) -> int:
    return len(server.requests) + (len(server.elsewhere.requests) if server.elsewhere else 0)


def _wait_for_requests(server: Hostile, results: Results, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while _arrived(server) < results.counts["requests"] and time.monotonic() < ends:
        time.sleep(0.01)


@contextmanager
def _measured(examined: Examined) -> Iterator[None]:
    """Measure the seconds of a block, and by how much memory its process grew meanwhile, where the system tells."""
    status, clear = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    before = 0
    if clear.exists():
        clear.write_text("5", encoding="ascii")
        before = _kilobytes(status, "VmRSS")
    started = time.monotonic()
    with waited_for_cores() as waited:
        try:
            yield
        finally:
            examined.seconds = time.monotonic() - started - waited()
            if clear.exists():
                examined.kilobytes = _kilobytes(status, "VmHWM") - before


def _kilobytes(status: Path, line: str) -> int:
    (found,) = re.findall(rf"{line}:\s+(\d+) kB", status.read_text(encoding="ascii"))
    return int(found)


@contextmanager
def _thread_errors(complain: Callable[[str], None]) -> Iterator[None]:
    """Complain of what is raised in a thread of the kit, which would be seen by nobody."""
    before = threading.excepthook

    def note(arguments: threading.ExceptHookArgs) -> None:
        complain(f"a thread ended with {arguments.exc_type.__name__}: {arguments.exc_value}"[:300])

    threading.excepthook = note
    try:
        yield
    finally:
        threading.excepthook = before
