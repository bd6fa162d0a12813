"""`export-contract report`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from export_contract.command import exits
from export_contract.command.arguments import options, values_of
from export_contract.command.group import is_debugging, report_defects
from export_contract.command.output import reader_may_leave, say
from export_contract.options import Door

if TYPE_CHECKING:
    from export_contract.acceptance import Results


@click.command()
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@options(Door.REPORT)
@click.pass_context
def report(context: click.Context, /, results: Path, **_: Any) -> None:
    """Report the results of an earlier run again, from its json report: in other formats, or on the console.

    After a run that was killed there is only its journal, RESULTS.journal, with what was sent until then.
    """
    from export_contract.configuration.values import reports as read_reports
    from export_contract.reports.console import print_results
    from export_contract.reports.output import write_reports

    values = values_of(Door.REPORT, context, os.environ)
    reports = values.parsed("report", read_reports) or ()
    loaded = saved_results(results)
    if not reports:
        color = not values["no-color"] and "NO_COLOR" not in os.environ
        with reader_may_leave():
            print_results(loaded, quiet=bool(values["quiet"]), verbose=bool(values["verbose"]), color=color)
        return
    written = write_reports(loaded, reports)
    for name, path in written.paths:
        if not values["quiet"]:
            say(f"wrote {name} to {path}")
    for problem in written.problems:
        say(problem)
    report_defects(written.defects, shows_traceback=is_debugging(context))
    if written.problems:
        context.exit(exits.INCONCLUSIVE if written.defects else exits.USAGE)


def saved_results(path: Path) -> Results:
    """The results in a file, or in the journal beside it; it is said which."""
    from export_contract.acceptance.verdict.saved_run import read_saved_run

    saved = read_saved_run(path)
    if saved.note:
        say(saved.note)
    return saved.results
