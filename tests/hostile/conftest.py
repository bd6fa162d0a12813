"""What the hostile suite shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.hostile.behaviour import Behaviour
from tests.hostile.examine import Examined, examine

from export_contract.acceptance.verdict import journal
from export_contract.contract import Contract, load_contract

Examine = Callable[[Behaviour], Examined]
IS_WHOLE = os.environ.get("HOSTILE") == "whole"
"""Whether everything is tried, which takes an hour: `make hostile`. Else it is some of everything."""
LONGEST = 7_200 if IS_WHOLE else 300
"""Seconds for a test that tries many drawn things; how long that takes depends on what else the machine does."""


@pytest.fixture(scope="session", autouse=True)
def in_less_time(contract: Contract) -> Iterator[None]:
    """Spare what takes as long as one of these runs: reading certificates, though nothing here is HTTPS, and loading
    the same contract for each journal."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setattr(journal, "load_contract", lambda file: contract)
        yield


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract that comes with the package."""
    return load_contract()


@pytest.fixture
def examined(contract: Contract, tmp_path: Path) -> Examine:
    """Run the kit against a behaviour, and see what must not be."""
    return lambda behaviour: examine(behaviour, contract, tmp_path)
