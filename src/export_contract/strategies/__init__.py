"""What to send: the suite of named cases, and Hypothesis strategies, all drawn from the contract."""

from __future__ import annotations

from export_contract.strategies.accepting import BODY, base_of, case_with, plainest_case, reduced_cases
from export_contract.strategies.bases import Unsupported
from export_contract.strategies.case import Case, Feature
from export_contract.strategies.exploration import ForeignLaneMissing, explore, explored_cases, foreign_cases
from export_contract.strategies.requests import (
    cases,
    invalid_requests,
    malformed_payloads,
    unspecified_requests,
    valid_requests,
)
from export_contract.strategies.suite import suite
from export_contract.strategies.values import timestamps

__all__ = [
    "BODY",
    "Case",
    "Feature",
    "ForeignLaneMissing",
    "Unsupported",
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
