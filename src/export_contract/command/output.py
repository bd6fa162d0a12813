"""Output: results on standard output, messages on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import click


def say(text: str) -> None:
    """A message, on standard error; what it quotes of a file or a target is not printed raw, and not without end."""
    from export_contract.reports.escaping import message

    with suppress(OSError):
        click.echo(f"export-contract: {message(text)}", err=True)


def show(lines: Iterable[str]) -> None:
    """Results, on standard output; no line of it is printed raw."""
    from export_contract.reports.escaping import printable

    with reader_may_leave():
        for line in lines:
            click.echo(printable(line))


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """End the block quietly where nobody reads the output any more, as after `| head`; the exit status stays as it is.

    For the same reason rich raises SystemExit.
    """
    try:
        yield
        if sys.stdout is not None:
            sys.stdout.flush()
    except (BrokenPipeError, SystemExit):
        with suppress(OSError, ValueError):
            # What is still in the buffer would fail once more when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
