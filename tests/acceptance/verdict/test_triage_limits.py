"""Triage: where each rule ends, so that it takes away what is explained and nothing beside it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.acceptance.verdict.written_run import BODY, ENUM, ERROR, LOAD, OK, OPEN, PAIRS, Run
from tests.contract.contract_files import REQUIREMENTS, write

from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.acceptance.model.outcome import CheckName, Kind, Outcome
from export_contract.acceptance.verdict import triage as rules
from export_contract.acceptance.verdict.triage import plainness, triage
from export_contract.contract import Contract, Expectation, load_contract
from export_contract.strategies import Feature
from export_contract.strategies.data.case import Call

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase

ACCEPT, REJECT, UNSPECIFIED = Expectation.ACCEPT, Expectation.REJECT, Expectation.UNSPECIFIED
DATE_ONLY, TYPE = "EXP-OPEN-TIME-DATE-ONLY", "EXP-OPEN-CONTENT-TYPE"
TEXT = (("Content-Type", "text/plain"),)
SOFT = Response(status=200, headers=(("content-type", "application/json"),), body=b'{"errors":[{"message":"no"}]}')


@pytest.fixture
def run(contract: Contract, make_case: MakeCase) -> Run:
    """A run in which nothing was seen yet."""
    return Run(contract, make_case)


@pytest.fixture
def other_run(tmp_path: Path, make_case: MakeCase) -> Run:
    """The same by a contract in which every requirement has another name."""
    return Run(load_contract(write(tmp_path, requirements=REQUIREMENTS.replace("EXP-", "OTHER-"))), make_case)


def test_unless_it_is_said(run: Run, contract: Contract) -> None:
    """A run is taken for one that kept its target, and for one whose values were declared, unless that is denied."""
    declared = BODY.replace(b"USERS", b"LEARNING_ACTIVITY_INTERACTIONS") + b',"learningActivityId":12345}'
    run.saw("EXP-ACCEPT-INTERACTIONS", Kind.REFUSED, payload=declared, response=Response(status=404))
    run.saw(ENUM, Kind.CLOSED, response=Response(failure=Failure.CLOSED))
    assert triage(run.outcomes, run.exchanges, contract, {}).outcomes == tuple(run.outcomes)
    lost = triage(run.outcomes, run.exchanges, contract, {}, is_lost=True)
    assert lost.outcomes == (run.outcomes[0],)
    assert (lost.undeclared, lost.masked) == (frozenset(), frozenset())


def test_bystanders(run: Run, contract: Contract) -> None:
    """A timeout that did not show again is dropped beside one that did; other deviations and lone timeouts stay."""
    silent = Response(failure=Failure.TIMEOUT)
    flaky_timeout = run.saw(ENUM, Kind.TIMEOUT, expectation=REJECT, id="once", response=silent)
    flaky_error = run.saw("EXP-START-TYPE", Kind.SERVER_ERROR, expectation=REJECT, id="error")
    for name in ("once", "error"):
        for _ in range(2):
            run.saw(ENUM, phase="recheck", expectation=REJECT, id=name, response=OK)
    kept = run.saw("EXP-END-TYPE", expectation=REJECT, response=Response(status=400))
    alone = triage(run.outcomes, run.exchanges, contract, {})
    assert alone.outcomes == (flaky_timeout, flaky_error, kept)
    steady = run.saw("EXP-FORMAT-TYPE", Kind.TIMEOUT, expectation=REJECT, id="always", response=silent)
    beside = triage(run.outcomes, run.exchanges, contract, {})
    assert beside.outcomes == (flaky_error, kept, steady)
    assert beside.flaky == {rules.key_of(flaky_timeout), rules.key_of(flaky_error)}


def test_flaky_by_the_plainest_case(run: Run, contract: Contract) -> None:
    """Whether a finding is flaky is asked of its plainest case, wherever that came in the run."""
    for name, payload in (("long", b"[0,0]"), ("plain", b"[]"), ("longer", b"[0,0,0]")):
        run.saw(ENUM, Kind.ACCEPTED, expectation=REJECT, id=name, payload=payload)
    for _ in range(2):
        run.saw(ENUM, phase="recheck", expectation=REJECT, id="plain", payload=b"[]")
    flaky = triage(run.outcomes, run.exchanges, contract, {}).flaky
    assert flaky == {(ENUM, CheckName.STATUS, Kind.ACCEPTED)}


def test_plainness(make_case: MakeCase) -> None:
    """Of failing cases the plainest comes first: alone, aimed at it, readable, with few features, short, early."""
    plain, odd = (Feature("zone", str(remarkable), PAIRS, remarkable) for remarkable in (False, True))
    cases: list[dict[str, Any]] = [
        {"payload": b"[]", "features": (plain,) * 3},
        {"payload": b"[]", "features": (plain,) * 3},
        {"payload": b"[0]", "expectation": REJECT, "requirement": ENUM},
        {"payload": b"[0,0]", "requirement": PAIRS},
        {"payload": b"[]", "features": (odd, plain)},
        {"payload": b"[]", "features": (odd, odd)},
        {"payload": '["\u00c4"]'.encode()},
        {"payload": b'["a "]'},
        {"payload": b"[]", "expectation": REJECT, "requirement": PAIRS},
        {"payload": b"[]", "expectation": UNSPECIFIED, "requirement": OPEN, "features": (odd,)},
        {"payload": b"", "call": Call.STATUS},
    ]
    keys = []
    for number, parts in enumerate(cases):
        exchange = Exchange(number, "suite", make_case(**parts), OK)
        keys.append(plainness(Outcome(ENUM, number, CheckName.STATUS, Kind.ACCEPTED), exchange))
    assert all(first < second for first, second in pairwise(keys))


@pytest.mark.parametrize(("late", "is_chance"), [(1, True), (2, True), (3, False)])
def test_late_by_chance(run: Run, late: int, is_chance: bool) -> None:
    """One or two late responses that are in time when they are asked for twice more are left out, three are not."""
    for number in range(late):
        run.saw("EXP-ANSWER-TIME", Kind.LATE, check=CheckName.RESPONSE_TIME, id=f"{number}", response=OK)
    for number in range(late):
        for _ in range(2):
            run.saw("EXP-ANSWER-TIME", check=CheckName.RESPONSE_TIME, phase="recheck", id=f"{number}", response=OK)
    left = run.after(rules.without_chance_delays)
    assert left == (run.outcomes[late:] if is_chance else run.outcomes)


def test_steps(run: Run) -> None:
    """Of requests whose files are compared, what the comparison shows counts, and nothing else."""
    run.saw(PAIRS, Kind.REFUSED, phase="relations")
    compared = [
        run.saw("EXP-FILE-LINK", "x", check=check, phase="relations", response=OK)
        for check in (CheckName.BOUNDARY, CheckName.COMPLETE, CheckName.SAME_DATA, CheckName.LINK)
    ]
    other = run.saw(PAIRS, Kind.REFUSED)
    assert run.after(rules.without_steps) == [*compared, other]


def test_a_kept_promise_explains_nothing(run: Run) -> None:
    """A documented example that failed stays, where the accepted cases of the suite were accepted."""
    run.saw(PAIRS, Kind.REFUSED, phase="probe")
    run.saw(PAIRS, response=OK)
    run.saw(PAIRS, "x", check=CheckName.INTERNALS, response=OK)
    assert run.after(rules.without_explained_examples) == run.outcomes


def test_what_becomes_of_soft_refusals(run: Run) -> None:
    """Each refusal with a 2xx keeps its requirement, and shows the one about the status of refusals broken."""
    names = (ENUM, "EXP-START-TYPE", "EXP-END-TYPE")
    for name in names:
        run.saw(name, Kind.ACCEPTED, expectation=REJECT, response=SOFT)
    kept = [Outcome(name, number, CheckName.STATUS) for number, name in enumerate(names, start=1)]
    headline = [
        Outcome("EXP-REFUSAL-STATUS", number, CheckName.STATUS, Kind.ERROR_WITH_SUCCESS) for number in (1, 2, 3)
    ]
    assert run.after(rules.soft_refusals_together) == [*kept, *headline]


@pytest.mark.parametrize(
    ("check", "kind", "response"),
    [
        (CheckName.STATUS, Kind.ACCEPTED, OK),
        (CheckName.STATUS, Kind.REFUSED, SOFT),
        (CheckName.STATUS, Kind.ACCEPTED, Response(status=400, headers=SOFT.headers, body=SOFT.body)),
        (CheckName.INTERNALS, Kind.ACCEPTED, SOFT),
        (CheckName.INTERNALS, "stack trace", SOFT),
    ],
    ids=["no errors", "another deviation", "a 4xx", "another check", "another check and deviation"],
)
def test_no_soft_refusals(run: Run, check: str, kind: str, response: Response) -> None:
    """It takes a status that should be a refusal, a 2xx, and errors in the body: all three."""
    for name in (ENUM, "EXP-START-TYPE", "EXP-END-TYPE"):
        run.saw(name, kind, check=check, expectation=REJECT, response=response)
    assert run.after(rules.soft_refusals_together) == run.outcomes


@pytest.mark.parametrize(
    "part",
    [
        {"expectation": UNSPECIFIED},
        {"changed": "/body/format"},
        {"check": CheckName.INTERNALS},
        {"payload": b"{", "headers": TEXT},
    ],
    ids=["open", "one member", "another check", "another content type"],
)
def test_no_bodies_that_break_many_requirements(run: Run, part: dict[str, Any]) -> None:
    """Only the status of a whole body that must be rejected is explained by what it breaks beside its aim."""
    whole: dict[str, Any] = {"expectation": REJECT, "payload": b"{}", "changed": "/body"}
    run.saw("EXP-END-REQUIRED", Kind.ACCEPTED, expectation=REJECT, payload=b"[]")
    run.saw("EXP-BODY-JSON", Kind.ACCEPTED, expectation=REJECT, payload=b"[")
    run.saw("EXP-BODY-OBJECT", Kind.ACCEPTED, **{**whole, **part})
    assert run.after(rules.without_explained_wholes) == run.outcomes


def test_a_body_that_is_not_json(run: Run) -> None:
    """What a body without JSON shows is explained by that, under the content type of JSON."""
    cause = run.saw("EXP-BODY-JSON", Kind.ACCEPTED, expectation=REJECT, payload=b"[")
    run.saw("EXP-BODY-OBJECT", Kind.ACCEPTED, expectation=REJECT, payload=b"{", changed="/body")
    assert run.after(rules.without_explained_wholes) == [cause]


@pytest.mark.parametrize(
    "part",
    [
        {"check": CheckName.INTERNALS},
        {"kind": Kind.ACCEPTED},
        {"method": "PUT"},
        {"call": Call.STATUS},
        {"payload": BODY + b"}", "headers": TEXT},
    ],
    ids=["another check", "an answer of its own", "another method", "another call", "another content type"],
)
def test_no_by_products(run: Run, part: dict[str, Any]) -> None:
    """A failure is a by-product only where a request that creates an export leaves more open than its aim."""
    case: dict[str, Any] = {"expectation": UNSPECIFIED, "payload": BODY + b',"x":1}', "kind": Kind.SERVER_ERROR}
    run.saw(OPEN, **{**case, "kind": part.get("kind", Kind.SERVER_ERROR)})
    run.saw(DATE_ONLY, **{**case, **part})
    assert run.after(rules.without_by_products) == run.outcomes


def test_by_products_of_a_content_type(run: Run) -> None:
    """Where another content type makes a target fail, it does so for every case that has one."""
    case: dict[str, Any] = {"expectation": UNSPECIFIED, "payload": BODY + b',"x":1}', "headers": TEXT}
    cause = run.saw(TYPE, Kind.SERVER_ERROR, **{**case, "payload": BODY + b"}"})
    run.saw(OPEN, Kind.SERVER_ERROR, **case)
    alone = run.saw(OPEN, Kind.SERVER_ERROR, expectation=UNSPECIFIED, payload=BODY + b',"x":1}')
    assert run.after(rules.without_by_products) == [cause, alone]


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_combination_that_was_accepted_once(run: Run, before: bool) -> None:
    """One accepted request is enough for a combination not to be broken, whatever came before or after it."""
    for is_accepted in (True, False) if before else (False, True):
        run.saw(PAIRS, None if is_accepted else Kind.SERVER_ERROR, base="a", response=OK if is_accepted else ERROR)
    run.saw(ENUM, Kind.SERVER_ERROR, base="a", expectation=REJECT)
    assert run.after(rules.without_by_products) == run.outcomes


def test_a_bad_request_that_was_accepted(run: Run) -> None:
    """That a bad request is accepted does not show that its combination works."""
    accept = run.saw(PAIRS, Kind.SERVER_ERROR, base="a")
    taken = run.saw("EXP-START-TYPE", Kind.ACCEPTED, base="a", expectation=REJECT, response=OK)
    run.saw(ENUM, Kind.SERVER_ERROR, base="a", expectation=REJECT)
    assert run.after(rules.without_by_products) == [accept, taken]


def test_by_the_contract_of_the_run(other_run: Run) -> None:
    """What a request breaks and leaves open is asked of the run's own contract."""
    case: dict[str, Any] = {"expectation": UNSPECIFIED, "payload": BODY + b',"x":1}'}
    cause = other_run.saw("OTHER-OPEN-UNKNOWN-PROPERTY", Kind.SERVER_ERROR, **case)
    other_run.saw("OTHER-OPEN-TIME-DATE-ONLY", Kind.SERVER_ERROR, **case)
    assert other_run.after(rules.without_by_products) == [cause]
    other_run.saw("OTHER-OPEN-TIME-COMMA", Kind.SERVER_ERROR, phase="explore", **case)
    assert other_run.after(rules.without_known_draws) == other_run.outcomes[:2]


def test_wholes_by_the_contract_of_the_run(other_run: Run) -> None:
    """What a whole body breaks is asked of the run's own contract."""
    cause = other_run.saw("OTHER-END-REQUIRED", Kind.ACCEPTED, expectation=REJECT, payload=b"[]")
    other_run.saw("OTHER-BODY-OBJECT", Kind.ACCEPTED, expectation=REJECT, payload=b"{}", changed="/body")
    assert other_run.after(rules.without_explained_wholes) == [cause]


def test_only_ids_are_filed_under_load(run: Run) -> None:
    """What requests show under load beside ids of others stays where it was."""
    run.saw(ENUM, Kind.SERVER_ERROR, phase="load")
    run.saw("EXP-JOBID-MATCH", check=CheckName.JOB_ID_MATCH, phase="load", response=OK)
    assert run.after(rules.filed_under_load) == run.outcomes
    form = run.saw("EXP-JOBID-FORM", "x", check=CheckName.JOB_ID_FORM, phase="load", response=OK)
    assert form not in run.after(rules.filed_under_load)
    assert run.after(rules.filed_under_load)[-1].requirement == LOAD


def test_findings_are_kept_as_they_are(run: Run, contract: Contract) -> None:
    """What triage returns cannot be changed, and says nothing of undeclared or masked requirements by itself."""
    result = rules.Triage((), frozenset())
    assert (result.undeclared, result.masked) == (frozenset(), frozenset())
    with pytest.raises(AttributeError):
        result.flaky = frozenset({("x", "y", None)})  # type: ignore[misc]


def test_a_contract_without_load(tmp_path: Path, make_case: MakeCase) -> None:
    """Where a contract promises nothing of requests at the same time, what they show is filed as it came."""
    blocks = re.split(r"(?=^      - |^  - title)", REQUIREMENTS, flags=re.MULTILINE)
    place = next(number for number, block in enumerate(blocks) if f"id: {LOAD}\n" in block)
    kept = "".join(blocks[: place - 1] + blocks[place + 1 :])  # with the title of its area, where it is alone
    run = Run(load_contract(write(tmp_path, requirements=kept)), make_case)
    run.saw("EXP-JOBID-MATCH", Kind.OTHER_REQUEST, check=CheckName.JOB_ID_MATCH, phase="load", response=OK)
    assert run.after(rules.filed_under_load) == run.outcomes
