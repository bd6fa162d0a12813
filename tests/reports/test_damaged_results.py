"""Damaged results files: whatever is in one, it is refused in one sentence, or every format can show it."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from export_contract.acceptance import Results, to_json
from export_contract.acceptance.model.results_file import read_results
from export_contract.exceptions import ResultsError
from export_contract.reports import FORMATS, rendered
from export_contract.reports.comparison import compare, comparison_lines
from export_contract.reports.console import lines

FILE_1 = Path(__file__).with_name("files") / "results-1.json"


def _small(document: dict[str, Any]) -> dict[str, Any]:
    """A document with few parts, so that an example takes a millisecond."""
    kept = {"exchanges": 4, "requirements": 6, "ledger": 2, "jobs": 1}
    return {name: value[: kept[name]] if name in kept else value for name, value in document.items()}


OLD = _small(json.loads(FILE_1.read_text()))
NEW = _small(json.loads(to_json(read_results(FILE_1))))

numbers = st.sampled_from([0, -1, 1, 10**18, 10**19, -(10**400), 10**400, 0.5, -0.0, 1e308, -1e308, 5e-324])
texts = st.text(max_size=20) | st.sampled_from(
    [
        "\ud800",
        "\x00",
        "\x1b[31m",
        "0000-00-00",
        "9999-12-31T23:59:59+99:00",
        "AAA",
        "=",
        "http://[::1",
        "/body/~2",
        "x" * 5_000,
    ]
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _edited(draw: st.DrawFn) -> bytes:
    """A document of which one to three parts are replaced, removed, or put elsewhere."""
    document = json.loads(json.dumps(draw(st.sampled_from([OLD, NEW]))))
    for _ in range(draw(st.integers(1, 3))):
        parent, key = document, draw(st.sampled_from(sorted(document)))
        while isinstance(parent[key], dict | list) and parent[key] and draw(st.integers(0, 9)):
            parent = parent[key]
            key = draw(st.sampled_from(sorted(parent)) if isinstance(parent, dict) else st.integers(0, len(parent) - 1))
        match draw(st.sampled_from(["replace", "replace", "remove", "rename", "repeat"])):
            case "replace":
                parent[key] = draw(values)
            case "remove":
                del parent[key]
            case "rename" if isinstance(parent, dict):
                parent[draw(texts)] = parent.pop(key)
            case _ if isinstance(parent, list):
                parent += parent * 3
        if not document:
            break
    return json.dumps(document).encode()


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A document of which some bytes are other ones, missing or too many."""
    content = bytearray(json.dumps(draw(st.sampled_from([OLD, NEW]))).encode())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(content)))
        more = draw(
            st.binary(max_size=4) | st.sampled_from([b"[" * 100_000, b"9" * 5_000, b"{", b'"', b"null", b"\\ud800"])
        )
        content[at : at + draw(st.integers(0, 30))] = more
    return bytes(content)


def read(content: bytes) -> Results | str:
    """The results in a file, or the one sentence with which it is refused."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(content)
        file.flush()
        try:
            return read_results(Path(file.name))
        except ResultsError as error:
            said = str(error)
            assert re.match(
                rf"{re.escape(file.name)}: (this is not a results file: |the file is of schema version )", said
            )
            assert said.isprintable()
            return said


FUZZ = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@FUZZ
@given(_edited())
def test_edited_files(content: bytes) -> None:
    """A file that was edited is refused in one sentence, or each format, the console and a comparison can show it."""
    results = read(content)
    if isinstance(results, Results):
        for name in FORMATS:
            rendered(name, results)
        list(lines(results, quiet=False, verbose=True))
        list(comparison_lines(compare(results, results)))


@FUZZ
@given(_damaged())
def test_damaged_files(content: bytes) -> None:
    """A file of which bytes were damaged is refused in one sentence, or read."""
    read(content)


def test_what_is_left_alone_is_read() -> None:
    """The documents that are damaged here can be read as they are: refusing everything would pass above."""
    for document in (OLD, NEW):
        assert isinstance(read(json.dumps(document).encode()), Results)
