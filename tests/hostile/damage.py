"""Damage to files that people write and machines keep: what is in them is dropped, doubled, renamed, or other bytes."""

from __future__ import annotations

import copy
from typing import Any, Final

from hypothesis import strategies as st

_TEXTS: Final = (
    "",
    "x",
    "\x00",
    "\ud800",
    "\x1b[31m",
    "https://[::1",
    "#/components/schemas/ExportRequest",
    "/body/~2",
    "9999-12-31T23:59:59+99:00",
    "^(a+)+$",
    "(",
    "CSV",
    "a" * 5_000,
)
_NUMBERS: Final = (0, -1, 2**70, 10**400, 0.5, -0.0, 1e308, 5e-324, float("inf"), float("nan"))
_PIECES: Final = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\t",
    b"\n",
    b": ",
    b"- ",
    b"&a [*a, *a]",
    b"*a",
    b"<<: ",
    b"!!python/object:os.system ",
    b"---\n",
    b"%YAML 9\n",
    b"{",
    b"}",
    b'"',
    b"'''",
    b"[[",
    b"]]\n",
    b"= 1\n",
    b"null",
    b"[" * 20_000,
    b"9" * 5_000,
    b"\nx = " + b"[" * 20_000,
    b"\nx = " + b"9" * 5_000 + b"\n",
    b"\nx: " + b"[" * 20_000,
    b'{"known":' + b"[" * 20_000,
    b"1979-05-27T07:32:00-99:00",
    b"\\ud800",
)


def junk() -> st.SearchStrategy[Any]:
    """Values that are hardly ever right."""
    leaves = st.none() | st.booleans() | st.sampled_from(_NUMBERS) | st.sampled_from(_TEXTS) | st.text(max_size=8)
    return st.recursive(
        leaves,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(_TEXTS), below, max_size=3),
        max_leaves=5,
    ) | st.integers(10, 300).map(_nested)


@st.composite
def edited(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three of its nodes dropped, doubled, renamed, nested, put elsewhere, or replaced."""
    damaged = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        parent, key = _node(draw, damaged)
        if parent is None:
            return draw(junk())
        match draw(st.sampled_from(["replace", "drop", "double", "rename", "nest", "swap"])):
            case "drop":
                del parent[key]
            case "double" if isinstance(parent, list):
                parent.insert(key, copy.deepcopy(parent[key]))
            case "double":
                parent[f"{key}{draw(st.sampled_from(_TEXTS))}"] = copy.deepcopy(parent[key])
            case "rename" if isinstance(parent, dict):
                parent[draw(st.sampled_from(_TEXTS))] = parent.pop(key)
            case "nest":
                parent[key] = draw(st.sampled_from([[parent[key]], {"x": parent[key]}]))
            case "swap":
                other, place = _node(draw, damaged)
                if other is not None:
                    parent[key] = copy.deepcopy(other[place])
            case _:
                parent[key] = draw(junk())
    return damaged


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """The bytes with some of them flipped, missing, replaced or doubled."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(changed) - 1)))
        until = at + draw(st.integers(0, 30))
        match draw(st.sampled_from(["flip", "replace", "double", "cut"])):
            case "flip" if changed:
                changed[at] ^= 1 << draw(st.integers(0, 7))
            case "double":
                changed[at:at] = changed[at:until]
            case "cut":
                del changed[at if draw(st.booleans()) else until :]
            case _:
                changed[at:until] = draw(st.sampled_from(_PIECES) | st.binary(max_size=4))
    return bytes(changed)


def _node(draw: st.DrawFn, document: Any) -> tuple[Any, Any]:
    """A place in a document: (what holds it, its key there); (None, None) where there is none."""
    parent: Any = None
    key: Any = None
    node = document
    while isinstance(node, dict | list) and node and (parent is None or draw(st.integers(0, 5))):
        parent = node
        key = draw(st.sampled_from(list(node)) if isinstance(node, dict) else st.integers(0, len(node) - 1))
        node = node[key]
    return parent, key


def _nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value
