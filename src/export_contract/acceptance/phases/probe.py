"""The probe: is this the service that the contract speaks of, and does it let us in?"""

from __future__ import annotations

import json

from export_contract.acceptance.engine.session import Session
from export_contract.acceptance.model.exchange import Exchange, Failure
from export_contract.contract import Contract, Expectation, oracle
from export_contract.exceptions import Inconclusive
from export_contract.strategies import Case, base_of, plainest_case
from export_contract.strategies.data.case import case_id

_UNAVAILABLE = (502, 503, 504)
_MOST_SHOWN = 200


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


def run_probe(session: Session) -> None:
    """Send the documented examples, the first one alone; raises Inconclusive where there is nothing to be tested."""
    first, *others = probe_cases(session.context.contract)
    with session.phase("probe", 1 + len(others)):
        # What a gate answered is no answer of the target, and no finding.
        for exchange in session.send_all("probe", [first], keep=lambda exchange, _: not _gate(exchange, session)):
            refuse_gates(exchange, session)
        session.send_all("probe", others)


def drop_what_the_suite_explains(session: Session) -> None:
    """Forget that a documented example failed, where the suite found out which of its features does."""
    accepts = [
        sighting
        for sighting in session.memory.sightings
        if sighting.exchange.case.expectation is Expectation.ACCEPT and sighting.deviation.check == "status"
    ]
    if any(sighting.exchange.phase != "probe" for sighting in accepts):
        for sighting in accepts:
            if sighting.exchange.phase == "probe":
                session.memory.sightings.remove(sighting)


def refuse_gates(exchange: Exchange, session: Session) -> None:
    """Raise Inconclusive where something before the service answered in its place."""
    problem = _gate(exchange, session)
    if problem:
        raise Inconclusive(problem)


def _gate(exchange: Exchange, session: Session) -> str:
    answer, url = exchange.response, session.target.url
    mask = session.context.redaction.text
    if answer.failure is Failure.UNREACHABLE:
        return f"{url} cannot be reached: {answer.problem}. Check --base-url, and that the target is running."
    if answer.failure:
        return f"{url} gave no answer to the documented example: {answer.problem}. Check --base-url and the target."
    status = answer.status or 0
    if status in (401, 403, 407):
        had = "the credentials were refused" if session.context.redaction.secrets else "it wants credentials"
        return (
            f"{url} answered {status}: {had}. Put the Authorization header's value into EXPORT_CONTRACT_AUTHORIZATION."
        )
    if status in (404, 405):
        return f"{url} answered {status}: there is no POST at this address. Check the path of --base-url."
    if 300 <= status < 400:
        to = answer.header("location")
        redirect = f"a redirect to {mask(to)[:_MOST_SHOWN]}" if to else "a redirect"
        return f"{url} answered {status}, {redirect}. Give --base-url the address that it ends at."
    if status in _UNAVAILABLE:
        return f"{url} answered {status}: the service behind it is not available. Try again when it is."
    if answer.media_type in ("text/html", "application/xhtml+xml") and answer.json() is None:
        return f"{url} answered {status} with a web page: a proxy or a portal, not the API. Check --base-url."
    return ""
