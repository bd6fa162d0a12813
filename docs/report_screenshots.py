"""Make docs/report-*.png: the HTML report of a real run, as a browser shows it. `make screenshot` runs this."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import sync_playwright

from export_contract import load_contract
from export_contract.acceptance import PHASES, Results, RunPlan, run
from export_contract.reports import rendered
from export_contract.sandbox import DEMO_AUTHORIZATION, running

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
SHOTS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": {"width": 1120, "height": 2000}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1120, "height": 2000}, "color_scheme": "dark"},
    "narrow": {"viewport": {"width": 375, "height": 1700}, "color_scheme": "light"},
}


def main() -> None:
    """Run against a sandbox with faults, and photograph the page."""
    folder = Path(__file__).parent
    with tempfile.TemporaryDirectory() as temporary:
        page_file = Path(temporary, "report.html")
        page_file.write_bytes(rendered("html", _results()))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for name, settings in SHOTS.items():
                page = browser.new_page(**settings)
                page.goto(page_file.as_uri())
                page.screenshot(path=folder / f"report-{name}.png")
            browser.close()


def _results() -> Results:
    with running(faults=["interactions-csv", "exporttype-any-case", "long-string-500"]) as url:
        plan = RunPlan(
            base_url=url,
            contract=load_contract(),
            authorization=DEMO_AUTHORIZATION,
            phases=tuple(PHASES),
            embedded=True,
        )
        return run(plan)


if __name__ == "__main__":
    main()
