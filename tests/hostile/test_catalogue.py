"""Whatever a target does, a run of it says what is so, and nothing else: each behaviour is one whole run."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.hostile.behaviour import ACCEPT, FILE, LEGAL, REFUSE, Behaviour, body, fault, header, on, status
from tests.hostile.catalogue import catalogue, mix, sample
from tests.hostile.conftest import IS_WHOLE
from tests.hostile.server import Reply, Wire

from export_contract.acceptance import Limits
from export_contract.acceptance.model.outcome import CheckName

if TYPE_CHECKING:
    from tests.hostile.conftest import Examine

DOCUMENT = Path(__file__).parents[2] / "docs" / "hostile.md"
MIXES = 2_000 if IS_WHOLE else 10


@pytest.mark.parametrize("name", catalogue() if IS_WHOLE else sample())
def test_behaviours(examined: Examine, name: str) -> None:
    """The verdict is right, nobody is accused wrongly, nothing is lost and nothing gets out."""
    assert examined(catalogue()[name]).complaints == []


@pytest.mark.parametrize("seed", range(MIXES))
def test_mixes(examined: Examine, seed: int) -> None:
    """Several at once lose no run either."""
    assert examined(mix(seed)).complaints == []


def test_what_is_in_the_catalogue() -> None:
    """Every family has members, and enough of them are tried each time."""
    families = Counter(one.family for one in sample().values())
    assert len(families) == 10
    assert min(families.values()) >= 15
    assert sum(families.values()) >= 300


def test_what_is_said_of_the_catalogue() -> None:
    """docs/hostile.md names every family, with how many behaviours it has, and how many of them CI tries."""
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([\w-]+) \| (\d+) \| (\d+) \|", text, re.MULTILINE)
    whole, tried = (Counter(one.family for one in of.values()) for of in (catalogue(), sample()))
    assert {name: (int(count), int(in_ci)) for name, count, in_ci in rows} == {
        name: (count, tried[name]) for name, count in whole.items()
    }
    for file in (DOCUMENT, DOCUMENT.parents[1] / "README.md"):
        assert f"{whole.total():,} targets" in file.read_text(encoding="utf-8")


def _record_in_header(reply: Reply, wire: Wire) -> Reply:
    return reply.with_header("X-Record", wire.server.record_text)


def _forgotten_job(reply: Reply, wire: Wire) -> Reply:
    wire.server.jobs.clear()
    return reply


# Each breaks one thing that must hold, by a target that the kit can do nothing about, or by a wrong expectation.
BROKEN: dict[str, tuple[Callable[[], Behaviour], str]] = {
    "a fault that is expected to be legal": (
        lambda: Behaviour("x", "x", on(ACCEPT, change=body(b"[]")), LEGAL),
        "the verdict is violates, where it must be conforms",
    ),
    "a fault that is accused of something else": (
        lambda: Behaviour("x", "x", on(REFUSE, change=status(500)), fault(CheckName.NO_JOB)),
        "was found broken by the check status",
    ),
    "something legal that is expected to be a fault": (
        lambda: Behaviour("x", "x", on(ACCEPT, change=header("X-A", "b")), fault(CheckName.STATUS)),
        "nothing was found",
    ),
    "a record that a header shows": (
        lambda: Behaviour("x", "x", on(ACCEPT, change=_record_in_header), LEGAL),
        "a record's data is in the report json",
    ),
    "a job that nobody knows of": (
        lambda: Behaviour("x", "x", on(FILE, change=_forgotten_job), LEGAL),
        "jobs were created, and the results count",
    ),
    "a run that takes too long": (
        lambda: Behaviour(
            "x",
            "x",
            on(FILE, change=lambda reply, wire: wire.wait(8.0)),
            fault(CheckName.FETCHED),
            {"limits": Limits(requests=90, jobs=20, seconds=-60.0)},
        ),
        "seconds, where -60 were allowed",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_that_it_can_fail(examined: Examine, name: str) -> None:
    """What must not be is seen where it is."""
    make, complaint = BROKEN[name]
    assert any(complaint in one for one in examined(make()).complaints)


def test_secrets_that_a_report_shows(examined: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is not masked is seen, in each of the formats."""
    from export_contract.acceptance.model.redaction import Redaction

    monkeypatch.setattr(Redaction, "content", lambda self, content: content)
    telling = replace(catalogue()["secrets / refuse: in a header"], expected=LEGAL)
    complaints = examined(telling).complaints
    assert {"a secret is in the report json", "a secret is in the report html", "a secret is in the report journal"} < {
        *complaints
    }
