"""One run from its plan to its reports, as the command and the plugin both conduct it.

Whatever fails in export-contract itself, what the run found is written, and the run is inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from pathlib import Path

import msgspec

from export_contract.acceptance import Event, Listener, Results, RunEnded, RunPlan, run
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.runner import Interruptible
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.verdict.baseline import Baseline, updated, with_baseline, write_baseline
from export_contract.acceptance.verdict.journal import Journal, read_journal
from export_contract.acceptance.verdict.saved_run import journal_path
from export_contract.configuration.settings import RunSettings
from export_contract.configuration.values import Reports
from export_contract.exceptions import describe_defect
from export_contract.reports.output import write_reports


class Conduct(msgspec.Struct, frozen=True):
    """What a run came to."""

    results: Results
    messages: tuple[str, ...] = ()
    """Sentences about what was written, and what could not be."""
    is_complete: bool = True
    """Whether all that was to be written was written."""
    defects: tuple[Exception, ...] = ()
    """What went wrong in export-contract itself."""


def conduct(
    plan: RunPlan,
    reports: Reports,
    listeners: Sequence[Listener] = (),
    budget: Budget | None = None,
    *,
    interruptible: Interruptible = nullcontext,
) -> Conduct:
    """Run a plan, with a journal beside the first report where there is one."""
    messages: list[str] = []
    with ExitStack() as stack:
        journal = _journal(plan, reports, messages)
        guarded = _Guarded([*listeners, stack.enter_context(journal)] if journal else listeners)
        try:
            results = run(plan, guarded, budget, interruptible=interruptible)
        except Exception as error:
            if not journal:
                raise
            return Conduct(_inconclusive(read_journal(journal_path(reports[0][1])), error), defects=(error,))
    if journal and journal.problem:
        messages.append(journal.problem)
    if guarded.defects and results.cause is not Cause.DEFECT:
        results = _inconclusive(results, guarded.defects[0])
    return Conduct(results, tuple(messages), defects=tuple(guarded.defects))


def conclude(run: Conduct, settings: RunSettings) -> Conduct:
    """Judge results by the baseline, rewrite that if the settings say so, and write the reports."""
    results, messages, defects = run.results, list(run.messages), list(run.defects)
    is_complete = run.is_complete
    if settings.baseline:
        try:
            results = with_baseline(results, settings.baseline, strict=settings.strict_baseline)
            if settings.baseline_path and not defects:
                is_complete &= _rewrite_baseline(settings.baseline_path, settings.baseline, results, messages)
        except Exception as error:
            results = _inconclusive(run.results, error)
            defects.append(error)
    written = write_reports(results, settings.reports)
    messages += [f"wrote {name} to {path}" for name, path in written.paths if not settings.quiet]
    messages += written.problems
    if settings.reports and not written.problems:
        journal_path(settings.reports[0][1]).unlink(missing_ok=True)
    return Conduct(results, tuple(messages), is_complete and not written.problems, (*defects, *written.defects))


class _Guarded:
    """Passes events to listeners, one after the other; one that fails gets no more of them, and the run goes on."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = list(listeners)
        self.defects: list[Exception] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunEnded) and event.results.cause is Cause.DEFECT and event.defect:
            self.defects.append(event.defect)
        for listener in self._listeners[:]:
            try:
                listener(event)
            except (OSError, SystemExit):  # nobody reads the progress any more; rich raises SystemExit then
                self._listeners.remove(listener)
            except Exception as error:
                self._listeners.remove(listener)
                self.defects.append(error)


def _inconclusive(results: Results, error: Exception) -> Results:
    return msgspec.structs.replace(
        results, verdict="inconclusive", cause=Cause.DEFECT, reason=f"{describe_defect(error)}."
    )


def _journal(plan: RunPlan, reports: Reports, messages: list[str]) -> Journal | None:
    if not reports:
        return None
    path = journal_path(reports[0][1])
    try:
        return Journal.of_run(path, plan)
    except OSError as error:
        messages.append(f"{path} cannot be written: {error.strerror}; the run has no journal")
        return None


def _rewrite_baseline(path: Path, baseline: Baseline, results: Results, messages: list[str]) -> bool:
    after = updated(baseline, results)
    try:
        write_baseline(path, after)
    except OSError as error:
        messages.append(f"{path} cannot be written: {error.strerror}")
        return False
    count = len(after.known)
    unfilled = sum(not entry.reason.strip() for entry in after.known)
    ask = f"; {unfilled} without a reason, which waive nothing until they have one" if unfilled else ""
    messages.append(f"{path} holds {count} known finding{'' if count == 1 else 's'}{ask}")
    return True
