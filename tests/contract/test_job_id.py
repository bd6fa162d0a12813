"""Job ids: Base64 to the letter, the documented form where an id carries it, and the request that it names."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from export_contract.contract import load_contract
from export_contract.contract.job_id import FIELDS, base64_problem, mismatches, read_job_id
from export_contract.contract.pointers import resolve

from .bodies import ENROLLMENTS, PAIRS

DOCUMENTED = load_contract().document["paths"]["/exports"]["post"]["responses"]["2XX"]["content"]["application/json"]
EXAMPLE: str = resolve(DOCUMENTED, "/examples/created/value/job/id")

UUID = "bb3b7229-1a2a-43c8-bc82-51782230b846"
FORM = "data-export|tenantKey:T|type:users|format:csv|start:2012-09-05T11:12:47.000Z|end:2015-05-28T17:39:23.000Z"
WHOLE = json.dumps([FORM, UUID])
REQUEST = {**ENROLLMENTS, "exportType": "USERS"}

KINDS = st.sampled_from([*PAIRS, ("LEARNING_ACTIVITY_INTERACTIONS", "JSONL")])
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def encode(text: str | bytes) -> str:
    """An id with `text` inside."""
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def form(kind: tuple[str, str], start: str, end: str) -> str:
    """An id in the documented form."""
    fields = f"data-export|tenantKey:T|type:{kind[0].lower()}|format:{kind[1].lower()}|start:{start}|end:{end}"
    return encode(json.dumps([fields, UUID]))


def request(kind: tuple[str, str], start: str, end: str) -> dict[str, Any]:
    """A decoded body."""
    return {"startDate": start, "endDate": end, "exportType": kind[0], "format": kind[1]}


def problems(text: str) -> list[tuple[str, str]]:
    """Rule and problem of each flaw of an id."""
    return [(flaw.rule, flaw.problem) for flaw in read_job_id(text).flaws]


def test_the_documented_example() -> None:
    """The id of the document is sound, and is what the document's other example could have got, but for its type."""
    job_id = read_job_id(EXAMPLE)
    assert job_id.documented
    assert job_id.flaws == ()
    assert job_id.fields == {
        "tenantKey": "dreambuilder",
        "type": "learning_activities",
        "format": "jsonl",
        "start": "2012-09-05T11:12:47.000Z",
        "end": "2015-05-28T17:39:23.000Z",
    }
    assert job_id.uuid == UUID
    assert mismatches(job_id, {**ENROLLMENTS, "exportType": "LEARNING_ACTIVITIES", "format": "JSONL"}) == ()
    assert [flaw.problem.split()[0] for flaw in mismatches(job_id, ENROLLMENTS)] == ["type", "format"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("QUJ", "padding is missing: 3 characters"),
        ("QQ", "padding is missing: 2 characters"),
        ("QUX", "padding is missing: 3 characters"),
        ("Q", "it has 1 characters"),
        ("QUJDR", "it has 5 characters"),
        ("QQ=", "3 characters"),
        ("QUJD=", "5 characters"),
        ("QUJD====", "4 padding characters"),
        ("Q===", "3 padding characters"),
        ("====", "4 padding characters"),
        ("QQ==QUJD", "character 3 is '='"),
        ("Q=JD", "character 2 is '='"),
        ("=QUJ", "character 1 is '='"),
        ("QR==", "not canonical: character 2 is 'R', where an encoder writes 'Q'"),
        ("QUK=", "not canonical: character 3 is 'K', where an encoder writes 'I'"),
        ("-UJD", "character 1 is '-', from the URL-safe alphabet"),
        ("QU_D", "character 3 is '_', from the URL-safe alphabet"),
        ("QUJD\n", "character 5 is '\\n', white space"),
        (" QUJD", "character 1 is ' ', white space"),
        ("QUJ.", "character 4 is '.'"),
        ("QUJ\u00e9", "character 4 is '\u00e9'"),
        ("QUJ\uff21", "character 4 is '\uff21'"),
        ("QUJ\ud800", "character 4 is "),
        ("bb3b7229-1a2a-43c8-bc82-51782230b846", "character 9 is '-'"),
    ],
)
def test_base64_flaw(text: str, problem: str) -> None:
    """What is no Base64 is told with its place, under the rule of Base64 alone."""
    assert problem in base64_problem(text)
    assert [rule for rule, _ in problems(text)] == ["job-id/base64"]


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        (WHOLE[:-1], "not valid JSON"),
        (WHOLE[:-8], "not valid JSON"),
        (WHOLE.replace('", "', '" "'), "not valid JSON"),
        (FORM, "not valid JSON"),
        (WHOLE.encode().replace(b"tenantKey:T", b"tenantKey:\xff"), "not valid UTF-8 at byte 24"),
        (json.dumps([FORM]), "not a list of two strings"),
        (json.dumps([FORM, UUID, UUID]), "not a list of two strings"),
        (json.dumps([FORM, 5]), "not a list of two strings"),
        (json.dumps({"id": FORM, "uuid": UUID}), "not a list of two strings"),
        (json.dumps(FORM), "not a list of two strings"),
        (json.dumps([UUID, FORM]), "not a UUID"),
        (json.dumps([FORM, ""]), "not a UUID: ''"),
        (json.dumps([FORM, UUID[:-1]]), "not a UUID"),
        (json.dumps([FORM, UUID.replace("-", "")]), "not a UUID"),
        (json.dumps([FORM, f"{{{UUID}}}"]), "not a UUID"),
        (json.dumps([FORM, UUID + "\n"]), "not a UUID"),
        (json.dumps(["x" + FORM, UUID]), "does not begin with data-export|"),
        (json.dumps([FORM.replace("tenantKey:T|", ""), UUID]), "the field tenantKey is missing"),
        (json.dumps([FORM.replace("type:users|", ""), UUID]), "the field type is missing"),
        (json.dumps([FORM.replace("|format:csv", ""), UUID]), "the field format is missing"),
        (json.dumps([FORM.partition("|end")[0], UUID]), "the field end is missing"),
        (json.dumps([FORM.replace("start:", "begin:"), UUID]), "the field start is missing"),
        (json.dumps([FORM.replace("type:users", "type:"), UUID]), "the field type is empty"),
        (
            json.dumps([FORM.replace("type:users", "users"), UUID]),
            "part 2 after data-export, 'users', is not name:value",
        ),
        (json.dumps([FORM + "|type:users", UUID]), "the field type occurs twice"),
        (json.dumps([FORM.replace("2012-09", "2012-13"), UUID]), "the field start is not a timestamp: '2012-13-05"),
        (json.dumps([FORM.replace("2015-05-28T17:39:23.000Z", "undefined"), UUID]), "the field end is not a timestamp"),
        (encode(WHOLE), "wrapped in Base64, 2 layers deep"),
        (encode(encode(WHOLE)), "wrapped in Base64, 3 layers deep"),
        (json.dumps(encode(WHOLE)), "wrapped in Base64, 2 layers deep"),
        ("[" * 5_000 + '"data-export|', "not valid JSON"),
    ],
)
def test_form_flaw(inside: str | bytes, problem: str) -> None:
    """An id that carries the documented form damaged is told with its place, under the rule of the form alone."""
    found = problems(encode(inside))
    assert any(problem in text for _, text in found), found
    assert {rule for rule, _ in found} == {"job-id/form"}
    assert read_job_id(encode(inside)).documented


def test_fields_are_read_in_any_order() -> None:
    """What counts is that all fields are there."""
    first, *fields = FORM.split("|")
    job_id = read_job_id(encode(json.dumps(["|".join([first, *reversed(fields)]), UUID])))
    assert job_id.flaws == ()
    assert tuple(job_id.fields)[::-1] == FIELDS


def test_a_damaged_id_still_shows_its_fields() -> None:
    """An id that lost its padding, or was folded into lines, is one flaw of Base64 and is read all the same."""
    for text in (encode(WHOLE).rstrip("="), base64.encodebytes(WHOLE.encode()).decode()):
        job_id = read_job_id(text)
        assert [flaw.rule for flaw in job_id.flaws] == ["job-id/base64"]
        assert (job_id.fields["type"], job_id.uuid) == ("users", UUID)


@given(st.binary(min_size=1).filter(lambda inside: b"data-export|" not in inside))
@example(b"\0")
@example(UUID.encode())
@example(b'{"jobId": 1}')
@example(b"data-export")
@settings(deadline=None)
def test_opaque_ids_are_fine(inside: bytes) -> None:
    """Any bytes may be inside an id, and such an id names no other request."""
    job_id = read_job_id(encode(inside))
    assert (job_id.decoded, job_id.documented, job_id.flaws) == (inside, False, ())
    assert mismatches(job_id, REQUEST) == ()


@pytest.mark.parametrize(
    ("asked", "carried", "is_match"),
    [
        (".12345", ".123", True),  # cut
        (".123456", ".123", True),
        (".123987", ".123", True),
        (".123987", ".124", True),  # rounded
        (".999999", ".999", True),
        (".999900", ".1000", False),
        (".12", ".120", True),
        (".12", ".12", True),
        (".12", ".012", False),  # read as 12 milliseconds
        (".12", ".012000", False),
        (".1", ".001", False),
        (".123", ".122", False),
        (".123", ".124", False),
        (".12345", "", False),
        (".5", "", False),
        ("", ".000", True),
    ],
)
def test_milliseconds(asked: str, carried: str, is_match: bool) -> None:
    """An id repeats a moment to the millisecond: a finer fraction may be cut or rounded, and not read as another."""
    kind = ("USERS", "CSV")
    end = "2015-05-28T17:39:23.000Z"
    job_id = read_job_id(form(kind, f"2012-09-05T11:12:47{carried}Z", end))
    found = mismatches(job_id, request(kind, f"2012-09-05T11:12:47{asked}Z", end))
    assert (found == ()) is is_match


def test_rounded_up_to_the_next_second() -> None:
    """Rounding may carry."""
    kind = ("USERS", "CSV")
    moments = ("2015-05-28T23:59:59.999600Z", "2015-05-28T23:59:59.999600Z")
    job_id = read_job_id(form(kind, "2015-05-29T00:00:00.000Z", "2015-05-28T23:59:59.999Z"))
    assert mismatches(job_id, request(kind, *moments)) == ()


@pytest.mark.parametrize("moment", ["9999-W52-6", "9999-12-31T23:59:59-14:00", "9" * 20 + "-01-01T00:00:00Z", "never"])
def test_moments_that_cannot_be_computed_with(moment: str) -> None:
    """They are another moment than the request's, and no error of ours."""
    kind = ("USERS", "CSV")
    job_id = read_job_id(form(kind, moment, moment))
    found = mismatches(job_id, request(kind, "2012-09-05T11:12:47Z", "2015-05-28T17:39:23Z"))
    assert [flaw.problem.split()[0] for flaw in found] == ["start", "end"]


def _is_base64(text: str) -> bool:
    try:
        return base64.b64encode(base64.b64decode(text, validate=True)).decode() == text
    except (binascii.Error, ValueError):
        return False


@st.composite
def _nearly_base64(draw: st.DrawFn) -> str:
    text = encode(draw(st.binary(min_size=1, max_size=12)))
    position = draw(st.integers(0, len(text)))
    insert = draw(st.text("AQRgz059+/-_= \n\u00e9", max_size=2))
    return text[:position] + insert + text[position + draw(st.integers(0, 2)) :]


@given(st.text(min_size=1) | st.text("AQRgw+/=", min_size=1, max_size=9) | _nearly_base64().filter(bool))
@settings(max_examples=1_000, deadline=None)
def test_base64_is_what_the_standard_library_writes(text: str) -> None:
    """A text is Base64 where a strict reader takes it, and writing what was read gives the same text."""
    assert (base64_problem(text) == "") is _is_base64(text)


@given(
    st.text() | _nearly_base64() | st.text().map(lambda text: encode(text.encode("utf-8", "replace") + b"data-export|"))
)
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str) -> None:
    """No id makes the reader raise, and each flaw says what is wrong."""
    job_id = read_job_id(text)
    assert all(flaw.problem for flaw in job_id.flaws)
    mismatches(job_id, REQUEST)


@given(st.binary(max_size=40), st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@settings(deadline=None)
def test_any_damage_is_read(junk: bytes, start: int, end: int) -> None:
    """No damage to the documented form makes the reader raise, and none to one of its parts goes without a flaw."""
    inside = WHOLE.encode()[:start] + junk + WHOLE.encode()[end:]
    job_id = read_job_id(encode(inside) if inside else "")
    assert job_id.documented or b"data-export|" not in inside
    if job_id.documented and not job_id.flaws:
        assert set(FIELDS) <= set(job_id.fields)
        assert isinstance(json.loads(inside), list)


@given(KINDS, MOMENTS, MOMENTS, ZONES, ZONES)
@settings(deadline=None)
def test_an_id_matches_its_own_request(
    kind: tuple[str, str], start: datetime, end: datetime, asked_in: timezone, told_in: timezone
) -> None:
    """An id made from a valid request is sound and matches it, in whatever zone each of them writes the dates."""
    told = read_job_id(form(kind, start.astimezone(told_in).isoformat(), end.astimezone(told_in).isoformat()))
    asked = request(kind, start.astimezone(asked_in).isoformat(), end.astimezone(asked_in).isoformat())
    assert told.flaws == ()
    assert mismatches(told, asked) == ()


@given(KINDS, KINDS, MOMENTS, MOMENTS, st.sampled_from(["type", "format", "start", "end"]))
@settings(deadline=None)
def test_a_changed_field_is_a_mismatch(
    kind: tuple[str, str], other: tuple[str, str], moment: datetime, changed: datetime, field: str
) -> None:
    """An id that differs from its request in one field is one flaw, which names that field and both of its values."""
    told = {"type": kind[0], "format": kind[1], "start": moment.isoformat(), "end": moment.isoformat()}
    told[field] = {"type": other[0], "format": other[1]}.get(field, changed.isoformat())
    job_id = read_job_id(form((told["type"], told["format"]), told["start"], told["end"]))
    flaws = mismatches(job_id, request(kind, moment.isoformat(), moment.isoformat()))
    if job_id.fields == read_job_id(form(kind, moment.isoformat(), moment.isoformat())).fields:
        assert flaws == ()
    else:
        assert [(flaw.rule, flaw.problem.split()[0]) for flaw in flaws] == [("job-id/match", field)]
        assert repr(job_id.fields[field]) in flaws[0].problem


def test_upper_case_is_a_mismatch() -> None:
    """Type and format stand in an id in lower case."""
    flaws = mismatches(read_job_id(encode(WHOLE.replace("users", "USERS"))), REQUEST)
    assert [flaw.problem for flaw in flaws] == [
        "type is 'USERS', where the request's exportType in lower case is 'users'"
    ]


@pytest.mark.parametrize(
    "spelling",
    [
        "2012-09-05T11:12:47Z",
        "2012-09-05T11:12:47.000000Z",
        "2012-09-05T11:12:47+00:00",
        "2012-09-05T13:12:47+02:00",
        "2012-09-04T21:12:47-14:00",
        "20120905T111247Z",
        "20120905T131247+0200",
        "2012-09-05 11:12:47Z",
        "2012-09-05T11:12:47,000Z",
        "2012-W36-3T11:12:47Z",
        "2012-09-05T13:12:47+02",
        "2012-09-05T11:12:47.000000000Z",
        "2012-09-05T11:12:47-00:00",
        "2012-09-05t11:12:47Z",
        "2012-09-05t11:12:47z",
        "2012-249T11:12:47Z",
        "+002012-09-05T11:12:47Z",
        "2012-09-05T06:12:47\u221205:00",
    ],
)
def test_another_spelling_of_the_same_moment_matches(spelling: str) -> None:
    """The dates of an id are the moments of the request, in any form of ISO 8601."""
    job_id = read_job_id(encode(WHOLE.replace("2012-09-05T11:12:47.000Z", spelling)))
    assert job_id.flaws == ()
    assert mismatches(job_id, REQUEST) == ()


@pytest.mark.parametrize("field", ["startDate", "endDate"])
@pytest.mark.parametrize("asked", ["2012-09-05", "2012-09-05 11:12:47", "tomorrow", None, 5])
def test_what_the_contract_leaves_open_is_no_mismatch(field: str, asked: object) -> None:
    """A request whose date has no documented form says nothing about the date of its id."""
    assert mismatches(read_job_id(encode(WHOLE)), {**REQUEST, field: asked}) == ()
