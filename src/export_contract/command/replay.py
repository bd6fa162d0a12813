"""`export-contract replay`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from export_contract.command.arguments import command_line, options
from export_contract.command.output import show
from export_contract.command.report import saved_results
from export_contract.options import Door

if TYPE_CHECKING:
    from export_contract.acceptance import Results, RunPlan

_EXITS = {"reproduced": 1, "not reproduced": 0, "inconclusive": 3}


@click.command()
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@click.argument("finding", metavar="FINDING")
@options(Door.REPLAY)
@click.pass_context
def replay(context: click.Context, /, results: Path, finding: str, **_: Any) -> None:
    """Send the request of one FINDING again, by its number or a prefix of its fingerprint: one request, and no more.

    The target has to be named: a file does not decide where credentials are sent.

    Exit status: 0 not reproduced; 1 reproduced; 2 usage or configuration; 3 inconclusive.
    """
    from export_contract.acceptance.replay import find
    from export_contract.acceptance.replay import replay as send
    from export_contract.command.listings.replayed import replay_lines
    from export_contract.configuration.target import placed

    loaded = saved_results(results)
    found = find(loaded, finding)
    with placed(_plan(context, loaded)) as plan:
        replayed = send(plan, found)
    note = "" if plan.contract.sha256 == loaded.contract.sha256 else "the contract is not the one of the results"
    show(replay_lines(found, replayed, note))
    context.exit(_EXITS[replayed.outcome])


def _plan(context: click.Context, results: Results) -> RunPlan:
    """The plan; results of the embedded sandbox are sent there again where no other target is named."""
    import msgspec

    from export_contract.configuration.settings import settle
    from export_contract.exceptions import ConfigurationError
    from export_contract.reports.escaping import printable

    settings = settle(Door.REPLAY, command_line(Door.REPLAY, context), needs_target=False)
    if settings.has_target:
        return settings.plan
    if results.target.embedded:
        return msgspec.structs.replace(settings.plan, embedded=True)
    raise ConfigurationError(
        "--base-url",
        f"it is missing: the results are of {printable(results.target.base_url)}, "
        "but a file does not decide where credentials are sent",
    )
