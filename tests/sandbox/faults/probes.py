"""Ways to look at a sandbox: each makes a function from a client to what it sees."""

from __future__ import annotations

import base64
import csv
import io
import json
import time
from collections.abc import Callable
from typing import Any

from export_contract.sandbox import DEMO_AUTHORIZATION

from ..client import EXAMPLE, INTERACTIONS, MISSING, Client, body_with, decoded

Observe = Callable[[Client], object]

DEEP = '"x": ' + "[" * 100 + "]" * 100


def post(**fields: Any) -> Observe:
    return lambda client: client.post(**fields).status_code


def renamed(old: str, new: str) -> Observe:
    return post(**{old: MISSING, new: EXAMPLE[old]})


def interactions(**fields: Any) -> Observe:
    return post(**{**INTERACTIONS, **fields})


def body(content: bytes, content_type: str | None = "application/json") -> Observe:
    return lambda client: client.send(content, content_type).status_code


def ending(text: str) -> Observe:
    """The example with another end than its closing brace."""
    return body(body_with()[:-1] + text.encode())


def start(text: object) -> Observe:
    return post(startDate=text)


def end(text: object) -> Observe:
    return post(endDate=text)


def authorized(old: str, new: str) -> Observe:
    return lambda client: client.post(authorization=DEMO_AUTHORIZATION.replace(old, new)).status_code


def answer(look: Callable[[Any], object], **fields: Any) -> Observe:
    return lambda client: look(client.post(**fields))


def job_id(look: Callable[[str], object], **fields: Any) -> Observe:
    return lambda client: look(client.create(**fields))


def said(part: str, **fields: Any) -> Observe:
    return lambda client: decoded(client.create(**fields))[0][part]


def inside(look: Callable[[bytes], object]) -> Observe:
    return lambda client: look(base64.b64decode(client.create()))


def distinct(look: Callable[[str], object]) -> Observe:
    return lambda client: len({look(client.create()) for _ in range(4)})


def method(name: str) -> Observe:
    return lambda client: client.request(name, "/exports").status_code


def status(look: Callable[[dict[str, Any]], object], before: int = 0) -> Observe:
    def observe(client: Client) -> object:
        created = client.create()
        for _ in range(before):
            client.status(created)
        return look(client.status(created).json()["job"])

    return observe


def status_code(**parts: Any) -> Observe:
    return lambda client: client.status(client.create(), **parts).status_code


def same_id(client: Client) -> object:
    created = client.create()
    return client.status(created).json()["job"]["id"] == created


def asked(query: str) -> Observe:
    return lambda client: client.request("GET", f"/exports{query}").status_code


def file(look: Callable[[Any], object], **fields: Any) -> Observe:
    return lambda client: look(client.file(**fields))


def is_whole(response: Any) -> bool:
    return len(response.content) == int(response.headers.get("content-length", len(response.content)))


def widths(response: Any) -> int:
    return len({len(row) for row in csv.reader(io.StringIO(response.text, newline=""))})


def header(response: Any) -> str:
    first: str = response.text.splitlines()[0]
    return first[:15]


def are_objects(response: Any) -> bool:
    def is_object(line: str) -> bool:
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False

    return all(map(is_object, response.text.splitlines()))


def years(response: Any) -> tuple[bool, bool]:
    """Whether there are records from before, and from after the example's range."""
    dates = [row["Registration Date"] for row in csv.DictReader(io.StringIO(response.text, newline=""))]
    return dates[0] < EXAMPLE["startDate"], dates[-1] > EXAMPLE["endDate"]


def refusal(part: str) -> Observe:
    return lambda client: part in client.post(format="XML").text


def media_type(response: Any) -> object:
    return response.headers.get("content-type", "").split(";")[0]


def is_json(response: Any) -> bool:
    try:
        response.json()
    except ValueError:
        return False
    return True


def discloses(secret: str) -> Observe:
    def look(client: Client) -> bool:
        response = client.post()
        everywhere = (response.text, str(response.headers), str(base64.b64decode(response.json()["job"]["id"])))
        return any(secret in text for text in everywhere)

    return look


def seconds(client: Client) -> bool:
    before = time.monotonic()
    client.post(exportType="NETWORKS")
    return time.monotonic() - before > 4


def at_once(look: Callable[[list[Any]], object]) -> Observe:
    headers = {"content-type": "application/json"}
    return lambda client: look(client.at_once(8, "POST", "/exports", content=body_with(), headers=headers))


def redirect(client: Client) -> object:
    """The status and the end of the address that a POST is redirected to, once the redirect was followed."""
    response = client.post()
    if not response.is_redirect:
        return None
    url = response.headers["location"]
    headers = {"content-type": "application/json"}
    assert client.request("POST", url, content=body_with(), headers=headers).status_code == 200
    return response.status_code, url.removeprefix("http://sandbox.test:8080")


def refused_statuses(client: Client) -> object:
    """The statuses of what is refused, each for another reason."""
    return [
        client.post(format="XML").status_code,
        client.post(authorization=None).status_code,
        client.status("am9iLTE3", authorization="Basic eDp5").status_code,
        client.status("am9iLTE3").status_code,
        client.request("GET", "/exports").status_code,
        client.request("PUT", "/exports").status_code,
    ]


def count(response: Any) -> int:
    """The records of a CSV file."""
    return len(list(csv.DictReader(io.StringIO(response.text, newline=""))))


def linked_twice(client: Client) -> object:
    """What a link leads to when it is followed again: 200 where that is the file, or what is wrong with it."""
    url = client.status(client.create()).json()["job"]["exportData"]["downloadUrl"]
    first, second = client.link(url), client.link(url)
    if second.status_code != 200 or second.content == first.content:
        return second.status_code
    if not is_whole(second):
        return "cut"
    return second.text[:5] or "empty"
