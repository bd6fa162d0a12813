"""What is inside a job id: how deep it is looked for, and what is left of the documented form."""

from __future__ import annotations

import base64
import json

import pytest

from export_contract.contract.job_id import mismatches, read_job_id

from .test_job_id import EXAMPLE, FORM, UUID, WHOLE, encode, problems


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        (EXAMPLE, base64.b64decode(EXAMPLE)),
        ("aGVsbG8=", b"hello"),
        ("aGVsbG8", b"hello"),
        ("aGVs\nbG8=", b"hello"),
        ("-_-_", b"\xfb\xff\xbf"),
        ("X-X_", b"\x5f\xe5\xff"),
        ("Q", None),
        ("Q.", None),
        ("", None),
    ],
)
def test_what_is_inside(text: str, inside: bytes | None) -> None:
    """An id is kept as it came, with the bytes inside as far as any reader would find some."""
    job_id = read_job_id(text)
    assert (job_id.text, job_id.decoded) == (text, inside)


@pytest.mark.parametrize(
    ("inside", "is_documented"),
    [
        ('["data-e', True),
        ('["data-', False),
        ('["data-x', False),
        ("x|type:users|format:csv", True),
        ("x|type:users", False),
        ("type:users,format:csv", False),
        ("x|data-export|", True),
    ],
)
def test_what_is_left_of_the_form(inside: str, is_documented: bool) -> None:
    """Eight bytes of its beginning, its mark, or two of its fields show that an id carries the documented form."""
    assert read_job_id(encode(inside)).documented is is_documented


def test_a_request_without_a_date() -> None:
    """What the request says of one date is compared, also where it says nothing of the other."""
    for name in ("start", "end"):
        flaws = mismatches(read_job_id(encode(WHOLE)), {f"{name}Date": "2016-05-28T17:39:23.000Z"})
        assert [flaw.problem.split()[0] for flaw in flaws] == [name]


def test_the_form_is_read_from_a_list_alone() -> None:
    """Names of members are no parts of an id, and an id is unwrapped whatever its first letter is."""
    named = read_job_id(encode(json.dumps({FORM: 1, UUID: 2})))
    assert (named.documented, named.fields, named.uuid) == (True, {}, None)
    wrapped = encode("_|data-export|")
    assert wrapped.startswith("X")
    assert problems(encode(wrapped))[0] == ("job-id/form", "Base64 is wrapped in Base64, 2 layers deep")


@pytest.mark.parametrize(("layers", "is_documented"), [(3, True), (4, False)])
def test_how_many_layers_are_looked_at(layers: int, is_documented: bool) -> None:
    """The form is found under four layers of Base64 in all, and not under five."""
    wrapped = WHOLE
    for _ in range(layers + 1):
        wrapped = encode(wrapped)
    job_id = read_job_id(wrapped)
    assert job_id.documented is is_documented
    assert [flaw.problem for flaw in job_id.flaws] == (
        [f"Base64 is wrapped in Base64, {layers + 1} layers deep"] if is_documented else []
    )


@pytest.mark.parametrize(("before", "is_missing"), [(93, False), (94, False), (95, True), (1_000, True)])
def test_how_many_parts_are_looked_at(before: int, is_missing: bool) -> None:
    """A hundred parts between bars are looked at, of which the mark is the first; one behind them is missing."""
    mark, *fields = FORM.split("|")
    others = [f"other{number}:x" for number in range(before)]
    job_id = read_job_id(encode(json.dumps(["|".join([mark, *others, *fields]), UUID])))
    assert ("the field end is missing" in [flaw.problem for flaw in job_id.flaws]) is is_missing
