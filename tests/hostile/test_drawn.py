"""Drawn targets: whatever pieces their responses are made of, a run of them is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from tests.hostile.conftest import IS_WHOLE, LONGEST
from tests.hostile.drawn import targets

if TYPE_CHECKING:
    from tests.hostile.behaviour import Behaviour
    from tests.hostile.conftest import Examine


@pytest.mark.timeout(LONGEST)
@settings(
    max_examples=1_000 if IS_WHOLE else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(target=targets())
def test_drawn_targets(examined: Examine, target: Behaviour) -> None:
    """No run is lost, nothing gets out, the counts are right, and it ends in time."""
    assert examined(target).complaints == []
