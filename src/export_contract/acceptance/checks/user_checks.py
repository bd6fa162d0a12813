"""Checks of the user's: functions in a file that the configuration names.

    from export_contract import check

    @check(requirement="EXP-ANSWER-JOB-ID")
    def ids_are_long(request, answer):
        if answer.accepted and len(answer.job_id) < 40:
            return f"a job id of {len(answer.job_id)} characters"

A check is called with the case that was sent and the response. It returns what is wrong, in plain words; True, where
the requirement was exercised and kept; None, where the exchange says nothing about it.
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
from export_contract.exceptions import UserCheckError
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call

UserCheck = Callable[[Case, Response], str | bool | None]
_F = TypeVar("_F", bound=UserCheck)
_MARK: Final = "__export_contract_requirement__"


def check(*, requirement: str) -> Callable[[_F], _F]:
    """Mark a function as a check that verifies a requirement of the contract, named by its id."""

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
        raise UserCheckError(str(file), "", f"the checks cannot be loaded: {type(error).__name__}: {error}") from error
    found = {value.__name__: value for value in names.values() if callable(value) and hasattr(value, _MARK)}
    if not found:
        raise UserCheckError(str(file), "", "it defines no check; mark a function with @check(requirement=…)")
    for name, function in found.items():
        requirement = getattr(function, _MARK)
        if requirement not in contract.by_id:
            raise UserCheckError(str(file), name, f"verifies {requirement!r}, which the contract does not have")
    return tuple(_as_check(file, name, function) for name, function in found.items())


def _as_check(file: Path, name: str, function: UserCheck) -> Check:
    promise = (function.__doc__ or name.replace("_", " ")).strip().partition("\n")[0]

    def observe(exchange: Exchange, context: CheckContext) -> Observation | None:
        try:
            said = function(exchange.case, exchange.response)
        except Exception as error:
            problem = f"failed on {exchange.case.id}: {type(error).__name__}: {error}"
            raise UserCheckError(str(file), name, problem) from error
        if said is None or said is True:
            return KEPT if said else None
        problem = said if isinstance(said, str) and said else f"{name} returned {said!r}"
        return Observation(kind=Kind.DEVIATES, observed=problem)

    return Check(
        name=name,
        promise=promise,
        expected=promise,
        requirement=getattr(function, _MARK),
        calls=frozenset({Call.CREATE, Call.STATUS}),
        observe=observe,
    )
