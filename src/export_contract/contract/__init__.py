"""What the export API promises: the document, its requirements, and the oracle that judges requests by them."""

from __future__ import annotations

from export_contract.contract.loading import BUILT_IN, built_in_contract, load_contract
from export_contract.contract.model import Contract, Operation
from export_contract.contract.oracle import Classification, Oracle, Reason, classify, oracle
from export_contract.contract.requirements import Area, Expectation, Requirement
from export_contract.contract.timestamps import Timestamp, classify_timestamp
from export_contract.exceptions import ContractError

__all__ = [
    "BUILT_IN",
    "Area",
    "Classification",
    "Contract",
    "ContractError",
    "Expectation",
    "Operation",
    "Oracle",
    "Reason",
    "Requirement",
    "Timestamp",
    "built_in_contract",
    "classify",
    "classify_timestamp",
    "load_contract",
    "oracle",
]
