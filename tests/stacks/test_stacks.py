"""What the kit finds on services that are built from popular frameworks, and what it must never find on them.

`make test` leaves this folder out; `make stacks` installs the frameworks and runs it. docs/stacks.md says of each
finding what is behind it: a service that behaves in another way with a newer framework is to be read again by hand.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from run import Ran, run_kit

from stacks import STACKS, serving

pytestmark = pytest.mark.timeout(300)

DATES: Final = ("START-FORMAT", "START-CALENDAR", "END-FORMAT", "END-CALENDAR")
FOUND: Final[dict[str, tuple[str, ...]]] = {
    "fastapi-defaults": (
        *("BODY-JSON", "START-TYPE", "START-FORMAT", "END-TYPE", "END-FORMAT", "INTERACTIONS-ID-TYPE"),
        *("EXPORTTYPE-ENUM", "FORMAT-ENUM", "OPEN-TIME-DATE-ONLY", "OPEN-TIME-NO-ZONE"),
    ),
    "fastapi-forbid": (
        *("BODY-JSON", "START-TYPE", "START-FORMAT", "END-TYPE", "END-FORMAT"),
        *("EXPORTTYPE-ENUM", "FORMAT-ENUM", "OPEN-ID-HUGE", "OPEN-UNKNOWN-PROPERTY"),
    ),
    "fastapi-mended": (),
    "litestar-msgspec": (
        *("BODY-JSON", "START-TYPE", "START-FORMAT", "END-TYPE", "END-FORMAT", "INTERACTIONS-ID-TYPE"),
        *("OPEN-DEEP-NESTING", "OPEN-TIME-NO-ZONE"),
    ),
    "aiohttp-jsonschema": (
        *("BODY-JSON", "START-FORMAT", "END-FORMAT"),
        *("OPEN-DEEP-NESTING", "OPEN-TRANSFER", "OPEN-TIME-LOWER-CASE"),
    ),
    "django-rest": (*DATES, "EXPORTTYPE-ENUM", "FORMAT-ENUM", "INTERACTIONS-ID-TYPE", "OPEN-DEEP-NESTING"),
    "flask-marshmallow": ("BODY-JSON", *DATES, "INTERACTIONS-ID-TYPE", "OPEN-DEEP-NESTING"),
    "express-zod": ("BODY-JSON", "START-TYPE", "END-TYPE", *DATES, "REFUSAL-NO-INTERNALS"),
    "express-joi": ("START-TYPE", "END-TYPE", *DATES, "INTERACTIONS-ID-TYPE", "OPEN-CONTENT-TYPE"),
    "fastify-ajv": (
        *("BODY-JSON", "START-TYPE", "END-TYPE", "EXPORTTYPE-TYPE", "FORMAT-TYPE", "INTERACTIONS-ID-TYPE"),
        *("START-FORMAT", "END-FORMAT", "OPEN-TIME-SECOND-60"),
    ),
    "koa-luxon": ("BODY-JSON", "START-TYPE", "END-TYPE", *DATES, "OPEN-TRANSFER"),
    "node-http": (
        *("BODY-JSON", "BODY-OBJECT", "START-TYPE", "END-TYPE", *DATES),
        *("EXPORTTYPE-TYPE", "EXPORTTYPE-ENUM"),
    ),
}
"""The requirements that are found broken where the run declares an id, each true: see docs/stacks.md."""
NEVER: Final = (
    *("EXP-ACCEPT-", "EXP-ANSWER-", "EXP-AUTH-", "EXP-FILE-", "EXP-JOBID-", "EXP-LOAD-", "EXP-METHOD-", "EXP-STATUS-"),
    *("EXP-REFUSAL-NO-JOB", "EXP-REFUSAL-STATUS"),
)
"""How the requirements begin that all of these services keep: a finding of one is a false accusation."""
WITHOUT_12345: Final = ("fastapi-forbid", "fastapi-mended", "flask-marshmallow", "express-joi", "koa-luxon")
"""Those that do not have the learning activity of the document's example."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")


def run_at(name: str, options: str, folder: Path) -> Ran:
    """Run the kit against a service; on CI it has to be there."""
    if not STACKS[name].is_available and not os.environ.get("CI"):
        pytest.skip(f"{STACKS[name].needs} is not installed: make stacks")
    with serving(STACKS[name], folder / f"{name}.{options}.log") as url:
        return run_kit(STACKS[name], options, url, folder)


def broken(ran: Ran) -> set[str]:
    return {one["requirement"] for one in ran.results["findings"]}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_found(name: str, folder: Path) -> None:
    """Each service breaks what its frameworks make it break, and nothing else."""
    ran = run_at(name, "activity", folder)
    assert broken(ran) == {f"EXP-{one}" for one in FOUND[name]}
    assert not [one for one in broken(ran) if one.startswith(NEVER)]
    assert not [one["summary"] for one in ran.results["findings"] if one["flaky"]]
    assert not [one["id"] for one in ran.results["requirements"] if one["cause"] == "undeclared_id"]
    assert (ran.results["verdict"], ran.status) == (("violates", 1) if FOUND[name] else ("conforms", 0))


@pytest.mark.parametrize("name", WITHOUT_12345)
def test_an_id_that_nobody_declared(name: str, folder: Path) -> None:
    """A service that does not have the document's example is not accused of that, and not called conforming."""
    ran = run_at(name, "default", folder)
    assert broken(ran) <= {f"EXP-{one}" for one in FOUND[name]}
    requirements = {one["id"]: one for one in ran.results["requirements"]}
    for name_of in ("ACCEPT-INTERACTIONS", "INTERACTIONS-FORMAT", "INTERACTIONS-ID-REQUIRED", "INTERACTIONS-ID-TYPE"):
        assert requirements[f"EXP-{name_of}"]["cause"] == "undeclared_id"
        assert "--activity-id" in requirements[f"EXP-{name_of}"]["reason"]
    assert not [one["id"] for one in requirements.values() if one["cause"] == "masked"]
    assert (ran.results["verdict"], ran.status) == (("violates", 1) if FOUND[name] else ("inconclusive", 3))


def test_a_redirect_to_a_slash(folder: Path) -> None:
    """Django's redirect to a path with a slash is said as that, and no requirement is called broken."""
    ran = run_at("django-router", "default", folder)
    assert (ran.results["verdict"], ran.status, broken(ran)) == ("inconclusive", 3, set())
    assert "a POST is redirected to a trailing slash, and loses its body" in ran.results["reason"]
    assert ran.results["counts"]["requests"] == 1
