"""The run behind the items: once for a session, in whichever of its processes needs it first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from export_contract.acceptance import Results, RunPlan, run
from export_contract.acceptance.engine.client import Client
from export_contract.acceptance.engine.plan import context_of, target_of
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.model.results_file import to_json
from export_contract.acceptance.transport.budget import Budget
from export_contract.acceptance.transport.shared_budget import SharedBudget
from export_contract.acceptance.verdict.baseline import with_baseline
from export_contract.acceptance.verdict.summary import phase_of_rule
from export_contract.acceptance.verdict.verdicts import TOO_LITTLE, is_missing
from export_contract.plugin.options import as_pytest_says, settled
from export_contract.plugin.sharing import DiedWhileRunning, ended_run_file, folder_of, is_worker, made_once, run_file
from export_contract.running import journal_of, placed, tell_all

if TYPE_CHECKING:
    from export_contract.acceptance import Listener
    from export_contract.running import SettledRun

_CHEAP: Final = frozenset({"auth", "protocol"})
"""Phases that say all there is to say of their requirements, and create a few jobs at most."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How the run ended: with results, or with the problem for which there are none."""

    results: Results | None = None
    problem: str = ""


_ENDED: Final[pytest.StashKey[Ended]] = pytest.StashKey()
_PLACED: Final[pytest.StashKey[RunPlan]] = pytest.StashKey()
_BUDGET: Final[pytest.StashKey[Budget]] = pytest.StashKey()


def ended_run(config: pytest.Config, asked: Iterable[str]) -> Ended:
    """How the run ended; it is run for the first that asks. `asked` are the requirements that the session is about."""
    if _ENDED not in config.stash:
        try:
            content = made_once(run_file(config), lambda: to_json(_run(config, frozenset(asked))))
            config.stash[_ENDED] = _with_baseline(msgspec.json.decode(content, type=Ended), settled(config))
        except DiedWhileRunning:
            problem = "The worker that ran died, and another run would spend the budget again; run without -n."
            config.stash[_ENDED] = Ended(problem=problem)
    return config.stash[_ENDED]


def _with_baseline(ended: Ended, settings: SettledRun) -> Ended:
    if not (ended.results and settings.baseline):
        return ended
    return Ended(results=with_baseline(ended.results, settings.baseline, strict=settings.strict_baseline))


def run_that_ended(config: pytest.Config) -> Ended | None:
    """How the run ended, where there was one in this session, in whichever process; without the baseline."""
    file = ended_run_file(config)
    return msgspec.json.decode(file.read_bytes(), type=Ended) if file else None


def why_inconclusive(ended: Ended, asked: frozenset[str]) -> str:
    """Why nothing can be said of the requirements that were asked about; empty where it can."""
    results = ended.results
    if results is None:
        return ended.problem
    if results.verdict != "inconclusive":
        return ""
    reason = results.reason or "too little is known"
    if reason.startswith(TOO_LITTLE) and not any(is_missing(one) for one in results.requirements if one.id in asked):
        return ""  # what was left out was not asked about
    return as_pytest_says(reason)


def placed_plan(config: pytest.Config) -> RunPlan:
    """The plan with the embedded sandbox in place of a target that was not given; it runs until pytest ends."""
    if _PLACED not in config.stash:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        config.stash[_PLACED] = stack.enter_context(placed(settled(config).plan))
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
        seconds = 2 * max(plan.give_up, plan.seconds or 0.0)
        config.stash[_BUDGET] = (
            SharedBudget(plan.limits, folder_of(config) / "budget", reservation_seconds=seconds)
            if is_worker(config)
            else Budget(plan.limits)
        )
    return config.stash[_BUDGET]


def _run(config: pytest.Config, asked: frozenset[str]) -> Ended:
    settings = settled(config)
    try:
        plan = placed_plan(config)
        plan = msgspec.structs.replace(plan, phases=_phases_for(plan, asked))
        with ExitStack() as stack:
            journal = journal_of(plan, settings.reports)
            listeners: list[Listener] = [stack.enter_context(journal)] if journal else []
            results = run(plan, lambda event: tell_all(listeners, event), _budget(config, plan))
    except Exception as error:
        # Frames below hold the credentials, and a traceback may show their variables.
        redaction = Redaction(settings.plan.authorization, settings.plan.headers)
        return Ended(problem=redaction.text(str(error) or type(error).__name__))
    return Ended(results=results)


def _phases_for(plan: RunPlan, asked: frozenset[str]) -> tuple[str, ...]:
    """The phases that the requirements need: what is asked for cheaply creates no jobs for the others."""
    needed = {phase_of_rule(plan.contract.by_id[name].rule) for name in asked}
    if needed <= _CHEAP:
        return tuple(name for name in plan.phases if name == "probe" or name in needed)
    return plan.phases
