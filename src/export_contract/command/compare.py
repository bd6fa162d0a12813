"""`export-contract compare`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from export_contract.command.arguments import options, values_of
from export_contract.command.output import show
from export_contract.command.report import saved_results
from export_contract.options import Door


@click.command()
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@options(Door.COMPARE)
@click.pass_context
def compare(context: click.Context, /, old: Path, new: Path, **_: Any) -> None:
    """Compare the results of two runs, from their json reports; exit status 1 if something got worse.

    New findings, slower responses, and requirements that are no longer exercised are worse.
    """
    from export_contract.reports.comparison import compare as compared
    from export_contract.reports.comparison import comparison_lines

    values = values_of(Door.COMPARE, context, os.environ)
    comparison = compared(saved_results(old), saved_results(new), values["slower-than"])
    show(comparison_lines(comparison))
    context.exit(1 if comparison.is_worse else 0)
