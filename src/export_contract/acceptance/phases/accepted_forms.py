"""Wrong timestamps in a form that the target reads, where it does not read the one that the suite has them in.

A reader that is fixed to `.000Z` refuses `2013-02-30T11:12:47Z` for its form, whatever it would make of the day. What a
target accepts is known only in the run, and what it refuses costs it no job.
"""

from __future__ import annotations

from export_contract.acceptance.engine.session import Session
from export_contract.contract import Contract, Expectation
from export_contract.contract.request_schema import Path
from export_contract.strategies import Case, suite
from export_contract.strategies.mutations.respelling import respelt_cases, timestamps_of

_PLAIN = len("2012-09-05T11:12:47Z")


def cases_in_accepted_forms(session: Session) -> list[Case]:
    """The suite's wrong timestamps, respelt for each place where the target accepted none without a fraction, in Z."""
    contract = session.context.contract
    forms = _accepted_forms(session, contract)
    if not any(len(text) > _PLAIN for text in forms.values()):
        return []
    sent = {exchange.case.payload for exchange in session.record.exchanges.values()}
    found: dict[bytes, Case] = {}
    for case in suite(contract=contract):
        if case.expectation is Expectation.REJECT:
            found |= {one.payload: one for one in respelt_cases(contract, case, forms) if one.payload not in sent}
    return list(found.values())


def _accepted_forms(session: Session, contract: Contract) -> dict[Path, str]:
    """For each place of a timestamp the shortest that was accepted there, the suite's own form where that was."""
    forms: dict[Path, str] = {}
    for exchange in session.record.exchanges.values():
        if exchange.response.accepted and exchange.case.expectation is Expectation.ACCEPT:
            for path, text in timestamps_of(contract, exchange.case.payload).items():
                forms[path] = min(forms.get(path, text), text, key=len)
    return forms
