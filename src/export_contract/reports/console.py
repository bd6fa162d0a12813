"""The console: what a run found, for the person who typed the command."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from export_contract.acceptance.model.events import Downloading, Event, Exchanged, PhaseStarted, RunEnded, Waiting
from export_contract.acceptance.verdict.verdicts import counts_against
from export_contract.reports import github
from export_contract.reports.escaping import brief, printable
from export_contract.reports.rows import LABEL_WIDTH, choice_text, counted, finding_rows

if TYPE_CHECKING:
    from export_contract.acceptance.model.results import BaselineResult, Finding, RequirementResult, Results

_STYLES: Final = {
    "passed": "green",
    "failed": "bold red",
    "waived": "yellow",
    "not_exercised": "yellow",
    "conforms": "bold green",
    "violates": "bold red",
    "inconclusive": "bold yellow",
}


class ProgressListener:
    """Shows how far a run is, on standard error and only where that is a terminal; use it as a context."""

    def __init__(self, *, quiet: bool, color: bool) -> None:
        console = Console(stderr=True, no_color=not color, highlight=False, markup=False)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task = self._progress.add_task("probe", total=None)

    def __enter__(self) -> ProgressListener:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, event: Event) -> None:
        """Listen to a run."""
        match event:
            case PhaseStarted():
                self._progress.reset(self._task, total=event.cases, description=event.phase)
            case Exchanged():
                self._progress.advance(self._task)
            case Waiting():
                self._progress.update(self._task, description=f"status {event.status}; waiting {event.seconds:g} s")
            case Downloading():
                self._progress.update(self._task, description=f"reading files, {event.bytes / 1e6:,.0f} MB so far")
            case RunEnded():
                self._progress.stop()


def print_results(results: Results, *, quiet: bool = False, verbose: bool = False, color: bool = True) -> None:
    """Print results on standard output: the target, a line for each requirement, each finding, the verdict.

    `quiet` leaves the requirements out; `verbose` adds the source of each. Nothing that came from the target is printed
    raw.
    """
    console = Console(no_color=not color, highlight=False, markup=False, emoji=False, soft_wrap=True)
    shown = lines(results, quiet=quiet, verbose=verbose)
    for line in github.muted(shown) if github.is_here() else shown:
        console.print(line)


def lines(results: Results, *, quiet: bool, verbose: bool) -> Iterator[Text]:
    """The lines of `print_results`, styled."""
    embedded = ", the embedded sandbox" if results.target.embedded else ""
    yield _labelled("Target", printable(f"{results.target.base_url}{results.target.path}{embedded}"))
    yield _labelled("Contract", printable(f"{results.contract.title} {results.contract.version}"))
    if any(one.exchanges for one in results.requirements) and not quiet:
        yield from _requirement_lines(results, verbose=verbose)
        yield from _job_and_load_lines(results)
    by_id = {one.id: one for one in results.requirements}
    for number, finding in enumerate(results.findings, start=1):
        yield Text("")
        yield from _finding_lines(number, finding, by_id.get(finding.requirement))
    yield Text("")
    yield from verdict_lines(results)


def _requirement_lines(results: Results, *, verbose: bool) -> Iterator[Text]:
    area = None
    width = max((len(one.id) for one in results.requirements), default=0)
    for one in results.requirements:
        if one.area != area:
            area = one.area
            yield Text("")
            yield Text(printable(area), style="bold")
        yield _requirement_line(one, width)
        if verbose:
            yield Text(f"{' ' * (18 + width)}{printable(one.source)}", style="dim")


def _requirement_line(one: RequirementResult, width: int) -> Text:
    line = Text("  ")
    line.append(f"{one.verdict.replace('_', ' '):<14}", style=_STYLES[one.verdict])
    line.append(f"{printable(one.id):<{width}}  {printable(one.statement)}")
    remarks = [printable(remark) for remark in (_choice(one), one.reason) if remark]
    if remarks:
        line.append(f"  ({'; '.join(remarks)})", style="dim")
    return line


def _job_and_load_lines(results: Results) -> Iterator[Text]:
    """What became of jobs, and of requests sent at the same time."""
    if results.jobs or results.load:
        yield Text("")
    if jobs := results.jobs:
        states = Counter(job.state or "no state" for job in jobs)
        files = [job.file for job in jobs if job.file]
        line = (
            f"{counted(len(jobs), 'job')} followed: {', '.join(f'{count} {state}' for state, count in states.items())}"
        )
        if files:
            size, records = sum(file.bytes for file in files), sum(file.records or 0 for file in files)
            line += f"; {counted(len(files), 'file')} with {counted(records, 'record')} in {counted(size, 'byte')}"
        yield _labelled("Jobs", printable(line))
    if load := results.load:
        line = f"{counted(load.requests, 'request')} at the same time, {load.accepted} accepted"
        if load.latency:
            median, longest = load.latency.median * 1000, load.latency.longest * 1000
            line += f"; response time {median:.0f} ms (median), {longest:.0f} ms (longest)"
        yield _labelled("Load", line)


def _choice(one: RequirementResult) -> str:
    return f"the target {choice_text(one.choice)}" if one.choice else ""


def _finding_lines(number: int, finding: Finding, requirement: RequirementResult | None) -> Iterator[Text]:
    style = "bold red" if counts_against(finding) else "bold yellow"
    heading = Text(printable(f"{number}. {finding.requirement}"), style=style)
    heading.append(f"  {printable(requirement.statement) if requirement else ''}", style="bold")
    yield heading
    for row in finding_rows(finding, requirement, most=400):
        yield Text(f"  {row}")


def verdict_lines(results: Results) -> Iterator[Text]:
    """The last lines: what was left out, and the verdict with its counts."""
    counts = Counter(results.counts)
    line = Text()
    line.append(results.verdict, style=_STYLES[results.verdict])
    findings = counted(counts["findings"], "finding")
    requirements = f"{counted(counts['passed'], 'requirement')} passed, {counts['failed']} failed"
    if counts["waived"]:
        requirements += f", {counts['waived']} waived"
    line.append(
        f"  {findings}; {requirements}, {counts['not_exercised']} not exercised; "
        f"{counted(counts['requests'], 'request')}, {counted(counts['jobs_created'], 'job')} created, "
        f"{results.seconds:.1f} s"
    )
    for phase in results.phases:
        if phase.ended:
            yield Text(
                f"The phase {phase.name} sent {phase.sent} of {phase.cases} cases: {printable(phase.ended)}.",
                style="yellow",
            )
    for reason, count in Counter(one.reason for one in results.left_out).items():
        yield Text(
            f"{counted(count, 'case')} of the suite {'was' if count == 1 else 'were'} not sent: {printable(reason)}."
        )
    if results.baseline:
        yield from _baseline_lines(results.baseline)
    if results.limits:
        yield Text(brief(results.limits, 1000), style="yellow")
    if results.reason:
        yield Text(brief(results.reason, 1000), style="yellow")
    yield line


def _baseline_lines(baseline: BaselineResult) -> Iterator[Text]:
    for entry in baseline.fixed:
        name = printable(f"{entry.requirement} {entry.fingerprint}")
        yield _labelled("Fixed", f"{name} is in the baseline and no longer occurs.", style="green")
    for one in baseline.drift:
        change = printable(f"{one.requirement}: {one.before} in the baseline, {one.now} now.")
        yield _labelled("Changed", change, style="yellow")


def _labelled(label: str, text: str, style: str = "") -> Text:
    return Text(f"{label:<{LABEL_WIDTH}}{text}", style=style)
