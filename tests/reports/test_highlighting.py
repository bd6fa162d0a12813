"""Highlighting: what was changed in a request is marked, by the pointer that the case carries and by nothing else."""

from __future__ import annotations

import base64

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export_contract.acceptance.model.records import case_record
from export_contract.acceptance.model.results import CaseRecord
from export_contract.reports.highlighting import Piece, highlight, url_pieces
from export_contract.strategies import suite

PLAIN = case_record(suite()[0])


def case_of(body: str | bytes, changed: str | None) -> CaseRecord:
    if isinstance(body, bytes):
        encoded = base64.b64encode(body).decode()
        return msgspec.structs.replace(PLAIN, body=None, body_base64=encoded, changed=changed)
    return msgspec.structs.replace(PLAIN, body=body, body_base64=None, changed=changed)


def marks(pieces: tuple[Piece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_marked]


@pytest.mark.parametrize(
    ("changed", "body", "marked"),
    [
        ("/body/format", '{"startDate":"2012", "format" : "csv"}', ['"format" : "csv"']),
        ("/body/other", '{"startDate":"2012","other":[1,{"a":2}],"format":"CSV"}', ['"other":[1,{"a":2}]']),
        ("/body/other/1/a", '{"other":[1,{"b":0,"a":2}]}', ['"a":2']),
        ("/body/other/0", '{"other":[ 1 ,2]}', ["1"]),
        ("/body/0/format", '[{"format":"X"}]', ['"format":"X"']),
        ("/body/format", '{"format":"CSV","startDate":"2012","format":"X"}', ['"format":"CSV"', '"format":"X"']),
        ("/body/a~1b~0", '{"a/b~":1}', ['"a/b~":1']),
        ("/body/f\u00e9", '{"f\\u00e9":1}', ['"f\\u00e9":1']),
        ("/body", '{"startDate":"2012"}', ['{"startDate":"2012"}']),
        ("/body", "[1]", ["[1]"]),
        ("/body", '{"startDate":"2012",}', ["}"]),
        ("/body", '{"startDate":"2012"} {}', ["{}"]),
        ("/body", '{"startDate":', ['{"startDate":']),
        ("/body", " ", [" "]),
        ("/body", "[" * 100_000, ["[" * 100_000]),
        ("/body/x", "[" * 100_000, []),
        ("/body/format", '{"format":', []),
        (None, '{"format":"csv"}', []),
        ("", '{"format":"csv"}', []),
        ("not a pointer", '{"format":"csv"}', []),
        ("/elsewhere", '{"format":"csv"}', []),
        ("/method", '{"format":"csv"}', []),
    ],
)
def test_bodies(changed: str | None, body: str, marked: list[str]) -> None:
    """What the pointer leads to is marked, duplicates too; where the body is not JSON, what its parser stops at."""
    found = highlight(case_of(body, changed))
    assert "".join(piece.text for piece in found.body) == body
    assert marks(found.body) == marked
    assert not found.missing


@pytest.mark.parametrize(
    ("changed", "body", "missing"),
    [
        ("/body/endDate", '{"startDate":"2012"}', "endDate"),
        ("/body/endDate", "{}", "endDate"),
        ("/body/a/b/c", '{"a":{}}', "b"),
        ("/body/a/b", '{"a":7}', "b"),
        ("/body/2", "[0,1]", "2"),
        ("/body", "", "the body"),
        ("/headers/X-Other", "{}", "the header X-Other"),
        ("/query/id", "{}", "the parameter id"),
    ],
)
def test_what_is_missing(changed: str, body: str, missing: str) -> None:
    """What was left out cannot be marked, and is named; nothing else is marked in its place."""
    found = highlight(case_of(body, changed))
    assert found.missing == missing
    assert marks(found.body) == []


def test_bytes() -> None:
    """Bytes that are not valid UTF-8 are shown as escapes, and marked where the body was changed."""
    content = b'{"a":"\xff\xfe \xff"}'
    assert marks(highlight(case_of(content, "/body")).body) == ["\\xff"]
    assert marks(highlight(case_of(content, None)).body) == []
    for changed in ("/body", None):
        shown = "".join(piece.text for piece in highlight(case_of(content, changed)).body)
        assert shown == '{"a":"\\xff\\xfe \\xff"}'


def test_other_parts() -> None:
    """Method, credentials, headers, path and query are marked where they were changed, and only they."""
    case = msgspec.structs.replace(PLAIN, path="/am9i", query="a=1&id=2")
    for changed, expected in {
        "/method": {"method": True},
        "/credentials": {"credentials": True},
        "/headers/content-TYPE": {"header": "content-type"},
        "/path": {"path": "/am9i"},
        "/query/id": {"query": "id"},
        "/query": {"query": ""},
    }.items():
        found = highlight(msgspec.structs.replace(case, changed=changed))
        shown = {name: getattr(found, name) for name in ("method", "credentials", "header", "path", "query")}
        assert {
            name: value for name, value in shown.items() if value not in (False, None) and (name, value) != ("path", "")
        } == expected
        assert not found.missing


def test_addresses() -> None:
    """The parameter of that name is marked in the address, every parameter where the whole query was changed."""
    url = "http://x/exports?a=1&id=2&id&identity=3"
    assert marks(url_pieces(url, "id")) == ["id=2", "id"]
    assert marks(url_pieces(url, "")) == ["a=1", "id=2", "id", "identity=3"]
    assert marks(url_pieces("http://x/exports/am9i", None, "/am9i")) == ["/am9i"]
    assert marks(url_pieces(url, None)) == marks(url_pieces("http://x/exports", "id")) == []
    assert "".join(piece.text for piece in url_pieces(url, "id")) == url


@given(
    st.text('[]{},:" \\a1\n', max_size=20) | st.binary(max_size=20),
    st.sampled_from(["/body", "/body/", "/body/a", "/body/0", "/body/a/1", "/body/~2"]) | st.text(max_size=6),
)
def test_nothing_is_lost(body: str | bytes, changed: str) -> None:
    """Whatever the body and the pointer are, all of the body is shown, in order."""
    found = highlight(case_of(body, changed))
    shown = "".join(piece.text for piece in found.body)
    assert shown == (body if isinstance(body, str) else body.decode("utf-8", "backslashreplace"))
