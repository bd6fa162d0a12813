"""The export service: each of its operations as a function from a request to a response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from .authorization import SCHEME, is_authorized
from .behaviour import Behaviour
from .body import Refused, read_request
from .export_files import MEDIA_TYPES, Links, render
from .export_request import ExportRequest
from .job_facts import COMPLETED, PENDING, Making
from .job_ids import make_job_id
from .job_store import Job, JobStore
from .limits import RateLimit, SlidingWindow
from .messages import JSON_MEDIA_TYPE, Ending, Problem, Request, Response, json_response, redirect, refusal
from .records import Record, records_for


class ExportService:
    """One service with its own jobs, which behaves as its `Behaviour` says."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._jobs = JobStore()
        self._links = Links(behaviour.link_lifetime)
        self._window = None if behaviour.rate_limit is None else SlidingWindow(behaviour.rate_limit)

    @property
    def jobs_created(self) -> int:
        """The number of jobs so far."""
        return self._jobs.count()

    def create(self, request: Request) -> Response:
        """POST /exports."""
        return self._finished(self._turned_away(request) or self._guarded(request) or self._create(request), request)

    def read(self, request: Request) -> Response:
        """GET /exports?id=..."""
        return self._finished(self._turned_away(request) or self._guarded(request) or self._read(request), request)

    def download(self, request: Request) -> Response:
        """GET /files/NAME?expires=...&signature=..."""
        return self._finished(self._intercepted(request) or self._download(request), request)

    def find_nothing(self, request: Request) -> Response:
        """GET of a path below /exports, where there is nothing."""
        response = self._guarded(request) or refusal("unknown-path", 404, Problem("path", "Not Found"))
        return self._finished(response, request)

    def refuse_method(self, request: Request, declared: str) -> Response:
        """Any request with a method that its path does not declare."""
        response = refusal("undeclared-method", 405, Problem("method", f"must be one of {declared}"))
        return self._finished(self._turned_away(request) or response.with_headers(allow=declared), request)

    def refuse_unread(self, request: Request, status: int) -> Response:
        """A request whose body is too long to be read at all, and so is left out here."""
        refused = refusal("refused", status, Problem("body", "is too large"))
        response = self._turned_away(request) or self._unauthorized(request) or refused
        return self._finished(replace(response, ending=Ending.RESET), request)

    def _finished(self, response: Response, request: Request) -> Response:
        for rewrite in self._behaviour.response:
            response = rewrite(response, request)
        return response

    def _turned_away(self, request: Request) -> Response | None:
        status = self._behaviour.slash_redirect
        if status is not None and not request.path.endswith("/"):
            query = f"?{urlencode(request.query)}" if request.query else ""
            return redirect(status, f"{request.base_url}exports/{query}")
        return None if self._window is None or self._window.admit_one() else _too_many(self._window.limit)

    def _guarded(self, request: Request) -> Response | None:
        return self._unauthorized(request) or self._intercepted(request)

    def _unauthorized(self, request: Request) -> Response | None:
        if is_authorized(request.authorization) or any(admits(request) for admits in self._behaviour.admit):
            return None
        response = refusal("unauthorized", 401, Problem("authorization", "is missing or wrong"))
        return response.with_headers(www_authenticate=SCHEME)

    def _intercepted(self, request: Request) -> Response | None:
        responses = (intercept(request) for intercept in self._behaviour.intercept)
        return next((response for response in responses if response is not None), None)

    def _create(self, request: Request) -> Response:
        if len(request.body) > self._behaviour.largest_body:
            return refusal("refused", 413, Problem("body", "is too large"))
        if not (self._behaviour.accept_any_content_type or _is_json(request.headers.get("content-type", ""))):
            return refusal("refused", 415, Problem("content-type", f"must be {JSON_MEDIA_TYPE}"))
        try:
            export = read_request(request.body, self._behaviour)
        except Refused as refused:
            return refusal("refused", refused.status, *refused.problems)
        limit = self._behaviour.job_limit
        if limit is not None and self._jobs.count(younger_than=self._behaviour.completed_after) >= limit.jobs:
            return refusal("turned-away", limit.status, Problem("job", f"limit of {limit.jobs} open jobs reached"))
        return json_response("created", 200, {"job": {"id": self._job_for(export, request).id}})

    def _job_for(self, export: ExportRequest, request: Request) -> Job:
        if self._behaviour.idempotent and (earlier := self._jobs.with_body(request.body)):
            return earlier

        def make_id(number: int, previous_id: str | None) -> str:
            return make_job_id(Making(export, request, number, previous_id), self._behaviour)

        return self._jobs.create(export, request.body, make_id)

    def _read(self, request: Request) -> Response:
        for reread_query in self._behaviour.status_query:
            request = replace(request, query=reread_query(request))
        ids = [value for name, value in request.query if name == "id"]
        if len(ids) != 1 or not ids[0]:
            return refusal("missing-id", 400, Problem("id", "must be given once"))
        job_id = ids[0]
        for reread in self._behaviour.status_id:
            job_id = reread(job_id)
        job = self._jobs.with_id(job_id)
        if job is None or job.age < self._behaviour.found_after:
            return refusal("unknown-id", 404, Problem("id", "names no job"))
        return json_response("status", 200, {"job": self._reported(job, request), "errors": []})

    def _reported(self, job: Job, request: Request) -> dict[str, object]:
        status = COMPLETED if job.age >= self._behaviour.completed_after else PENDING
        for restate in self._behaviour.status:
            status = restate(status, job.completions_reported)
        reported: dict[str, object] = {"id": job.id, "status": status}
        if status == COMPLETED:
            self._jobs.record_completion(job)
            url, expires_at = self._links.make(job, request.base_url)
            reported["exportData"] = {"downloadUrl": url, "downloadExpiresAt": expires_at}
        return reported

    def _download(self, request: Request) -> Response:
        query = dict(request.query)
        name = request.path.rpartition("/")[2]
        number = self._links.job_number(name, query.get("expires", ""), query.get("signature", ""))
        job = None if number is None else self._jobs.with_number(number)
        if job is None:
            return refusal("file-refused", 403, Problem("signature", "is wrong, or has expired"))
        ignored = {"ignore_start": self._behaviour.ignore_start, "ignore_end": self._behaviour.ignore_end}
        records: Sequence[Record] = records_for(job.export, **ignored) if self._behaviour.has_records else []
        for reselect in self._behaviour.records:
            records = reselect(records, job.export)
        content = render(records, job.export.export_type, job.export.format)
        response = Response("file", 200, content, MEDIA_TYPES[job.export.format])
        return response.with_headers(x_record_count=str(len(records)))


def _too_many(limit: RateLimit) -> Response:
    """What is sent in place of the response, where a rate limit is reached."""
    response = refusal("turned-away", limit.status, Problem("request", "comes too soon after many others"))
    return response if limit.retry_after is None else response.with_headers(retry_after=limit.retry_after)


def _is_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    return media_type == JSON_MEDIA_TYPE and all(
        parameter in ("charset=utf-8", 'charset="utf-8"') for parameter in parameters
    )
