"""The run behind the items: once for a session, in whichever of its processes needs it first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from export_contract.acceptance import Results, RunPlan
from export_contract.acceptance.engine.client import Client
from export_contract.acceptance.engine.plan import context_of, phase_of_rule, target_of
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.model.results_file import to_json
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.transport.shared_budget import SharedBudget
from export_contract.acceptance.verdict.baseline import with_baseline
from export_contract.acceptance.verdict.verdicts import is_missing
from export_contract.conduct import conduct
from export_contract.configuration.target import placed
from export_contract.exceptions import ExportContractError, describe_defect
from export_contract.plugin.options import problem_with_pytest_names, settled, with_pytest_names
from export_contract.plugin.sharing import DiedWhileRunning, ended_run_file, folder_of, is_worker, made_once, run_file

if TYPE_CHECKING:
    from export_contract.configuration.settings import RunSettings

_CHEAP: Final = frozenset({"auth", "protocol"})
"""Phases that exercise their requirements completely, and create a few jobs at most."""


class EndedRun(msgspec.Struct, frozen=True, kw_only=True):
    """How the run ended: with results, or with the problem for which there are none."""

    results: Results | None = None
    messages: tuple[str, ...] = ()
    problem: str = ""


_ENDED: Final[pytest.StashKey[EndedRun]] = pytest.StashKey()
_PLACED: Final[pytest.StashKey[RunPlan]] = pytest.StashKey()
_BUDGET: Final[pytest.StashKey[Budget]] = pytest.StashKey()


def ended_run(config: pytest.Config, selected: Iterable[str]) -> EndedRun:
    """How the run ended; it runs for the first that needs it. `selected` are the requirements of the session."""
    if _ENDED not in config.stash:
        try:
            content = made_once(run_file(config), lambda: to_json(_run(config, frozenset(selected))))
            config.stash[_ENDED] = _with_baseline(msgspec.json.decode(content, type=EndedRun), settled(config))
        except DiedWhileRunning:
            problem = "The worker that ran died, and another run would spend the budget again; run without -n."
            config.stash[_ENDED] = EndedRun(problem=problem)
    return config.stash[_ENDED]


def _with_baseline(ended: EndedRun, settings: RunSettings) -> EndedRun:
    if not (ended.results and settings.baseline):
        return ended
    return EndedRun(results=with_baseline(ended.results, settings.baseline, strict=settings.strict_baseline))


def run_that_ended(config: pytest.Config) -> EndedRun | None:
    """How the run ended, where there was one in this session, in whichever process; without the baseline."""
    file = ended_run_file(config)
    return msgspec.json.decode(file.read_bytes(), type=EndedRun) if file else None


def why_inconclusive(ended: EndedRun, selected: frozenset[str]) -> str:
    """Why nothing can be said about the selected requirements; empty where it can."""
    results = ended.results
    if results is None:
        return ended.problem
    if results.verdict != "inconclusive":
        return ""
    missing = {one.id for one in results.requirements if is_missing(one)}
    if results.cause is Cause.TOO_LITTLE and not missing & selected:
        return ""  # what was left out was not selected
    return with_pytest_names(results.reason or "too little is known")


def placed_plan(config: pytest.Config) -> RunPlan:
    """The plan with the address of the target; an embedded sandbox runs until pytest ends.

    Raises pytest.UsageError where no target is given.
    """
    if _PLACED not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[_PLACED] = stack.enter_context(placed(settled(config, needs_target=True).plan))
    return config.stash[_PLACED]


def client_of(config: pytest.Config, finalizer: Callable[[Callable[[], object]], None]) -> Client:
    """A client for tests, which spends from the budget of the session; closed by `finalizer`."""
    plan = placed_plan(config)
    target = target_of(plan)
    finalizer(lambda: target.__exit__(None, None, None))
    return Client(target, _budget(config, plan), context_of(plan), plan.rate)


def _budget(config: pytest.Config, plan: RunPlan) -> Budget:
    """One for the session: for the run and the tests, and for all workers."""
    if _BUDGET not in config.stash:
        longest = 2 * max(plan.give_up, plan.seconds or 0.0)
        config.stash[_BUDGET] = (
            SharedBudget(plan.limits, folder_of(config) / "budget", reservation_seconds=longest)
            if is_worker(config)
            else Budget(plan.limits)
        )
    return config.stash[_BUDGET]


def _run(config: pytest.Config, selected: frozenset[str]) -> EndedRun:
    try:
        plan = placed_plan(config)
        plan = msgspec.structs.replace(plan, phases=_phases_for(plan, selected))
        ended = conduct(plan, settled(config).reports, budget=_budget(config, plan))
    except ExportContractError as error:
        return EndedRun(problem=problem_with_pytest_names(str(error)))
    except Exception as error:
        # Frames below hold the credentials, and a traceback may show their variables.
        return EndedRun(problem=describe_defect(error))
    return EndedRun(results=ended.results, messages=ended.messages)


def _phases_for(plan: RunPlan, selected: frozenset[str]) -> tuple[str, ...]:
    """The phases that the requirements need: what is exercised cheaply creates no jobs for the others."""
    needed = {phase_of_rule(plan.contract.by_id[name].rule) for name in selected}
    if needed <= _CHEAP:
        return tuple(name for name in plan.phases if name == "probe" or name in needed)
    return plan.phases
