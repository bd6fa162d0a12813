"""JSON lines: one JSON object a line."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from export_contract.acceptance.checks.file.byte_stream import MEBIBYTE, ByteStream
from export_contract.acceptance.checks.file.facts import FileFacts, MalformedFile, Wanted
from export_contract.acceptance.checks.file.record_dates import date_columns, date_judge

_LONGEST_LINE: Final = 4 * MEBIBYTE
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""An escape that stands for half a character. JSON allows it (RFC 8259 section 8.2), and msgspec does not."""

Decode = Callable[[bytes], Any]


def read_json_lines(stream: ByteStream, wanted: Wanted, facts: FileFacts) -> None:
    """Read a file to its end, or to the first line that is wrong; raises MalformedFile for that one."""
    dates = date_columns(wanted)
    decode = _decoder(dates)
    judge = date_judge(wanted, facts, len(dates))
    blank = 0
    for number, raw in enumerate(stream.lines(_LONGEST_LINE), start=1):
        line = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
        if line.isspace():
            blank = blank or number
            continue
        if blank:
            raise MalformedFile(f"line {blank:,} is blank, with records after it")
        if not line.isascii():
            str(line, "utf-8")  # raises where it is not; the decoder does not look into what it leaves out
        try:
            values = decode(line)
        except (msgspec.DecodeError, RecursionError):
            values = _read_again(line, number, len(dates), facts)
        facts.records += 1
        if facts.census is not None:
            facts.census.add_line(line)
        if dates:
            judge(values)
    if blank == 1:
        raise MalformedFile("it is blank")


def _decoder(names: tuple[str, ...]) -> Decode:
    """A function that checks a whole line and returns the values of some members; the others take no memory."""
    fields = [(f"f{number}", str | None, None) for number in range(len(names))]
    renamed = {f"f{number}": name for number, name in enumerate(names)}
    record = msgspec.defstruct("Record", fields, rename=renamed, gc=False)
    decode, values = msgspec.json.Decoder(record).decode, msgspec.structs.astuple
    return (lambda line: values(decode(line))) if names else decode


_check: Final = _decoder(())


def _read_again(line: bytes, number: int, dates: int, facts: FileFacts) -> tuple[None, ...]:
    """Decide whether a line that the decoder refused is an object after all: then nothing dates it."""
    try:
        _check(_SURROGATE.sub(rb"\\ufffd", line))
    except RecursionError:
        pass  # JSON may be nested as deep as it likes, and this reader need not follow
    except msgspec.ValidationError:
        is_array = line.lstrip().startswith(b"[")
        raise MalformedFile(f"line {number:,} is {'a JSON array' if is_array else 'not a JSON object'}") from None
    except msgspec.DecodeError as error:
        if facts.is_cut and not line.endswith(b"\n"):
            facts.records -= 1  # the record that it would have been
        elif not line.endswith(b"\n") and number > 1:
            raise MalformedFile(f"the last line, {number:,}, is cut: {error}") from None
        else:
            raise MalformedFile(f"line {number:,} is not JSON by itself: {error}") from None
    return (None,) * dates
