"""The plan of a run: what is to be sent where, within which bounds, and what the answers are judged by."""

from __future__ import annotations

from typing import Final

import msgspec

from export_contract.acceptance.checks.check import Check
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.redaction import Redaction
from export_contract.acceptance.transport.budget import Limits
from export_contract.acceptance.transport.pacing import Pacer
from export_contract.acceptance.transport.target import Target
from export_contract.contract import Contract, load_contract
from export_contract.options import PHASES

_PHASES_OF_RULES: Final = {
    "status/": "jobs",
    "file/": "jobs",
    "relation/": "relations",
    "load/": "load",
    "auth/": "auth",
    "method/": "protocol",
    "content-type": "protocol",
    "transfer": "protocol",
}


def phase_of_rule(rule: str) -> str:
    """The phase that exercises requirements with this rule."""
    return next((phase for start, phase in _PHASES_OF_RULES.items() if rule.startswith(start)), "suite")


class RunPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What a run is to do."""

    base_url: str
    contract: Contract = msgspec.field(default_factory=load_contract)
    """The built-in one where none is given."""
    authorization: str | None = None
    """The value of the Authorization header; a secret."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every request."""
    phases: tuple[str, ...] = PHASES
    """The phases to run, by their names; they run in the order of `PHASES`."""
    limits: Limits = Limits()
    rate: float | None = None
    """Requests a second at most."""
    concurrency: int = 4
    seconds: float | None = None
    """Within how many seconds an answer must come; None for what the contract says."""
    give_up: float = 10.0
    """After how many seconds an answer is not waited for any more."""
    seed: int = 0
    most_followed: int = 9
    """How many jobs are followed to their files at most."""
    job_seconds: float = 60.0
    """Within how many seconds a job must be completed."""
    max_open_jobs: int | None = None
    """How many jobs may be running at the same time; None for as many as the target lets."""
    date_range: tuple[str, str] | None = None
    """Where the target has data: the first and the last moment, as requests write them."""
    user_checks: tuple[Check, ...] = ()
    embedded: bool = False

    def __repr__(self) -> str:
        return f"RunPlan(base_url={self.base_url!r}, phases={self.phases!r})"


def context_of(plan: RunPlan) -> CheckContext:
    """What the answers are judged by."""
    return CheckContext(
        contract=plan.contract,
        seconds=plan.seconds or plan.contract.operation.seconds,
        redaction=Redaction(plan.authorization, plan.headers),
        user_checks=plan.user_checks,
    )


def target_of(plan: RunPlan) -> Target:
    """The connection to the target; close it, or use it as a context. Raises ValueError for a base URL that is none."""
    return Target(
        plan.base_url,
        plan.contract.operation.path,
        authorization=plan.authorization,
        headers=plan.headers,
        seconds=max(plan.give_up, plan.seconds or plan.contract.operation.seconds),
        connections=plan.concurrency,
    )


def pacer_of(plan: RunPlan) -> Pacer:
    """What keeps the rate, and slows down where the target asks for it."""
    return Pacer(concurrency=plan.concurrency, rate=plan.rate)
