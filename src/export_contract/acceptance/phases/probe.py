"""The probe: is this the service that the contract describes, and does it let us in?"""

from __future__ import annotations

import json

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.phase_report import PhaseReport, Stop
from export_contract.acceptance.model.results import Cause
from export_contract.acceptance.verdict.gates import gate_problem
from export_contract.contract import Contract, Expectation, oracle
from export_contract.strategies import Case, base_of, plainest_case
from export_contract.strategies.data.case import case_id


def probe_cases(contract: Contract) -> list[Case]:
    """The documented examples, or the plainest accepted request where the document has none."""
    judge = oracle(contract)
    cases = []
    for name, body in contract.examples().items():
        payload = json.dumps(body).encode()
        classified = judge.classify(payload)
        if classified.expectation is not Expectation.REJECT:
            base, promise = base_of(contract, body)
            requirement = (*classified.open, promise)[0]
            title = f"the documented example {name}"
            cases.append(
                Case(
                    id=case_id(requirement, title),
                    title=title,
                    expectation=classified.expectation,
                    requirement=requirement,
                    payload=payload,
                    base=base,
                )
            )
    return cases or [plainest_case(contract)]


def run_probe(plan: RunPlan, session: Session) -> PhaseReport:
    """Send the documented examples, the first one alone; the run stops where there is nothing to be tested."""
    first, *others = probe_cases(plan.contract)
    sent = session.send([first])
    if not sent:
        return PhaseReport(stop=_never_let_through(session))
    if problem := gate_problem(sent[0], session.target.url, session.context.redaction):
        return PhaseReport(stop=Stop(Cause.GATE, problem))
    session.send(others)
    return PhaseReport()


def _never_let_through(session: Session) -> Stop | None:
    """Why not even the first request had an answer of its own; None where the run ended for another reason."""
    if session.is_stopped or not session.record.not_sent:
        return None
    statuses = [one.response.status for one in session.record.exchanges.values()]
    if not statuses:
        return None
    return Stop(
        Cause.RATE_LIMITED,
        f"{session.target.url} answered {statuses[-1]}, and asked for more time than the run has. Run again when it is "
        "less busy, with --max-time or --rate.",
    )
