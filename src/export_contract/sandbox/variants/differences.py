"""How conforming services differ: functions that fit the seams of Behaviour, for the variants."""

from __future__ import annotations

import base64
import gzip
import time
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from urllib.parse import urlencode, urlsplit

from ..service.job_facts import COMPLETED, JobFacts, Making
from ..service.messages import Answer, Call, Problem, json_bytes, refusal
from ..service.seams import Changes, rewrites

_EVERY = 20  # calls

PROSE = json_bytes(
    {
        "error": "Sorry, an error occurred.",
        "message": "The request could not be read: unexpected character at line 1 column 5."
        " Exceptions to these rules can be asked for; please trace your request with the number below.",
        "number": 500,
    }
)


def with_more_members(answer: Answer, call: Call) -> Answer:
    """Members beside the promised ones, at both levels."""
    document = answer.document
    job = {**document["job"], "priority": 5, "links": []}
    return answer.with_document({"requestNumber": call.number, **document, "job": job})


def compressed(answer: Answer, call: Call) -> Answer:
    """gzip, where the client asks for it and there is something to compress."""
    if not answer.body or "gzip" not in call.headers.get("accept-encoding", ""):
        return answer
    return replace(answer, body=gzip.compress(answer.body)).with_headers(content_encoding="gzip")


def closing(answer: Answer, call: Call) -> Answer:
    """No second call on the same connection."""
    return answer.with_headers(connection="close")


def unprocessable(answer: Answer, call: Call) -> Answer:
    """422 for 400."""
    return replace(answer, status=422) if answer.status == 400 else answer


def as_problem(answer: Answer, call: Call) -> Answer:
    """RFC 9457."""
    details = "; ".join(f"{problem['key']} {problem['message']}" for problem in answer.document["errors"])
    document = {"type": "about:blank", "title": "Refused", "status": answer.status, "detail": details}
    return replace(answer.with_document(document), media_type="application/problem+json")


def as_text(answer: Answer, call: Call) -> Answer:
    """One line for each problem."""
    lines = [f"{problem['key']} {problem['message']}\n" for problem in answer.document["errors"]]
    return replace(answer, body="".join(lines).encode(), media_type="text/plain; charset=utf-8")


def too_many(call: Call) -> Answer | None:
    """429 with Retry-After in seconds, now and then."""
    if not _is_turned_away(call):
        return None
    return refusal("turned-away", 429, Problem("call", "comes too soon")).with_headers(retry_after="1")


def unavailable(call: Call) -> Answer | None:
    """503 with Retry-After as an HTTP date, now and then."""
    if not _is_turned_away(call):
        return None
    date = formatdate(time.time() + 1, usegmt=True)
    return refusal("turned-away", 503, Problem("server", "is busy")).with_headers(retry_after=date)


def numbered() -> Changes:
    """Base64 of the job's number."""
    return {"job_text": lambda text, making: base64.b64encode(str(making.number).encode()).decode("ascii")}


def without_zero_fractions(facts: JobFacts, making: Making) -> dict[str, str]:
    """12:00:00Z for 12:00:00.000Z."""
    return {"start": facts.start.replace(".000Z", "Z"), "end": facts.end.replace(".000Z", "Z")}


def as_written(facts: JobFacts, making: Making) -> dict[str, str]:
    """The dates with their own offsets."""
    return {"start": making.request.start.text, "end": making.request.end.text}


def beside(answer: Answer, call: Call) -> Answer:
    """exportData moved out of the job."""
    document = answer.document
    job = document["job"]
    moved = {"exportData": job.pop("exportData")} if "exportData" in job else {}
    return answer.with_document({**document, **moved})


def null_until_completed(answer: Answer, call: Call) -> Answer:
    """exportData that is always there."""
    document = answer.document
    job = document["job"]
    if job["status"] == COMPLETED:
        return answer
    return answer.with_document({**document, "job": {**job, "exportData": None}})


def elsewhere() -> Changes:
    """Files on another host, which must not see the credentials."""

    def linked(answer: Answer, call: Call) -> Answer:
        here = urlsplit(call.base_url).hostname or ""
        return _relinked(answer, lambda url: url.replace(here, "localhost", 1))

    def guarded(call: Call) -> Answer | None:
        if call.path.startswith("/files/") and call.authorization:
            return refusal("file-refused", 400, Problem("authorization", "is not for this host"))
        return None

    return {**rewrites("status", by=linked), "intercept": guarded}


def relative_link(answer: Answer, call: Call) -> Answer:
    """A link without a host."""
    return _relinked(answer, lambda url: url.replace(call.base_url, "/"))


def moved(call: Call) -> Answer | None:
    """Files behind a redirect."""
    query = dict(call.query)
    if not call.path.startswith("/files/") or "moved" in query:
        return None
    there = f"{call.path}?{urlencode({**query, 'moved': 'yes'})}"
    return Answer("turned-away", 302, media_type=None).with_headers(location=there)


def with_line_feeds(answer: Answer, call: Call) -> Answer:
    """Lines that end in a line feed alone."""
    return replace(answer, body=answer.body.replace(b"\r\n", b"\n")) if call.path.endswith(".csv") else answer


def with_byte_order_mark(answer: Answer, call: Call) -> Answer:
    """A byte order mark, as spreadsheets like it."""
    return replace(answer, body=b"\xef\xbb\xbf" + answer.body) if call.path.endswith(".csv") else answer


def without_last_break(answer: Answer, call: Call) -> Answer:
    """No line break behind the last record."""
    return replace(answer, body=answer.body.rstrip(b"\r\n"))


def later(answer: Answer, call: Call) -> Answer:
    """A word on when to look again, until the job is completed."""
    return answer if answer.document["job"]["status"] == COMPLETED else answer.with_headers(retry_after="1")


def _relinked(answer: Answer, change: Callable[[str], str]) -> Answer:
    document = answer.document
    data = document["job"].get("exportData")
    if data:
        data["downloadUrl"] = change(data["downloadUrl"])
    return answer.with_document(document)


def _is_turned_away(call: Call) -> bool:
    return call.path == "/exports" and call.number % _EVERY == 0
