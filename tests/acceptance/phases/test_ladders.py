"""Ladders: the smallest size at which a target fails is found, for a few requests, and for none that costs a job."""

from __future__ import annotations

import base64
import os
import re
from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.acceptance import Limits
from export_contract.acceptance.phases import ladders as climbing
from export_contract.acceptance.phases.ladders import descend
from export_contract.contract import Contract, load_contract
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies import Case, plainest_case
from export_contract.strategies.mutations.ladders import Ladder

if TYPE_CHECKING:
    from tests.acceptance.conftest import RunAt, Serve, Wire

PLAIN: Final = plainest_case(load_contract())
SIZES: Final = tuple(2**power for power in range(8))
RUNG: Final = re.compile(r": [0-9,]+ (?:characters|digits)|an object of [0-9,]+ members|offset \+99:59")
PHASES: Final = ("probe", "suite")


def sizes_sent(fails_from: int, too_large_from: int, *, is_free: bool) -> list[int]:
    """The sizes that a target is sent which fails from one of them on, and does not look at those from another on."""
    ladder = Ladder(SIZES, lambda size: msgspec.structs.replace(PLAIN, id=f"size/{size}"), is_free)
    sent = []

    def is_fine(case: Case) -> bool:
        size = int(case.id.partition("/")[2])
        sent.append(size)
        return size < min(fails_from, too_large_from)

    descend(ladder, is_fine)
    return sent


@settings(database=None)
@given(st.sampled_from(SIZES), st.booleans())
def test_the_smallest_size_that_fails_is_sent(size: int, is_free: bool) -> None:
    """It is sent, no other smaller one fails, and six requests are enough for eight sizes."""
    sent = sizes_sent(size, 10**6, is_free=is_free)
    assert min(one for one in sent if one >= size) == size
    assert len(sent) <= 6


@settings(database=None)
@given(st.sampled_from(SIZES), st.sampled_from(SIZES))
def test_what_is_too_large_hides_nothing(fails_from: int, too_large_from: int) -> None:
    """Where large bodies are refused unread, what fails below is found all the same."""
    sent = sizes_sent(fails_from, too_large_from, is_free=True)
    smallest = min(fails_from, too_large_from)
    assert smallest in sent
    assert len(sent) <= 6


def test_where_nothing_fails() -> None:
    """Where that is free the sizes from the middle up are tried, and the largest alone where each may cost a job."""
    assert sizes_sent(10**6, 10**6, is_free=True) == [*SIZES[3:]]
    assert sizes_sent(10**6, 10**6, is_free=False) == [SIZES[-1]]


def test_a_case_that_cannot_be_sent_ends_the_descent() -> None:
    """A run that is out of budget sends no more of a ladder than the budget allows."""
    asked: list[str] = []
    descend(Ladder(SIZES, lambda size: msgspec.structs.replace(PLAIN, id=f"size/{size}"), True), asked.append)  # type: ignore[arg-type]
    assert len(asked) == 1


def test_nothing_larger_follows_a_slow_response() -> None:
    """A reader that takes a second for one size may take hours for the next: a shared system is spared that."""
    asked: list[str] = []
    ladder = Ladder(SIZES, lambda size: msgspec.structs.replace(PLAIN, id=f"size/{size}"), True)
    descend(ladder, lambda case: asked.append(case.id) is None, lambda case: case.id == f"size/{SIZES[4]}")
    assert asked == [f"size/{size}" for size in SIZES[3:5]]


@pytest.mark.parametrize(
    ("fault", "requirement", "title"),
    [
        ("start-long-500", "EXP-START-FORMAT", "startDate: 256 digits"),
        ("end-digits-500", "EXP-END-FORMAT", "endDate: 8,192 digits"),
        ("format-long-500", "EXP-FORMAT-ENUM", "format: 8,192 characters"),
        ("exporttype-long-500", "EXP-EXPORTTYPE-ENUM", "exportType: 65,536 characters"),
        ("start-members-500", "EXP-START-TYPE", "startDate: an object of 1,024 members"),
        (
            "offset-of-a-day-500",
            "EXP-OPEN-TIME-LARGE-OFFSET",
            'startDate "2013-03-05T11:12:47+99:59": offset +99:59',
        ),
        ("deep-nesting-500", "EXP-OPEN-DEEP-NESTING", "lists nested 64 deep in an unknown property"),
        ("long-string-500", "EXP-OPEN-LONG-STRING", "a string of 4,096 characters in an unknown property"),
    ],
)
def test_the_finding_names_the_smallest(run_at: RunAt, fault: str, requirement: str, title: str) -> None:
    """Over real sockets, the finding has the smallest request of the ladder that fails, and the first of one length."""
    with running([fault]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)
    assert [(one.requirement, one.case.title) for one in results.findings] == [(requirement, title)]


def test_nothing_is_made_that_cannot_be_sent(run_at: RunAt, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the requests of a run are used up, no ladder is made, which takes longer than a small run."""
    made: list[Contract] = []

    def no_ladders(contract: Contract) -> list[Ladder]:
        made.append(contract)
        return []

    monkeypatch.setattr(climbing, "ladders", no_ladders)
    with running() as url:
        for requests in (40, 700):
            run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES, limits=Limits(requests=requests))
    assert len(made) == 1


@pytest.mark.parametrize("variant", ["large-bodies-refused", "bodies-over-4-kib-refused", "large-bodies-refused-early"])
def test_ladders_cost_no_job(run_at: RunAt, variant: str) -> None:
    """A conforming target with a limit of its own is accused of nothing, and creates no job for a ladder."""
    with running(variants=[variant]) as url:
        results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES)
    assert results.findings == ()
    climbed = [one for one in results.exchanges if RUNG.search(one.case.title)]
    assert len(climbed) >= 10
    assert {one.response.status for one in climbed} <= {400, 413}


def test_a_target_that_accepts_any_length(serve: Serve, run_at: RunAt) -> None:
    """Of a ladder that should be refused one size is accepted, and no larger one is sent: each would cost a job."""

    def accepts(wire: Wire) -> None:
        wire.answer(200, b'{"job":{"id":"%s"}}' % base64.b64encode(os.urandom(12)))

    url = serve(accepts).url
    results = run_at(url, authorization=DEMO_AUTHORIZATION, phases=PHASES, limits=Limits(jobs=1_000, requests=2_000))
    climbed = [one.case.title for one in results.exchanges if RUNG.search(one.case.title)]
    texts = [title for title in climbed if re.match("startDate|endDate|exportType|format", title)]
    assert [title for title in texts if re.search(" characters| digits| members", title)] == [
        "startDate: 8,192 digits",
        "endDate: 8,192 digits",
        "exportType: 8,192 characters",
        "format: 8,192 characters",
        "startDate: an object of 4,096 members",
    ]
