"""How conforming services differ: functions that fit the seams of Behaviour, for the variants."""

from __future__ import annotations

import base64
import gzip
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from email.utils import formatdate
from itertools import count
from urllib.parse import unquote, urlencode, urlsplit

from ..service.authorization import is_authorized
from ..service.export_request import ExportRequest
from ..service.job_facts import COMPLETED, JobFacts, Making
from ..service.limits import JobLimit, RateLimit
from ..service.messages import Ending, Problem, Request, Response, json_bytes, redirect, refusal
from ..service.records import Record
from ..service.seams import Changes, rewrites
from ..service.timestamps import Instant

_EVERY = 20  # requests

PROSE = json_bytes(
    {
        "error": "Sorry, an error occurred.",
        "message": "The request could not be read: unexpected character at line 1 column 5."
        " Exceptions to these rules can be asked for; please trace your request with the number below.",
        "number": 500,
    }
)


def with_more_members(response: Response, request: Request) -> Response:
    """Members beside the promised ones, at both levels."""
    document = response.document
    job = {**document["job"], "priority": 5, "links": []}
    return response.with_document({"requestNumber": request.number, **document, "job": job})


def compressed(response: Response, request: Request) -> Response:
    """gzip, where the client asks for it and there is something to compress."""
    if not response.body or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    return replace(response, body=gzip.compress(response.body)).with_headers(content_encoding="gzip")


def closing(response: Response, request: Request) -> Response:
    """No second request on the same connection."""
    return response.with_headers(connection="close")


def closing_on_next(response: Response, request: Request) -> Response:
    """A connection that closes unannounced, as late as it can: a client that reuses it always loses the race."""
    return replace(response, ending=Ending.CLOSED_ON_NEXT) if request.number % 3 == 0 else response


def unprocessable(response: Response, request: Request) -> Response:
    """422 for 400."""
    return replace(response, status=422) if response.status == 400 else response


def as_problem(response: Response, request: Request) -> Response:
    """RFC 9457."""
    details = "; ".join(f"{problem['key']} {problem['message']}" for problem in response.document["errors"])
    document = {"type": "about:blank", "title": "Refused", "status": response.status, "detail": details}
    return replace(response.with_document(document), media_type="application/problem+json")


def as_text(response: Response, request: Request) -> Response:
    """One line for each problem."""
    lines = [f"{problem['key']} {problem['message']}\n" for problem in response.document["errors"]]
    return replace(response, body="".join(lines).encode(), media_type="text/plain; charset=utf-8")


def too_many(request: Request) -> Response | None:
    """429 with Retry-After in seconds, now and then."""
    if not _is_turned_away(request):
        return None
    return refusal("turned-away", 429, Problem("request", "comes too soon")).with_headers(retry_after="1")


def unavailable(request: Request) -> Response | None:
    """503 with Retry-After as an HTTP date, now and then."""
    if not _is_turned_away(request):
        return None
    date = formatdate(time.time() + 1, usegmt=True)
    return refusal("turned-away", 503, Problem("server", "is busy")).with_headers(retry_after=date)


def limits_rate(status: int, retry_after: str | None) -> Changes:
    """A limit that a test without pauses reaches, and that is over in half a second."""
    return {"rate_limit": RateLimit(requests=50, seconds=0.5, status=status, retry_after=retry_after)}


def limits_jobs(status: int) -> Changes:
    """A limit that a few requests reach, until the jobs have finished by themselves."""
    return {"job_limit": JobLimit(jobs=3, status=status), "completed_after": 0.3}


def numbered() -> Changes:
    """Base64 of the job's number."""
    return {"job_text": lambda text, making: base64.b64encode(str(making.number).encode()).decode("ascii")}


def without_zero_fractions(facts: JobFacts, making: Making) -> dict[str, str]:
    """12:00:00Z for 12:00:00.000Z."""
    return {"start": facts.start.replace(".000Z", "Z"), "end": facts.end.replace(".000Z", "Z")}


def cut_to_milliseconds(facts: JobFacts, making: Making) -> dict[str, str]:
    """.123 for .123987."""
    return {"start": f"{facts.start[:23]}Z", "end": f"{facts.end[:23]}Z"}


def rounded_to_milliseconds(facts: JobFacts, making: Making) -> dict[str, str]:
    """.124 for .123987, and the next second for .999987."""

    def rounded(instant: Instant) -> str:
        ten_thousandths = int(instant.fraction[:4].ljust(4, "0"))
        moment = instant.second + timedelta(milliseconds=(ten_thousandths + 5) // 10)
        return f"{moment.isoformat(timespec='milliseconds')}Z"

    return {"start": rounded(making.export.start.instant), "end": rounded(making.export.end.instant)}


def as_written(facts: JobFacts, making: Making) -> dict[str, str]:
    """The dates with their own offsets."""
    return {"start": making.export.start.text, "end": making.export.end.text}


def beside(response: Response, request: Request) -> Response:
    """exportData moved out of the job."""
    document = response.document
    job = document["job"]
    moved = {"exportData": job.pop("exportData")} if "exportData" in job else {}
    return response.with_document({**document, **moved})


def null_until_completed(response: Response, request: Request) -> Response:
    """exportData that is always there."""
    document = response.document
    job = document["job"]
    if job["status"] == COMPLETED:
        return response
    return response.with_document({**document, "job": {**job, "exportData": None}})


def elsewhere() -> Changes:
    """Files on another host, which must not see the credentials."""

    def linked(response: Response, request: Request) -> Response:
        here = urlsplit(request.base_url).hostname or ""
        return _relinked(response, lambda url: url.replace(here, "localhost", 1))

    def guarded(request: Request) -> Response | None:
        return _without_credentials(request) if request.path.startswith("/files/") else None

    return {**rewrites("status", by=linked), "intercept": guarded}


def relative_link(response: Response, request: Request) -> Response:
    """A link without a host."""
    return _relinked(response, lambda url: url.replace(request.base_url, "/"))


def moved(request: Request) -> Response | None:
    """Files behind a redirect."""
    query = dict(request.query)
    if not request.path.startswith("/files/") or "moved" in query:
        return None
    there = f"{request.path}?{urlencode({**query, 'moved': 'yes'})}"
    return redirect(302, there)


def redirected_to_signed(hops: int) -> Changes:
    """Files behind links of the API that need credentials; the signed link behind the last one refuses them."""

    def linked(response: Response, request: Request) -> Response:
        return _relinked(response, lambda url: f"{request.base_url}files/{hops}-{_packed(url)}")

    def redirected(request: Request) -> Response | None:
        if "signature" in dict(request.query):
            return _without_credentials(request)
        if not is_authorized(request.authorization):
            return refusal("file-refused", 401, Problem("authorization", "is missing or wrong"))
        hop, _, packed = request.path.rpartition("/")[2].partition("-")
        if hop == "1":
            return redirect(307, base64.urlsafe_b64decode(packed).decode())
        return redirect(302, f"{request.base_url}files/{int(hop) - 1}-{packed}")

    return {
        **rewrites("status", by=linked),
        "intercept": lambda request: redirected(request) if request.path.startswith("/files/") else None,
    }


def with_line_feeds(response: Response, request: Request) -> Response:
    """Lines that end in a line feed alone."""
    return replace(response, body=response.body.replace(b"\r\n", b"\n")) if request.path.endswith(".csv") else response


def with_byte_order_mark(response: Response, request: Request) -> Response:
    """A byte order mark, as spreadsheets like it."""
    return replace(response, body=b"\xef\xbb\xbf" + response.body) if request.path.endswith(".csv") else response


def without_last_break(response: Response, request: Request) -> Response:
    """No line break behind the last record."""
    return replace(response, body=response.body.rstrip(b"\r\n"))


def with_plus(request: Request) -> list[tuple[str, str]]:
    """The parameters of a query in which a + is a +."""
    pairs = (part.partition("=") for part in request.raw_query.split("&"))
    return [(unquote(name), unquote(value)) for name, _, value in pairs]


def with_padding(request: Request) -> list[tuple[str, str]]:
    """The parameters, as long as Base64 has to be."""
    return [(name, value + "=" * (-len(value) % 4)) for name, value in request.query]


def last_id(request: Request) -> list[tuple[str, str]]:
    """The last id alone, whether it is one of a list or not."""
    return [("id", value) for name, value in request.query if name in ("id", "id[]")][-1:]


def to_the_second(records: Sequence[Record], export: ExportRequest) -> Sequence[Record]:
    """12:00:05Z for 12:00:05.000Z."""
    return _with_values(records, lambda value: value.replace(".000Z", "Z"))


def to_the_day(records: Sequence[Record], export: ExportRequest) -> Sequence[Record]:
    """Days alone."""
    return _with_values(records, lambda value: value[:10] if value.endswith(".000Z") else value)


def shuffled(records: Sequence[Record], export: ExportRequest) -> Sequence[Record]:
    """In no order, as of a database that was not told one."""
    return random.sample(records, len(records))


def growing() -> Changes:
    """One more record in each file than in the one before, where there is any: users work while they are exported."""
    numbers = count(1_000_000)

    def grown(records: Sequence[Record], export: ExportRequest) -> Sequence[Record]:
        new = next(numbers)
        return [*records, *(replace(one, values={**one.values, next(iter(one.values)): new}) for one in records[-1:])]

    return {"records": grown}


def without_empty(records: Sequence[Record], export: ExportRequest) -> Sequence[Record]:
    """Nothing for an empty text, in JSONL."""
    if export.format == "CSV":
        return records
    return [replace(one, values={name: value for name, value in one.values.items() if value != ""}) for one in records]


def one_use() -> Changes:
    """Links that are refused once they were followed."""
    followed: set[tuple[str, str]] = set()

    def refused(request: Request) -> Response | None:
        link = (request.path, request.raw_query)  # with a signature that no other service makes
        if not request.path.startswith("/files/") or link not in followed:
            followed.add(link)
            return None
        return refusal("file-refused", 410, Problem("link", "was used"))

    return {"intercept": refused}


def _with_values(records: Sequence[Record], change: Callable[[str], str]) -> Sequence[Record]:
    def changed(value: object) -> object:
        return change(value) if isinstance(value, str) else value

    return [replace(one, values={name: changed(value) for name, value in one.values.items()}) for one in records]


def later(response: Response, request: Request) -> Response:
    """A hint when to look again, until the job is completed."""
    return response if response.document["job"]["status"] == COMPLETED else response.with_headers(retry_after="1")


def _relinked(response: Response, change: Callable[[str], str]) -> Response:
    document = response.document
    data = document["job"].get("exportData")
    if data:
        data["downloadUrl"] = change(data["downloadUrl"])
    return response.with_document(document)


def _without_credentials(request: Request) -> Response | None:
    if not request.authorization:
        return None
    return refusal("file-refused", 400, Problem("authorization", "is not for this address"))


def _packed(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).decode("ascii")


def _is_turned_away(request: Request) -> bool:
    return request.path == "/exports" and request.number % _EVERY == 0
