"""`export-contract run`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from export_contract.command import exits
from export_contract.command.arguments import command_line, options
from export_contract.command.group import is_debugging, report_defects
from export_contract.command.output import reader_may_leave, say
from export_contract.options import Door

if TYPE_CHECKING:
    from export_contract.acceptance import Results
    from export_contract.conduct import Conduct
    from export_contract.configuration.settings import RunSettings


@click.command()
@options(Door.RUN)
@click.pass_context
def run(context: click.Context, /, **_: Any) -> None:
    """Test a target against the contract.

    Exit status: 0 the target conforms; 1 it violates the contract; 2 usage or configuration; 3 inconclusive, or a
    defect of export-contract; 130 interrupted; 143 terminated.
    """
    from export_contract.configuration.settings import settle

    settings = settle(Door.RUN, command_line(Door.RUN, context))
    ended = _run(settings, context.obj)
    for message in ended.messages:
        say(message)
    _show(ended.results, settings)
    report_defects(ended.defects, shows_traceback=settings.debug or is_debugging(context))
    if context.obj.were_received:
        exits.leave_at_once(context.obj.status)
    context.exit(_status(ended))


def _run(settings: RunSettings, signals: exits.Signals) -> Conduct:
    from export_contract.conduct import conclude, conduct
    from export_contract.configuration.target import placed
    from export_contract.reports.console import ProgressListener

    with placed(settings.plan) as plan, ProgressListener(quiet=settings.quiet, color=settings.color) as progress:
        signals.hold()
        ended = conduct(plan, settings.reports, [progress], interruptible=signals.let_in)
    return conclude(ended, settings)


def _show(results: Results, settings: RunSettings) -> None:
    from export_contract.reports import github
    from export_contract.reports.console import print_results

    with reader_may_leave():
        print_results(results, quiet=settings.quiet, verbose=settings.verbose, color=settings.color)
        if github.is_here():
            # On the stream of what was muted: another one might be read before the muting ends.
            for command in github.commands(results):
                click.echo(command)
    if github.is_here() and (problem := github.add_summary(results)):
        say(problem)
    sys.stderr.flush()


def _status(ended: Conduct) -> int:
    if ended.defects:
        return exits.INCONCLUSIVE
    status = exits.OF_VERDICTS[ended.results.verdict]
    return status if ended.is_complete or status != exits.CONFORMS else exits.USAGE
