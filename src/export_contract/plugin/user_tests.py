"""The user's tests: the marker that files them under a requirement, and what they leave in the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from export_contract.exceptions import BudgetSpent, Inconclusive
from export_contract.plugin.items import RequirementItem
from export_contract.plugin.options import settled
from export_contract.plugin.reporting import RECORD

if TYPE_CHECKING:
    from export_contract.acceptance.engine.client import Client

MARKER: Final = "export_contract"
CLIENT: Final[pytest.StashKey[Client]] = pytest.StashKey()
"""The client that tests have used in this process."""


def check_markers(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise pytest.UsageError for a test that is filed under a requirement that the contract does not have."""
    for item in items:
        marker = item.get_closest_marker(MARKER)
        if marker is None or isinstance(item, RequirementItem):
            continue
        if marker.args or marker.kwargs.keys() != {"requirement"}:
            raise pytest.UsageError(f"{item.nodeid}: the marker is export_contract(requirement='EXP-…'), and no more")
        if (name := marker.kwargs["requirement"]) not in settled(config).plan.contract.by_id:
            raise pytest.UsageError(f"{item.nodeid}: the contract has no requirement {name!r}")


def record(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Leave in a test's report what it sent, and what it says of its requirement: xdist carries it on."""
    client = item.config.stash.get(CLIENT, None)
    sent = client.taken() if client else []
    marker = item.get_closest_marker(MARKER)
    # A requirement is exercised by a test that ran to its end, and not by its fixtures.
    says = marker is not None and call.when == "call" and report.outcome in ("passed", "failed")
    if isinstance(item, RequirementItem) or not (sent or says):
        return
    import msgspec

    from export_contract.acceptance.engine.plan import context_of
    from export_contract.acceptance.verdict.user_tests import finding_of, record_of
    from export_contract.plugin.shared_run import placed_plan

    plan = placed_plan(item.config) if sent else settled(item.config).plan
    context, url = context_of(plan), plan.base_url + plan.contract.operation.path
    requirement = marker.kwargs["requirement"] if says and marker else None
    finding = None
    if requirement and report.failed and call.excinfo:
        if _is_of_the_target(call.excinfo.value):
            problem = call.excinfo.exconly(tryshort=True)
            finding = finding_of(item.nodeid, requirement, problem, sent, context, url)
        else:
            requirement = None
    taken = record_of(item.nodeid, sent, context, url, requirement=requirement, finding=finding)
    setattr(report, RECORD, msgspec.to_builtins(taken))


def _is_of_the_target(error: BaseException) -> bool:
    """Whether a test failed on what the target did, and not for want of budget or credentials."""
    leaves = error.exceptions if isinstance(error, BaseExceptionGroup) else (error,)
    return not any(isinstance(one, BudgetSpent | Inconclusive) for one in leaves)
