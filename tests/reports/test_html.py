"""The page: what is on it, that it is small and quick, and that text of others stays text."""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec
import pytest
from lxml import html

from export_contract.acceptance import Results
from export_contract.reports import rendered
from export_contract.reports.statistics import heat_map


def page_of(results: Results) -> Any:
    return html.fromstring(rendered("html", results))


def text_of(part: Any) -> str:
    return " ".join(part.text_content().split())


def test_the_first_screen(told: Results) -> None:
    """At the top: verdict, target, contract, when, what was spent, and what was not exercised and why."""
    header = text_of(page_of(told).xpath("//header")[0])
    for part in (
        "The target violates the contract",
        f"{told.target.base_url}{told.target.path}",
        told.contract.version,
        told.contract.sha256[:12],
        told.started_at[:10],
        f"{told.counts['requests']} requests, {told.counts['jobs_created']} jobs, {told.seconds:.1f} s",
        f"{told.counts['not_exercised']} not exercised",
        "the phase load was not run",
    ):
        assert part in header


def test_requirements(told: Results) -> None:
    """For each requirement: its words, its source, its verdict, and what shows it."""
    rows = page_of(told).xpath("//tr[@data-verdict]")
    assert len(rows) == len(told.requirements)
    for row, one in zip(rows, told.requirements, strict=True):
        text = text_of(row)
        for part in (one.verdict.replace("_", " "), one.id, one.statement, one.source):
            assert " ".join(part.split()) in text
        assert (f"{one.exchanges} exchange" in text) if one.exchanges else (one.reason or "") in text
        if one.examples:
            first = next(exchange for exchange in told.exchanges if exchange.number == one.examples[0])
            assert str(first.number) in text
            assert f"status {first.response.status}" in text


def test_findings(told: Results) -> None:
    """Each finding has expected and actual response, the exchange, and the curl line to the letter."""
    page = page_of(told)
    articles = page.xpath("//article")
    assert len(articles) == len(told.findings)
    for article, finding in zip(articles, told.findings, strict=True):
        text = text_of(article)
        for part in (finding.requirement, finding.expected, finding.observed, finding.request.url, finding.fingerprint):
            assert " ".join(part.split()) in text
        (curl,) = article.xpath(".//pre[contains(@class, 'curl')]")
        assert curl.text_content() == finding.curl
    assert "its waiver expired on 2020-01-01" in text_of(articles[1])
    assert "EX-12, with the team" in text_of(articles[0])


def test_links_lead_somewhere(told: Results) -> None:
    """Every link is to a place on the page, and every id is there once."""
    page = page_of(told)
    ids = page.xpath("//@id")
    assert len(set(ids)) == len(ids)
    links = page.xpath("//@href")
    assert {link.removeprefix("#") for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)


def test_choices_charts_and_baseline(told: Results) -> None:
    """What the target chose, the heat map, the jobs, the load and the baseline are on the page."""
    page = page_of(told)
    choices = text_of(page.xpath("//section[@id='choices']")[0])
    assert all(one.id in choices for one in told.requirements if one.choice)
    headings = ("It accepts it", "It refuses it", "It does either", "It issues documented ids")
    assert all(heading in choices for heading in headings)
    charts = page.xpath("//section[@id='charts']")[0]
    heads = [text_of(cell) for cell in charts.xpath(".//table[@class='heat']//th")]
    assert {"accept", "reject", "unspecified", "CSV", "JSONL", "USERS", "LEARNING_ACTIVITY_INTERACTIONS"} <= set(heads)
    assert [svg.get("aria-label") for svg in charts.xpath(".//svg")] == [
        "Response times",
        "States of jobs over time",
    ]
    text = text_of(charts)
    assert "49 of 50 requests were accepted, 8 at a time" in text
    assert "1,234 bytes, 12 records, text/csv: is cut off" in text
    baseline = text_of(page.xpath("//section[@id='baseline']")[0])
    assert "1 finding known and waived, 1 fixed, 1 choice changed" in baseline


@pytest.mark.parametrize("kind", ["conforms", "inconclusive", "empty", "without answers", "warning"])
def test_other_results(variations: dict[str, Results], kind: str) -> None:
    """Results of every kind give a page that says how it ended."""
    heading = {
        "conforms": "The target conforms to the contract",
        "inconclusive": "The run is inconclusive",
        "empty": "The run is inconclusive",
    }.get(kind, "The target violates the contract")
    assert text_of(page_of(variations[kind]).xpath("//h1")[0]) == heading


def test_hostile_texts(hostile_results: Results, told: Results) -> None:
    """Text of others adds no element and no attribute, and no character that is not seen."""
    content = rendered("html", hostile_results).decode()
    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2066-\u2069\ufeff]", content) is None
    page = html.fromstring(content)
    plain = page_of(told)
    assert {part.tag for part in page.iter()} <= {part.tag for part in plain.iter()} | {html.HtmlComment}
    assert len(page.xpath("//script")) == len(page.xpath("//style")) == 1
    assert [name for part in page.iter() for name in part.attrib if name.startswith("on")] == []
    assert [link for link in page.xpath("//@href | //@src") if not link.startswith("#")] == []
    assert len(content) < 1_000_000


def test_size_and_time(told: Results) -> None:
    """5,000 exchanges and 200 findings are a page of less than 3 MB, in less than 2 seconds."""
    many = told.exchanges * (5_000 // len(told.exchanges) + 1)
    findings = tuple(
        msgspec.structs.replace(
            told.findings[number % len(told.findings)],
            fingerprint=f"{number:012x}",
            response=msgspec.structs.replace(told.findings[0].response, body="<x>" * 1_300),
        )
        for number in range(200)
    )
    large = msgspec.structs.replace(told, exchanges=many[:5_000], findings=findings)
    rendered("html", told)  # the template is read once
    started = time.process_time()
    content = rendered("html", large)
    assert time.process_time() - started < 2
    assert len(content) < 3_000_000
    assert content.count(b"<article") == 200


def test_marks(told: Results) -> None:
    """What was changed is marked in the request, and what was left out is named below it."""
    replace = msgspec.structs.replace
    first, second = told.findings[:2]
    text = '{"format":"csv","startDate":"2012"}'
    cases = (
        replace(first.case, changed="/body/format", body=text, body_base64=None),
        replace(first.case, changed="/body/endDate", body=text, body_base64=None),
        replace(first.case, changed="/headers/Content-Type"),
        replace(first.case, changed="/credentials", credentials="none"),
        replace(first.case, changed="/method"),
        replace(first.case, changed=None),
    )
    findings = tuple(replace(first, case=case, fingerprint=f"{number:012x}") for number, case in enumerate(cases))
    articles = page_of(replace(told, findings=(*findings, second))).xpath("//article")
    marks = [[text_of(mark) for mark in article.xpath(".//mark")] for article in articles]
    assert marks[:2] == [['"format":"csv"'], ["endDate"]]
    assert "Missing: endDate" in text_of(articles[1])
    assert marks[2:6] == [["Content-Type: application/json"], ["credentials: none"], ["POST"], []]


def test_the_heat_map_is_of_listed_values(results: Results) -> None:
    """The map's sides are the properties of which accepted bodies have few words, found in the bodies alone."""
    found = heat_map(results.exchanges)
    assert found is not None
    assert (found.row, found.column) == ("exportType", "format")
    assert found.columns == ("CSV", "JSONL")
    assert len(found.rows) == 5
    assert found.cell("USERS", "CSV", "accept").sent > 0
    assert found.cell("LEARNING_ACTIVITY_INTERACTIONS", "CSV", "accept").sent == 0
    assert heat_map([]) is None
