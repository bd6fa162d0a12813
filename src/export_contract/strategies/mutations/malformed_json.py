"""Bodies that are not JSON, though some lenient reader takes each of them for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from export_contract.strategies.data.writers import Raw, spell

# (what it is, how it is made of a whole number); some reader or other takes each for a number.
_NUMBERS: Final = (
    ("NaN", "NaN"),
    ("Infinity", "Infinity"),
    ("minus Infinity", "-Infinity"),
    ("a leading zero", "0{}"),
    ("a plus sign", "+{}"),
    ("a hexadecimal number", "0x{:x}"),
    ("a number that ends in a point", "{}."),
)


def malformed_numbers_of(body: Any) -> Iterator[tuple[str, str, bytes]]:
    """(what it is, the member, the bytes): texts that are not JSON, for a number that an accepted `body` has.

    A target that refuses every unknown member would hide what it reads there.
    """
    for name, value in body.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            for kind, text in _NUMBERS:
                yield f"{kind} as {name}", name, spell({**body, name: Raw(text.format(int(value)))})


def malformed_payloads_of(body: Any) -> Iterator[tuple[str, bytes]]:
    """(what it is, the bytes): texts that are not JSON, made from an accepted `body`, an object."""
    text = spell(body).decode()
    inside = text[1:-1]

    def noted(value: str) -> bytes:
        """The body with one more property, so that nothing but the malformed part is remarkable."""
        return spell({**body, "note": Raw(value)})

    yield "empty", b""
    yield "white space only", b" \r\n\t"
    yield "the last brace missing", text[:-1].encode()
    yield "trailing comma", f"{{{inside},}}".encode()
    yield "cut in the middle", text[: len(text) // 2].encode()
    yield "single quotes", text.replace('"', "'").encode()
    yield "a comment", f"{{/* a comment */{inside}}}".encode()
    yield "a line comment", f"{{// a comment\n{inside}}}".encode()
    yield "text after it", (text + " and more").encode()
    yield "a second document after it", (text + text).encode()
    yield "keys without quotes", ("{" + ",".join(f"{key}:{spell(body[key]).decode()}" for key in body) + "}").encode()
    yield "NaN", noted("NaN")
    yield "Infinity", noted("Infinity")
    yield "a byte that is no UTF-8", noted('"\ufffd"').replace("\ufffd".encode(), b"\xff")
    yield "Latin-1", noted('"caf\ufffd"').replace("\ufffd".encode(), b"\xe9")
    yield "UTF-16", text.encode("utf-16-be")
    yield "a raw line break in a string", noted('"a\nb"')
    yield "an unknown escape", noted('"\\x41"')
    yield "an escape that is cut short", noted('"\\u12"')
    yield "an escape without digits", noted('"\\uZZZZ"')
    yield "half a surrogate pair before a broken escape", noted('"\\ud800\\u"')
    yield "a leading zero", noted("012345")
    yield "a plus sign", noted("+1")
    yield "a hexadecimal number", noted("0x1F")
    yield "a number that ends in a point", noted("1.")
    yield "undefined", noted("undefined")
    yield "a NUL after it", text.encode() + b"\0"
    yield "YAML", "".join(f"{key}: {value}\n" for key, value in body.items()).encode()
