"""What the sandbox accepts and refuses by default."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..client import EXAMPLE, INTERACTIONS, MISSING, Client, body_with

FIELDS = ("startDate", "endDate", "exportType", "format")

ACCEPTED_TIMESTAMPS = (
    "2012-09-05T11:12:47Z",
    "2012-09-05T11:12:47.1Z",
    "2012-09-05T11:12:47.123456Z",
    "2012-09-05T11:12:47.123456+00:00",
    "2012-09-05T11:12:47+05:30",
    "2012-09-05T11:12:47-08:00",
    "2012-09-05T11:12:47+14:00",
    "2012-09-05T00:00:00Z",
    "2012-09-05T23:59:59.999999Z",
    "2000-02-29T12:00:00Z",
    "2012-02-29T12:00:00Z",
    "1969-12-31T23:59:59Z",
    "1900-01-01T00:00:00+14:00",
)
REFUSED_TIMESTAMPS = (
    "",
    "yesterday",
    "1346843567",
    "1346843567000",
    "09/05/2012",
    "2012/09/05 11:12:47",
    "Wed, 05 Sep 2012 11:12:47 GMT",
    "2012-13-05T11:12:47Z",
    "2012-00-05T11:12:47Z",
    "2012-09-00T11:12:47Z",
    "2012-09-31T11:12:47Z",
    "2012-04-31T11:12:47Z",
    "2012-02-30T11:12:47Z",
    "2011-02-29T11:12:47Z",
    "1900-02-29T11:12:47Z",
    "2012-09-05T25:12:47Z",
    "2012-09-05T11:60:47Z",
    "2012-09-05T11:12:61Z",
    "2012-09-05T11:12:47+24:00",
    "2012-09-05T11:12:47+05:60",
    "2012-09-05T11:12:47.Z",
    "2012-9-5T11:12:47Z",
    "12-09-05T11:12:47Z",
    "2012-09-05T111247Z",
    "20120905T11:12:47Z",
    "x2012-09-05T11:12:47Z",
    "2012-09-05T11:12:47Zx",
    " 2012-09-05T11:12:47Z",
    "2012-09-05T11:12:47Z\n",
    "\uff12\uff10\uff11\uff12-09-05T11:12:47Z",
    "2012\u201309\u201305T11:12:47Z",
)
OPEN_TIMESTAMPS = (
    "2012-09-05",
    "2012-09",
    "2012",
    "2012-09-05T11Z",
    "2012-09-05T11:12Z",
    "2012-09-05T11:12:47+02",
    "20120905T111247Z",
    "20120905",
    "2012-W36-3",
    "2012-W36-3T11:12:47Z",
    "2012W363T111247Z",
    "2012-249",
    "2012-249T11:12:47Z",
    "2012-09-05T11:12:47",
    "2012-09-05t11:12:47z",
    "2012-09-05 11:12:47Z",
    "2012-09-05T11:12:47,5Z",
    "2012-09-05T11:12:47.1234567Z",
    "2012-09-05T24:00:00Z",
    "2012-06-30T23:59:60Z",
    "2012-09-05T11:12:47-00:00",
    "2012-09-05T11:12:47+14:01",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0000-01-01T00:00:00Z",
    "1899-12-31T23:59:59Z",
    "2200-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "+002012-09-05T11:12:47Z",
    "2012-09-05T11:12:47\u221202:00",
    "-0001-09-05T11:12:47Z",
)


def body_of(text: str) -> bytes:
    return body_with().replace(b'"format": "CSV"}', text.encode())


@pytest.mark.parametrize("file_format", ["CSV", "JSONL"])
@pytest.mark.parametrize("export_type", ["ELEARNING_ENROLLMENTS", "LEARNING_ACTIVITIES", "NETWORKS", "USERS"])
def test_every_pair_is_accepted(sandbox: Client, export_type: str, file_format: str) -> None:
    """Every export type is accepted with each of its formats."""
    assert sandbox.post(exportType=export_type, format=file_format).status_code == 200


def test_interactions_are_accepted(sandbox: Client) -> None:
    """Interactions are accepted as JSONL with an id, declared or not."""
    assert sandbox.post(**INTERACTIONS).status_code == 200
    assert sandbox.post(**INTERACTIONS | {"learningActivityId": 99}).status_code == 200


@pytest.mark.parametrize("text", ACCEPTED_TIMESTAMPS)
def test_timestamps_are_accepted(sandbox: Client, text: str) -> None:
    """Every documented form of a timestamp is accepted for both dates, which may be equal."""
    assert sandbox.post(startDate=text, endDate=text).status_code == 200


@pytest.mark.parametrize("field", ["startDate", "endDate"])
@pytest.mark.parametrize("text", [*REFUSED_TIMESTAMPS, *OPEN_TIMESTAMPS])
def test_other_timestamps_are_refused(sandbox: Client, field: str, text: str) -> None:
    """What is no timestamp, does not exist, or is another form of ISO 8601, is refused by the name of its field."""
    answer = sandbox.post(**{field: text})
    assert answer.status_code == 400
    assert [problem["key"] for problem in answer.json()["errors"]] == [field]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", [MISSING, None, True, 0, 1.5, [], ["CSV"], {}, {"a": 1}])
def test_mandatory_fields_are_strings(sandbox: Client, field: str, value: Any) -> None:
    """Each mandatory field is refused where it is missing, null, or of another type."""
    answer = sandbox.post(**{field: value})
    assert answer.status_code == 400
    assert [problem["key"] for problem in answer.json()["errors"]] == [field]


def test_all_problems_are_reported(sandbox: Client) -> None:
    """A refusal names every field that has a problem."""
    answer = sandbox.send(b"{}")
    assert {problem["key"] for problem in answer.json()["errors"]} == {*FIELDS}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "users",
        "Users",
        " USERS",
        "USERS ",
        "USERS\n",
        "USER",
        "USERSS",
        "ENROLLMENTS",
        "3",
        "NETWORKS,USERS",
        "USERS\0",
        "ÜSERS",
        "LEARNING-ACTIVITIES",
    ],
)
def test_export_types_are_literal(sandbox: Client, value: str) -> None:
    """An exportType is one of the list, to the letter."""
    assert sandbox.post(exportType=value).status_code == 400


@pytest.mark.parametrize("value", ["", "csv", "Csv", " CSV", "CSV\n", "JSON", "CSVX", "TSV", "0", "jsonl"])
def test_formats_are_literal(sandbox: Client, value: str) -> None:
    """A format is one of the list, to the letter."""
    assert sandbox.post(format=value).status_code == 400


def test_interactions_are_jsonl_only(sandbox: Client) -> None:
    """Interactions are refused as CSV."""
    assert sandbox.post(**INTERACTIONS | {"format": "CSV"}).status_code == 400


@pytest.mark.parametrize("value", [MISSING, None, "12345", "", True, False, [], [12345], {}, {"id": 12345}])
def test_interactions_need_an_id(sandbox: Client, value: Any) -> None:
    """Interactions are refused without an id, and with one that is no number."""
    answer = sandbox.post(**INTERACTIONS | {"learningActivityId": value})
    assert answer.status_code == 400
    assert [problem["key"] for problem in answer.json()["errors"]] == ["learningActivityId"]


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "12345.0", "1e3", "1e999", "-0", str(2**53), "9" * 400, "9" * 5000])
def test_odd_ids_are_refused(sandbox: Client, text: str) -> None:
    """An id that is no positive integer, or that not every reader holds exactly, is refused."""
    body = body_with(**INTERACTIONS).replace(b"12345", text.encode())
    assert sandbox.send(body).status_code == 400


@pytest.mark.parametrize("value", [None, 12345, "x", [], -1, 1.5])
def test_ids_elsewhere_are_ignored(sandbox: Client, value: Any) -> None:
    """An id beside another exportType is ignored, whatever it is."""
    assert sandbox.post(learningActivityId=value).status_code == 200


@pytest.mark.parametrize("value", [1, None, "x" * 100_000, "\ud83d\ude00", "\ud800", "\0", {"a": [{"b": 1}]}])
def test_unknown_properties_are_ignored(sandbox: Client, value: Any) -> None:
    """Properties that the document does not name are ignored, whatever they are."""
    assert sandbox.post(comment=value).status_code == 200


def test_ranges(sandbox: Client) -> None:
    """A range may be as long as it likes, and may not be reversed."""
    assert sandbox.post(startDate="1900-01-01T00:00:00Z", endDate="2199-12-31T23:59:59Z").status_code == 200
    assert sandbox.post(startDate=EXAMPLE["endDate"], endDate=EXAMPLE["startDate"]).status_code == 400
    assert sandbox.post(startDate="2015-05-28T17:39:23.0000001Z").status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(EXAMPLE, indent=4).encode(),
        json.dumps(dict(reversed(EXAMPLE.items())), separators=(",", ":")).encode(),
        b" \t\r\n" + body_with() + b" \t\r\n",
        body_with().replace(b"CSV", b"\\u0043\\u0053\\u0056").replace(b'"format"', b'"f\\u006Frmat"'),
        body_of('"format": "JSONL", "format": "CSV"}'),
    ],
    ids=["indented", "reversed", "padded", "escaped", "twice"],
)
def test_spellings_of_json(sandbox: Client, body: bytes) -> None:
    """The same JSON is accepted in any spelling; of a key given twice the last one counts."""
    assert sandbox.send(body).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"null",
        b"true",
        b"7",
        b'"x"',
        b"[]",
        b"[" + body_with() + b"]",
        json.dumps(body_with().decode()).encode(),
        body_with()[:-1],
        body_with()[:40],
        body_with() + b"x",
        body_with() + body_with(),
        body_of('"format": "CSV",}'),
        body_of('"format": "CSV" /* all of them */}'),
        body_of('"format": "CSV"} // all of them'),
        body_with().replace(b'"', b"'"),
        body_of('"format": "CSV", "x": NaN}'),
        body_of('"format": "CSV", "x": -Infinity}'),
        body_of('"format": "CSV", "x": 01}'),
        body_of('"format": "CSV", "x": "\t"}'),
        body_of('format: "CSV"}'),
        body_with(x="ÿ").replace(b"\\u00ff", b"\xff"),
        body_with().decode().encode("utf-16"),
        b"\xef\xbb\xbf" + body_with(),
        b"[" * 100_000,
        body_of('"format": "CSV", "x": ' + "[" * 100_000 + "]" * 100_000 + "}"),
        body_of('"format": "CSV", "x": ' + "9" * 5000 + "}"),
    ],
)
def test_other_bodies_are_refused(sandbox: Client, body: bytes) -> None:
    """A body that is not a JSON object in UTF-8, or that cannot be held, is refused."""
    answer = sandbox.send(body)
    assert answer.status_code == 400
    assert [problem["key"] for problem in answer.json()["errors"]] == ["body"]


def test_the_largest_body(sandbox: Client) -> None:
    """A body of one mebibyte is read, and a longer one is answered 413."""
    body = body_with()
    assert sandbox.send(body + b" " * (1024 * 1024 - len(body))).status_code == 200
    assert sandbox.send(body + b" " * (1024 * 1024 - len(body) + 1)).status_code == 413


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("APPLICATION/JSON", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/Json;Charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json; charset=utf-16", 415),
        ("text/plain", 415),
        ("", 415),
        (None, 415),
    ],
)
def test_content_types(sandbox: Client, content_type: str | None, status: int) -> None:
    """The content type is application/json, in any case, with or without charset=utf-8."""
    assert sandbox.send(body_with(), content_type).status_code == status


def test_refusals_create_no_job(sandbox: Client) -> None:
    """A refusal creates no job, and an accepted request creates one."""
    sandbox.post(format="XML")
    sandbox.send(b"{")
    sandbox.post(authorization=None)
    assert sandbox.created == 0
    sandbox.post()
    assert sandbox.created == 1
