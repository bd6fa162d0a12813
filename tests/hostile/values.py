"""Values that are hard on readers of JSON, as they are written in a JSON text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Value:
    """A value, or what stands in the place of one."""

    name: str
    text: bytes
    kind: str
    """null, boolean, number, string, array, object; `deep` where readers may give up; `broken` where it is not JSON."""

    @property
    def value(self) -> Any:
        """The value of a short text."""
        return json.loads(self.text)


def _nested(depth: int, start: bytes, inner: bytes, end: bytes) -> bytes:
    return start * depth + inner + end * depth


_KINDS: dict[str, dict[str, bytes]] = {
    "null": {"null": b"null"},
    "boolean": {"true": b"true", "false": b"false"},
    "number": {
        "0": b"0",
        "minus one": b"-1",
        "a fraction": b"12.5",
        "a large exponent": b"1E400",
        "5,000 digits": b"9" * 5_000,
    },
    "string": {
        "an empty string": b'""',
        "a blank": b'" "',
        "a word": b'"soon"',
        "NULs": b'"%s"' % (b"\\u0000" * 500),
        "half a character": b'"\\ud800"',
        "control codes of a terminal": b'"\\u001b[31mred\\u202e\\u0007"',
        "markup": b'"</script><script>alert(1)</script>"',
        "a formula": b'"=HYPERLINK(1)"',
        "a line break": b'"a\\r\\nSet-Cookie: a=b"',
        "the end of time": b'"9999-12-31T23:59:59"',
        "200 KB of text": b'"%s"' % (b"A" * 200_000),
    },
    "array": {
        "an empty array": b"[]",
        "an array in an array": b"[[]]",
        "an array of texts": b'["am9i"]',
        "30,000 objects": b"[%s{}]" % (b"{}," * 29_999),
    },
    "object": {
        "an empty object": b"{}",
        "an object of another kind": b'{"a":{"b":[null]}}',
        "equal keys": b'{"a":1,"a":2}',
        "5,000 members": b"{%s}" % b",".join(b'"%d":1' % number for number in range(5_000)),
    },
    "deep": {
        "1,000 arrays": _nested(1_000, b"[", b"", b"]"),
        "1,000 objects": _nested(1_000, b'{"a":', b"1", b"}"),
        "100,000 arrays": _nested(100_000, b"[", b"", b"]"),
    },
    "broken": {
        "nothing": b"",
        "NaN": b"NaN",
        "minus Infinity": b"-Infinity",
        "a word without quotation marks": b"undefined",
        "single quotes": b"'a'",
        "a byte that is not UTF-8": b'"\xff"',
        "UTF-16": '"a"'.encode("utf-16"),
        "a raw NUL": b'"\0"',
        "an array that does not end": b"[1",
        "a comma too many": b"[1,]",
    },
}
VALUES = tuple(Value(name, text, kind) for kind, named in _KINDS.items() for name, text in named.items())
PLAIN = tuple(
    value
    for value in VALUES
    if value.name
    in {
        *("null", "true", "0", "5,000 digits", "an empty string", "half a character", "control codes of a terminal"),
        *("200 KB of text", "an empty array", "30,000 objects", "an empty object", "5,000 members", "1,000 objects"),
        *("100,000 arrays", "nothing", "NaN", "a byte that is not UTF-8", "an array that does not end"),
    }
)
"""Those that are enough for a place that little depends on."""
