"""What is inside a job id, and whether it is sound.

The document promises Base64 and shows one id. Decoded, it is a JSON list of two strings: `data-export` with fields
between bars, and a UUID. An id that does not carry that form is opaque, which is fine; one that does must carry all
of it.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from export_contract.contract.requirements import Expectation
from export_contract.contract.timestamps import any_instant, classify_timestamp, instant

MARK: Final = b"data-export|"
FIELDS: Final = ("tenantKey", "type", "format", "start", "end")

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_MOST_LAYERS: Final = 4
_MOST_PARTS: Final = 100
"""Between bars, that are looked at; the documented form has six."""
_PRECISION: Final = timedelta(milliseconds=1)
"""To which an id repeats a moment; a finer fraction may be cut or rounded."""


class Flaw(msgspec.Struct, frozen=True):
    """Something that is wrong with a job id."""

    rule: str
    """The rule that it breaks: `job-id/base64`, `job-id/form` or `job-id/match`."""
    problem: str
    """What is wrong and where, in plain words."""


class JobId(msgspec.Struct, frozen=True):
    """A job id, taken apart as far as it goes."""

    text: str
    decoded: bytes | None
    """The bytes inside; None where the text is not even nearly Base64."""
    documented: bool
    """Whether it carries the `data-export|` form, whole or damaged."""
    fields: Mapping[str, str]
    """The fields of the documented form, by their names in it."""
    uuid: str | None
    flaws: tuple[Flaw, ...]


def read_job_id(text: str) -> JobId:
    """Take a job id apart; what is wrong with it is in its `flaws`.

    >>> read_job_id("aGVsbG8=").decoded
    b'hello'
    >>> read_job_id("aGVsbG8").flaws[0].problem
    'the padding is missing: 7 characters, where Base64 has a multiple of 4'
    """
    flaws = []
    problem = base64_problem(text)
    if problem:
        flaws.append(Flaw("job-id/base64", problem))
    decoded = _decode_leniently(text)
    inner, layers = _innermost(decoded)
    if inner is None or not _carries_form(inner):
        return JobId(text, decoded, False, {}, None, tuple(flaws))
    if layers:
        flaws.append(Flaw("job-id/form", f"Base64 is wrapped in Base64, {layers + 1} layers deep"))
    fields, uuid, problems = _read_form(inner)
    flaws += [Flaw("job-id/form", problem) for problem in problems]
    return JobId(text, decoded, True, fields, uuid, tuple(flaws))


def mismatches(job_id: JobId, request: Mapping[str, Any]) -> tuple[Flaw, ...]:
    """Where a job id in the documented form names another request than `request`, a decoded body.

    Opaque ids match everything, and so do fields whose request timestamp the contract leaves open.
    """
    problems = []
    for field, property_name in (("type", "exportType"), ("format", "format")):
        asked = request.get(property_name)
        found = job_id.fields.get(field)
        if found is not None and isinstance(asked, str) and found != asked.lower():
            problems.append(
                f"{field} is {found!r}, where the request's {property_name} in lower case is {asked.lower()!r}"
            )
    for field, property_name in (("start", "startDate"), ("end", "endDate")):
        asked = request.get(property_name)
        found = job_id.fields.get(field)
        if found is None or not isinstance(asked, str):
            continue
        moment, carried = instant(asked), any_instant(found)
        if moment is not None and (carried is None or abs(carried - moment) >= _PRECISION):
            problems.append(f"{field} is {found!r}, where the request's {property_name} is {asked!r}")
    return tuple(Flaw("job-id/match", problem) for problem in problems)


def base64_problem(text: str) -> str:
    """Why `text` is not Base64 as RFC 4648 section 4 has it, and where; the empty string where it is.

    The standard alphabet, padded, no white space, canonical: encoding the decoded bytes gives the same text.
    """
    if not text:
        return "it is empty"
    body = text.rstrip("=")
    padding = len(text) - len(body)
    for position, character in enumerate(text, start=1):
        if character not in _ALPHABET and character != "=":
            return f"character {position} is {_describe(character)}"
    if "=" in body:
        return f"character {body.index('=') + 1} is '=', padding before the end"
    if len(text) % 4:
        if padding == 0 and len(text) % 4 != 1:
            return f"the padding is missing: {len(text)} characters, where Base64 has a multiple of 4"
        return f"it has {len(text)} characters, where Base64 has a multiple of 4"
    if padding > 2:
        return f"it ends in {padding} padding characters, where Base64 has at most 2"
    canonical = base64.b64encode(base64.b64decode(text)).decode()
    if canonical != text:
        written = canonical[len(body) - 1]
        return f"it is not canonical: character {len(body)} is {body[-1]!r}, where an encoder writes {written!r}"
    return ""


def _describe(character: str) -> str:
    if character in "-_":
        return f"{character!r}, from the URL-safe alphabet"
    if character.isspace():
        return f"{character!r}, white space"
    return f"{character!r}, which is not in the alphabet"


def _decode_leniently(text: str | bytes) -> bytes | None:
    """The bytes that a forgiving reader would find, so that a damaged id still shows what it carries."""
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    letters = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    if not letters or any(character not in _ALPHABET for character in letters) or len(letters) % 4 == 1:
        return None
    return base64.b64decode(letters + "=" * (-len(letters) % 4))


def _carries_form(inner: bytes) -> bool:
    """Whether decoded bytes carry the documented form, or what damage left of it."""
    is_cut = len(inner) >= 8 and (b'["' + MARK).startswith(inner)
    return is_cut or MARK in inner or sum(b"|%b:" % name.encode() in inner for name in FIELDS) >= 2


def _innermost(decoded: bytes | None) -> tuple[bytes | None, int]:
    """The bytes that carry the documented form, and how many more layers of Base64 were around them."""
    inner = decoded
    for layers in range(_MOST_LAYERS):
        if inner is None or _carries_form(inner):
            return inner, layers
        inner = _decode_leniently(inner.strip(b'"'))
    return decoded, 0


def _read_form(inner: bytes) -> tuple[dict[str, str], str | None, list[str]]:
    problems = []
    try:
        content = json.loads(inner.decode("utf-8"))
    except UnicodeDecodeError as error:
        problems.append(f"the decoded bytes are not valid UTF-8 at byte {error.start}")
        content = None
    except ValueError as error:
        problems.append(f"the decoded text is not valid JSON: {error}")
        content = None
    except RecursionError:
        problems.append("the decoded text is not valid JSON: it is nested too deeply")
        content = None
    if content is None:
        content = re.findall(r'"([^"]*)"?', inner.decode("utf-8", "replace"))
    elif not (isinstance(content, list) and len(content) == 2 and all(isinstance(part, str) for part in content)):
        problems.append("the decoded JSON is not a list of two strings")
    parts = [part for part in content if isinstance(part, str)] if isinstance(content, list) else []
    form = next((part for part in parts if part.startswith("data-export|")), "")
    fields, field_problems = _read_fields(form)
    uuid = parts[1] if len(parts) > 1 else None
    return fields, uuid, problems + field_problems + _uuid_problems(uuid)


def _read_fields(form: str) -> tuple[dict[str, str], list[str]]:
    if not form:
        return {}, ["the first string does not begin with data-export|"]
    fields: dict[str, str] = {}
    problems = []
    for position, part in enumerate(form.split("|")[1:_MOST_PARTS], start=1):
        name, colon, value = part.partition(":")
        if not colon:
            problems.append(f"part {position} after data-export, {part!r}, is not name:value")
        elif name in fields:
            problems.append(f"the field {name} occurs twice")
        else:
            fields[name] = value
    problems += [f"the field {name} is missing" for name in FIELDS if name not in fields]
    problems += [f"the field {name} is empty" for name in FIELDS if fields.get(name) == ""]
    problems += [
        f"the field {name} is not a timestamp: {fields[name]!r}"
        for name in ("start", "end")
        if fields.get(name) and classify_timestamp(fields[name]).expectation is Expectation.REJECT
    ]
    return fields, problems


def _uuid_problems(uuid: str | None) -> list[str]:
    if uuid is None:
        return ["the second string, a UUID, is missing"]
    if not _UUID.fullmatch(uuid):
        return [f"the second string is not a UUID: {uuid!r}"]
    return []
