"""CPU of the suite phase against a bare httpx loop that posts the same bodies, to the same sandbox, in one process.

Prints one line; exit status 1 where the ratio is over its bound.
"""

from __future__ import annotations

import statistics
import sys
import time

import httpx

from export_contract import load_contract
from export_contract.acceptance import RunPlan, run
from export_contract.sandbox import DEMO_AUTHORIZATION, running
from export_contract.strategies import suite

BOUND = 2.2
ROUNDS = 7


def main() -> int:
    """Measure in turns, and compare medians."""
    contract = load_contract()
    cases = [case for case in suite(contract=contract) if case.method == "POST" and case.credentials == "configured"]
    with running() as url:
        plan = RunPlan(base_url=url, contract=contract, authorization=DEMO_AUTHORIZATION, phases=("suite",))
        run(plan)  # the first run imports, and builds the suite
        bare, kit = [], []
        for _ in range(ROUNDS):
            started = time.process_time()
            with httpx.Client(headers={"Authorization": DEMO_AUTHORIZATION}) as client:
                for case in cases:
                    client.post(f"{url}/exports", content=case.payload, headers=dict(case.headers))
            bare.append((time.process_time() - started) / len(cases))
            started = time.process_time()
            results = run(plan)
            kit.append((time.process_time() - started) / results.counts["requests"])
    ratio = statistics.median(kit) / statistics.median(bare)
    print(
        f"suite phase {statistics.median(kit) * 1000:.2f} ms of CPU a request, bare httpx "
        f"{statistics.median(bare) * 1000:.2f} ms: {ratio:.2f}x (bound {BOUND}x)"
    )
    return ratio > BOUND


if __name__ == "__main__":
    sys.exit(main())
