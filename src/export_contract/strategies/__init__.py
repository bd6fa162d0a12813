"""What to send: the suite of named cases, and Hypothesis strategies, all drawn from the contract."""

from __future__ import annotations

from export_contract.strategies.accepted.covering_array import BODY, base_of, case_with, plainest_case, reduced_cases
from export_contract.strategies.data.case import Call, Case, Feature
from export_contract.strategies.drawn.body_values import timestamps
from export_contract.strategies.drawn.exploration import explore, explored_cases, foreign_cases
from export_contract.strategies.drawn.requests import (
    cases,
    invalid_requests,
    malformed_payloads,
    unspecified_requests,
    valid_requests,
)
from export_contract.strategies.suite import suite

__all__ = [
    "BODY",
    "Call",
    "Case",
    "Feature",
    "base_of",
    "case_with",
    "cases",
    "explore",
    "explored_cases",
    "foreign_cases",
    "invalid_requests",
    "malformed_payloads",
    "plainest_case",
    "reduced_cases",
    "suite",
    "timestamps",
    "unspecified_requests",
    "valid_requests",
]
