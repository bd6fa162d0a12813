"""The suite is the same everywhere, and its ids stay what they are: reports and baselines name them."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from export_contract.contract import BUILT_IN, Contract, load_contract
from export_contract.strategies import suite
from export_contract.strategies.data.case import case_id
from export_contract.strategies.mutations.malformed_json import malformed_payloads_of

SAMPLED: Final = (
    "EXP-BODY-JSON/the-body-is-no-json-empty",
    "EXP-BODY-JSON/the-body-is-no-json-the-last-brace-missing",
    "EXP-BODY-JSON/the-body-is-no-json-trailing-comma",
    "EXP-BODY-JSON/the-body-is-no-json-a-comment",
    "EXP-BODY-JSON/the-body-is-no-json-single-quotes",
    "EXP-BODY-JSON/the-body-is-no-json-nan",
    "EXP-BODY-JSON/the-body-is-no-json-infinity",
    "EXP-BODY-JSON/the-body-is-no-json-text-after-it",
    "EXP-BODY-JSON/the-body-is-no-json-a-byte-that-is-no-utf-8",
    "EXP-BODY-OBJECT/the-body-is-null",
    "EXP-BODY-OBJECT/the-body-is-a-list-of-one-request",
    "EXP-START-REQUIRED/startdate-missing",
    "EXP-START-REQUIRED/startdate-spelt-start-date-snake-case",
    "EXP-START-TYPE/startdate-null",
    "EXP-START-TYPE/startdate-1362481967000-epoch-milliseconds",
    "EXP-START-FORMAT/startdate-yesterday-a-word",
    "EXP-START-FORMAT/startdate-2013-03-05t11-12-47z-n-trailing-newline",
    "EXP-START-CALENDAR/startdate-2014-02-29t11-12-47z-29-february-off-a-leap-year",
    "EXP-END-REQUIRED/enddate-spelt-enddate-lower-case",
    "EXP-END-TYPE/enddate-an-empty-list",
    "EXP-END-FORMAT/enddate-empty",
    "EXP-END-FORMAT/enddate-2013-03-05t11-12-47z-trailing-space",
    "EXP-END-CALENDAR/enddate-2013-13-05t11-12-47z-month-13",
    "EXP-END-CALENDAR/enddate-2013-02-30t11-12-47z-30-february",
    "EXP-END-CALENDAR/enddate-2013-04-31t11-12-47z-31-april",
    "EXP-END-CALENDAR/enddate-2013-03-05t25-12-47z-hour-25",
    "EXP-END-CALENDAR/enddate-2013-03-05t11-60-47z-minute-60",
    "EXP-EXPORTTYPE-REQUIRED/exporttype-missing",
    "EXP-EXPORTTYPE-ENUM/exporttype-0-an-ordinal-as-text",
    "EXP-EXPORTTYPE-ENUM/exporttype-empty",
    "EXP-EXPORTTYPE-ENUM/exporttype-user-last-letter-missing-of-users",
    "EXP-FORMAT-REQUIRED/format-missing",
    "EXP-FORMAT-TYPE/format-null",
    "EXP-FORMAT-ENUM/format-json-last-letter-missing-of-jsonl",
    "EXP-INTERACTIONS-FORMAT/format-csv-not-supported-here",
    "EXP-INTERACTIONS-ID-REQUIRED/learningactivityid-missing",
    "EXP-INTERACTIONS-ID-TYPE/learningactivityid-12345-a-number-as-text",
    "EXP-INTERACTIONS-ID-TYPE/learningactivityid-true",
    "EXP-OPEN-RANGE-REVERSED/startdate-after-enddate",
    "EXP-OPEN-ID-HUGE/learningactivityid-1e400-huge",
    "EXP-METHOD-UNDECLARED/delete",
    "EXP-AUTH-MISSING/no-credentials",
    "EXP-AUTH-WRONG/a-wrong-token",
)

# Classes whose cases take turns with the listed values; the value is a part of the id.
_CLASSES: Final = (
    ("EXP-EXPORTTYPE-TYPE", "a-list-of-the-right-value"),
    ("EXP-EXPORTTYPE-ENUM", "wrong-case"),
    ("EXP-EXPORTTYPE-ENUM", "trailing-newline"),
    ("EXP-EXPORTTYPE-ENUM", "leading-space"),
    ("EXP-FORMAT-TYPE", "a-list-of-the-right-value"),
    ("EXP-FORMAT-ENUM", "wrong-case"),
    ("EXP-FORMAT-ENUM", "trailing-newline"),
    ("EXP-FORMAT-ENUM", "plural"),
    ("EXP-OPEN-TIME-SECOND-60", "a-leap-second"),
)

_DIGEST: Final = """
import hashlib, msgspec
from export_contract.contract import load_contract
from export_contract.strategies import suite
print(hashlib.sha256(msgspec.json.encode(suite(contract=load_contract({file!r})))).hexdigest())
"""

_PLACES: Final = {
    "Turkish": {"PYTHONHASHSEED": "4242", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    "bare": {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "TZ": "Pacific/Kiritimati", "CI": "true"},
}


def _digest(file: str | None, folder: Path, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", _DIGEST.format(file=file)]
    return subprocess.run(
        command, env={**os.environ, **environment}, cwd=folder, capture_output=True, check=True, text=True
    ).stdout


@pytest.mark.parametrize("name", SAMPLED)
def test_ids_stay(name: str, contract: Contract) -> None:
    """A case of a class that matters has the id that it always had."""
    assert name in {case.id for case in suite(contract=contract)}


@pytest.mark.parametrize(("requirement", "ending"), _CLASSES)
def test_classes_stay(requirement: str, ending: str, contract: Contract) -> None:
    """A class that takes turns with the listed values has a case."""
    names = [case.id for case in suite(contract=contract) if case.requirement == requirement]
    assert any(name.endswith(f"-{ending}") for name in names)


def test_one_case_less_changes_no_other_id(monkeypatch: pytest.MonkeyPatch, contract: Contract) -> None:
    """What is added to the suite, or taken from it, leaves the ids of the rest alone."""

    def fewer(body: Any) -> Iterator[tuple[str, bytes]]:
        return (one for one in malformed_payloads_of(body) if one[0] != "trailing comma")

    before = {case.id for case in suite(contract=contract)}
    monkeypatch.setattr("export_contract.strategies.mutations.aimed.malformed_payloads_of", fewer)
    after = {case.id for case in suite(contract=load_contract())}
    assert before - after == {"EXP-BODY-JSON/the-body-is-no-json-trailing-comma"}
    assert after - before == set()


def test_the_suite_is_the_same_in_every_process(tmp_path: Path) -> None:
    """Hash seed, locale, time zone and working directory change no byte of it."""
    assert len({_digest(None, tmp_path, environment) for environment in _PLACES.values()}) == 1


def test_values_found_by_search_are_the_same_in_every_process(tmp_path: Path) -> None:
    """So is the suite of a contract with a pattern, whose plainest value is found by trying."""
    openapi = BUILT_IN.read_text(encoding="utf-8")
    form = "          description: The form of the file.\n          type: string\n          enum: [CSV, JSONL]\n"
    assert form in openapi
    pattern = form.replace("enum: [CSV, JSONL]", 'pattern: "^(CSV|JSONL[0-9]?)$"')
    requirements = BUILT_IN.with_name("requirements.yaml").read_text(encoding="utf-8")
    file = tmp_path / "openapi.yaml"
    file.write_text(openapi.replace(form, pattern), encoding="utf-8")
    text = requirements.replace("ExportRequest/properties/format/enum", "ExportRequest/properties/format/pattern")
    file.with_name("requirements.yaml").write_text(text, encoding="utf-8")
    assert len({_digest(str(file), tmp_path, environment) for environment in _PLACES.values()}) == 1


@settings(deadline=None, database=None)
@given(st.from_regex(r"\A[A-Z]{3}(-[A-Z]{1,9}){1,3}\Z"), st.text(max_size=200))
def test_an_id_is_made_of_its_title(requirement: str, title: str) -> None:
    """An id is ASCII without blanks, of bounded length, and follows from requirement and title alone."""
    name = case_id(requirement, title)
    assert name == case_id(requirement, title)
    assert re.fullmatch(r"[A-Z-]+/[a-z0-9-]{0,67}", name)
    assert not name.endswith("-")


def test_long_titles_keep_apart() -> None:
    """Titles that are alike in their first words have different ids."""
    titles = ["a" * 100 + ending for ending in ("", "b", "c", "\ud800")]
    assert len({case_id("EXP-X", title) for title in titles}) == 4
    digest = hashlib.sha256(("a" * 100).encode()).hexdigest()[:6]
    assert case_id("EXP-X", "a" * 100) == f"EXP-X/{'a' * 60}-{digest}"
