"""Job ids in the documented form: Base64 of a JSON array of a description and a UUID."""

from __future__ import annotations

import base64
import os
import uuid

from .behaviour import Behaviour
from .export_request import ExportRequest
from .job_facts import JobFacts, Making
from .messages import json_bytes

TENANT = "sandbox"


def make_job_id(making: Making, behaviour: Behaviour) -> str:
    """The id of a new job."""
    facts = _facts(making.export)
    for restate in behaviour.job_facts:
        facts = restate(facts, making)
    content = _content(facts)
    for recode in behaviour.job_bytes:
        content = recode(content)
    text = base64.b64encode(content).decode("ascii")
    for respell in behaviour.job_text:
        text = respell(text, making)
    return text


def _facts(export: ExportRequest) -> JobFacts:
    return JobFacts(
        tenant=TENANT,
        export_type=export.export_type.lower(),
        format=export.format.lower(),
        start=str(export.start.instant),
        end=str(export.end.instant),
        uuid=str(uuid.uuid4()),
    )


def _content(facts: JobFacts) -> bytes:
    description = (
        f"data-export|tenantKey:{facts.tenant}|type:{facts.export_type}|format:{facts.format}"
        f"|start:{facts.start}|end:{facts.end}"
    )
    return json_bytes([description, facts.uuid])


def opaque(content: bytes) -> bytes:
    """Random bytes behind a version number whose Base64 begins with +."""
    return b"\xfb" + os.urandom(32)
