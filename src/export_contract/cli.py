"""The command. Each part of it imports what it needs when it is called, so that help comes at once."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from export_contract.acceptance import Results
    from export_contract.contract import Contract

CONFORMS, VIOLATES, USAGE, INCONCLUSIVE, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: of a run by its verdict; USAGE for options, configuration and contracts that cannot be used."""

_EXITS: Final = {"conforms": CONFORMS, "violates": VIOLATES, "inconclusive": INCONCLUSIVE}
_ENVIRONMENT: Final = "EXPORT_CONTRACT_"
_PHASES: Final = ("probe", "load", "auth", "protocol", "jobs", "suite", "explore")


_F = TypeVar("_F", bound=Callable[..., Any])


class _Lines(click.ParamType[str]):
    """Text of which the environment variable may hold several lines."""

    name = "text"
    envvar_list_splitter = "\n"


def _option(*names: str, **settings: Any) -> Callable[[_F], _F]:
    """An option with its environment variable, EXPORT_CONTRACT_ and its long name."""
    long = next(name for name in names if name.startswith("--")).partition("/")[0]
    return click.option(*names, envvar=_ENVIRONMENT + long[2:].replace("-", "_").upper(), show_envvar=False, **settings)


_contract_option = _option(
    "--contract", metavar="FILE", help="The OpenAPI document; requirements.yaml beside it counts."
)
_activity_option = _option(
    "--activity-id", metavar="N", multiple=True, help="A learningActivityId that exists on the target; repeatable."
)

_report_option = _option(
    "--report", multiple=True, metavar="FORMAT[=PATH]",
    help="Write a report too: json, html, junit, markdown, sarif, har or ctrf; repeatable.",
)  # fmt: skip


def _leave_at_once() -> NoReturn:
    """Leave with the status of an interrupted run: a request may still wait for an answer that nobody wants now."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


class _Commands(click.Group):
    """Ends with the status of an interrupted run where click would say that something failed."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            click.echo("export-contract: interrupted", err=True)
            _leave_at_once()


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="export-contract")
def main() -> None:
    """Contract testing and acceptance of asynchronous export APIs.

    Every option can be set by an environment variable, EXPORT_CONTRACT_ and its name in capitals, and by a key in
    export-contract.toml. The credentials are the Authorization header's value in EXPORT_CONTRACT_AUTHORIZATION.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may not have every letter


@main.command()
@_option("-u", "--base-url", metavar="URL", help="Where the API lives; without it, the embedded sandbox is tested.")
@_option("--target", metavar="NAME", help="A target that the configuration file names.")
@_contract_option
@_option(
    "-H", "--header", multiple=True, type=_Lines(), metavar="'NAME: VALUE'", help="Sent with every request; repeatable."
)
@_option("--authorization-file", metavar="FILE", help="Holds the Authorization header's value.")
@_option("--phases", default=",".join(_PHASES), show_default=True, metavar="A,B", help="What to run.")
@_option(
    "--max-requests",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    metavar="N",
    help="Send at most N requests.",
)
@_option(
    "--max-jobs", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="Create at most N jobs."
)
@_option("--max-time", type=click.FloatRange(0, min_open=True), metavar="SECONDS", help="Send nothing after so long.")
@_option("--rate", metavar="N/s", help="Send at most N requests a second.")
@_option(
    "--concurrency", type=click.IntRange(1, 64), default=4, show_default=True, metavar="N", help="Requests at once."
)
@_option(
    "--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
    help="A later answer is a finding; 4 where the contract says nothing else.",
)  # fmt: skip
@_option(
    "--max-followed",
    type=click.IntRange(0),
    default=9,
    show_default=True,
    metavar="N",
    help="Follow at most N jobs to their files.",
)
@_option(
    "--job-timeout", type=click.FloatRange(0, min_open=True), default=60, show_default=True, metavar="SECONDS",
    help="A job that is not completed by then is a finding.",
)  # fmt: skip
@_option("--seed", type=int, default=0, show_default=True, metavar="N", help="Of what is drawn by chance.")
@_report_option
@_option("--baseline", metavar="FILE", help="Findings that are known, and do not fail the run; TOML or JSON.")
@_option("--update-baseline", is_flag=True, help="Write the baseline anew: add what is new, remove what was fixed.")
@_option("--strict-baseline", is_flag=True, help="Fail also for entries that do not occur any more.")
@_activity_option
@_option("--allow-production", is_flag=True, help="Also test a server that is marked as production.")
@_option("-q", "--quiet", is_flag=True, help="Show findings and the verdict only.")
@_option("-v", "--verbose", is_flag=True, help="Show also where each requirement is written.")
@_option("--no-color", is_flag=True, help="Use no colours.")
@click.pass_context
def run(context: click.Context, /, **options: Any) -> None:
    """Test a target against the contract.

    Exit status: 0 it conforms; 1 it violates the contract; 2 wrong usage; 3 inconclusive; 130 interrupted.
    """
    from export_contract import running
    from export_contract.sandbox.selection import UnknownFault
    from export_contract.sandbox.server import SandboxNotStarted

    try:
        settings = running.settle(context, options)
    except ValueError as error:
        _refuse(str(error))
    try:
        results, is_written = running.run_and_report(settings)
    except (UnknownFault, SandboxNotStarted) as error:
        _refuse(str(error))
    if results.interrupted:
        _leave_at_once()
    status = _EXITS[results.verdict]
    sys.exit(status if is_written or status != CONFORMS else USAGE)


@main.command()
@_option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes any free port.")
@_option("--fault", multiple=True, metavar="NAME", help="Break the contract in this way; repeatable.")
@_option("--variant", multiple=True, metavar="NAME", help="Keep the contract in another way; repeatable.")
@click.option("--list-faults", is_flag=True, help="List the faults and variants.")
def sandbox(port: int, fault: tuple[str, ...], variant: tuple[str, ...], list_faults: bool) -> None:
    """Serve an export service to test against, on this machine alone."""
    from export_contract import sandbox as service

    if list_faults:
        from export_contract.listings import fault_lines

        for line in fault_lines():
            click.echo(line)
        return
    try:
        service.serve(port, faults=_names(fault), variants=_names(variant))
    except (service.UnknownFault, service.PortInUse) as error:
        _refuse(str(error))


@main.group()
def contract() -> None:
    """Look at a contract."""


@contract.command()
@_contract_option
def show(contract: str | None) -> None:
    """Show the requirements of a contract, and where each is written."""
    from export_contract.listings import contract_lines

    for line in contract_lines(_load(contract)):
        click.echo(line)


@contract.command()
@_contract_option
def lint(contract: str | None) -> None:
    """Check that a contract can be used: references, requirements, and a case for each of them."""
    from export_contract.listings import lint_line

    loaded = _load(contract)
    try:
        click.echo(lint_line(loaded))
    except ValueError as error:
        _refuse(str(error))


@contract.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
def diff(old: str, new: str) -> None:
    """Show what NEW promises differently from OLD; exit status 1 where there is a difference."""
    from export_contract.listings import difference_lines

    lines = difference_lines(_load(old), _load(new))
    for line in lines:
        click.echo(line)
    sys.exit(1 if lines else 0)


@main.command()
@_contract_option
@_activity_option
@_option("--report", metavar="json=PATH", help="Write the cases to a file too.")
def suite(contract: str | None, activity_id: tuple[str, ...], report: str | None) -> None:
    """List the cases that run would send; nothing is sent."""
    from export_contract import listings

    try:
        loaded = listings.with_activity_ids(_load(contract), activity_id)
        lines = listings.suite_lines(loaded)
        path = listings.suite_path(report)
    except ValueError as error:
        _refuse(str(error))
    for line in lines:
        click.echo(line)
    if path:
        _write(path, listings.suite_json(loaded))


@main.command()
@click.argument("job_id")
def decode(job_id: str) -> None:
    """Show what is inside a job id; exit status 1 where it is not sound."""
    from export_contract.listings import decoded_lines

    lines, is_sound = decoded_lines(job_id)
    for line in lines:
        click.echo(line)
    sys.exit(0 if is_sound else 1)


@main.command()
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@_report_option
@_option("-q", "--quiet", is_flag=True, help="Show findings and the verdict only.")
@_option("-v", "--verbose", is_flag=True, help="Show also where each requirement is written.")
@_option("--no-color", is_flag=True, help="Use no colours.")
def report(results: Path, report: tuple[str, ...], quiet: bool, verbose: bool, no_color: bool) -> None:
    """Report the results of an earlier run again, from its json report: in other formats, or here.

    Where the run was killed there is only the journal, RESULTS.journal; it tells what was sent until then.
    """
    from export_contract.reports.console import print_results
    from export_contract.running import settled_reports, write_reports

    loaded = _earlier(results)
    try:
        reports = settled_reports(report)
    except ValueError as error:
        _refuse(str(error))
    if not reports:
        print_results(loaded, quiet=quiet, verbose=verbose, color=not no_color and "NO_COLOR" not in os.environ)
    elif not write_reports(loaded, reports, quiet=quiet):
        sys.exit(USAGE)


@main.command()
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path))
@_option(
    "--slower-than", type=click.FloatRange(1), default=2.0, show_default=True, metavar="FACTOR",
    help="Tell where answers take more than FACTOR times as long, and 0.1 s longer at least.",
)  # fmt: skip
def compare(old: Path, new: Path, slower_than: float) -> None:
    """Compare the results of two runs, from their json reports; exit status 1 where something got worse.

    Worse are new findings, slower answers, and requirements that are not exercised any more.
    """
    from export_contract.reports.comparison import compare as compared
    from export_contract.reports.comparison import comparison_lines

    comparison = compared(_earlier(old), _earlier(new), slower_than)
    for line in comparison_lines(comparison):
        click.echo(line)
    sys.exit(1 if comparison.is_worse else 0)


def _as_in_run(*names: str) -> Callable[[_F], _F]:
    """Options that are those of `run`."""

    def add(command: _F) -> _F:
        found: list[click.Parameter] = getattr(command, "__click_params__", [])
        found.extend(one for one in reversed(run.params) if one.name in names)
        command.__click_params__ = found  # type: ignore[attr-defined]  # where click keeps them until it makes a command
        return command

    return add


@main.command()
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@click.argument("finding", metavar="FINDING")
@_as_in_run(
    "base_url",
    "target",
    "contract",
    "header",
    "authorization_file",
    "timeout",
    "activity_id",
    "allow_production",
)
@click.pass_context
def replay(context: click.Context, /, results: Path, finding: str, **options: Any) -> None:
    """Send the request of one FINDING again, by its number or its fingerprint: one request, and no more.

    Exit status: 0 it did not show; 1 it was reproduced; 2 wrong usage; 3 that cannot be told.
    """
    from export_contract.acceptance.replay import find
    from export_contract.again import replay_finding, replay_lines
    from export_contract.sandbox.selection import UnknownFault
    from export_contract.sandbox.server import SandboxNotStarted

    loaded = _earlier(results)
    try:
        found = find(loaded, finding)
        result = replay_finding(context, options, loaded, found)
    except (ValueError, UnknownFault, SandboxNotStarted) as error:
        _refuse(str(error))
    for line in replay_lines(found, result):
        click.echo(line)
    sys.exit({"reproduced": VIOLATES, "not reproduced": CONFORMS, "inconclusive": INCONCLUSIVE}[result.outcome])


def _earlier(path: Path) -> Results:
    from export_contract.listings import earlier_results

    try:
        return earlier_results(path)
    except ValueError as error:
        _refuse(str(error))


def _names(texts: tuple[str, ...]) -> list[str]:
    """Names that the environment may also separate by commas."""
    return [name for text in texts for name in text.replace(",", " ").split()]


def _load(file: str | None) -> Contract:
    from export_contract.contract import ContractError, load_contract

    try:
        return load_contract(file)
    except ContractError as error:
        _refuse(str(error))


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        _refuse(f"{path} cannot be written: {error.strerror}")


def _refuse(problem: str) -> NoReturn:
    click.echo(f"export-contract: {problem}", err=True)
    sys.exit(USAGE)
