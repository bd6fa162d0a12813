"""Replaying: one finding's request sent once more, and whether it shows the same."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from export_contract.acceptance.checks.context import CheckContext
from export_contract.acceptance.checks.registry import is_unjudged, judge
from export_contract.acceptance.engine.plan import RunPlan, context_of, target_of
from export_contract.acceptance.model.exchange import Exchange, is_capacity
from export_contract.acceptance.model.outcome import CheckName
from export_contract.acceptance.model.records import payload_of, response_record
from export_contract.acceptance.model.results import CaseRecord, Finding, ResponseRecord, Results
from export_contract.acceptance.transport.headers import CHUNKED
from export_contract.contract import Expectation
from export_contract.exceptions import ConfigurationError
from export_contract.strategies import Case
from export_contract.strategies.data.case import Call

_OF_SEVERAL_ANSWERS: Final = frozenset({CheckName.JOB_ID_UNIQUE, CheckName.LOAD, CheckName.MOVES, CheckName.COMPLETES})
"""Checks that look at more than one."""
_NEVER_TAKEN: Final = frozenset({"authorization", "content-length", "host", "transfer-encoding"})
"""Headers that a file does not decide."""
_LONGEST_NUMBER: Final = 7
_SHORTEST: Final = 4
"""Characters of a fingerprint that name a finding."""


class Replay(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a finding's request that was sent again."""

    outcome: Literal["reproduced", "not reproduced", "inconclusive"]
    said: str
    """What was observed, or why nothing can be told."""
    response: ResponseRecord


def find(results: Results, name: str) -> Finding:
    """The finding of that number, counted from 1, or whose fingerprint begins so.

    Raises ConfigurationError where there is not exactly one.
    """
    if name.isdecimal() and len(name) <= _LONGEST_NUMBER and 1 <= int(name) <= len(results.findings):
        return results.findings[int(name) - 1]
    found = [one for one in results.findings if one.fingerprint.startswith(name.lower()) and len(name) >= _SHORTEST]
    if len(found) == 1:
        return found[0]
    count = "no" if not found else "more than one"
    problem = f"there is {count} finding {name!r}; the results have {len(results.findings)}, by number or fingerprint"
    raise ConfigurationError("FINDING", problem)


def replay(plan: RunPlan, finding: Finding) -> Replay:
    """Send the request of a finding once, to the target of a plan, and judge the answer by the plan's contract.

    Nothing is sent where one answer could not show it: that ids are given twice, how a job goes on, what a file holds.
    """
    if finding.check in _OF_SEVERAL_ANSWERS or finding.case.call is Call.FILE:
        said = f"one answer does not show whether {finding.requirement} is kept; run again"
        return Replay(outcome="inconclusive", said=said, response=ResponseRecord(problem="nothing was sent"))
    context = context_of(plan)
    case = case_of(finding.case)
    with target_of(plan) as target:
        exchange = Exchange(1, "replay", case, target.send(case))
    outcome, said = _judged(exchange, context, finding)
    return Replay(
        outcome=outcome,
        said=context.redaction.text(said),
        response=response_record(exchange.response, context.redaction),
    )


def case_of(record: CaseRecord) -> Case:
    """The case that was written; what it packs is not known any more."""
    return Case(
        id=record.id,
        title=record.title,
        expectation=record.expectation,
        requirement=record.requirement,
        method=record.method,
        headers=tuple(pair for pair in record.headers if pair == CHUNKED or pair[0].lower() not in _NEVER_TAKEN),
        payload=payload_of(record),
        credentials=record.credentials,
        path=record.path,
        query=record.query,
        call=record.call,
        changed=record.changed,
    )


def _judged(
    exchange: Exchange, context: CheckContext, finding: Finding
) -> tuple[Literal["reproduced", "not reproduced", "inconclusive"], str]:
    answer = exchange.response
    if is_capacity(answer):
        return "inconclusive", f"the target answered {answer.status}, and asks to come back later"
    if is_unjudged(exchange):
        return "inconclusive", answer.problem or f"the credentials were refused, with status {answer.status}"
    if exchange.case.call is Call.STATUS and exchange.case.expectation is Expectation.ACCEPT and answer.refused:
        return "inconclusive", f"status {answer.status}: the job of that run is not there any more; run again"
    outcomes = [one for one in judge(exchange, context) if one.requirement == finding.requirement]
    for outcome in outcomes:
        if outcome.deviates and outcome.check == finding.check:
            return "reproduced", outcome.observed
    if not outcomes:
        return "inconclusive", f"one answer does not show whether {finding.requirement} is kept; run again"
    return "not reproduced", answer.problem or f"status {answer.status}"
