"""The bundled suite as pytest collects it: a class for each area of the contract, an item for each requirement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from export_contract.exceptions import DoesNotConform, Inconclusive
from export_contract.plugin.options import settled
from export_contract.plugin.reporting import STOPS

if TYPE_CHECKING:
    from export_contract.contract import Area, Requirement
    from export_contract.plugin.shared_run import EndedRun

_NODE: Final = "export_contract/acceptance_suite.py"
_SELECTED: Final[pytest.StashKey[frozenset[str]]] = pytest.StashKey()


class RequirementWarning(UserWarning):
    """A requirement below level MUST was not kept."""


class SuiteModule(pytest.Collector):
    """The module that stands for the bundled suite.

    No pytest.File: --lf passes over files by the paths in node ids, and ours names no place on the disk.
    """

    @classmethod
    def of(cls, parent: pytest.Collector, path: Path) -> SuiteModule:
        """The same node ids wherever the package is installed."""
        made: SuiteModule = cls.from_parent(parent, name=path.name, path=path, nodeid=_NODE)
        return made

    def collect(self) -> Iterator[pytest.Collector]:
        """The areas of the contract."""
        try:
            areas = settled(self.config, needs_target=True).plan.contract.areas
        except pytest.UsageError as error:
            raise self.CollectError(str(error)) from None
        for area in areas:
            yield AreaClass.from_parent(self, name=_class_name(area.title), area=area)


class AreaClass(pytest.Collector):
    """Requirements that are reported together."""

    def __init__(self, *, area: Area, **more: Any) -> None:
        super().__init__(**more)
        self._area = area

    def collect(self) -> Iterator[pytest.Item]:
        """The requirements of the area."""
        for requirement in self._area.requirements:
            name = f"{requirement.id}[{requirement.statement}]"
            # --lf compares parts of ids, and pytest takes brackets apart only in an id that it is given.
            nodeid = f"{self.nodeid}::{name}"
            yield RequirementItem.from_parent(self, name=name, nodeid=nodeid, requirement=requirement)


class RequirementItem(pytest.Item):
    """One requirement: reads from the results of the run what became of it."""

    def __init__(self, *, requirement: Requirement, **more: Any) -> None:
        super().__init__(**more)
        self.requirement = requirement
        self.add_marker(
            pytest.mark.export_contract(
                requirement=requirement.id, level=requirement.level, expectation=str(requirement.expectation)
            )
        )
        if self.config.pluginmanager.hasplugin("timeout"):
            self.add_marker(pytest.mark.timeout(0))  # the first item waits for the whole run, which has its own limits

    def runtest(self) -> None:
        """Report the requirement; raises DoesNotConform, Inconclusive, and what pytest has for a skip."""
        from export_contract.acceptance.model.results import Cause
        from export_contract.plugin.shared_run import ended_run, why_inconclusive

        selected = selected_requirements(self.session)
        ended = ended_run(self.config, selected)
        if ended.results and ended.results.cause in (Cause.INTERRUPTED, Cause.TERMINATED):
            raise KeyboardInterrupt
        if why := why_inconclusive(ended, selected):
            raise Inconclusive(why)
        self._report(ended)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The findings as the console shows them, and no traceback."""
        if isinstance(excinfo.value, DoesNotConform | Inconclusive):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """What stands above a failure."""
        return self.path, None, self.name

    def _report(self, ended: EndedRun) -> None:
        results = ended.results
        assert results
        one = next(one for one in results.requirements if one.id == self.requirement.id)
        findings = [finding for finding in results.findings if finding.requirement == one.id]
        if one.verdict == "not_exercised":
            pytest.skip(one.reason or "not exercised")
        if one.verdict == "passed":
            return
        report = _findings_text(self.requirement, findings)
        if one.verdict == "waived" or all(finding.status == "known" for finding in findings):
            pytest.xfail("known: " + "; ".join(finding.summary for finding in findings))
        elif all(finding.severity == "warning" for finding in findings):
            self.warn(RequirementWarning(report))
            return
        raise DoesNotConform((one.id,), report)


def stop_if_inconclusive(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Stop the session after an item that found the run inconclusive; xdist carries that to the controller."""
    if isinstance(item, RequirementItem) and call.excinfo and isinstance(call.excinfo.value, Inconclusive):
        item.session.shouldstop = f"export-contract: inconclusive: {call.excinfo.value}"
        setattr(report, STOPS, True)


def selected_requirements(session: pytest.Session) -> frozenset[str]:
    """The requirements that are left after -k, -m and all other ways to choose."""
    if _SELECTED not in session.stash:
        items = (item for item in session.items if isinstance(item, RequirementItem))
        session.stash[_SELECTED] = frozenset(item.requirement.id for item in items)
    return session.stash[_SELECTED]


def _findings_text(requirement: Requirement, findings: list[Any]) -> str:
    from export_contract.reports.rows import finding_text

    return "\n".join(finding_text(finding, requirement) for finding in findings)


def _class_name(title: str) -> str:
    """A title as the name of a class.

    >>> _class_name("startDate and endDate")
    'StartDateAndEndDate'
    """
    return "".join(word[0].upper() + word[1:] for word in re.findall(r"\w+", title))
