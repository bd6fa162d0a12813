"""The end of a session: the reports are written, and the terminal says what the run came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from export_contract.plugin.options import as_pytest_says, settled

if TYPE_CHECKING:
    from export_contract.acceptance import Results

INCONCLUSIVE: Final = 3
"""The exit status of a session whose run was inconclusive: that of the command."""
RECORD: Final = "export_contract_record"
"""The attribute of a report that carries a TestRecord, as JSON has it."""
STOPS: Final = "export_contract_stops"
"""The attribute of a report whose item found the run inconclusive."""
_ONLY_A_PART: Final = "Only a part of the suite was asked for, which is no verdict on the target."


class Teller:
    """Listens to the reports of a session in the one process that sees them all."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._records: list[dict[str, Any]] = []
        self._told: list[str] = []
        self._is_inconclusive = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a report carries."""
        if record := getattr(report, RECORD, None):
            # What pytest-rerunfailures runs again says nothing yet; what was sent for it was sent.
            said = {} if report.outcome in ("passed", "failed", "skipped") else {"requirement": None, "finding": None}
            self._records.append({**record, **said})
        self._is_inconclusive |= hasattr(report, STOPS)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports that were asked for; an inconclusive run has an exit status of its own."""
        if self._is_inconclusive:
            session.exitstatus = INCONCLUSIVE
        from export_contract.plugin.sharing import ended_run_file

        run_file = ended_run_file(self._config)
        if not self._records and run_file is None:
            return
        from export_contract.reports.console import verdict_lines
        from export_contract.running import against_baseline, remove_journal, write_reports

        results = self._results()
        if results is None:
            return
        settings = settled(self._config)
        results, is_whole = against_baseline(results, settings)
        if run_file:
            self._told = [as_pytest_says(line.plain) for line in verdict_lines(self._as_shown(results))]
        self._told += [f"{name} report: {path}" for name, path in settings.reports]
        if write_reports(results, settings.reports, quiet=True):
            remove_journal(settings.reports)
        else:
            is_whole = False
        if not is_whole:
            self._told.append("Not everything could be written.")
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = _status(results, is_whole=is_whole)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run came to."""
        if self._told:
            terminalreporter.write_sep("=", "export-contract")
            for line in self._told:
                terminalreporter.write_line(line)

    def _as_shown(self, results: Results) -> Results:
        """The results without a list of all that was not asked for."""
        import msgspec

        from export_contract.acceptance.model.results import Cause

        if self._is_inconclusive or results.cause is not Cause.TOO_LITTLE:
            return results
        return msgspec.structs.replace(results, reason=_ONLY_A_PART)

    def _results(self) -> Results | None:
        """Those of the run with the user's own tests in them; None where the run came to none."""
        import msgspec

        from export_contract.acceptance.engine.plan import context_of
        from export_contract.acceptance.verdict.user_tests import TestRecord, filed, without_a_run
        from export_contract.plugin.engine import run_that_ended

        plan = settled(self._config).plan
        ended = run_that_ended(self._config)
        records = msgspec.convert(self._records, list[TestRecord])
        if ended:
            results = ended.results
        else:
            results = without_a_run(context_of(plan), plan.base_url, plan.seed, embedded=plan.embedded)
        return filed(results, records, plan.contract) if results else None


def _status(results: Results, *, is_whole: bool) -> pytest.ExitCode:
    """The exit status of a session in which no test failed."""
    if results.verdict == "violates" and results.reason:  # entries of a strict baseline, which no item stands for
        return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.OK if is_whole else pytest.ExitCode.USAGE_ERROR
