"""Sending and judging: the run, its phases, and what it finds out."""

from __future__ import annotations

from export_contract.acceptance.engine.plan import RunPlan
from export_contract.acceptance.model.events import Event, Exchanged, Listener, PhaseStarted, RunEnded, Waiting
from export_contract.acceptance.model.records import case_record
from export_contract.acceptance.model.results import CaseRecord, Finding, Results
from export_contract.acceptance.model.results_file import to_json
from export_contract.acceptance.runner import PHASES, run
from export_contract.acceptance.transport.addresses import checked_url
from export_contract.acceptance.transport.budget import Limits

__all__ = [
    "PHASES",
    "CaseRecord",
    "Event",
    "Exchanged",
    "Finding",
    "Limits",
    "Listener",
    "PhaseStarted",
    "Results",
    "RunEnded",
    "RunPlan",
    "Waiting",
    "case_record",
    "checked_url",
    "run",
    "to_json",
]
