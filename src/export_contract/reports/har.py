"""HAR: all exchanges of a run, for the browsers' own tools."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from export_contract.acceptance.model.results import ExchangeRecord, Results
from export_contract.reports.escaping import brief, printable

_HTTP: Final = "HTTP/1.1"


def render(results: Results) -> bytes:
    """The exchanges as HAR 1.2, in the order of sending; secrets were masked when they were kept."""
    text = io.StringIO()
    comment = printable(f"{results.contract.title} {results.contract.version}: {results.verdict}")
    creator = Creator(name=results.tool.name, version=results.tool.version)
    with HarFile.open(text, creator=creator, comment=comment) as har:
        for exchange in results.exchanges:
            _add(har, exchange)
    return text.getvalue().encode() + b"\n"


def _add(har: HarFile, exchange: ExchangeRecord) -> None:
    milliseconds = round(exchange.response.seconds * 1000, 3)
    har.add_entry(
        startedDateTime=datetime.fromtimestamp(exchange.sent_at, UTC),
        time=milliseconds,
        request=_request(exchange),
        response=_response(exchange),
        timings=Timings(send=0, wait=milliseconds, receive=0),
        comment=brief(f"{exchange.case.expectation} by {exchange.case.requirement}: {exchange.case.title}"),
    )


def _request(exchange: ExchangeRecord) -> Request:
    case = exchange.case
    size = case.body_cut or len((case.body or "").encode())
    post = None
    if case.body_base64 is not None:
        post = PostData(mimeType=_type_of(case.headers), text=case.body_base64, comment="Base64 of the body")
    elif case.body:
        cut = f"the first part of {case.body_cut} bytes" if case.body_cut else None
        post = PostData(mimeType=_type_of(case.headers), text=case.body, comment=cut)
    try:
        query = parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
    except ValueError:
        query = []
    return Request(
        method=case.method,
        url=exchange.url,
        httpVersion=_HTTP,
        headers=_records(case.headers),
        queryString=_records(tuple(query)),
        postData=post,
        bodySize=size if case.body_base64 is None or case.body_cut else -1,
    )


def _response(exchange: ExchangeRecord) -> Response:
    response = exchange.response
    cut = "the answer was longer" if response.truncated else None
    return Response(
        status=response.status or 0,
        statusText="",
        httpVersion=_HTTP,
        headers=_records(response.headers),
        redirectURL=next((value for name, value in response.headers if name.lower() == "location"), ""),
        content=Content(
            size=len(response.body.encode()), mimeType=_type_of(response.headers), text=response.body, comment=cut
        ),
        bodySize=-1,
        comment=response.problem or None,
    )


def _type_of(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _records(pairs: tuple[tuple[str, str], ...]) -> list[Record]:
    return [Record(name=name, value=value) for name, value in pairs]
