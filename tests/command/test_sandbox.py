"""`sandbox`: serving the embedded target."""

from __future__ import annotations

import re
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from export_contract.sandbox import FAULTS, VARIANTS

if TYPE_CHECKING:
    from tests.command.conftest import Command


@contextmanager
def served(command: Command, *arguments: str, **environment: str) -> Iterator[tuple[str, str]]:
    """A sandbox: its URL, and the second line that it says."""
    process: subprocess.Popen[str] = command.start("sandbox", *arguments, **environment)
    try:
        assert process.stderr is not None
        first = process.stderr.readline()
        match = re.fullmatch(r"sandbox listening on (http://127\.0\.0\.1:\d+)\n", first)
        assert match, first + process.stderr.read()
        yield match.group(1), process.stderr.readline()
    finally:
        process.kill()
        process.communicate()


def test_it_says_how_to_use_it(command: Command) -> None:
    """It says where it listens, and a line that a shell takes to set the credentials."""
    with served(command, "--port", "0") as (url, line):
        authorization = re.fullmatch(r"export EXPORT_CONTRACT_AUTHORIZATION='(.+)'\n", line)
        assert authorization
        environment = {"EXPORT_CONTRACT_AUTHORIZATION": authorization.group(1)}
        process = command(
            "run", "-q", "-u", url, "--phases", "probe,load,auth,protocol,jobs,suite,relations", **environment
        )
        assert process.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (["--fault", "format-missing", "--fault", "start-missing"], {}),
        ([], {"EXPORT_CONTRACT_FAULT": "format-missing start-missing"}),
        ([], {"EXPORT_CONTRACT_FAULT": "format-missing, start-missing"}),
        ([], {"EXPORT_CONTRACT_FAULT": "format-missing,start-missing"}),
        (["--fault", "start-missing"], {"EXPORT_CONTRACT_FAULT": "format-missing"}),
    ],
)
def test_faults(command: Command, demo: dict[str, str], arguments: list[str], environment: dict[str, str]) -> None:
    """Faults come from the command line and from the environment, there with blanks or commas between them."""
    with served(command, "--port", "0", *arguments, **environment) as (url, _):
        request = urllib.request.Request(
            f"{url}/exports",
            b'{"endDate":"2015-05-28T17:39:23.000Z","exportType":"USERS"}',
            {"Content-Type": "application/json", "Authorization": demo["EXPORT_CONTRACT_AUTHORIZATION"]},
        )
        with urllib.request.urlopen(request) as answer:
            assert answer.status == 200


def test_a_port_in_use(command: Command) -> None:
    """A port that is taken is told in one sentence, with status 2."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        assert (
            command.refused("sandbox", "--port", port)
            == f"export-contract: --port: Port {port} of 127.0.0.1 is in use."
        )
        assert port in command.refused("sandbox", EXPORT_CONTRACT_PORT=port)


def test_a_port_that_may_not_be_used(command: Command) -> None:
    """A port that is none is wrong usage."""
    for port in ("65536", "-1", "http"):
        assert "--port" in command.refused("sandbox", f"--port={port}")


@pytest.mark.parametrize("option", ["--fault", "--variant"])
def test_unknown_names(command: Command, option: str) -> None:
    """A name that is in no table is told in one sentence, with the names most like it."""
    sentence = command.refused("sandbox", "--port", "0", option, "gzipp" if option == "--variant" else "start-missin")
    assert "gzip?" in sentence or "start-missing" in sentence
    assert command.refused("sandbox", "--port", "0", option, "\x1b[31m").isprintable()


def test_list_faults(command: Command) -> None:
    """Every fault is listed with the requirement that it breaks, and every variant; one line each."""
    process = command("sandbox", "--list-faults")
    assert process.returncode == 0
    lines = process.stdout.splitlines()
    for name, fault in FAULTS.items():
        assert any(line.split()[:2] == [name, fault.requirement] and fault.summary in line for line in lines), name
    for name, variant in VARIANTS.items():
        assert any(line.split()[:1] == [name] and variant.summary in line for line in lines), name
    assert len(lines) == len(FAULTS) + len(VARIANTS) + 3
