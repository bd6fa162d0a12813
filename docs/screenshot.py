"""Make docs/console.svg: a real run, as the terminal shows it. `make screenshot` runs this."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from export_contract import load_contract
from export_contract.acceptance import PHASES, RunPlan, run
from export_contract.reports.console import lines
from export_contract.sandbox import DEMO_AUTHORIZATION, running

WIDTH = 132


def main() -> None:
    """Run against a sandbox with a fault, and draw what it printed."""
    with running(faults=["interactions-csv"]) as url:
        plan = RunPlan(
            base_url=url,
            contract=load_contract(),
            authorization=DEMO_AUTHORIZATION,
            phases=tuple(PHASES),
        )
        results = run(plan)
    console = Console(record=True, width=WIDTH, highlight=False, markup=False, emoji=False, file=io.StringIO())
    console.print("$ export-contract run --quiet --base-url " + url)
    for line in lines(results, quiet=True, verbose=False):
        console.print(line)
    console.save_svg(str(Path(__file__).with_name("console.svg")), title="export-contract")


if __name__ == "__main__":
    main()
