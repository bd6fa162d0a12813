"""A job id as `decode` shows it."""

from __future__ import annotations

from export_contract.contract.job_id import FIELDS, read_job_id
from export_contract.reports.escaping import printable


def decoded_lines(text: str) -> tuple[list[str], bool]:
    """What is inside a job id, and whether it is sound."""
    job_id = read_job_id(text)
    lines = []
    if job_id.documented:
        lines += [f"{name:<10} {printable(job_id.fields[name])}" for name in FIELDS if name in job_id.fields]
        lines += [
            f"{printable(name):<10} {printable(value)}" for name, value in job_id.fields.items() if name not in FIELDS
        ]
        if job_id.uuid is not None:
            lines.append(f"{'uuid':<10} {printable(job_id.uuid)}")
    elif job_id.decoded is not None:
        lines.append(f"opaque: {len(job_id.decoded)} bytes, {printable(repr(job_id.decoded[:80])[2:-1])}")
    lines += [f"not sound: {printable(flaw.problem)}" for flaw in job_id.flaws]
    if not job_id.flaws:
        lines.append("sound: strict Base64" + (", the whole documented form" if job_id.documented else ""))
    return lines, not job_id.flaws
