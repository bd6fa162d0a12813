"""python -m export_contract.sandbox: the process that running() starts."""

from __future__ import annotations

import argparse
import os
import sys
import threading

from .selection import UnknownFault
from .server import PortInUse, serve, serve_announced

HOST = "127.0.0.1"


def main() -> int:
    """Serve the sandbox as the arguments say; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m export_contract.sandbox", description="Serve the sandbox.")
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free port")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="switch a fault on; repeatable")
    parser.add_argument("--variant", action="append", default=[], metavar="NAME", help="choose a variant; repeatable")
    parser.add_argument(
        "--embedded", action="store_true", help="write the port to standard output; end when standard input does"
    )
    options = parser.parse_args()
    try:
        if options.embedded:
            threading.Thread(target=_end_with_standard_input, daemon=True).start()
            serve_announced(
                _announce_to_parent, options.port, host=HOST, faults=options.fault, variants=options.variant
            )
        else:
            serve(options.port, host=HOST, faults=options.fault, variants=options.variant)
    except (PortInUse, UnknownFault) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _announce_to_parent(host: str, port: int) -> None:
    print(port, flush=True)


def _end_with_standard_input() -> None:
    # The other end closes when the parent dies, however it dies.
    while os.read(0, 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
