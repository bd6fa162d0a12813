"""Reading a JSONL file of 200 MB over a socket of this machine: memory at its most, and megabytes a second of CPU.

The server is another process, and so is the reader. Exit status 1 where memory or speed is out of its bound.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

MEGABYTES: Final = 200
MOST_MEMORY: Final = 100
LEAST_SPEED: Final = 40

_SERVER: Final = """
import json, socket, sys
record = {"User ID": 12345, "Program Name": "Safety, Level 1", "Learning Activity Date": "2013-03-05T11:12:47Z",
          "Status": "passed", "Score": 90, "Timespent": 3600, "Comment": "x" * 60}
line = json.dumps(record).encode() + b"\\n"
block = line * (1_000_000 // len(line))
count = %d * 1_000_000 // len(block)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
connection, _ = listener.accept()
connection.recv(65536)
connection.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: %%d\\r\\n\\r\\n" %% (count * len(block)))
for _ in range(count):
    connection.sendall(block)
connection.close()
"""
_READER: Final = """
import json, re, sys, time
from datetime import UTC, datetime
from pathlib import Path
from export_contract.acceptance.checks.file.facts import Wanted
from export_contract.acceptance.checks.file.reader import read_file
from export_contract.acceptance.transport.target import Target
from export_contract.contract.status import KnownFile
known = KnownFile(columns=("User ID",), dates=("Learning Activity Date",))
wanted = Wanted(format="JSONL", known=known, last=datetime(2015, 5, 28, tzinfo=UTC))
url = f"http://127.0.0.1:{sys.argv[1]}"
with Target(url, "/exports") as target:
    wall, cpu = time.perf_counter(), time.process_time()
    with target.open(url + "/file", authorized=False, seconds=120) as download:
        facts = read_file(download.chunks(), wanted)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1000
print(json.dumps({"peak": peak, "wall": wall, "cpu": cpu, "bytes": facts.bytes, "records": facts.records,
                  "dated": facts.dated, "problem": facts.format_problem or facts.date_problem or download.problem}))
"""


def main() -> int:
    """Measure, say so in one line, and tell whether the bounds are kept."""
    with subprocess.Popen([sys.executable, "-c", _SERVER % MEGABYTES], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        done = subprocess.run([sys.executable, "-c", _READER, port], capture_output=True, check=True, text=True)
    found = json.loads(done.stdout)
    assert not found["problem"], found["problem"]
    assert found["dated"] == found["records"]
    speed = found["bytes"] / 1e6 / found["cpu"]
    print(
        f"downloading: {found['records']:,} records in {found['bytes'] / 1e6:.0f} MB, {found['peak']:.0f} MB of memory "
        f"(at most {MOST_MEMORY}), {speed:.0f} MB a second of CPU (at least {LEAST_SPEED}), "
        f"{found['bytes'] / 1e6 / found['wall']:.0f} by the clock"
    )
    return 0 if found["peak"] < MOST_MEMORY and speed >= LEAST_SPEED else 1


if __name__ == "__main__":
    sys.exit(main())
