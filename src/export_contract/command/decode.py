"""`export-contract decode`."""

from __future__ import annotations

from typing import Any

import click

from export_contract.command.arguments import options
from export_contract.command.output import show
from export_contract.options import Door


@click.command()
@click.argument("job_id")
@options(Door.DECODE)
@click.pass_context
def decode(context: click.Context, /, job_id: str, **_: Any) -> None:
    """Show what is inside a job id; exit status 1 if it is not well formed."""
    from export_contract.command.listings.job_ids import decoded_lines

    lines, is_sound = decoded_lines(job_id)
    show(lines)
    context.exit(0 if is_sound else 1)
