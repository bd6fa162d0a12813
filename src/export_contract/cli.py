"""The command `export-contract`."""

from __future__ import annotations

import io
import sys

import click

from export_contract.command.group import Commands

_COMMANDS = ("run", "sandbox", "contract", "suite", "replay", "report", "compare", "decode")


@click.group(
    cls=Commands,
    modules={name: f"export_contract.command.{name}" for name in _COMMANDS},
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="export-contract")
def main() -> None:
    """Contract testing and acceptance of asynchronous export APIs.

    Every option has an environment variable, EXPORT_CONTRACT_ and its name in capitals, and a key in
    export-contract.toml. Precedence: command line, environment, configuration file, defaults. Put the value of the
    Authorization header into EXPORT_CONTRACT_AUTHORIZATION.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not have every letter
