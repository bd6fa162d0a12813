"""uvicorn's connection, which can also end as clients do not expect it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from .service.app import CONNECTION

_NO_LINGER = struct.pack("ii", 1, 0)


class SandboxConnection(H11Protocol):
    """A connection that the application finds in its scope, and may end; see `Connection` of the application."""

    _lost: Callable[[], None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Put this connection into the scope of every request that comes on it."""
        super().connection_made(transport)
        app: Any = self.app

        async def connected(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "extensions": {CONNECTION: self}}, receive, send)

        self.app = connected

    def data_received(self, data: bytes) -> None:
        """Read on, unless the connection was to be closed by now."""
        if self._lost is None:
            super().data_received(data)
        elif not self.transport.is_closing():
            self._lost()
            self.close()

    def close(self) -> None:
        """Close it, without a word to the client."""
        self.transport.close()

    def close_on_next(self, lost: Callable[[], None]) -> None:
        """Close it when the next request arrives, and call `lost` then."""
        self._lost = lost

    def reset(self) -> None:
        """Reset it, as an operating system does with a connection that is closed before all of it was read."""
        listener = self.transport.get_extra_info("socket")
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self.transport.abort()
