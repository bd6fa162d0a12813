"""The end of a session: the reports are written, and the terminal says what the run came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from export_contract.plugin.options import DEFECT, settled, with_pytest_names

if TYPE_CHECKING:
    from export_contract.acceptance import Results

INCONCLUSIVE: Final = 3
"""The exit status of a session whose run was inconclusive: that of the command."""
RECORD: Final = "export_contract_record"
"""The attribute of a report that carries a TestRecord, as JSON has it."""
STOPS: Final = "export_contract_stops"
"""The attribute of a report whose item found the run inconclusive."""
_ONLY_A_PART: Final = "Only a part of the suite was selected, which is no verdict on the target."


class SessionReporter:
    """Listens to the reports of a session in the one process that sees them all."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._records: list[dict[str, Any]] = []
        self._lines: list[str] = []
        self._is_inconclusive = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a report carries."""
        if record := getattr(report, RECORD, None):
            # What pytest-rerunfailures runs again says nothing yet; what was sent for it was sent.
            said = {} if report.outcome in ("passed", "failed", "skipped") else {"requirement": None, "finding": None}
            self._records.append({**record, **said})
        self._is_inconclusive |= hasattr(report, STOPS)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports; an inconclusive run has an exit status of its own."""
        if self._is_inconclusive:
            session.exitstatus = INCONCLUSIVE
        from export_contract.plugin.sharing import ended_run_file

        if not self._records and ended_run_file(self._config) is None:
            return
        from export_contract.exceptions import describe_defect

        try:
            self._conclude(session)
        except pytest.UsageError as error:
            self._lines.append(str(error))
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        except Exception as error:
            self._lines.append(describe_defect(error))
            session.exitstatus = DEFECT

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run came to."""
        if self._lines:
            terminalreporter.write_sep("=", "export-contract")
            for line in self._lines:
                terminalreporter.write_line(line)

    def _conclude(self, session: pytest.Session) -> None:
        from export_contract.conduct import Conduct, conclude
        from export_contract.exceptions import describe_defect
        from export_contract.plugin.shared_run import run_that_ended
        from export_contract.reports.console import verdict_lines

        ended = run_that_ended(self._config)
        results = self._with_user_tests(ended.results if ended else None, was_run=ended is not None)
        if results is None:
            return
        concluded = conclude(Conduct(results, ended.messages if ended else ()), settled(self._config))
        results = concluded.results
        if ended:
            self._lines = [with_pytest_names(line.plain) for line in verdict_lines(self._as_shown(results))]
        self._lines += concluded.messages
        self._lines += [describe_defect(error) for error in concluded.defects]
        if concluded.defects:
            session.exitstatus = DEFECT
        elif session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = _status(results, is_complete=concluded.is_complete)

    def _as_shown(self, results: Results) -> Results:
        """The results without a list of all that was not selected."""
        import msgspec

        from export_contract.acceptance.model.results import Cause

        if self._is_inconclusive or results.cause is not Cause.TOO_LITTLE:
            return results
        return msgspec.structs.replace(results, reason=_ONLY_A_PART)

    def _with_user_tests(self, results: Results | None, *, was_run: bool) -> Results | None:
        """The results with the project's own tests in them; None where the run came to none."""
        import msgspec

        from export_contract.acceptance.engine.plan import context_of
        from export_contract.acceptance.verdict.user_tests import TestRecord, filed, without_a_run

        plan = settled(self._config).plan
        records = msgspec.convert(self._records, list[TestRecord])
        if not was_run:
            results = without_a_run(context_of(plan), plan.base_url, plan.seed, embedded=plan.embedded)
        return filed(results, records, plan.contract) if results else None


def _status(results: Results, *, is_complete: bool) -> pytest.ExitCode:
    """The exit status of a session in which no test failed."""
    if results.verdict == "violates" and results.reason:  # entries of a strict baseline, which no item stands for
        return pytest.ExitCode.TESTS_FAILED
    return pytest.ExitCode.OK if is_complete else pytest.ExitCode.USAGE_ERROR
