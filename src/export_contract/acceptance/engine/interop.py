"""Requests and answers of other HTTP libraries, read as ours: httpx, requests, Werkzeug, and whatever is like them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from export_contract.acceptance.model.exchange import Response
from export_contract.contract import Contract
from export_contract.strategies import Case
from export_contract.strategies.data.case import JSON
from export_contract.strategies.drawn.requests import drawn_case


def case_of(request: Any, contract: Contract) -> Case:
    """A request as a case, with what the contract says of it.

    A request is a Case, a body (bytes, text, or a value to be written as JSON), or the request object of a library:
    something with `headers`, and its body in `content`, `body`, `data` or `get_data()`. Raises TypeError for anything
    else, and ValueError for another method than POST, of which only a Case can say what is expected.
    """
    match request:
        case Case():
            return request
        case bytes():
            return _drawn(contract, request, JSON)
        case str():
            return _drawn(contract, request.encode("utf-8", "surrogatepass"), JSON)
        case Mapping() | list() | int() | float() | None:
            return _drawn(contract, json.dumps(request).encode(), JSON)
    if not hasattr(request, "headers"):
        raise TypeError(f"a request is a Case, a body, or a request object, and not of {type(request).__name__}")
    method = getattr(request, "method", "POST") or "POST"
    if method.upper() != "POST":
        raise ValueError(f"the contract says what becomes of a POST; of a {method} only a Case says what is expected")
    content_type = next((value for name, value in _pairs(request.headers) if name.lower() == "content-type"), None)
    return _drawn(contract, _body(request, ("content", "body", "data")), content_type)


def response_of(response: Any) -> Response:
    """An answer of another library as ours: something with `status_code`, `headers`, and its body in `content`.

    Raises TypeError for anything else.
    """
    if isinstance(response, Response):
        return response
    if not hasattr(response, "status_code") or not hasattr(response, "headers"):
        raise TypeError(f"an answer has status_code, headers and content, and {type(response).__name__} has not")
    try:
        elapsed = getattr(response, "elapsed", 0.0)
    except RuntimeError:  # httpx, for an answer that was made by hand
        elapsed = 0.0
    return Response(
        status=int(response.status_code),
        headers=tuple(_pairs(response.headers)),
        body=_body(response, ("content", "data")),
        seconds=elapsed.total_seconds() if isinstance(elapsed, timedelta) else float(elapsed or 0.0),
    )


def _drawn(contract: Contract, payload: bytes, content_type: str | None) -> Case:
    return drawn_case(contract, payload, "a request of the test", content_type)


def _pairs(headers: Any) -> Iterator[tuple[str, str]]:
    """The names and values of headers, which some libraries keep in lists."""
    items: Iterable[tuple[str, Any]] = headers.multi_items() if hasattr(headers, "multi_items") else headers.items()
    for name, value in items:
        for one in value if isinstance(value, list | tuple) else (value,):
            yield str(name), one.decode("latin-1") if isinstance(one, bytes) else str(one)


def _body(message: Any, names: tuple[str, ...]) -> bytes:
    body = message.get_data() if hasattr(message, "get_data") else None
    body = next((getattr(message, name) for name in names if hasattr(message, name)), b"") if body is None else body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if not isinstance(body, bytes | bytearray | memoryview):
        raise TypeError(f"a body must be there as bytes, and this one is of {type(body).__name__}")
    return bytes(body)
