"""Every fault shows, and breaks what it says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import yaml

import export_contract
from export_contract.sandbox import FAULTS, UnknownFault, running
from export_contract.sandbox.selection import chosen_behaviour

from ..client import Client
from ..wire import Wire
from . import expected_readers
from .expected import CRASHING, CRASHING_LATE, LENIENT, OTHER, STRICT
from .expected_relations import RELATIONS
from .probes import Observe

PROBES: dict[str, tuple[Observe, object, object]] = {
    **{name: (observe, 400, 200) for name, observe in {**LENIENT, **expected_readers.LENIENT}.items()},
    **{name: (observe, 200, 400) for name, observe in STRICT.items()},
    **{name: (observe, "4xx", 500) for name, observe in {**CRASHING, **expected_readers.CRASHING}.items()},
    **{name: (observe, 200, 500) for name, observe in CRASHING_LATE.items()},
    **OTHER,
    **RELATIONS,
}
# Faults that leave nothing of the document's example to be accepted as it should be.
SPOILING = {"range-over-a-year-refused", "create-redirected-301", "create-redirected-307", "create-redirected-308"}


@pytest.fixture(scope="module")
def conforming() -> Client:
    return Client()


@pytest.mark.parametrize("name", PROBES)
def test_every_fault_shows(conforming: Client, name: str) -> None:
    """With the fault, one request is answered differently; without it, as it should be."""
    observe, without, with_fault = PROBES[name]
    seen = observe(conforming)
    assert seen in (400, 404, 415) if without == "4xx" else seen == without
    assert observe(Client([name])) == with_fault


def test_the_status_in_progress() -> None:
    """A job that is not completed yet is IN_PROGRESS with the fault of that name."""
    for faults, status in ((), "PENDING"), (["status-in-progress"], "IN_PROGRESS"):
        client = Client(faults, completed_after=60.0)
        assert client.status(client.create()).json()["job"]["status"] == status


def test_every_fault_has_a_probe() -> None:
    """The table of probes is complete."""
    assert {*PROBES, "status-in-progress"} == {*FAULTS}


def test_names_are_unique() -> None:
    """No fault hides another in the table; each is found under its own name."""
    from export_contract.sandbox.faults import table

    assert len(table._ALL) == len(FAULTS) >= 90
    assert all(name == fault.name for name, fault in FAULTS.items())


def test_requirements_exist() -> None:
    """Every fault names a requirement of the contract, and every requirement that can be broken has a fault."""
    path = Path(export_contract.__file__).parent / "contract" / "requirements.yaml"
    areas = yaml.safe_load(path.read_text(encoding="utf-8"))["areas"]
    known = {requirement["id"] for area in areas for requirement in area["requirements"]}
    known -= {"EXP-OPEN-JOBID-OPAQUE"}  # either way is right
    assert {fault.requirement for fault in FAULTS.values()} == known


def test_summaries_are_sentences() -> None:
    """A summary is one short sentence."""
    for fault in FAULTS.values():
        assert fault.summary.endswith(".")
        assert len(fault.summary) < 80


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - SPOILING - {"answer-slow"}))
def test_a_fault_leaves_the_example_alone(name: str) -> None:
    """With any one fault the document's example is still answered 2xx."""
    assert Client([name]).post().is_success


def test_an_unhandled_error_closes_the_connection() -> None:
    """The connection closes after the server error, and no header says so; a refusal keeps it open."""
    with running(["unknown-property-crash"]) as url, Wire(url) as wire:
        assert [reply.status for reply in wire.posts(2, format="XML")] == [400, 400]
        error = wire.post(x=1)
        assert (error.status, error.body) == (500, b"Internal Server Error")
        assert "connection" not in error.headers
        assert wire.rest() == b""


def test_faults_combine() -> None:
    """Any faults may be switched on together: none of them stops the service from answering."""
    chosen = random.Random(17)
    for _ in range(60):
        client = Client(chosen.sample(sorted(FAULTS.keys() - {"answer-slow"}), 12), completed_after=0.0)
        assert client.post().status_code < 600
        assert client.post(format="XML").status_code < 600
        assert client.status("am9iLTE3").status_code < 600


def test_combined_faults_all_show() -> None:
    """Faults of different kinds show side by side."""
    client = Client(["start-month-13", "format-missing", "interactions-csv", "job-id-unpadded", "trace-python"])
    for name in ("start-month-13", "format-missing", "interactions-csv", "job-id-unpadded", "trace-python"):
        observe, _, with_fault = PROBES[name]
        assert observe(client) == with_fault


def test_an_unknown_name() -> None:
    """A name that is in no table is refused in one sentence, with the names most like it."""
    with pytest.raises(
        UnknownFault, match=r"^There is no fault named 'interaction-csv'\. Did you mean interactions-csv"
    ):
        chosen_behaviour(["interaction-csv"])
    with pytest.raises(UnknownFault, match=r"^There is no variant named 'qqq'\.$"):
        chosen_behaviour(variants=["qqq"])
