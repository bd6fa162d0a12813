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
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from export_contract.acceptance.checks.context import Check, CheckContext
from export_contract.acceptance.model.exchange import Exchange, Response
from export_contract.acceptance.model.outcome import Deviation, Outcome
from export_contract.contract import Contract
from export_contract.exceptions import UserCheckError
from export_contract.strategies import Case

UserCheck = Callable[[Case, Response], str | bool | None]
_F = TypeVar("_F", bound=UserCheck)
_MARK: Final = "__export_contract_requirement__"


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
        raise UserCheckError(str(file), "", f"the checks cannot be loaded: {type(error).__name__}: {error}") from error
    found = {value.__name__: value for value in names.values() if callable(value) and hasattr(value, _MARK)}
    if not found:
        raise UserCheckError(str(file), "", "there is no check in it; mark a function with @check(requirement=…)")
    for name, function in found.items():
        requirement = getattr(function, _MARK)
        if requirement not in contract.by_id:
            raise UserCheckError(str(file), name, f"stands on {requirement!r}, which the contract does not have")
    return tuple(_as_check(file, name, function) for name, function in found.items())


def _as_check(file: Path, name: str, function: UserCheck) -> Check:
    requirement = getattr(function, _MARK)

    def judge(exchange: Exchange, context: CheckContext) -> Iterator[Outcome]:
        try:
            said = function(exchange.case, exchange.response)
        except Exception as error:
            problem = f"failed on {exchange.case.id}: {type(error).__name__}: {error}"
            raise UserCheckError(str(file), name, problem) from error
        if said is None:
            return
        deviation = None
        if said is not True:
            observed = said or f"{name} returned {said!r}"
            deviation = Deviation(
                check=name,
                kind="deviates",
                summary=f"{exchange.case.title}: {observed}",
                expected=(function.__doc__ or name.replace("_", " ")).strip().partition("\n")[0],
                observed=observed,
            )
        yield Outcome(requirement, deviation)

    judge.__name__ = name
    return judge
