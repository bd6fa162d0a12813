"""The page: what is on it, that it is small and quick, and that text of others stays text."""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec
import pytest
from lxml import html

from export_contract.acceptance import Results
from export_contract.reports import FORMATS
from export_contract.reports.highlighting import marked, members_of, missing
from export_contract.reports.statistics import body_of, heat_map


def page_of(results: Results) -> Any:
    return html.fromstring(FORMATS["html"](results))


def text_of(part: Any) -> str:
    return " ".join(part.text_content().split())


def test_the_first_screen(told: Results) -> None:
    """At the top: verdict, target, contract, when, what was spent, and what was not exercised and why."""
    header = text_of(page_of(told).xpath("//header")[0])
    for part in (
        "The target does not keep the contract",
        f"{told.target.base_url}{told.target.path}",
        told.contract.version,
        told.contract.sha256[:12],
        told.started_at[:10],
        f"{told.counts['requests']} requests, {told.counts['jobs_created']} jobs, {told.seconds:.1f} s",
        f"{told.counts['not_exercised']} not exercised",
        "the phase load was not run",
    ):
        assert part in header


def test_which_promise_where_written_how_known(told: Results) -> None:
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
    """Each finding has what was expected and observed, the exchange, and the curl line to the letter."""
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


def test_choices_pictures_and_baseline(told: Results) -> None:
    """What the target chose, the heat map, the jobs, the load and the baseline are on the page."""
    page = page_of(told)
    choices = text_of(page.xpath("//section[@id='choices']")[0])
    assert all(one.id in choices for one in told.requirements if one.choice)
    headings = ("It accepts it", "It refuses it", "It does either", "It gives documented ids")
    assert all(heading in choices for heading in headings)
    pictures = page.xpath("//section[@id='pictures']")[0]
    heads = [text_of(cell) for cell in pictures.xpath(".//table[@class='heat']//th")]
    assert {"accept", "reject", "unspecified", "CSV", "JSONL", "USERS", "LEARNING_ACTIVITY_INTERACTIONS"} <= set(heads)
    assert [svg.get("aria-label") for svg in pictures.xpath(".//svg")] == [
        "How long answers took",
        "States of jobs over time",
    ]
    text = text_of(pictures)
    assert "49 of 50 requests were accepted, 8 at a time" in text
    assert "1,234 bytes, 12 records, text/csv: is cut off" in text
    baseline = text_of(page.xpath("//section[@id='baseline']")[0])
    assert "1 finding known and waived, 1 entry fixed, 1 choice changed" in baseline


@pytest.mark.parametrize("kind", ["conforms", "inconclusive", "empty", "without answers", "warning"])
def test_other_results(variations: dict[str, Results], kind: str) -> None:
    """Results of every kind give a page that says how it ended."""
    heading = {
        "conforms": "The target keeps the contract",
        "inconclusive": "It cannot be told whether the target keeps the contract",
        "empty": "It cannot be told whether the target keeps the contract",
    }.get(kind, "The target does not keep the contract")
    assert text_of(page_of(variations[kind]).xpath("//h1")[0]) == heading


def test_hostile_texts(hostile_results: Results, told: Results) -> None:
    """Text of others adds no element and no attribute, and no character that is not seen."""
    content = FORMATS["html"](hostile_results).decode()
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
    FORMATS["html"](told)  # the template is read once
    started = time.process_time()
    content = FORMATS["html"](large)
    assert time.process_time() - started < 2
    assert len(content) < 3_000_000
    assert content.count(b"<article") == 200


def test_marks(told: Results) -> None:
    """In each finding whose case names a property, that property is what is marked."""
    plain = [body for one in told.exchanges if one.case.expectation == "accept" and (body := body_of(one))]
    seen = 0
    for finding in told.findings:
        pieces = marked(finding.case, plain)
        if finding.case.body is not None:
            assert "".join(piece.text for piece in pieces) == finding.case.body
        if finding.case.title.startswith("exportType "):
            (mark,) = [piece.text for piece in pieces if piece.is_marked]
            assert mark.startswith('"exportType":')
            seen += 1
        if "UTF-8" in finding.case.title:
            assert [piece.text for piece in pieces if piece.is_marked] == ["\\xff"]
            seen += 1
    assert seen == 2


BASE = {"startDate": "2012", "endDate": "2015", "format": "CSV"}


@pytest.mark.parametrize(
    ("title", "body", "marks"),
    [
        ('format "csv": wrong case', '{"startDate":"2012", "format" : "csv"}', ['"format" : "csv"']),
        ("an unknown property", '{"startDate":"2012","other":[1,{"a":2}],"format":"CSV"}', ['"other":[1,{"a":2}]']),
        ("format twice", '{"format":"CSV","startDate":"2012","format":"X"}', ['"format":"CSV"', '"format":"X"']),
        ("the body is no JSON: a trailing comma", '{"startDate":"2012",}', ["}"]),
        ("more after it", '{"startDate":"2012"} {}', ["{}"]),
        ("startDate and endDate of it", '{"startDate":"1","endDate":"2"}', []),
        ("the body is a list", "[1]", []),
        ("nothing", "", []),
        ("deep", "[" * 100_000, []),
    ],
)
def test_the_offending_part(results: Results, title: str, body: str, marks: list[str]) -> None:
    """Named properties are marked, else what no accepted body has, else where a parser stops."""
    case = msgspec.structs.replace(results.findings[1].case, title=title, body=body, body_base64=None)
    pieces = marked(case, [BASE])
    assert "".join(piece.text for piece in pieces) == body
    assert [piece.text for piece in pieces if piece.is_marked] == marks


def test_what_is_missing(results: Results) -> None:
    """A property that the title speaks of and the body lacks is named."""
    case = msgspec.structs.replace(
        results.findings[1].case, title="endDate is missing", body='{"startDate":"2012"}', body_base64=None
    )
    assert missing(case, [BASE]) == ["endDate"]
    assert [one.name for one in members_of('{"a":1,"b":{"c":2} ,"a":3}')] == ["a", "b", "a"]


def test_the_heat_map_is_of_listed_values(results: Results) -> None:
    """The map's sides are the properties of which accepted bodies have few words, found in the bodies alone."""
    found = heat_map((one, body) for one in results.exchanges if (body := body_of(one)) is not None)
    assert found is not None
    assert (found.row, found.column) == ("exportType", "format")
    assert found.columns == ("CSV", "JSONL")
    assert len(found.rows) == 5
    assert found.tally("USERS", "CSV", "accept").sent > 0
    assert found.tally("LEARNING_ACTIVITY_INTERACTIONS", "CSV", "accept").sent == 0
    assert heat_map([]) is None
