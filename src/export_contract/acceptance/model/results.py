"""Results: what a run found out, as it is written to the results file. Every report is made from this alone."""

from __future__ import annotations

import base64
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from export_contract.contract import Expectation
from export_contract.contract.requirements import Level
from export_contract.exceptions import ResultsError
from export_contract.strategies import Case

SCHEMA_VERSION: Final = 1

Verdict = Literal["conforms", "violates", "inconclusive"]
RequirementVerdict = Literal["passed", "failed", "waived", "not exercised"]


class ContractName(msgspec.Struct, frozen=True):
    """Which contract was tested."""

    title: str
    version: str
    sha256: str


class Tool(msgspec.Struct, frozen=True):
    """What tested it."""

    name: str
    version: str


class TargetName(msgspec.Struct, frozen=True):
    """What was tested."""

    base_url: str
    path: str
    embedded: bool = False
    """Whether it is the sandbox that comes with this package."""


class CaseRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A case as results and listings write it; a body that is no UTF-8 is in `body_base64`."""

    id: str
    title: str
    expectation: Expectation
    requirement: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: str | None = None
    body_base64: str | None = None
    credentials: str = "configured"
    query: str = ""
    body_cut: int = 0
    """Bytes that the body had, where it is cut; a finding's never is."""


class RequestRecord(msgspec.Struct, frozen=True):
    """The request of a finding."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]


class ResponseRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of a finding; the body is cut where it is long."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    truncated: bool = False
    seconds: float = 0.0
    problem: str = ""


class Waiver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A finding that is known, and why a run does not fail for it: an entry of a baseline."""

    requirement: str
    fingerprint: str
    summary: str = ""
    """What it is about, for the reader of the baseline."""
    reason: str = ""
    """An entry without one waives nothing."""
    owner: str = ""
    expires: date | None = None
    """The last day on which it counts; None where it always does."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement that was not kept, in one way."""

    fingerprint: str
    """Stable over runs: of the requirement, the check and the kind of answer."""
    requirement: str
    check: str
    summary: str
    expected: str
    observed: str
    case: CaseRecord
    """The smallest that shows it."""
    request: RequestRecord
    response: ResponseRecord
    curl: str
    occurrences: int
    flaky: bool = False
    """Whether it did not show when it was sent again; it fails all the same."""
    also: tuple[str, ...] = ()
    """Titles of other cases that show it."""
    status: Literal["new", "known"] = "new"
    """Known ones are waived by the baseline, and leave the verdict as it is."""
    waiver: Waiver | None = None
    """The entry of the baseline that stands for it."""
    not_waived: str = ""
    """Why that entry does not count."""
    severity: Literal["failure", "warning"] = "failure"
    """A warning, for a requirement that is no MUST, leaves the verdict as it is."""


class RequirementResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says of one requirement."""

    id: str
    level: Level
    expectation: Expectation
    statement: str
    source: str
    area: str
    cases: int
    """Exchanges that exercised it."""
    verdict: RequirementVerdict
    choice: str | None = None
    """Where the document leaves it open: `accepted`, `refused` or `mixed`."""
    reason: str | None = None
    """Where it was not exercised, why."""
    applies: bool = True
    """Whether it says anything about this target; one that does not, and was not exercised, is no gap."""
    examples: tuple[int, ...] = ()
    """Numbers of the first exchanges that exercised it."""


class ExchangeRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One request that was sent, and its answer, with secrets masked and long bodies cut."""

    number: int
    """The place in the order of sending."""
    phase: str
    sent_at: float
    """Unix seconds."""
    case: CaseRecord
    url: str
    response: ResponseRecord


class Poll(msgspec.Struct, frozen=True):
    """One look at the status of a job."""

    seconds: float
    """Since the job was created."""
    status: str
    """The state that was told, or `status 404` and the like where none was."""


class FileRecord(msgspec.Struct, frozen=True):
    """The file of a job, as far as it was read."""

    bytes: int
    records: int | None
    """None where they could not be counted."""
    seconds: float
    media_type: str
    problem: str = ""


class FollowedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was followed from its creation to its file."""

    case: str
    """The id of the case that created it."""
    combination: str
    """What was asked for: `exportType USERS, format CSV`."""
    job_id: str
    polls: tuple[Poll, ...] = ()
    state: str | None = None
    """The last state that was told."""
    file: FileRecord | None = None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What came of valid requests sent at the same time."""

    requests: int
    concurrency: int
    accepted: int
    seconds: float
    latency: Latency | None


class PhaseResult(msgspec.Struct, frozen=True):
    """What a phase spent, and why it ended early, if it did."""

    name: str
    cases: int
    sent: int
    seconds: float
    ended: str | None = None


class Latency(msgspec.Struct, frozen=True):
    """Seconds that answers took."""

    answers: int
    median: float
    p95: float
    p99: float
    longest: float


class Job(msgspec.Struct, frozen=True):
    """A job that the run created, or may have created."""

    case: str
    requirement: str
    status: int | None
    job_id: str | None


class Drift(msgspec.Struct, frozen=True):
    """Another choice than that of the baseline, on what the document leaves open."""

    requirement: str
    before: str
    now: str


class BaselineResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a baseline says of a run, beside the findings that it waives."""

    fixed: tuple[Waiver, ...] = ()
    """Entries that did not occur any more, though their requirement was exercised."""
    drift: tuple[Drift, ...] = ()
    strict: bool = False
    """Whether fixed entries fail the run."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run found out."""

    schema_version: int = SCHEMA_VERSION
    tool: Tool
    contract: ContractName
    target: TargetName
    seed: int
    started_at: str
    seconds: float
    verdict: Verdict
    reason: str | None
    """Why the run is inconclusive, or what fails it beside its findings, in one sentence that says what to do."""
    interrupted: bool
    counts: dict[str, int]
    phases: tuple[PhaseResult, ...]
    requirements: tuple[RequirementResult, ...]
    findings: tuple[Finding, ...]
    latency: Latency | None
    ledger: tuple[Job, ...]
    exchanges: tuple[ExchangeRecord, ...] = ()
    """In the order of sending."""
    jobs: tuple[FollowedJob, ...] = ()
    load: Load | None = None
    baseline: BaselineResult | None = None
    """None where the run had no baseline."""


def case_record(case: Case, most: int | None = None) -> CaseRecord:
    """How a case is written; `most` is how many bytes of its body are kept, all of them by default."""
    payload = case.payload[:most]
    try:
        body: str | None = payload.decode("utf-8")
        body_base64 = None
    except UnicodeDecodeError:
        body, body_base64 = None, base64.b64encode(payload).decode()
    return CaseRecord(
        id=case.id,
        title=case.title,
        expectation=case.expectation,
        requirement=case.requirement,
        method=case.method,
        headers=case.headers,
        body=body,
        body_base64=body_base64,
        credentials=case.credentials,
        query=case.query,
        body_cut=len(case.payload) if len(payload) < len(case.payload) else 0,
    )


def payload_of(record: CaseRecord) -> bytes:
    """The payload of a case that was written."""
    if record.body_base64 is not None:
        return base64.b64decode(record.body_base64)
    return (record.body or "").encode()


def to_json(value: Any) -> bytes:
    """Results, or another record, as an indented JSON text with a line break at its end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


def read_results(path: Path) -> Results:
    """Read a results file; raises ResultsError where it is not one, or of another version."""
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Version).schema_version
        if version != SCHEMA_VERSION:
            raise ResultsError(
                str(path), f"the file is of schema version {version}; this release reads {SCHEMA_VERSION}"
            )
        return msgspec.json.decode(content, type=Results)
    except OSError as error:
        raise ResultsError(str(path), f"the file cannot be read: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise ResultsError(str(path), f"this is not a results file: {error}") from error


class _Version(msgspec.Struct):
    schema_version: int
