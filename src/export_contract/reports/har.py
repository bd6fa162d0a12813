"""HAR 1.2: every exchange, for the tools of browsers and proxies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from export_contract.acceptance.model.results import ExchangeRecord, Results
from export_contract.reports.escaping import brief, printable
from export_contract.reports.results_json import encoded

_HTTP: Final = "HTTP/1.1"


def render(results: Results) -> Iterator[bytes]:
    """The exchanges in the order of sending; secrets were masked when they were recorded, and nothing is decoded."""
    comment = printable(f"{results.contract.title} {results.contract.version}: {results.verdict}")
    tool = {"name": printable(results.tool.name), "version": printable(results.tool.version)}
    head = encoded({"version": "1.2", "creator": tool, "comment": comment, "entries": []})
    yield b'{"log":' + head.removesuffix(b"]}")
    before = b"\n"
    for exchange in results.exchanges:
        yield before + encoded(_entry(exchange))
        before = b",\n"
    yield b"\n]}}\n"


def _entry(exchange: ExchangeRecord) -> dict[str, Any]:
    milliseconds = round(exchange.response.seconds * 1000, 3)
    again = ", sent again afterwards" if exchange.retried else ""
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.sent_at, UTC).isoformat(),
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": brief(f"{exchange.case.expectation} by {exchange.case.requirement}: {exchange.case.title}") + again,
    }


def _request(exchange: ExchangeRecord) -> dict[str, Any]:
    case = exchange.case
    size = case.body_cut or len((case.body or "").encode("utf-8", "replace"))
    query = exchange.url.partition("?")[2]
    request: dict[str, Any] = {
        "method": case.method,
        "url": exchange.url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(case.headers),
        # As it was sent: decoded, what a mask left of a secret could be read.
        "queryString": _pairs(tuple(part.partition("=")[::2] for part in query.split("&"))) if query else [],
        "headersSize": -1,
        "bodySize": size if case.body_base64 is None or case.body_cut else -1,
    }
    if case.body or case.body_base64 is not None:
        request["postData"] = {"mimeType": _media_type(case.headers), "text": case.body_base64 or case.body or ""}
        if case.body_base64 is not None:
            request["postData"]["comment"] = "Base64 of the body"
        elif case.body_cut:
            request["postData"]["comment"] = f"the first part of {case.body_cut} bytes"
    return request


def _response(exchange: ExchangeRecord) -> dict[str, Any]:
    response = exchange.response
    content: dict[str, Any] = {
        "size": len(response.body.encode("utf-8", "replace")),
        "mimeType": _media_type(response.headers),
        "text": response.body,
    }
    if response.truncated:
        content["comment"] = "the body was longer"
    return {
        "status": response.status or 0,
        "statusText": "",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(response.headers),
        "content": content,
        "redirectURL": next((value for name, value in response.headers if name.lower() == "location"), ""),
        "headersSize": -1,
        "bodySize": -1,
        **({"comment": response.problem} if response.problem else {}),
    }


def _media_type(headers: tuple[tuple[str, str], ...]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]
