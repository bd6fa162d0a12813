"""What is wrong is told in plain words, at its place: users read these texts, so they are written out here."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from export_contract.contract import Contract, classify, load_contract, oracle
from export_contract.contract.job_id import FIELDS, base64_problem, mismatches, read_job_id
from export_contract.contract.json_text import read_json
from export_contract.contract.oracle import Classification, json_type
from export_contract.contract.timestamps import classify_timestamp

from .bodies import ENROLLMENTS, enrollments, interactions, spell, without, written
from .contract_files import OPENAPI, REQUIREMENTS, edited, write
from .test_job_id import FORM, UUID, WHOLE, encode

START, ID = ("startDate",), ("learningActivityId",)

REASONS = [
    (enrollments(startDate=None), [("EXP-START-TYPE", START, "it is null, not a string")]),
    (enrollments(startDate=True), [("EXP-START-TYPE", START, "it is a boolean, not a string")]),
    (enrollments(startDate=1), [("EXP-START-TYPE", START, "it is a number, not a string")]),
    (enrollments(startDate=1.5), [("EXP-START-TYPE", START, "it is a number, not a string")]),
    (enrollments(startDate=[]), [("EXP-START-TYPE", START, "it is a list, not a string")]),
    (enrollments(startDate={}), [("EXP-START-TYPE", START, "it is an object, not a string")]),
    (interactions(learningActivityId="x"), [("EXP-INTERACTIONS-ID-TYPE", ID, "it is a string, not a number")]),
    (b"[]", [("EXP-BODY-OBJECT", (), "it is a list, not an object")]),
    (without("startDate"), [("EXP-START-REQUIRED", START, "startDate is missing")]),
    (enrollments(exportType="x"), [("EXP-EXPORTTYPE-ENUM", ("exportType",), "it is not one of the listed values")]),
    (enrollments(startDate="x"), [("EXP-START-FORMAT", START, "it has no form of ISO 8601")]),
    (interactions(format="CSV"), [("EXP-INTERACTIONS-FORMAT", ("format",), "it is not 'JSONL'")]),
    (enrollments(x=1), [("EXP-OPEN-UNKNOWN-PROPERTY", ("x",), "it is not documented")]),
    (
        enrollments(learningActivityId=12345),
        [("EXP-OPEN-ID-ELSEWHERE", ID, "learningActivityId is not used here")],
    ),
    (interactions(learningActivityId=7), [("EXP-OPEN-ID-UNDECLARED", ID, "it is not declared to exist")]),
    (interactions(learningActivityId=0), [("EXP-OPEN-ID-ZERO", ID, "it is zero")]),
    (
        interactions(learningActivityId=-(2**60)),
        [("EXP-OPEN-ID-NEGATIVE", ID, "it is negative"), ("EXP-OPEN-ID-HUGE", ID, "not every reader holds it exactly")],
    ),
    (
        interactions(learningActivityId=1.5),
        [("EXP-OPEN-ID-FRACTIONAL", ID, "it is written with a fraction or an exponent")],
    ),
    (
        written("format", '"CSV","format":"XML"'),
        [
            ("EXP-OPEN-DUPLICATE-KEY", (), "a key occurs twice"),
            ("EXP-OPEN-DUPLICATE-KEY", (), "a key occurs twice, and it matters which one is read"),
        ],
    ),
    (
        enrollments(startDate="2016-01-01T00:00:00Z"),
        [("EXP-OPEN-RANGE-REVERSED", ("endDate",), "startDate is after endDate")],
    ),
    (
        enrollments(startDate="2012-09-05"),
        [("EXP-OPEN-TIME-DATE-ONLY", START, "the document leaves this form open")],
    ),
    (b"\xef\xbb\xbf" + enrollments(), [("EXP-OPEN-BYTE-ORDER-MARK", (), "it begins with a byte order mark")]),
    (
        enrollments(x="y" * 1_001),
        [
            ("EXP-OPEN-UNKNOWN-PROPERTY", ("x",), "it is not documented"),
            ("EXP-OPEN-LONG-STRING", (), "a string is very long"),
        ],
    ),
    (b"[" * 300, [("EXP-OPEN-DEEP-NESTING", (), "it is nested very deeply")]),
    (enrollments() + b" " * 17_000, [("EXP-OPEN-LARGE-BODY", (), "it is very large")]),
    (b"", [("EXP-BODY-JSON", (), "it is empty")]),
]


def _told(found: Classification) -> list[tuple[str, tuple[str | int, ...], str]]:
    return [(reason.requirement, reason.path, reason.problem) for reason in found.reasons]


@pytest.mark.parametrize(("body", "reasons"), REASONS, ids=[reasons[-1][2] for _, reasons in REASONS])
def test_reasons(body: bytes, reasons: list[tuple[str, tuple[str, ...], str]]) -> None:
    """A body that is rejected or left open has these reasons, in the order of the contract and of places."""
    assert _told(classify(body)) == reasons


@pytest.mark.parametrize(("content_type", "told"), [("text/plain", "text/plain"), (None, "missing"), ("", "missing")])
def test_content_types(content_type: str | None, told: str) -> None:
    """A content type that is open is named."""
    expected = [("EXP-OPEN-CONTENT-TYPE", (), f"the content type is {told}")]
    assert _told(classify(enrollments(), content_type)) == expected


def _with_start(tmp_path: Path, schema: str, keyword: str = "") -> Contract:
    """A contract in which startDate has another schema, and a requirement for a further keyword of it."""
    above, found, below = OPENAPI.partition("        startDate:\n          description: Records")
    assert found
    openapi = above + found + below.replace("type: string", schema, 1)
    requirements = REQUIREMENTS
    if keyword:
        place = f"/components/schemas/ExportRequest/properties/startDate/{keyword}"
        promise = "".join(
            f"      - id: EXP-START-{name}\n        level: MUST\n        expectation: {expectation}\n"
            f"        statement: It holds.\n        source: a test\n        pointers: [{place}]\n{rule}"
            for name, expectation, rule in (("MORE", "reject", ""), ("TAKEN", "accept", "        rule: accept\n"))
        )
        requirements = edited(REQUIREMENTS, "      - id: EXP-START-TYPE\n", f"{promise}      - id: EXP-START-TYPE\n")
    return load_contract(write(tmp_path, openapi, requirements))


def test_a_type_of_several(tmp_path: Path) -> None:
    """Where several types are allowed, all of them are named."""
    contract = _with_start(tmp_path, "type: [string, boolean, array, 'null', object]")
    [reason] = classify(enrollments(startDate=1), contract=contract).reasons
    assert reason.problem == "it is a number, not a string or a boolean or a list or null or an object"


def test_an_integer(tmp_path: Path) -> None:
    """That an integer is wanted is told apart from any number."""
    contract = _with_start(tmp_path, "type: [integer, string]")
    [reason] = classify(enrollments(startDate=True), contract=contract).reasons
    assert reason.problem == "it is a boolean, not an integer or a string"


def test_another_keyword(tmp_path: Path) -> None:
    """A keyword without words of its own is told by its name and value."""
    contract = _with_start(tmp_path, "type: string\n          minLength: 15", "minLength")
    assert _told(classify(enrollments(startDate="2012-09-05"), contract=contract)) == [
        ("EXP-START-MORE", START, "it breaks minLength: 15"),
        ("EXP-OPEN-TIME-DATE-ONLY", START, "the document leaves this form open"),
    ]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (False, "a boolean"),
        (1, "a number"),
        (0.5, "a number"),
        ("", "a string"),
        ([], "a list"),
        ({}, "an object"),
    ],
)
def test_types(value: object, name: str) -> None:
    """Every type of JSON has a name with an article."""
    assert json_type(value) == name


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("2012-13-01", "there is no month 13"),
        ("2012-00-01", "there is no month 00"),
        ("2012-02-30", "month 02 of 2012 has no day 30"),
        ("2012-W54-1", "2012 has no week 54"),
        ("2012-W11-8", "there is no weekday 8"),
        ("2011-366", "2011 has no day 366"),
        ("2012-09-05T25:00:00Z", "there is no hour 25"),
        ("2012-09-05T24:00:01Z", "hour 24 is only the end of a day, 24:00:00"),
        ("2012-09-05T11:60:00Z", "there is no minute 60"),
        ("2012-09-05T11:12:61Z", "there is no second 61"),
        ("2012-09-05T11:12:47+02:60", "an offset has no minute 60"),
        ("tomorrow", "it has no form of ISO 8601"),
    ],
)
def test_timestamps(text: str, problem: str) -> None:
    """A timestamp that does not exist is told by the part that does not."""
    assert classify_timestamp(text).problem == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "it is empty"),
        (b" \t\r\n", "it is empty"),
        (b"\x0b", "it is not valid JSON: line 1 column 1: Expecting value"),
        (b"[1,\n ", "it is not valid JSON: line 2 column 2: Expecting value"),
        (b'{"a" 1}', "it is not valid JSON: line 1 column 6: Expecting ':' delimiter"),
        (b'["a', "it is not valid JSON: line 1 column 2: Unterminated string starting at"),
        (b"[NaN]", "it is not valid JSON: JSON has no NaN"),
        (b'["a\x0f\xff"]', "it is not valid UTF-8: byte 4 is 0xff"),
    ],
)
def test_json(text: bytes, problem: str) -> None:
    """A text that is not JSON is told with the place where it ceases to be."""
    assert read_json(text).problem == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("QUJ", "the padding is missing: 3 characters, where Base64 has a multiple of 4"),
        ("QUJDR", "it has 5 characters, where Base64 has a multiple of 4"),
        ("Q===", "it ends in 3 padding characters, where Base64 has at most 2"),
        ("Q=JD", "character 2 is '=', padding before the end"),
        ("QR==", "it is not canonical: character 2 is 'R', where an encoder writes 'Q'"),
        ("-UJD", "character 1 is '-', from the URL-safe alphabet"),
        ("QUJD\n", "character 5 is '\\n', white space"),
        ("QUJ.", "character 4 is '.', which is not in the alphabet"),
    ],
)
def test_base64(text: str, problem: str) -> None:
    """A text that is not Base64 is told with the place where it ceases to be."""
    assert base64_problem(text) == problem


@pytest.mark.parametrize(
    ("inside", "problems"),
    [
        (encode(WHOLE), ["Base64 is wrapped in Base64, 2 layers deep"]),
        (json.dumps([FORM, UUID, UUID]), ["the decoded JSON is not a list of two strings"]),
        (
            json.dumps([FORM]),
            ["the decoded JSON is not a list of two strings", "the second string, a UUID, is missing"],
        ),
        (json.dumps([FORM, "x"]), ["the second string is not a UUID: 'x'"]),
        (json.dumps(["x" + FORM, UUID]), ["the first string does not begin with data-export|"]),
        (
            json.dumps([FORM.replace("type:users", "users"), UUID]),
            ["part 2 after data-export, 'users', is not name:value", "the field type is missing"],
        ),
        (json.dumps([FORM + "|type:x", UUID]), ["the field type occurs twice"]),
        (json.dumps([FORM.replace("T|", "|"), UUID]), ["the field tenantKey is empty"]),
        (
            json.dumps([FORM.replace("2012-09", "2012-13"), UUID]),
            ["the field start is not a timestamp: '2012-13-05T11:12:47.000Z'"],
        ),
        (
            WHOLE.encode().replace(b"tenantKey:T", b"tenantKey:\xff"),
            ["the decoded bytes are not valid UTF-8 at byte 24"],
        ),
        (WHOLE[:-1], ["the decoded text is not valid JSON: Expecting ',' delimiter: line 1 column 149 (char 148)"]),
    ],
)
def test_job_ids(inside: str | bytes, problems: list[str]) -> None:
    """An id that carries the documented form damaged is told by all that is wrong with it, in its order."""
    assert [flaw.problem for flaw in read_job_id(encode(inside)).flaws] == problems


def test_a_job_id_that_is_nested_too_deeply() -> None:
    """What Python cannot read for its depth is no error of ours."""
    problems = [flaw.problem for flaw in read_job_id(encode("[" * 5_000 + '"data-export|')).flaws]
    assert problems == [
        "the decoded text is not valid JSON: it is nested too deeply",
        "part 1 after data-export, '', is not name:value",
        *(f"the field {name} is missing" for name in FIELDS),
        "the second string, a UUID, is missing",
    ]


def test_mismatches() -> None:
    """An id of another request is told with both values, for each field that differs."""
    asked = {
        "exportType": "NETWORKS",
        "format": "JSONL",
        "startDate": "2012-09-05T11:12:48Z",
        "endDate": "2015-01-01T00:00:00Z",
    }
    assert [(flaw.rule, flaw.problem) for flaw in mismatches(read_job_id(encode(WHOLE)), asked)] == [
        ("job-id/match", "type is 'users', where the request's exportType in lower case is 'networks'"),
        ("job-id/match", "format is 'csv', where the request's format in lower case is 'jsonl'"),
        (
            "job-id/match",
            "start is '2012-09-05T11:12:47.000Z', where the request's startDate is '2012-09-05T11:12:48Z'",
        ),
        ("job-id/match", "end is '2015-05-28T17:39:23.000Z', where the request's endDate is '2015-01-01T00:00:00Z'"),
    ]


def test_records_cannot_be_changed() -> None:
    """What is known of a body, a timestamp or a job id is a frozen record, and can be a key."""
    records = [
        each
        for name in ("job_id", "oracle")
        for each in vars(import_module(f"export_contract.contract.{name}")).values()
        if isinstance(each, type) and issubclass(each, msgspec.Struct) and each is not msgspec.Struct
    ]
    assert {each.__name__ for each in records} >= {"Reason", "Classification", "Flaw", "JobId"}
    assert all(each.__struct_config__.frozen for each in records)


def test_a_plain_value_is_told_as_its_text() -> None:
    """A value that nobody wrote is classified as what would be written."""
    found = oracle().classify_value(dict(ENROLLMENTS))
    assert found == classify(spell(ENROLLMENTS))
