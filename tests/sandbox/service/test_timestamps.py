"""How the sandbox's own reader understands timestamps."""

from __future__ import annotations

import pytest

from export_contract.sandbox.service.timestamps import UNCOMMON_FORMS, read_timestamp

INSTANTS = {
    "2012-09-05T11:12:47Z": "2012-09-05T11:12:47.000Z",
    "2012-09-05T11:12:47.5Z": "2012-09-05T11:12:47.500Z",
    "2012-09-05T11:12:47.000000+00:00": "2012-09-05T11:12:47.000Z",
    "2012-09-05T11:12:47.1234Z": "2012-09-05T11:12:47.123400Z",
    "2012-09-05T11:12:47.123456+05:30": "2012-09-05T05:42:47.123456Z",
    "2012-12-31T20:00:00\u221208:00": "2013-01-01T04:00:00.000Z",
    "2012-12-31T20:00:00-08:00": "2013-01-01T04:00:00.000Z",
    "2012-09-05T11:12:47.123456789Z": "2012-09-05T11:12:47.123456789Z",
    "2012-09-05": "2012-09-05T00:00:00.000Z",
    "2012-W36-3T11:12:47Z": "2012-09-05T11:12:47.000Z",
    "2012249T111247Z": "2012-09-05T11:12:47.000Z",
    "2012-09-05T24:00:00Z": "2012-09-06T00:00:00.000Z",
    "2012-06-30T23:59:60Z": "2012-07-01T00:00:00.000Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
}
FORMS = {
    "2012-09-05T11:12:47Z": set(),
    "2012-09-05": {"date-only"},
    "20120905": {"date-only", "basic"},
    "2012-249": {"date-only", "ordinal"},
    "2012-W36": {"reduced", "week"},
    "2012-09": {"reduced"},
    "2012": {"reduced"},
    "2012-09-05T11:12Z": {"reduced"},
    "2012-09-05T11:12:47+02": {"reduced"},
    "20120905T111247+0200": {"basic"},
    "2012-W36-3T11:12:47Z": {"week"},
    "2012-249T11:12:47Z": {"ordinal"},
    "2012-09-05T11:12:47": {"no-zone"},
    "2012-09-05t11:12:47Z": {"lower-case"},
    "2012-09-05T11:12:47z": {"lower-case"},
    "2012-w36-3T11:12:47Z": {"week", "lower-case"},
    "2012-09-05 11:12:47Z": {"space"},
    "2012-09-05T11:12:47,5Z": {"comma"},
    "2012-09-05T11:12:47.1234567Z": {"long-fraction"},
    "2012-09-05T24:00:00Z": {"hour-24"},
    "2012-06-30T23:59:60Z": {"second-60"},
    "2012-09-05T11:12:47-00:00": {"negative-zero"},
    "2012-09-05T11:12:47-14:30": {"large-offset"},
    "1899-12-31T23:59:59Z": {"year"},
    "+002012-09-05T11:12:47Z": {"signed-year"},
    "2012-09-05T11:12:47\u221202:00": {"minus-sign"},
    "2012-09-05T11:12:47\u221200:00": {"minus-sign", "negative-zero"},
}


@pytest.mark.parametrize(("text", "instant"), INSTANTS.items())
def test_instants_are_exact(text: str, instant: str) -> None:
    """An instant is written in UTC, with no digit lost."""
    reading = read_timestamp(text)
    assert reading is not None
    assert str(reading.instant) == instant


@pytest.mark.parametrize(("text", "forms"), FORMS.items())
def test_uncommon_forms_are_named(text: str, forms: set[str]) -> None:
    """A reading names the uncommon forms that its text uses, and no others."""
    reading = read_timestamp(text)
    assert reading is not None
    assert reading.forms == forms


def test_every_form_has_an_example() -> None:
    """There is an example for each form that the reader knows."""
    assert set().union(*FORMS.values()) == UNCOMMON_FORMS


def test_instants_are_ordered() -> None:
    """Instants sort by time, to the last digit."""
    texts = ["2012-09-05T11:12:47Z", "2012-09-05T11:12:47.05Z", "2012-09-05T11:12:47.5Z", "2012-09-05T11:12:47.51Z"]
    instants = [reading.instant for text in texts if (reading := read_timestamp(text))]
    assert sorted(instants, reverse=True) == instants[::-1]
    assert len(instants) == len(texts)
