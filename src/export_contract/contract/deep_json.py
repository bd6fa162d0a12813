"""JSON that is nested more deeply than a recursive reader can follow: its form is proved without recursion."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")'
    r"|(?P<scalar>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null)"
    r"|(?P<mark>\[+|\]+|[{}:,]))"  # runs of brackets at once: deep texts hold little else
)
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_CLOSING: Final = {"[": "]", "{": "}"}

# What may come next. A value, a value or the end of a list, a key or the end of an object, a key, a colon, or what
# follows a value: a comma or an end.
_VALUE, _VALUE_OR_END, _KEY_OR_END, _KEY, _COLON, _AFTER = range(6)


def cut_short(text: str, depth: int) -> tuple[str, str]:
    """(the text with everything deeper than `depth` levels left out, why it is no JSON or the empty string).

    >>> cut_short('{"a": [[1, [2]]]}', 2)
    ('{"a":[[]]}', '')
    """
    kept: list[str] = []
    open_marks: list[str] = []
    expected = _VALUE
    position = 0
    while match := _TOKEN.match(text, position):
        if expected == _AFTER and not open_marks:
            break
        piece = match.group().lstrip(" \t\r\n")
        before = len(open_marks)
        if piece[0] == "]":
            # As many as there are lists to be closed; what is too much is looked at next.
            piece = piece[: max(1, _lists_open(open_marks, len(piece)))]
        following = _next(expected, match, piece, open_marks)
        if following is None:
            end = match.start("mark") + 1 if match["mark"] else match.end()
            return "", f"character {end} is not expected there"
        lowest = min(before, len(open_marks))
        if lowest <= depth:
            kept.append(piece[: depth - lowest + 1] if match["mark"] else piece)
        expected = following
        position = match.start("mark") + len(piece) if match["mark"] else match.end()
    position = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # it matches everywhere
    if position < len(text):
        return "", f"character {position + 1} is not expected there"
    if expected != _AFTER or open_marks:
        return "", "it ends too early"
    return "".join(kept), ""


def _lists_open(open_marks: list[str], most: int) -> int:
    """How many lists are open, one right within the other, up to `most`."""
    count = 0
    for mark in reversed(open_marks[-most:]):
        if mark != "[":
            break
        count += 1
    return count


def _next(expected: int, match: re.Match[str], piece: str, open_marks: list[str]) -> int | None:
    """What may follow a piece where `expected` could stand; None where the piece could not."""
    if expected in (_KEY, _KEY_OR_END) and match["string"]:
        return _COLON
    if expected == _COLON:
        return _VALUE if piece == ":" else None
    if expected in (_VALUE, _VALUE_OR_END):
        if match["string"] or match["scalar"]:
            return _AFTER
        if piece[0] in _CLOSING:
            open_marks.extend(piece)
            return _VALUE_OR_END if piece[0] == "[" else _KEY_OR_END
    if expected in (_AFTER, _VALUE_OR_END, _KEY_OR_END) and open_marks and piece[0] == _CLOSING[open_marks[-1]]:
        del open_marks[-len(piece) :]
        return _AFTER
    if expected == _AFTER and piece == ",":
        return _VALUE if open_marks[-1] == "[" else _KEY
    return None
