"""Job ids that are not Base64, that say the wrong thing, or that two jobs share."""

from __future__ import annotations

import base64
import json
import re
import uuid
from urllib.parse import quote

from ..service.authorization import split_authorization
from ..service.job_facts import JobFacts, Making
from ..service.messages import json_bytes
from ..service.seams import Changes, job_id_says

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
FIXED_UUID = "00000000-0000-4000-8000-000000000000"


def hyphenated(text: str) -> str:
    """A plain UUID."""
    return str(uuid.uuid4())


def url_safe(text: str) -> str:
    """The other alphabet of RFC 4648."""
    return text.translate({ord("+"): "-", ord("/"): "_"})


def unpadded(text: str) -> str:
    """Without = at the end."""
    return text.rstrip("=")


def wrapped(text: str) -> str:
    """In lines of 76 characters, as in mail."""
    return "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))


def sloppy(text: str) -> str:
    """With bits behind the last byte that are not zero."""
    body = text.rstrip("=")
    if body == text:
        return text
    last = _ALPHABET[_ALPHABET.index(body[-1]) + 1]
    return body[:-1] + last + text[len(body) :]


def with_line_break(text: str) -> str:
    """As a program prints it."""
    return text + "\n"


def percent_encoded(text: str) -> str:
    """Ready for a query, too early."""
    return quote(text, safe="")


def without_uuid(content: bytes) -> bytes:
    """The description alone."""
    return json_bytes(json.loads(content)[:1])


def as_python(content: bytes) -> bytes:
    """As Python prints a list."""
    return repr(json.loads(content)).encode()


def cut(content: bytes) -> bytes:
    """Without its last bytes, as a column that is too short leaves it."""
    return content[:-8]


def without_offset(text: str) -> str:
    """The digits of the local time, with a Z."""
    return re.sub(r"[+-][0-9]{2}:[0-9]{2}\Z", "Z", text)


def fraction_as_milliseconds(facts: JobFacts, making: Making) -> dict[str, str]:
    """The digits of a fraction as a number of milliseconds: .12 is 12 of them."""

    def misread(said: str, written: str) -> str:
        match = re.search(r"[.]([0-9]{1,3})", written)
        return f"{said[:19]}.{int(match[1]):03d}Z" if match else said

    export = making.export
    return {"start": misread(facts.start, export.start.text), "end": misread(facts.end, export.end.text)}


def counted_modulo_two() -> Changes:
    """A counter of one bit."""
    return {"job_text": lambda text, making: base64.b64encode(b"job-%d" % (making.number % 2)).decode()}


def shared_beyond(requests: int) -> Changes:
    """The id of the job before, where more requests than these are in flight."""

    def shared(text: str, making: Making) -> str:
        return making.previous_id if making.request.in_flight > requests and making.previous_id else text

    return {"job_text": shared}


def mixed_up_beyond(requests: int) -> Changes:
    """The dates of another request, where more requests than these are in flight."""

    def mixed(facts: JobFacts, making: Making) -> dict[str, str]:
        return {"end": facts.start} if making.request.in_flight > requests else {}

    return job_id_says(mixed)


def with_key() -> Changes:
    """The client's key in place of the tenant's."""
    return job_id_says(
        lambda facts, making: {"tenant": split_authorization(making.request.authorization)[1].get("key", facts.tenant)}
    )
