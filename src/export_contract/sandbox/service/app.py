"""The export service on the web, as a Starlette application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette import requests, responses
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from .behaviour import Behaviour
from .export_service import ExportService
from .messages import Ending, Problem, Request, Response, refusal

CONNECTION = "sandbox.connection"
"""The extension of an ASGI scope under which a server gives a `Connection`."""
_CHUNK = 16 * 1024

Handler = Callable[[Request], Response]


class Connection(Protocol):
    """Endings of a connection that ASGI has no words for."""

    def close(self) -> None:
        """Close it, without a word to the client."""

    def close_on_next(self, lost: Callable[[], None]) -> None:
        """Close it when the next request arrives, and call `lost` then."""

    def reset(self) -> None:
        """Reset it."""


def create_app(behaviour: Behaviour | None = None) -> Starlette:
    """The service with this behaviour, the conforming one by default. Each application has its own jobs."""
    behaviour = behaviour or Behaviour()
    service, traffic = ExportService(behaviour), Traffic()

    def door(**handlers: Handler) -> Door:
        return Door(service, traffic, behaviour, handlers)

    async def count(_: requests.Request) -> responses.Response:
        # Not part of the API; tests look in here.
        return responses.JSONResponse({"created": service.jobs_created, "requests": traffic.total})

    async def refuse_path(_: requests.Request, error: Exception) -> responses.Response:
        assert isinstance(error, HTTPException)
        traffic.count()
        return _written(refusal("unknown-path", error.status_code, Problem("path", error.detail)))

    exports = door(GET=service.read, POST=service.create)
    routes = [
        Route("/exports", exports),
        *([Route("/exports/", exports)] if behaviour.slash_redirect else ()),
        Route("/exports/{rest:path}", door(GET=service.find_nothing)),
        Route("/files/{name}", door(GET=service.download)),
        Route("/sandbox/jobs", count),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refuse_path})
    app.router.redirect_slashes = False
    return app


@dataclass
class Traffic:
    """Counts the requests that have come, and those without a response yet."""

    total: int = 0
    in_flight: int = 0

    def count(self) -> None:
        """Count one request that needs no number."""
        self.total += 1

    @contextmanager
    def one_more(self) -> Iterator[tuple[int, int]]:
        """Count one request; yields its number, and how many are in flight with it."""
        self.total += 1
        self.in_flight += 1
        try:
            yield self.total, self.in_flight
        finally:
            self.in_flight -= 1


@dataclass(frozen=True)
class Door:
    """One path of the service: a handler for each method that it declares, and a refusal for any other.

    Starlette's own routes add HEAD to every GET, and refuse other methods before faults can change that.
    """

    service: ExportService
    traffic: Traffic
    behaviour: Behaviour
    handlers: dict[str, Handler]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request, as an ASGI application."""
        incoming = requests.Request(scope, receive)
        with self.traffic.one_more() as (number, in_flight):
            body = await self._body(incoming)
            request = Request(
                method=incoming.method,
                path=incoming.url.path,
                headers=incoming.headers,
                query=incoming.query_params.multi_items(),
                body=body or b"",
                base_url=str(incoming.base_url),
                number=number,
                in_flight=in_flight,
                raw_query=incoming.url.query,
            )
            response = self._respond(request, is_read=body is not None)
            await asyncio.sleep(response.delay)
        await _written(response)(scope, receive, send)
        self._end(response.ending, scope.get("extensions", {}).get(CONNECTION))

    async def _body(self, incoming: requests.Request) -> bytes | None:
        """The body; None for one that is refused early, and whose rest is not read.

        Any other is read to its end, since a client that is still sending would not see the response; it is kept up to
        one byte beyond the limit, so that a longer one shows.
        """
        early, most = self.behaviour.early_refusal, self.behaviour.largest_body
        body = bytearray()
        async for chunk in incoming.stream():
            body += chunk[: most + 1 - len(body)]
            if early is not None and len(body) > early.size:
                return None
        return bytes(body)

    def _respond(self, request: Request, *, is_read: bool) -> Response:
        early = self.behaviour.early_refusal
        if early is not None and not is_read:
            return self.service.refuse_unread(request, early.status)
        handler = self.handlers.get(request.method)
        return handler(request) if handler else self.service.refuse_method(request, ", ".join(self.handlers))

    def _end(self, ending: Ending, connection: Connection | None) -> None:
        # There is no connection where the application is called in this process.
        if connection is None:
            return
        if ending is Ending.CLOSED:
            connection.close()
        elif ending is Ending.CLOSED_ON_NEXT:
            connection.close_on_next(self.traffic.count)
        elif ending is Ending.RESET:
            connection.reset()


def _written(response: Response) -> responses.Response:
    headers = dict(response.headers)
    if response.media_type is not None:
        headers["content-type"] = response.media_type
    if response.ending is Ending.CUT_SHORT:
        headers["content-length"] = str(len(response.body))
        return responses.StreamingResponse(_nothing(), response.status, headers)
    if response.event == "file":
        return responses.StreamingResponse(_chunks(response.body), response.status, headers)
    return responses.Response(response.body, response.status, headers)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]


async def _nothing() -> AsyncIterator[bytes]:
    # Fewer bytes than were announced: the server has to close the connection.
    yield b""
