"""The services of `tests/stacks`: how each is started, and what a machine needs for it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent
INSTALLED: Final = Path(os.environ.get("STACKS_INSTALLED", HERE / ".installed"))
"""Where `make stacks-install` puts the frameworks."""
ACCOUNT: Final = {"API_KEY": "k-3f9a61", "API_TOKEN": "t-77b0c2d4", "API_SECRET": "s-e1c95a08"}
AUTHORIZATION: Final = "bln type=api,version=1,entity=user,key={API_KEY},token={API_TOKEN},secret={API_SECRET}".format(
    **ACCOUNT
)
ACTIVITY: Final = 4711
"""A learning activity that every service has."""
_SECONDS_TO_START: Final = 90.0
"""Go and Java are compiled first."""


class Stack(NamedTuple):
    """A service built on a framework's defaults."""

    name: str
    made_of: str
    command: tuple[str, ...]
    needs: str
    """A program, or a file below the folder of what is installed."""
    environment: Mapping[str, str] = {}

    @property
    def is_available(self) -> bool:
        """Whether this machine can start it."""
        return shutil.which(self.needs) is not None or (INSTALLED / self.needs).exists()


def _python(module: str, package: str, made_of: str, name: str = "", **environment: str) -> Stack:
    interpreter = str(INSTALLED / "venv/bin/python")
    command = (interpreter, str(HERE / f"python/{module}.py"))
    found = f"venv/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/{package}"
    return Stack(name or module.replace("_", "-"), made_of, command, found, environment)


def _node(module: str, package: str, made_of: str) -> Stack:
    command = ("node", str(HERE / f"node/{module}.js"))
    return Stack(module.replace("_", "-"), made_of, command, f"node_modules/{package}")


STACKS: Final = {
    stack.name: stack
    for stack in (
        _python("fastapi_defaults", "fastapi", "FastAPI, Pydantic, uvicorn"),
        _python("fastapi_forbid", "fastapi", 'FastAPI, Pydantic with `extra="forbid"` and strict types'),
        _python("fastapi_mended", "fastapi", "FastAPI again, mended by the report of the one above"),
        _python("litestar_msgspec", "litestar", "Litestar, msgspec"),
        _python("aiohttp_jsonschema", "aiohttp", "aiohttp, jsonschema"),
        _python("django_rest", "rest_framework", "Django REST framework"),
        _python(
            "django_rest", "rest_framework", "the same, with a slash behind the path", "django-router", ROUTER="yes"
        ),
        _python("flask_marshmallow", "marshmallow", "Flask, marshmallow"),
        _node("express_zod", "zod", "Express, Zod with `z.coerce.date()`"),
        _node("express_joi", "joi", "Express, Joi"),
        _node("fastify_ajv", "fastify", "Fastify, Ajv"),
        _node("koa_luxon", "luxon", "Koa, Luxon"),
        Stack("node-http", "Node alone: `JSON.parse`, `Date`", ("node", str(HERE / "node/node_http.js")), "node"),
        Stack("perl-core", "Perl and its core", ("perl", str(HERE / "perl/exports.pl")), "perl"),
        Stack("java-jdk", "Java and the JDK's HttpServer", ("java", str(HERE / "java/Exports.java")), "java"),
        Stack("go-net-http", "Go and its standard library", ("go", "run", str(HERE / "go/main.go")), "go"),
        Stack(
            "php-builtin",
            "PHP and its built-in server",
            ("php", "-d", "display_errors=1", "-S", "127.0.0.1:{port}", str(HERE / "php/index.php")),
            "php",
            {"PHP_CLI_SERVER_WORKERS": "4"},
        ),
        Stack("ruby-sinatra", "Sinatra on WEBrick, `Time.parse`", ("ruby", str(HERE / "ruby/exports.rb")), "ruby"),
    )
}


@contextmanager
def serving(stack: Stack, log: Path | None = None) -> Iterator[str]:
    """Start a service; the base URL of its API."""
    with tempfile.TemporaryDirectory() as jobs, (log or Path(os.devnull)).open("wb") as output:
        port = _free_port()
        environment = {
            **os.environ,
            **ACCOUNT,
            **stack.environment,
            "PORT": str(port),
            "JOBS": jobs,
            "NODE_PATH": str(INSTALLED / "node_modules"),
        }
        environment.pop("PYTHONPATH", None)
        process = subprocess.Popen(
            [word.format(port=port) for word in stack.command],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the service did not start: {process.args!r}")
