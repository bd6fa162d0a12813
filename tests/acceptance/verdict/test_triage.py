"""Triage: each rule alone, on outcomes that a test makes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.acceptance.verdict.written_run import BODY, ENUM, ERROR, LOAD, OK, OPEN, PAIRS, Run

from export_contract.acceptance.model.exchange import Exchange, Failure, Response
from export_contract.acceptance.model.outcome import CheckName, Kind
from export_contract.acceptance.verdict import triage as rules
from export_contract.acceptance.verdict.triage import RULES, triage
from export_contract.contract import Contract, Expectation, load_contract
from export_contract.strategies import Case, Feature

if TYPE_CHECKING:
    from tests.acceptance.conftest import MakeCase


@pytest.fixture
def run(contract: Contract, make_case: MakeCase) -> Run:
    """A run in which nothing was seen yet."""
    return Run(contract, make_case)


def test_rechecks_are_no_findings(run: Run) -> None:
    """What a recheck shows is not counted a second time."""
    first = run.saw(ENUM, Kind.ACCEPTED)
    run.saw(ENUM, Kind.ACCEPTED, phase="recheck")
    assert run.after(rules.without_rechecks) == [first]


@pytest.mark.parametrize(("status", "is_gate"), [(404, True), (502, True), (401, True), (500, False), (200, False)])
def test_gates(run: Run, status: int, is_gate: bool) -> None:
    """What a gate answered to the first request of the probe is left out, and nothing else."""
    run.saw(PAIRS, "x", phase="probe", response=Response(status=status))
    second = run.saw(PAIRS, "x", phase="probe", response=Response(status=404))
    assert run.after(rules.without_gates) == ([second] if is_gate else run.outcomes)


def test_a_retried_probe_is_no_gate(run: Run) -> None:
    """Of a first request that was sent again, the last attempt is looked at."""
    run.saw(PAIRS, "x", phase="probe", response=Response(status=503))
    run.exchanges[1] = Exchange(1, "probe", run.exchanges[1].case, Response(status=503), retried=True)
    run.saw(PAIRS, "x", phase="probe", response=OK)
    assert run.after(rules.without_gates) == run.outcomes


def test_a_target_that_is_gone(run: Run) -> None:
    """The last requests without an answer say nothing, where the run ended for that; earlier ones do."""
    early = run.saw(ENUM, Kind.CLOSED, response=Response(failure=Failure.CLOSED))
    run.saw(ENUM, response=OK)
    for _ in range(3):
        run.saw(ENUM, Kind.CLOSED, response=Response(failure=Failure.CLOSED))
    assert run.after(rules.without_the_lost) == run.outcomes
    assert run.after(rules.without_the_lost, is_lost=True) == [early, run.outcomes[1]]


def test_what_another_request_explains(run: Run) -> None:
    """The status of a failed pack is left out where a feature was isolated; what else it shows stays."""
    run.saw(PAIRS, Kind.REFUSED)
    leak = run.saw("EXP-REFUSAL-NO-INTERNALS", "stack trace", check=CheckName.INTERNALS)
    isolated = run.saw("EXP-ACCEPT-OFFSETS", Kind.REFUSED)
    run.explained = {1: 3, 2: 3}
    assert run.after(rules.without_the_explained) == [leak, isolated]


def test_examples_that_the_suite_explains(run: Run) -> None:
    """A documented example that failed is left out only where another accepted case failed too."""
    example = run.saw(PAIRS, Kind.REFUSED, phase="probe")
    run.saw(ENUM, Kind.ACCEPTED, expectation=Expectation.REJECT)
    assert run.after(rules.without_explained_examples) == run.outcomes
    run.saw(PAIRS, Kind.REFUSED)
    assert run.after(rules.without_explained_examples) == run.outcomes[1:]
    assert example not in run.after(rules.without_explained_examples)


def test_ids_mixed_up_under_load(run: Run) -> None:
    """Ids of other requests are the load's, unless they come to requests that are alone too."""
    run.saw("EXP-JOBID-MATCH", Kind.OTHER_REQUEST, check=CheckName.JOB_ID_MATCH, phase="load", response=OK)
    (filed,) = run.after(rules.filed_under_load)
    assert (filed.requirement, filed.check, filed.kind, filed.exchange) == (LOAD, "load", "mixed up", 1)
    run.saw("EXP-JOBID-MATCH", Kind.OTHER_REQUEST, check=CheckName.JOB_ID_MATCH, response=OK)
    assert run.after(rules.filed_under_load) == run.outcomes


def test_ids_shared_anyway(run: Run) -> None:
    """Shared ids under load are reported once, where ids are shared without load as well."""
    run.saw(LOAD, Kind.SHARED, check=CheckName.LOAD, phase="load", response=OK)
    assert run.after(rules.without_ids_shared_anyway) == run.outcomes
    unique = run.saw("EXP-JOBID-UNIQUE", Kind.SAME_JOB_ID, check=CheckName.JOB_ID_UNIQUE, response=OK)
    assert run.after(rules.without_ids_shared_anyway) == [unique]


def test_drawn_cases(run: Run) -> None:
    """A drawn case counts where it shows something new, and stays out where a named case has shown it."""
    run.saw(ENUM, Kind.ACCEPTED, expectation=Expectation.REJECT)
    run.saw(ENUM, Kind.ACCEPTED, phase="explore", expectation=Expectation.REJECT, payload=b"{}")
    new = run.saw(ENUM, Kind.SERVER_ERROR, phase="explore", expectation=Expectation.REJECT, payload=b"[]")
    kept = run.saw("EXP-RESPONSE-TIME", phase="explore")
    assert run.after(rules.without_known_draws) == [run.outcomes[0], new, kept]


def test_drawn_accepts(run: Run) -> None:
    """A drawn request that must be accepted and is refused is explained by a named one that is refused."""
    run.saw(PAIRS, Kind.REFUSED)
    run.saw("EXP-ACCEPT-INTERACTIONS", Kind.REFUSED, phase="explore")
    assert run.after(rules.without_known_draws) == run.outcomes[:1]


def test_by_products(run: Run) -> None:
    """A 500 for any unknown member explains the 500 of a case that is aimed at something else and has one as well."""
    cause = run.saw(OPEN, Kind.SERVER_ERROR, expectation=Expectation.UNSPECIFIED, payload=BODY + b',"x":1}')
    other = "EXP-OPEN-TIME-DATE-ONLY"
    run.saw(other, Kind.SERVER_ERROR, expectation=Expectation.UNSPECIFIED, payload=BODY + b',"x":1}')
    alone = run.saw(other, Kind.SERVER_ERROR, expectation=Expectation.UNSPECIFIED, payload=BODY + b"}")
    assert run.after(rules.without_by_products) == [cause, alone]


def test_by_products_of_each_other(run: Run) -> None:
    """Two failures of which each holds what the other is about both stay: one of them has to be a finding."""
    both: dict[str, Any] = {
        "expectation": Expectation.UNSPECIFIED,
        "payload": BODY + b',"x":1}',
        "headers": (("Content-Type", "text/plain"),),
    }
    member = run.saw(OPEN, Kind.SERVER_ERROR, **both)
    header = run.saw("EXP-OPEN-CONTENT-TYPE", Kind.SERVER_ERROR, **both)
    assert run.after(rules.without_by_products) == [member, header]


@pytest.mark.parametrize("kind", [Kind.ACCEPTED, Kind.SERVER_ERROR])
def test_bodies_that_break_many_requirements(run: Run, kind: str) -> None:
    """What an object without members shows is a finding of its own only where no member alone shows the same."""
    whole: dict[str, Any] = {"expectation": Expectation.REJECT, "payload": b"{}", "changed": "/body"}
    empty = run.saw("EXP-BODY-OBJECT", kind, **whole)
    assert run.after(rules.without_explained_wholes) == [empty]
    other = run.saw("EXP-END-REQUIRED", Kind.REFUSED, expectation=Expectation.REJECT, payload=b"{}", changed="/body")
    null = run.saw("EXP-BODY-OBJECT", kind, **{**whole, "payload": b"null"})
    assert run.after(rules.without_explained_wholes) == [empty, other, null]
    missing = run.saw("EXP-FORMAT-REQUIRED", kind, expectation=Expectation.REJECT, payload=BODY[:-15] + b"}")
    assert run.after(rules.without_explained_wholes) == [other, null, missing]


def test_broken_combinations(run: Run) -> None:
    """Where no request for a combination is ever accepted, its bad requests fail for the same reason."""
    accept = run.saw(PAIRS, Kind.SERVER_ERROR, base="exportType USERS")
    run.saw(ENUM, Kind.SERVER_ERROR, base="exportType USERS", expectation=Expectation.REJECT)
    elsewhere = run.saw(ENUM, Kind.SERVER_ERROR, base="exportType NETWORKS", expectation=Expectation.REJECT)
    assert run.after(rules.without_by_products) == [accept, elsewhere]


@pytest.mark.parametrize(
    ("shown", "is_flaky"), [((), False), ((False,), False), ((False, False), True), ((False, True), False)]
)
def test_flaky(run: Run, contract: Contract, shown: tuple[bool, ...], is_flaky: bool) -> None:
    """A finding is flaky where its plainest case was sent again twice, and never showed it."""
    run.saw(ENUM, Kind.ACCEPTED, expectation=Expectation.REJECT, id="plain")
    for one in shown:
        run.saw(ENUM, Kind.ACCEPTED if one else None, phase="recheck", expectation=Expectation.REJECT, id="plain")
    result = triage(run.outcomes, run.exchanges, contract, {})
    assert result.outcomes == (run.outcomes[0],)
    assert bool(result.flaky) == is_flaky


FEATURES = tuple(Feature("zone", f"zone {number}", PAIRS) for number in range(3))


@cache
def built_in() -> Contract:
    """The contract that comes with the package."""
    return load_contract()


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Runs with a few exchanges of any phase, case and response."""
    run = Run(built_in(), lambda **parts: Case(**{"title": "a case", "payload": BODY + b"}", **parts}))
    for _ in range(draw(st.integers(0, 8))):
        run.saw(
            draw(st.sampled_from((ENUM, PAIRS, OPEN, LOAD, "EXP-JOBID-MATCH", "EXP-JOBID-UNIQUE"))),
            draw(st.sampled_from((None, Kind.SERVER_ERROR, Kind.ACCEPTED, Kind.REFUSED, Kind.CLOSED, Kind.SHARED))),
            check=draw(st.sampled_from((CheckName.STATUS, CheckName.LOAD, CheckName.JOB_ID_MATCH))),
            phase=draw(st.sampled_from(("probe", "load", "suite", "explore", "recheck"))),
            response=draw(st.sampled_from((OK, ERROR, Response(status=400), Response(failure=Failure.CLOSED)))),
            expectation=draw(st.sampled_from(Expectation)),
            base=draw(st.sampled_from(("", "a", "b"))),
            features=draw(st.sampled_from(((), FEATURES[:1], FEATURES))),
        )
    for number in list(run.exchanges)[:-1]:
        if draw(st.booleans()):
            run.explained[number] = number + 1
    return run


@given(runs(), st.booleans())
def test_triage_adds_nothing(run: Run, is_lost: bool) -> None:
    """Whatever a run saw, triage makes no outcome of its own but the load's, and says the same twice."""
    result = triage(run.outcomes, run.exchanges, built_in(), run.explained, is_lost=is_lost)
    own = [one for one in result.outcomes if one not in run.outcomes]
    assert all(one.requirement == LOAD and run.exchanges[one.exchange].phase == "load" for one in own)
    assert result == triage(run.outcomes, run.exchanges, built_in(), run.explained, is_lost=is_lost)
    kept = [
        one
        for one in run.outcomes
        if not one.deviates and run.exchanges[one.exchange].phase not in ("recheck", "probe")
    ]
    if not is_lost:
        assert [one for one in result.outcomes if one in kept and not one.deviates][: len(kept)] == kept


@given(runs())
def test_one_finding_is_left_of_a_failing_run(run: Run) -> None:
    """A run in which something failed that counts does not come out clean: by-products have a cause that stays."""
    steps = [list(run.outcomes)]
    for rule in RULES:
        steps.append(rule(steps[-1], run.scene()))
    before, after = steps[-2], steps[-1]
    assert any(one.deviates for one in before) == any(one.deviates for one in after)


def test_a_pair_that_was_accepted_elsewhere(run: Run) -> None:
    """A failed pack is filed under the feature that nothing accepted has shown, and not under its listed values."""
    pair = Feature("body", "exportType USERS with format CSV", PAIRS)
    plain, odd = (
        Feature("zone", "Z", "EXP-ACCEPT-TIMESTAMPS", False),
        Feature("zone", "+05:30", "EXP-ACCEPT-TIMESTAMPS"),
    )
    run.saw(PAIRS, Kind.REFUSED, base=pair.name, features=(pair, odd), response=Response(status=400))
    assert run.after(rules.filed_under_features) == run.outcomes
    run.saw(PAIRS, base=pair.name, features=(pair, plain), response=OK)
    filed, kept = run.after(rules.filed_under_features)
    assert (filed.requirement, filed.kind) == ("EXP-ACCEPT-TIMESTAMPS", Kind.REFUSED)
    assert kept == run.outcomes[1]


def test_features_that_are_refused_together(run: Run) -> None:
    """A pack of features that were all accepted elsewhere is filed under a remarkable one, not under its values."""
    pair = Feature("body", "exportType USERS with format CSV", PAIRS)
    plain = Feature("space", "no white space", "EXP-ACCEPT-JSON", False)
    odd = Feature("zone", "+05:30", "EXP-ACCEPT-TIMESTAMPS")
    run.saw(PAIRS, Kind.REFUSED, base=pair.name, features=(pair, plain, odd), response=Response(status=400))
    run.saw(PAIRS, base=pair.name, features=(pair, plain), response=OK)
    run.saw("EXP-ACCEPT-TIMESTAMPS", base="other", features=(odd,), response=OK)
    assert run.after(rules.filed_under_features)[0].requirement == "EXP-ACCEPT-TIMESTAMPS"


SOFT = Response(status=200, headers=(("content-type", "application/json"),), body=b'{"errors":[{"message":"no"}]}')


@pytest.mark.parametrize(
    ("requirements", "is_one"), [((ENUM,), False), ((ENUM, OPEN), False), ((ENUM, OPEN, PAIRS), True)]
)
def test_refusals_with_a_2xx(run: Run, requirements: tuple[str, ...], is_one: bool) -> None:
    """Where everything is refused with 200 and errors, that is one finding, and the requirements were kept."""
    for name in requirements:
        run.saw(name, Kind.ACCEPTED, expectation=Expectation.REJECT, response=SOFT)
    after = run.after(rules.soft_refusals_together)
    assert ({one.requirement for one in after if one.deviates} == {"EXP-REFUSAL-STATUS"}) == is_one
    assert {one.requirement for one in after} >= set(requirements)


DECLARED = (
    BODY.replace(b"USERS", b"LEARNING_ACTIVITY_INTERACTIONS").replace(b"CSV", b"JSONL")
    + b',"learningActivityId":12345}'
)


@pytest.mark.parametrize(("is_declared", "is_had"), [(False, False), (False, True), (True, False)])
def test_an_id_that_was_never_declared(run: Run, contract: Contract, is_declared: bool, is_had: bool) -> None:
    """That the document's example of an id is refused proves nothing, unless it was declared or taken elsewhere."""
    refused = Response(status=404)
    run.saw("EXP-ACCEPT-INTERACTIONS", Kind.REFUSED, payload=DECLARED, base="interactions", response=refused)
    changed = {"expectation": Expectation.REJECT, "base": "interactions", "changed": "/body/x", "response": refused}
    run.saw("EXP-INTERACTIONS-FORMAT", payload=DECLARED, **changed)
    run.saw("EXP-INTERACTIONS-ID-REQUIRED", payload=BODY + b"}", **changed)
    other = run.saw(ENUM, payload=BODY + b"}", expectation=Expectation.REJECT, response=refused)
    if is_had:
        run.saw("EXP-ACCEPT-INTERACTIONS", payload=DECLARED, base="interactions", response=OK)
    result = triage(run.outcomes, run.exchanges, contract, {}, has_declared_values=is_declared)
    of_requests = {"EXP-INTERACTIONS-FORMAT", "EXP-INTERACTIONS-ID-REQUIRED"}
    if is_had:
        assert (len(result.outcomes), result.undeclared) == (len(run.outcomes), frozenset())
    elif is_declared:
        assert (result.undeclared, result.masked) == (frozenset(), of_requests)
    else:
        assert result.outcomes == (other,)
        assert (result.undeclared, result.masked) == ({"EXP-ACCEPT-INTERACTIONS", *of_requests}, frozenset())


@pytest.mark.parametrize("is_taken", [False, True])
def test_refusals_of_what_is_refused_anyway(run: Run, contract: Contract, is_taken: bool) -> None:
    """Where a combination of listed values is never accepted, that a change of it is refused proves nothing."""
    refused = Response(status=400)
    run.saw(PAIRS, Kind.REFUSED, base="USERS", response=refused)
    changed = {"expectation": Expectation.REJECT, "changed": "/body/format", "response": refused}
    masked = run.saw(ENUM, base="USERS", **changed)
    run.saw(ENUM, Kind.ACCEPTED, base="USERS", **{**changed, "response": OK})
    run.saw("EXP-START-TYPE", base="USERS", **changed)
    run.saw("EXP-END-TYPE", base="USERS", **changed)
    run.saw("EXP-END-TYPE", base="NETWORKS", **changed)
    run.saw("EXP-AUTH-MISSING", base="USERS", **{**changed, "changed": "/credentials"})
    if is_taken:
        run.saw(PAIRS, base="USERS", response=OK)
    result = triage(run.outcomes, run.exchanges, contract, {})
    assert result.masked == (frozenset() if is_taken else {"EXP-START-TYPE"})
    assert (masked in result.outcomes) == is_taken
    assert len(run.outcomes) - len(result.outcomes) == (0 if is_taken else 3)


@pytest.mark.parametrize(
    ("late", "again", "stays"),
    [(1, (False, False), False), (1, (False, True), True), (1, (False,), True), (3, (False, False), True)],
)
def test_late_responses(run: Run, late: int, again: tuple[bool, ...], stays: bool) -> None:
    """A response that is late once counts unless it is in time twice when it is asked for again; several always do."""
    for number in range(late):
        run.saw("EXP-ANSWER-TIME", Kind.LATE, check=CheckName.RESPONSE_TIME, id=f"late-{number}", response=OK)
    for is_late in again:
        kind = Kind.LATE if is_late else None
        run.saw("EXP-ANSWER-TIME", kind, check=CheckName.RESPONSE_TIME, phase="recheck", id="late-0", response=OK)
    assert (run.outcomes[0] in run.after(rules.without_chance_delays)) == stays
