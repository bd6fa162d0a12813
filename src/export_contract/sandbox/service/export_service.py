"""The export service: each of its calls as a function from a call to an answer."""

from __future__ import annotations

from .authorization import SCHEME, is_authorized
from .behaviour import Behaviour
from .body import Refused, read_request
from .export_files import MEDIA_TYPES, Links, render
from .export_request import ExportRequest
from .job_facts import COMPLETED, PENDING, Making
from .job_ids import make_job_id
from .job_store import Job, JobStore
from .messages import JSON_MEDIA_TYPE, Answer, Call, Problem, json_answer, refusal
from .records import records_for


class ExportService:
    """One service with its own jobs, behaving as it is told."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._jobs = JobStore()
        self._links = Links(behaviour.link_lifetime)

    def create(self, call: Call) -> Answer:
        """POST /exports."""
        return self._finished(self._guarded(call) or self._create(call), call)

    def read(self, call: Call) -> Answer:
        """GET /exports?id=..."""
        return self._finished(self._guarded(call) or self._read(call), call)

    def download(self, call: Call) -> Answer:
        """GET /files/NAME?expires=...&signature=..."""
        return self._finished(self._intercepted(call) or self._download(call), call)

    def refuse_method(self, call: Call, declared: str) -> Answer:
        """Any call with a method that its path does not declare."""
        answer = refusal("undeclared-method", 405, Problem("method", f"must be one of {declared}"))
        return self._finished(answer.with_headers(allow=declared), call)

    def count(self, call: Call) -> Answer:
        """GET /sandbox/jobs: how many jobs were created. No part of the API; tests look in here."""
        return json_answer("counted", 200, {"created": self._jobs.count()})

    def _finished(self, answer: Answer, call: Call) -> Answer:
        for rewrite in self._behaviour.answer:
            answer = rewrite(answer, call)
        return answer

    def _guarded(self, call: Call) -> Answer | None:
        if not (is_authorized(call.authorization) or any(admits(call) for admits in self._behaviour.admit)):
            answer = refusal("unauthorized", 401, Problem("authorization", "is missing or wrong"))
            return answer.with_headers(www_authenticate=SCHEME)
        return self._intercepted(call)

    def _intercepted(self, call: Call) -> Answer | None:
        answers = (intercept(call) for intercept in self._behaviour.intercept)
        return next((answer for answer in answers if answer is not None), None)

    def _create(self, call: Call) -> Answer:
        if len(call.body) > self._behaviour.largest_body:
            return refusal("refused", 413, Problem("body", "is too large"))
        if not (self._behaviour.accept_any_content_type or _is_json(call.headers.get("content-type", ""))):
            return refusal("refused", 415, Problem("content-type", f"must be {JSON_MEDIA_TYPE}"))
        try:
            request = read_request(call.body, self._behaviour)
        except Refused as refused:
            return refusal("refused", refused.status, *refused.problems)
        return json_answer("created", 200, {"job": {"id": self._job_for(request, call).id}})

    def _job_for(self, request: ExportRequest, call: Call) -> Job:
        if self._behaviour.idempotent and (earlier := self._jobs.with_body(call.body)):
            return earlier

        def make_id(number: int, previous_id: str | None) -> str:
            return make_job_id(Making(request, call, number, previous_id), self._behaviour)

        return self._jobs.create(request, call.body, make_id)

    def _read(self, call: Call) -> Answer:
        asked = [value for name, value in call.query if name == "id"]
        if len(asked) != 1 or not asked[0]:
            return refusal("missing-id", 400, Problem("id", "must be given once"))
        job_id = asked[0]
        for reread in self._behaviour.asked_id:
            job_id = reread(job_id)
        job = self._jobs.with_id(job_id)
        if job is None or job.age < self._behaviour.found_after:
            return refusal("unknown-id", 404, Problem("id", "names no job"))
        return json_answer("status", 200, {"job": self._told(job, call), "errors": []})

    def _told(self, job: Job, call: Call) -> dict[str, object]:
        status = COMPLETED if job.age >= self._behaviour.completed_after else PENDING
        for retell in self._behaviour.status:
            status = retell(status, job.completions_told)
        told: dict[str, object] = {"id": job.id, "status": status}
        if status == COMPLETED:
            self._jobs.tell_completion(job)
            url, expires_at = self._links.make(job, call.base_url)
            told["exportData"] = {"downloadUrl": url, "downloadExpiresAt": expires_at}
        return told

    def _download(self, call: Call) -> Answer:
        query = dict(call.query)
        name = call.path.rpartition("/")[2]
        number = self._links.job_number(name, query.get("expires", ""), query.get("signature", ""))
        job = None if number is None else self._jobs.with_number(number)
        if job is None:
            return refusal("file-refused", 403, Problem("signature", "is wrong, or has ended"))
        records = records_for(
            job.request, ignore_start=self._behaviour.ignore_start, ignore_end=self._behaviour.ignore_end
        )
        content = render(records, job.request.export_type, job.request.format)
        answer = Answer("file", 200, content, MEDIA_TYPES[job.request.format])
        return answer.with_headers(x_record_count=str(len(records)))


def _is_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    return media_type == JSON_MEDIA_TYPE and all(
        parameter in ("charset=utf-8", 'charset="utf-8"') for parameter in parameters
    )
