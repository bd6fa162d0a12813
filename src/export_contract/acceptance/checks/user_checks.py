"""Checks of the user's own: functions in a file that the configuration names.

    from export_contract import check

    @check(requirement="EXP-ANSWER-JOB-ID")
    def ids_are_long(request, answer):
        if answer.accepted and len(answer.job_id) < 40:
            return f"a job id of {len(answer.job_id)} characters"

A check is called with the case that was sent and the answer. It returns what is wrong, in plain words; True, where the
requirement was exercised and kept; None, where the exchange says nothing about it.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from export_contract.acceptance.checks.check import KEPT, Check, Observation
from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Kind
from export_contract.contract import Contract
from export_contract.strategies import Case

UserCheck = Callable[[Case, Response], str | bool | None]
_F = TypeVar("_F", bound=UserCheck)
_MARK: Final = "__export_contract_requirement__"


class UserCheckError(ValueError):
    """A file of checks that cannot be used, or a check that failed: which one, and why."""


def check(*, requirement: str) -> Callable[[_F], _F]:
    """Mark a function as a check that stands on a requirement of the contract, named by its id."""

    def mark(function: _F) -> _F:
        setattr(function, _MARK, requirement)
        return function

    return mark


def load_checks(file: Path, contract: Contract) -> tuple[Check, ...]:
    """The checks in a file, in the order in which it defines them.

    Raises UserCheckError where the file cannot be run, has no check, or names a requirement that the contract does not
    have.
    """
    try:
        names = runpy.run_path(str(file))
    except (Exception, SystemExit) as error:
        raise UserCheckError(f"{file}: the checks cannot be loaded: {type(error).__name__}: {error}") from error
    found = {value.__name__: value for value in names.values() if callable(value) and hasattr(value, _MARK)}
    if not found:
        raise UserCheckError(f"{file}: there is no check in it; mark a function with @check(requirement=…)")
    for name, function in found.items():
        requirement = getattr(function, _MARK)
        if requirement not in contract.by_id:
            raise UserCheckError(f"{file}: {name} stands on {requirement!r}, which the contract does not have")
    return tuple(_as_check(file, name, function) for name, function in found.items())


def _as_check(file: Path, name: str, function: UserCheck) -> Check:
    requirement = getattr(function, _MARK)

    def observe(exchange: Exchange, context: CheckContext) -> Observation | None:
        try:
            said = function(exchange.case, exchange.response)
        except Exception as error:
            raise UserCheckError(
                str(file), name, f"failed on {exchange.case.id}: {type(error).__name__}: {error}"
            ) from error
        if said is None:
            return None
        return KEPT if said is True else Observation(kind=Kind.DEVIATES, observed=said or f"{name} returned {said!r}")

    return Check(
        name=name,
        promise=name,
        expected=(function.__doc__ or name).strip().partition("\n")[0],
        requirement=requirement,
        observe=observe,
    )
