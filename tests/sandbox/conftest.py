from __future__ import annotations

import pytest

from .client import Client


@pytest.fixture
def sandbox() -> Client:
    """The sandbox as it is by default, with jobs that are completed at once."""
    return Client()
