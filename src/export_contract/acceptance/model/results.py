"""Results: what a run found out, as it is written to the results file. Every report is made from this alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec

from export_contract.acceptance.model.outcome import Choice
from export_contract.contract import Expectation
from export_contract.contract.requirements import Level
from export_contract.strategies.data.case import Call

SCHEMA_VERSION: Final = 2

Verdict = Literal["conforms", "violates", "inconclusive"]
RequirementVerdict = Literal["passed", "failed", "waived", "not_exercised"]
# Bounds for who reads a file that was damaged: no report has to format what no clock shows.
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
UnixSeconds = Annotated[float, msgspec.Meta(ge=0, le=253_402_300_799)]


class Cause(StrEnum):
    """Why a run is inconclusive, or what fails it beside its findings."""

    UNREACHABLE = "unreachable"
    """The target could not be reached, or went away."""
    GATE = "gate"
    """Something in front of the API answered: credentials refused, no such path."""
    INTERRUPTED = "interrupted"
    """The user stopped the run (Ctrl-C)."""
    TERMINATED = "terminated"
    """The machine stopped the run (SIGTERM)."""
    TOO_LITTLE = "too_little"
    """A requirement at level MUST was not exercised."""
    RATE_LIMITED = "rate_limited"
    """The target limited requests, and never let one through."""
    CHECK = "check"
    """A check of the user's own failed."""
    DEFECT = "defect"
    """export-contract itself failed."""
    JOURNAL = "journal"
    """The run was killed; these results were read from its journal."""
    NOT_RUN = "not_run"
    """The suite was not run: the results hold what the project's own tests showed."""
    BASELINE = "baseline"
    """The baseline has entries that no longer occur, and is strict."""


class NotExercised(StrEnum):
    """Why a requirement was not exercised."""

    NO_CREDENTIALS = "no_credentials"
    """It is about credentials, and none are configured."""
    NOT_OFFERED = "not_offered"
    """The contract or the target has nothing that it applies to."""
    OPAQUE_IDS = "opaque_ids"
    """It is about what is inside a job id, and the target's ids are opaque."""
    UNDECLARED_ID = "undeclared_id"
    """It needs an id that exists on the target, and none is declared."""
    MASKED = "masked"
    """The target refuses what its cases were made from, so that their refusal proves nothing."""
    PHASE_NOT_RUN = "phase_not_run"
    """The phase that exercises it was not selected."""
    BUDGET = "budget"
    """The limit on requests, jobs or time was reached first."""
    RATE_LIMITED = "rate_limited"
    """The target limits requests or open jobs, and never let it through."""
    NO_COMPLETED_JOB = "no_completed_job"
    """It is about what follows a job, and no job was completed."""
    NO_RECORD = "no_record"
    """It is about records, and no file had one."""
    FILE_UNREACHABLE = "file_unreachable"
    """It is about a file, and the host of the file could not be reached."""
    DATA_CHANGED = "data_changed"
    """It compares files, and the data changed between them."""
    ONE_USE = "one_use"
    """It is about a link that works for longer, and this one worked once: a note, and no finding."""
    RUN_ENDED = "run_ended"
    """The run ended before its phase."""
    UNEXPLORED = "unexplored"
    """No exchange showed it."""


class ContractName(msgspec.Struct, frozen=True):
    """Which contract was tested."""

    title: str
    version: str
    sha256: str
    file: str = ""
    """The file that holds its requirements, relative to where the run was started; its name where it is elsewhere."""


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
    """A case as results and listings write it; a body that is not valid UTF-8 is in `body_base64`."""

    id: str
    title: str
    expectation: Expectation
    requirement: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: str | None = None
    body_base64: str | None = None
    credentials: str = "configured"
    path: str = ""
    query: str = ""
    body_cut: int = 0
    """Bytes that the body had, where it is cut; a finding's never is."""
    call: Call = Call.CREATE
    """Which call of the API it makes."""
    changed: str | None = None
    """A JSON pointer to what was changed: `/body/startDate`, `/headers/Content-Type`, `/credentials`, `/query/id`."""


class CaseSummary(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Another case that shows a finding, in short."""

    title: str
    exchange: int | None
    """Number of the exchange that shows it; None in results of an older release that did not keep it."""
    body: str | None = None
    body_base64: str | None = None
    body_cut: int = 0
    """Bytes that the body had, where it is cut."""


class RequestRecord(msgspec.Struct, frozen=True):
    """The request of a finding."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]


class ResponseRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """The response of a finding; the body is cut where it is long."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    truncated: bool = False
    """Whether `body` is only the beginning of it."""
    body_bytes: int = 0
    """How many bytes were received, where `body` is only their beginning."""
    body_sha256: str = ""
    """The SHA-256 of what was received, where `body` is only its beginning."""
    headers_left_out: int = 0
    """How many headers more there were, where they were too many to keep."""
    seconds: Seconds = 0.0
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
    """Stable over runs: made of the requirement, the check and the kind."""
    requirement: str
    check: str
    kind: str
    """What kind of response it was; with requirement and check it makes the fingerprint."""
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
    other_cases: tuple[CaseSummary, ...] = ()
    """All other cases that show it, the plainest first."""
    same_cause_as: str | None = None
    """Fingerprint of an earlier finding that looks like the same fault of the target; None where there is none."""
    status: Literal["new", "known"] = "new"
    """Known ones are waived by the baseline, and leave the verdict as it is."""
    waiver: Waiver | None = None
    """The entry of the baseline that stands for it."""
    waiver_problem: str = ""
    """Why that entry does not count."""
    severity: Literal["failure", "warning"] = "failure"
    """A warning, for a requirement that is not a MUST, does not change the verdict."""


class RequirementResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a run says of one requirement."""

    id: str
    level: Level
    expectation: Expectation
    statement: str
    source: str
    area: str
    exchanges: int
    """Exchanges that exercised it."""
    verdict: RequirementVerdict
    choice: Choice | None = None
    """What the target does where the document leaves it open: `accepted` or `refused` is what it did with every request
    of the kind, `mixed` that it did both; of job ids, `documented` that they have the form of the document's example,
    `opaque` that they have not. None where nothing was left open, or nothing was exercised."""
    cause: NotExercised | None = None
    """Where it was not exercised, why."""
    reason: str | None = None
    """The same as a sentence that says what to do."""
    applies: bool = True
    """Whether it says anything about this target; where it does not, the run is conclusive without it."""
    examples: tuple[int, ...] = ()
    """Numbers of the first exchanges that exercised it."""
    line: int | None = None
    """Where it stands in the contract's `file`, counted from 1."""


class ExchangeRecord(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One request that was sent, and its response, with secrets masked and long bodies cut."""

    number: int
    """The place in the order of sending."""
    phase: str
    sent_at: UnixSeconds
    case: CaseRecord
    url: str
    response: ResponseRecord
    retried: bool = False
    """Whether it was sent again, since the target was busy or a connection died: it says nothing of the target."""


class Poll(msgspec.Struct, frozen=True):
    """One look at the status of a job."""

    seconds: Seconds
    """Since the job was created."""
    status: str
    """The state in the response, or `status 404` and the like where there is none."""


class FileRecord(msgspec.Struct, frozen=True):
    """The file of a job, as far as it was read."""

    bytes: int
    records: int | None
    """None where they could not be counted."""
    seconds: Seconds
    media_type: str
    problem: str = ""


class FollowedJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that was followed from its creation to its file."""

    case: str
    """The id of the case that created it."""
    combination: str
    """What was requested: `exportType USERS, format CSV`."""
    job_id: str
    polls: tuple[Poll, ...] = ()
    state: str | None = None
    """The last state that was seen."""
    file: FileRecord | None = None


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """What came of valid requests sent at the same time."""

    requests: int
    concurrency: int
    accepted: int
    seconds: Seconds
    latency: Latency | None


class PhaseResult(msgspec.Struct, frozen=True):
    """What a phase spent, and why it ended early, if it did."""

    name: str
    cases: int
    sent: int
    seconds: Seconds
    ended: str | None = None
    """One sentence."""
    exhausted: Literal["requests", "jobs", "time"] | None = None
    """What the budget had no more of, where that ended it."""


class Latency(msgspec.Struct, frozen=True):
    """Seconds that responses took."""

    responses: int
    median: Seconds
    p95: Seconds
    p99: Seconds
    longest: Seconds


class Job(msgspec.Struct, frozen=True):
    """A job that the run created, or may have created."""

    case: str
    requirement: str
    status: int | None
    job_id: str | None
    exchange: int | None = None
    """Number of the exchange that created it."""


class LeftOut(msgspec.Struct, frozen=True):
    """A case that was not sent, and why."""

    case: str
    """The id of the case."""
    title: str
    requirement: str
    reason: str


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
    seconds: Seconds
    verdict: Verdict
    cause: Cause | None = None
    """Why the run is inconclusive, or what fails it beside its findings."""
    reason: str | None
    """The same as a sentence that says what to do."""
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
    left_out: tuple[LeftOut, ...] = ()
    """Cases of the suite that were not sent, what would have taught most first."""
    baseline: BaselineResult | None = None
    """None where the run had no baseline."""
    limits: str | None = None
    """A note that the target limits requests or open jobs, and how; None where it does not."""
