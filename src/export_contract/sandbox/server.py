"""Serving the sandbox: in this process until it is stopped, or in one of its own for as long as it is needed."""

from __future__ import annotations

import errno
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from .selection import chosen_behaviour, with_environment
from .service.authorization import DEMO_AUTHORIZATION

if TYPE_CHECKING:
    import uvicorn

_START_SECONDS = 15.0
_STOP_SECONDS = 5.0


class PortInUse(OSError):
    """Another process listens on the port already."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(errno.EADDRINUSE, f"Port {port} of {host} is in use.")

    def __str__(self) -> str:
        return self.strerror or ""


class SandboxNotStarted(RuntimeError):
    """The sandbox's own process ended, or printed nothing, before it was ready."""


def serve(
    port: int,
    *,
    host: str = "127.0.0.1",
    faults: Sequence[str] = (),
    variants: Sequence[str] = (),
) -> None:
    """Serve the sandbox until SIGINT or SIGTERM; port 0 takes any free one.

    Prints to standard error where it listens, and which credentials it takes. Raises PortInUse, and UnknownFault for
    names that are in no table.
    """
    serve_announced(_announce_on_standard_error, port, host=host, faults=faults, variants=variants)


def serve_announced(
    announce: Callable[[str, int], None], port: int, *, host: str, faults: Sequence[str], variants: Sequence[str]
) -> None:
    """As serve, but announce gets the host and the port when the sandbox listens."""
    behaviour = chosen_behaviour(*with_environment(faults, variants))
    listener = _listen(host, port)

    import uvicorn  # late: it and Starlette take longer to load than everything else

    from .connection import SandboxConnection
    from .service.app import create_app

    config = uvicorn.Config(
        create_app(behaviour),
        http=SandboxConnection,
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    with listener, _stopped_by_signals(server):
        announce(host, listener.getsockname()[1])
        server.run(sockets=[listener])


@contextmanager
def running(faults: Sequence[str] = (), variants: Sequence[str] = ()) -> Iterator[str]:
    """Run the sandbox in its own process on a free port of this machine; yields its base URL.

    The process ends with the block, however that ends, and also when this process dies. Raises UnknownFault for names
    that are in no table, and SandboxNotStarted.
    """
    faults, variants = with_environment(faults, variants)
    chosen_behaviour(faults, variants)
    arguments = [*(f"--fault={name}" for name in faults), *(f"--variant={name}" for name in variants)]
    with tempfile.TemporaryFile() as messages:
        process = subprocess.Popen(
            [sys.executable, "-m", "export_contract.sandbox", "--port=0", "--embedded", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=messages,
            start_new_session=True,  # Ctrl-C in the terminal is for this process alone
        )
        try:
            yield f"http://127.0.0.1:{_announced_port(process, messages)}"
        finally:
            _stop(process)


def _announce_on_standard_error(host: str, port: int) -> None:
    print(f"sandbox listening on http://{host}:{port}", file=sys.stderr)
    print(f"export EXPORT_CONTRACT_AUTHORIZATION='{DEMO_AUTHORIZATION}'", file=sys.stderr, flush=True)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listener = socket.create_server((host, port), backlog=512)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(host, port) from None
        raise
    # asyncio sets this for sockets of its own making only; without it a response waits 40 ms for an acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    # uvicorn has handlers of its own, but only later, and raises the signals again when it has stopped.
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        server.should_exit = True

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _announced_port(process: subprocess.Popen[bytes], messages: IO[bytes]) -> int:
    assert process.stdout is not None
    deadline = threading.Timer(_START_SECONDS, process.kill)
    deadline.daemon = True
    deadline.start()
    try:
        announced = process.stdout.readline()
    finally:
        deadline.cancel()
    if not announced:
        process.wait()
        messages.seek(0)
        said = messages.read().decode(errors="replace").strip() or "nothing"
        raise SandboxNotStarted(f"The sandbox did not start within {_START_SECONDS:.0f} seconds. It said: {said}")
    return int(announced)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # it has nothing to finish, and a gentle end would be waited for
    try:
        process.wait(_STOP_SECONDS)
    finally:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
