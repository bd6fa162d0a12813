"""Export files: what is in them, and the signed links that lead to them."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from .job_store import Job
from .records import Record, columns_of

MEDIA_TYPES = {"CSV": "text/csv; charset=utf-8", "JSONL": "application/x-ndjson"}


def render(records: Sequence[Record], export_type: str, file_format: str) -> bytes:
    """The file: CSV by RFC 4180 with a header row, or JSON Lines. Without records, the header alone or nothing."""
    return _csv(records, export_type) if file_format == "CSV" else _json_lines(records)


def _csv(records: Sequence[Record], export_type: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns_of(export_type))  # the dialect's own line end is CRLF
    writer.writeheader()
    writer.writerows(record.values for record in records)
    return text.getvalue().encode()


def _json_lines(records: Sequence[Record]) -> bytes:
    return b"".join(json.dumps(record.values, ensure_ascii=False).encode() + b"\n" for record in records)


class Links:
    """Makes download URLs that need no credentials, and recognizes its own."""

    def __init__(self, lifetime: float) -> None:
        self._lifetime = lifetime
        self._secret = secrets.token_bytes(32)

    def make(self, job: Job, base_url: str) -> tuple[str, str]:
        """The job's download URL, and when it expires, in ISO 8601."""
        name = f"{job.number}.{job.export.format.lower()}"
        expires = int(time.time() + self._lifetime)
        query = urlencode({"expires": expires, "signature": self._signature(name, str(expires))})
        expires_at = datetime.fromtimestamp(expires, UTC).isoformat().replace("+00:00", "Z")
        return f"{base_url}files/{name}?{query}", expires_at

    def job_number(self, name: str, expires: str, signature: str) -> int | None:
        """The number of the job that a link leads to; None for a link that is forged or has expired."""
        genuine = hmac.compare_digest(signature.encode(), self._signature(name, expires).encode())
        return int(name.partition(".")[0]) if genuine and int(expires) > time.time() else None

    def _signature(self, name: str, expires: str) -> str:
        return hmac.new(self._secret, f"{name}|{expires}".encode(), hashlib.sha256).hexdigest()
