"""The oracle against bodies that a foreign generator draws from openapi.yaml, with a plain validator for an umpire."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from typing import Any, Final

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator, FormatChecker
from schemathesis import Case, GenerationMode

from export_contract.contract import BUILT_IN, Expectation, classify

DRAWS: Final = 520
DATE_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)

OPERATION = schemathesis.openapi.from_path(str(BUILT_IN))["/exports"]["POST"]
CHECKER = FormatChecker(formats=())


@CHECKER.checks("date-time")
def _is_date_time(value: object) -> bool:
    """RFC 3339 without leap seconds, which an accepted timestamp cannot have either."""
    if not isinstance(value, str):
        return True
    if not DATE_TIME.fullmatch(value):
        return False
    try:
        datetime.strptime(value[:10] + value[11:19], "%Y-%m-%d%H:%M:%S")
    except ValueError:
        return False
    return value[17:19] < "60"


def _validator() -> Draft202012Validator:
    document = yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    return Draft202012Validator(document["components"]["schemas"]["ExportRequest"], format_checker=CHECKER)


VALIDATOR = _validator()


def _is_valid(payload: bytes) -> bool:
    """Whether the bytes are JSON that the schema takes; no JSON is as invalid as any."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return bool(VALIDATOR.is_valid(json.loads(payload.decode("utf-8"), parse_constant=refuse)))
    except ValueError:
        return False


def _payload(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    try:
        return json.dumps(body).encode()
    except TypeError:  # the generator's own mark for no body at all
        return b""


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["positive", "negative"])
def test_the_oracle_and_the_schema_agree(mode: GenerationMode) -> None:
    """What is valid by the schema is never rejected, and what is invalid is never accepted, over 1,000 draws in all."""
    seen: Counter[tuple[bool, Expectation]] = Counter()

    @given(case=OPERATION.as_strategy(generation_mode=mode))
    @settings(
        max_examples=DRAWS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def draw(case: Case[Any]) -> None:
        payload = _payload(case.body)
        valid, found = _is_valid(payload), classify(payload)
        seen[valid, found.expectation] += 1
        assert (valid, found.expectation) not in {(True, Expectation.REJECT), (False, Expectation.ACCEPT)}, (
            payload,
            found.reasons,
        )

    draw()
    assert seen.total() >= 500
    # Enough of both kinds was drawn for the claim to mean something.
    assert sum(count for (valid, _), count in seen.items() if valid) >= 100
    assert seen[True, Expectation.ACCEPT] >= 10
    if mode is GenerationMode.NEGATIVE:
        assert seen[False, Expectation.REJECT] >= 100


def test_the_umpire_is_strict() -> None:
    """The date-time of the umpire is that of RFC 3339, so that its word can be held against the oracle."""
    for text in ("2012-09-05T11:12:47Z", "2012-02-29t00:00:00.123456789z", "9999-12-31T23:59:59-23:59"):
        assert _is_date_time(text)
    for text in (
        "2012-09-05",
        "2011-02-29T00:00:00Z",
        "2012-09-05T24:00:00Z",
        "2012-09-05T11:12:60Z",
        "2012-09-05T11:12:47",
        "2012-09-05T11:12:47+24:00",
        "2012-09-05 11:12:47Z",
        "2012-09-05T11:12:47Z\n",
        "\u0662012-09-05T11:12:47Z",
    ):
        assert not _is_date_time(text)
