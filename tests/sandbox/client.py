"""A client for the sandbox that needs no socket."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from typing import Any

import httpx

from export_contract.sandbox import DEMO_AUTHORIZATION
from export_contract.sandbox.selection import chosen_behaviour
from export_contract.sandbox.service.app import create_app

EXAMPLE = {
    "startDate": "2012-09-05T11:12:47.000Z",
    "endDate": "2015-05-28T17:39:23.000Z",
    "exportType": "ELEARNING_ENROLLMENTS",
    "format": "CSV",
}
INTERACTIONS: dict[str, Any] = {
    "exportType": "LEARNING_ACTIVITY_INTERACTIONS",
    "format": "JSONL",
    "learningActivityId": 12345,
}
MISSING = object()


class Client:
    """Calls one sandbox in this process. Jobs are completed at once, unless a test says otherwise."""

    def __init__(self, faults: Sequence[str] = (), variants: Sequence[str] = (), **changes: Any) -> None:
        behaviour = chosen_behaviour(faults, variants).changed({"completed_after": 0.0, **changes})
        self._app = create_app(behaviour)

    def request(
        self, method: str, url: str, *, authorization: str | None = DEMO_AUTHORIZATION, **parts: Any
    ) -> httpx.Response:
        """One call."""
        (response,) = self.at_once(1, method, url, authorization=authorization, **parts)
        return response

    def at_once(
        self, count: int, method: str, url: str, *, authorization: str | None = DEMO_AUTHORIZATION, **parts: Any
    ) -> list[httpx.Response]:
        """The same call several times at the same time."""
        headers = {**({} if authorization is None else {"authorization": authorization}), **parts.pop("headers", {})}

        async def call() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://sandbox.test:8080") as client:
                calls = (client.request(method, url, headers=headers, **parts) for _ in range(count))
                return await asyncio.gather(*calls)

        return asyncio.run(call())

    def send(self, body: bytes, content_type: str | None = "application/json", **parts: Any) -> httpx.Response:
        """POST these bytes."""
        headers = {} if content_type is None else {"content-type": content_type}
        return self.request("POST", "/exports", content=body, headers=headers, **parts)

    def post(self, *, authorization: str | None = DEMO_AUTHORIZATION, **fields: Any) -> httpx.Response:
        """POST the document's example with some fields changed."""
        return self.send(body_with(**fields), authorization=authorization)

    def create(self, **fields: Any) -> str:
        """The id of a new job."""
        job_id: str = self.post(**fields).json()["job"]["id"]
        return job_id

    def status(self, job_id: str, **parts: Any) -> httpx.Response:
        """GET a status."""
        return self.request("GET", "/exports", params={"id": job_id}, **parts)

    def file(self, **fields: Any) -> httpx.Response:
        """The file of a new job."""
        status = self.status(self.create(**fields)).json()
        export_data = status["job"].get("exportData") or status["exportData"]
        url = export_data["downloadUrl"]
        while (response := self.link(url)).is_redirect:
            url = response.headers["location"]
        return response

    def link(self, url: str) -> httpx.Response:
        """GET a link to a file, with the API's credentials where it has no signature of its own."""
        return self.request("GET", url, authorization=None if "signature=" in url else DEMO_AUTHORIZATION)

    @property
    def created(self) -> int:
        """The number of jobs so far."""
        count: int = self.request("GET", "/sandbox/jobs", authorization=None).json()["created"]
        return count


def body_with(**fields: Any) -> bytes:
    """The document's example with some fields changed, as JSON."""
    return json.dumps({k: v for k, v in {**EXAMPLE, **fields}.items() if v is not MISSING}).encode()


def decoded(job_id: str) -> tuple[dict[str, str], str]:
    """The description and the UUID of a job id in the documented form."""
    description, unique = json.loads(base64.b64decode(job_id, validate=True))
    parts = description.split("|")
    return {"": parts[0], **dict(part.split(":", 1) for part in parts[1:])}, unique
