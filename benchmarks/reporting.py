"""Writing each format of a run with 100,000 exchanges: seconds of CPU, and memory above what the
results themselves take.

Each format is written in a process of its own, to a file. Exit status 1 where time or memory is out of its bound.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

EXCHANGES: Final = 100_000
MOST_SECONDS: Final = 6.0
MOST_MEMORY: Final = 250

_WRITER: Final = """
import ctypes, gc, json, re, sys, tempfile, time
from pathlib import Path
import msgspec
from export_contract.acceptance import Limits, RunPlan, run
from export_contract.acceptance.model.results import CaseSummary
from export_contract.contract import load_contract
from export_contract.reports import write
from export_contract.sandbox import DEMO_AUTHORIZATION, running

def memory(name):
    return int(re.search(name + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000

replace = msgspec.structs.replace
with running(["json-utf-8-replaced", "trace-python", "nul-500", "exporttype-any-case"]) as url:
    results = run(RunPlan(base_url=url, contract=load_contract(), authorization=DEMO_AUTHORIZATION,
                          phases=("probe", "jobs", "suite")))
plain = [one for one in results.exchanges if len(one.case.body or "") < 1_000]
exchanges = tuple(
    replace(one, number=number, response=replace(one.response, body=f"{one.response.body} {number}"),
            case=replace(one.case, title=f"{one.case.title} {number}", body=f"{one.case.body} "))
    for number in range(int(sys.argv[2])) for one in (plain[number % len(plain)],))
first = results.findings[0]
others = tuple(CaseSummary(title=one.case.title, exchange=one.number, body=one.case.body) for one in exchanges[::10])
findings = (replace(first, other_cases=others, occurrences=1 + len(others)), *results.findings[1:])
results = replace(results, exchanges=exchanges, findings=findings)
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "report"
    write(sys.argv[1], replace(results, exchanges=plain[:10]), path)  # imports are not what is measured
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what building them freed must not be counted as free room
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again
    before, started = memory("VmRSS"), time.process_time()
    write(sys.argv[1], results, path)
    seconds = time.process_time() - started
    print(json.dumps({"seconds": seconds, "memory": memory("VmHWM") - before, "bytes": path.stat().st_size}))
"""


def main() -> int:
    """Measure, print a line for each format, and return whether the bounds are kept."""
    from export_contract.reports import FORMATS

    good = True
    for name in sys.argv[1:] or FORMATS:
        command = [sys.executable, "-c", _WRITER, name, str(EXCHANGES)]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout)
        good = good and found["seconds"] <= MOST_SECONDS and found["memory"] <= MOST_MEMORY
        size, seconds, memory = found["bytes"] / 1e6, found["seconds"], found["memory"]
        print(
            f"reporting: {EXCHANGES:,} exchanges as {name}: {size:.1f} MB in {seconds:.1f} s of CPU (at most "
            f"{MOST_SECONDS:.0f}), {memory:.0f} MB above the results (at most {MOST_MEMORY})"
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
