"""Classifying bodies: those of the suite, very large ones among them, and drawn ones, at least 2,000 a second."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Final

from hypothesis import HealthCheck, Phase, given, settings

from export_contract.contract import classify, load_contract
from export_contract.strategies import Case, cases, suite

BOUND: Final = 2_000
ROUNDS: Final = 9
DRAWS: Final = 600


def drawn() -> list[Case]:
    """Requests of every expectation."""
    found: list[Case] = []

    @settings(
        max_examples=DRAWS,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def collect(case: Case) -> None:
        found.append(case)

    collect()
    return found


def rate(bodies: list[Case]) -> float:
    """Bodies a second of CPU."""
    started = time.process_time()
    for case in bodies:
        classify(case.payload, case.content_type)
    return len(bodies) / (time.process_time() - started)


def main() -> int:
    """Measure, say so in one line, and tell whether the bound is kept."""
    lanes = {"of the suite": list(suite(contract=load_contract())), "drawn": drawn()}
    for bodies in lanes.values():
        rate(bodies)
    rounds = [{name: rate(bodies) for name, bodies in lanes.items()} for _ in range(ROUNDS)]
    medians = {name: statistics.median(one[name] for one in rounds) for name in lanes}
    told = ", ".join(f"{median:,.0f} bodies {name} a second" for name, median in medians.items())
    print(f"classifying: {told}, at least {BOUND:,}")
    return 0 if min(medians.values()) >= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
