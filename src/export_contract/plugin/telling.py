"""The end of a session: the reports are written, and the terminal says what the run came to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from export_contract.plugin.items import Inconclusive
from export_contract.plugin.options import as_pytest_says, settled
from export_contract.plugin.own import RECORD
from export_contract.plugin.sharing import run_file

if TYPE_CHECKING:
    from export_contract.acceptance import Results

INCONCLUSIVE: Final = 3
"""The exit status of a session whose run was inconclusive: that of the command."""
_STOP: Final = "export_contract_stop"
_WHY: Final = pytest.StashKey[str]()


def mark_stop(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Mark the last report of an item that found the run inconclusive; xdist carries the mark to the controller."""
    if call.excinfo and isinstance(call.excinfo.value, Inconclusive):
        item.stash[_WHY] = str(call.excinfo.value)
    if call.when == "teardown" and _WHY in item.stash:
        setattr(report, _STOP, item.stash[_WHY])


class Teller:
    """Listens to the reports of a session in the one process that sees them all."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._records: list[dict[str, Any]] = []
        self._told: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a report carries, and end the session where the run is inconclusive."""
        record = getattr(report, RECORD, None)
        if record and report.outcome != "rerun":  # type: ignore[comparison-overlap] # of pytest-rerunfailures
            self._records.append(record)
        if why := getattr(report, _STOP, ""):
            pytest.exit(f"export-contract: inconclusive: {why}", returncode=INCONCLUSIVE)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the reports that were asked for."""
        if not self._records and not run_file(self._config).exists():
            return
        from export_contract.reports.console import verdict_lines
        from export_contract.running import write_reports

        results = self._results()
        if results is None:
            return
        reports = settled(self._config).reports
        self._told = [as_pytest_says(line.plain) for line in verdict_lines(results)]
        self._told += [f"{name} report: {path}" for name, path in reports]
        if not write_reports(results, reports):
            self._told.append("Not every report could be written.")
            if session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.USAGE_ERROR

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the run came to."""
        if self._told:
            terminalreporter.write_sep("=", "export-contract")
            for line in self._told:
                terminalreporter.write_line(line)

    def _results(self) -> Results | None:
        """Those of the run with the user's own tests in them; None where the run came to none."""
        import msgspec

        from export_contract.acceptance.own_tests import TestRecord, filed, without_a_run
        from export_contract.plugin.engine import bench_of, run_that_ended

        plan = settled(self._config).plan
        ended = run_that_ended(self._config)
        records = msgspec.convert(self._records, list[TestRecord])
        if ended:
            results = ended.results
        else:
            results = without_a_run(bench_of(plan), plan.base_url, plan.seed, embedded=plan.embedded)
        return filed(results, records, plan.contract) if results else None
