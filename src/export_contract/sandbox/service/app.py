"""The export service on the web, as a Starlette application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .behaviour import Behaviour
from .export_service import ExportService
from .messages import Answer, Call, Problem, refusal

_CHUNK = 16 * 1024

Handler = Callable[[Call], Answer]


def create_app(behaviour: Behaviour | None = None) -> Starlette:
    """The service with this behaviour, the conforming one by default. Each application has its own jobs."""
    behaviour = behaviour or Behaviour()
    service, traffic = ExportService(behaviour), Traffic()

    def door(**handlers: Handler) -> Door:
        return Door(service, traffic, behaviour.largest_body, handlers)

    routes = [
        Route("/exports", door(GET=service.read, POST=service.create)),
        Route("/files/{name}", door(GET=service.download)),
        Route("/sandbox/jobs", door(GET=service.count)),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _answer_exception})
    app.router.redirect_slashes = False
    return app


@dataclass
class Traffic:
    """Counts the calls that have come, and those that are not answered yet."""

    total: int = 0
    in_flight: int = 0

    @contextmanager
    def one_more(self) -> Iterator[tuple[int, int]]:
        """Count one call; yields its number and how many are in flight with it."""
        self.total += 1
        self.in_flight += 1
        try:
            yield self.total, self.in_flight
        finally:
            self.in_flight -= 1


@dataclass(frozen=True)
class Door:
    """One path of the service: a handler for each method that it declares, and a refusal for any other.

    Starlette's own routes add HEAD to every GET, and answer other methods before faults can have their say.
    """

    service: ExportService
    traffic: Traffic
    largest_body: int
    handlers: dict[str, Handler]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as an ASGI application."""
        request = Request(scope, receive)
        with self.traffic.one_more() as (number, in_flight):
            call = Call(
                method=request.method,
                path=request.url.path,
                headers=request.headers,
                query=request.query_params.multi_items(),
                body=await _read_body(request, self.largest_body),
                base_url=str(request.base_url),
                number=number,
                in_flight=in_flight,
            )
            answer = self._answer(call)
            await asyncio.sleep(answer.delay)
        await _response(answer)(scope, receive, send)

    def _answer(self, call: Call) -> Answer:
        handler = self.handlers.get(call.method)
        return handler(call) if handler else self.service.refuse_method(call, ", ".join(self.handlers))


async def _read_body(request: Request, limit: int) -> bytes:
    # Read to its end in any case: a client that is still sending would not see the answer. Kept up to one byte
    # beyond the limit, so that a longer one shows.
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[: limit + 1 - len(body)]
    return bytes(body)


def _response(answer: Answer) -> Response:
    headers = dict(answer.headers)
    if answer.media_type is not None:
        headers["content-type"] = answer.media_type
    if answer.broken_off:
        headers["content-length"] = str(len(answer.body))
        return StreamingResponse(_nothing(), answer.status, headers)
    if answer.event == "file":
        return StreamingResponse(_chunks(answer.body), answer.status, headers)
    return Response(answer.body, answer.status, headers)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]


async def _nothing() -> AsyncIterator[bytes]:
    # Fewer bytes than were announced: the server has to close the connection.
    yield b""


async def _answer_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _response(refusal("unknown-path", error.status_code, Problem("path", error.detail)))
