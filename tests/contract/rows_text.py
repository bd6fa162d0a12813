"""Bodies that are no JSON object, or no JSON at all."""

from __future__ import annotations

import json

from .bodies import ENROLLMENTS, INTERACTIONS, spell, written
from .rows import Row, rejected

_NO_OBJECT = "reject: a body that is no JSON object"
_NO_JSON = "reject: a body that is no JSON at all"

_BODY = spell(ENROLLMENTS)
_TEXT = _BODY.decode()

_NO_OBJECTS = (
    ("null", b"null"),
    ("true", b"true"),
    ("false", b"false"),
    ("zero", b"0"),
    ("a number", b"12345"),
    ("a negative fraction", b"-1.5e3"),
    ("an empty string", b'""'),
    ("a string", b'"USERS"'),
    ("an empty list", b"[]"),
    ("the body inside a list", b"[" + _BODY + b"]"),
    ("the values in a list", spell(list(ENROLLMENTS.values()))),
    ("pairs in a list", spell([list(pair) for pair in ENROLLMENTS.items()])),
    ("the body inside a string", spell(_TEXT)),
    ("white space around a list", b" \n[]\n "),
)

_NO_TEXTS = (
    ("empty", b""),
    ("a space", b" "),
    ("white space only", b" \t\r\n "),
    ("a word", b"hello"),
    ("first byte missing", _BODY[1:]),
    ("last byte missing", _BODY[:-1]),
    ("truncated in a value", _BODY[: _BODY.index(b"ELEARNING") + 5]),
    ("truncated in a key", _BODY[: _BODY.index(b"exportType") + 3]),
    ("truncated after a colon", _BODY[: _BODY.index(b'"CSV"')]),
    ("truncated after a comma", _BODY[: _BODY.index(b'"format"')]),
    ("an opening brace", b"{"),
    ("a closing brace", b"}"),
    ("trailing comma", _BODY[:-1] + b",}"),
    ("leading comma", b"{," + _BODY[1:]),
    ("double comma", _BODY.replace(b", ", b",, ", 1)),
    ("missing comma", _BODY.replace(b", ", b" ", 1)),
    ("missing colon", _BODY.replace(b": ", b" ", 1)),
    ("semicolons", _BODY.replace(b", ", b"; ")),
    ("equals signs", _BODY.replace(b": ", b"= ")),
    ("comment at the end of a line", _BODY.replace(b", ", b", // why\n", 1)),
    ("comment between stars", _BODY.replace(b", ", b", /* why */ ", 1)),
    ("comment before", b"// why\n" + _BODY),
    ("comment after", _BODY + b" /* why */"),
    ("comment with a number sign", b"# why\n" + _BODY),
    ("single quotes, as repr() of Python writes them", _BODY.replace(b'"', b"'")),
    ("single quotes round a key", _BODY.replace(b'"format"', b"'format'")),
    ("keys without quotes", _BODY.replace(b'"format"', b"format")),
    ("a value without quotes", _BODY.replace(b'"CSV"', b"CSV")),
    ("backquotes", _BODY.replace(b'"CSV"', b"`CSV`")),
    ("typographic quotes", _TEXT.replace('"CSV"', "\u201cCSV\u201d").encode()),
    ("NaN", written("learningActivityId", "NaN", INTERACTIONS)),
    ("Infinity", written("learningActivityId", "Infinity", INTERACTIONS)),
    ("-Infinity", written("learningActivityId", "-Infinity", INTERACTIONS)),
    ("NaN in an unknown property", written("note", "NaN")),
    ("undefined", written("startDate", "undefined")),
    ("None of Python", written("startDate", "None")),
    ("True of Python", written("format", "True")),
    ("NULL in capitals", written("startDate", "NULL")),
    ("leading zero", written("learningActivityId", "012345", INTERACTIONS)),
    ("double zero", written("learningActivityId", "00", INTERACTIONS)),
    ("plus sign", written("learningActivityId", "+12345", INTERACTIONS)),
    ("hexadecimal", written("learningActivityId", "0x3039", INTERACTIONS)),
    ("fraction without a whole part", written("learningActivityId", ".5", INTERACTIONS)),
    ("dot without a fraction", written("learningActivityId", "12345.", INTERACTIONS)),
    ("exponent without digits", written("learningActivityId", "12345e", INTERACTIONS)),
    ("thousands separator", written("learningActivityId", "12_345", INTERACTIONS)),
    ("a minus alone", written("learningActivityId", "-", INTERACTIONS)),
    ("full-width digits", written("learningActivityId", "\uff11\uff12", INTERACTIONS)),
    ("two documents", _BODY + _BODY),
    ("two documents on two lines", _BODY + b"\n" + _BODY),
    ("text after", _BODY + b" thanks"),
    ("text before", b"body: " + _BODY),
    ("closing brace twice", _BODY + b"}"),
    ("semicolon after", _BODY + b";"),
    ("NUL after", _BODY + b"\0"),
    ("form feed after", _BODY + b"\f"),
    ("no-break space before", b"\xc2\xa0" + _BODY),
    ("line break in a string", _BODY.replace(b"CSV", b"C\nSV")),
    ("tab in a string", _BODY.replace(b"CSV", b"CSV\t")),
    ("NUL in a string", _BODY.replace(b"CSV", b"CSV\0")),
    ("escape that JSON has not", _BODY.replace(b"CSV", rb"\x43SV")),
    ("octal escape", _BODY.replace(b"CSV", rb"\103SV")),
    ("escape cut short", _BODY.replace(b"CSV", rb"\u43SV")),
    ("escaped quotation mark at the end", _BODY.replace(b'CSV"', rb"CSV\"")),
    ("a byte that is no UTF-8", _BODY.replace(b"CSV", b"CSV\xff")),
    ("Latin-1", _BODY.replace(b"CSV", b"\xc9CSV")),
    ("UTF-8 cut short", _BODY.replace(b"CSV", b"CSV\xe2\x82")),
    ("overlong UTF-8", _BODY.replace(b"CSV", b"\xc1\x83SV")),
    ("a surrogate in UTF-8", _BODY.replace(b"CSV", b"CSV\xed\xa0\x80")),
    ("UTF-16 with its mark", _TEXT.encode("utf-16")),
    ("UTF-16, little end first", _TEXT.encode("utf-16-le")),
    ("UTF-16, big end first", _TEXT.encode("utf-16-be")),
    ("UTF-32", _TEXT.encode("utf-32")),
    ("compressed bytes", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    ("form", b"startDate=2012-09-05&endDate=2015-05-28&exportType=USERS&format=CSV"),
    ("YAML", "\n".join(f"{key}: {value}" for key, value in ENROLLMENTS.items()).encode()),
    ("XML", b"<export><exportType>USERS</exportType><format>CSV</format></export>"),
    ("JSON Lines", "\n".join(json.dumps({key: value}) for key, value in ENROLLMENTS.items()).encode()),
    ("a function call", b"callback(" + _BODY + b")"),
    ("a guard against scripts", b")]}',\n" + _BODY),
)

_DEEP_NO_TEXTS = (
    ("lists that never close", b"[" * 50),
    ("objects that never close", b'{"a":' * 200),
    ("brackets that do not match", written("note", "[" * 190 + "}" * 190)),
    ("a word before deep lists", b"hello " + b"[" * 200 + b"]" * 200),
    ("a word after deep lists", b"[" * 200 + b"]" * 200 + b" hello"),
)

ROWS: tuple[Row, ...] = (
    *(rejected(_NO_OBJECT, name, body, "EXP-BODY-OBJECT") for name, body in _NO_OBJECTS),
    *(rejected(_NO_JSON, name, body, "EXP-BODY-JSON") for name, body in _NO_TEXTS),
    *(
        rejected(_NO_JSON, name, body, "EXP-BODY-JSON", also=("EXP-OPEN-DEEP-NESTING",))
        for name, body in _DEEP_NO_TEXTS
    ),
)
