"""Causes: findings that look like one fault of the target stand together."""

from __future__ import annotations

from typing import Any

import pytest

from export_contract.acceptance.model.results import CaseRecord, CaseSummary, Finding, RequestRecord, ResponseRecord
from export_contract.acceptance.verdict.causes import with_causes
from export_contract.contract import Expectation


def finding(requirement: str, *titles: str, kind: str = "2xx", check: str = "status", body: str = "") -> Finding:
    """A finding whose cases have these titles."""
    case: dict[str, Any] = {"expectation": Expectation.REJECT, "requirement": requirement, "method": "POST"}
    return Finding(
        fingerprint=f"{requirement}-{kind}",
        requirement=requirement,
        check=check,
        kind=kind,
        summary="",
        expected="",
        observed="",
        case=CaseRecord(id="x", title=titles[0], headers=(), changed="/body/x", **case),
        request=RequestRecord("POST", "http://x", ()),
        response=ResponseRecord(status=500, body=body),
        curl="",
        occurrences=len(titles),
        other_cases=tuple(CaseSummary(title=title, exchange=1) for title in titles[1:]),
    )


START = finding("START", 'startDate "2013-13-05": month 13', 'startDate "x": a word')
END = finding("END", 'endDate "y": a word', 'endDate "2014-13-05": month 13')


def test_the_same_thing_done_to_two_members() -> None:
    """What fails alike for start and end is one cause; another finding does not come between them."""
    other = finding("FORMAT", 'format "csv": wrong case')
    lead, follower, last = with_causes([START, other, END])
    assert (lead, last) == (START, other)
    assert (follower.requirement, follower.same_cause_as) == ("END", START.fingerprint)


@pytest.mark.parametrize(
    "other",
    [
        finding("END", 'endDate "y": a word'),
        finding("END", 'endDate "y": a word', 'endDate "2014-13-05": month 13', kind="4xx"),
        finding("END", 'endDate "y": a word', 'endDate "2014-13-05": month 13', check="time"),
        finding("END", "request 1", "request 2"),
    ],
)
def test_what_only_resembles_it(other: Finding) -> None:
    """Fewer cases, another result, another check or nothing in common: no common cause is claimed."""
    assert with_causes([START, other]) == (START, other)


def test_letter_case() -> None:
    """Names that may be written in another case are one cause, whichever case that is."""
    small = finding("START", 'startDate: spelt "startdate", lower case')
    lead, follower = with_causes([small, finding("FORMAT", 'format: spelt "FORMAT", upper case')])
    assert (lead, follower.same_cause_as) == (small, small.fingerprint)


def test_the_same_error() -> None:
    """The same error under several requirements is one cause, whatever number it has; an empty body says nothing."""
    errors = [
        finding(name, f"{name} x: {name}", kind="5xx", body=body)
        for name, body in (("A", "Error 17 in row 3"), ("B", "Error 18 in row 4"), ("C", ""), ("D", ""))
    ]
    assert [one.same_cause_as for one in with_causes(errors)] == [None, "A-5xx", None, None]
