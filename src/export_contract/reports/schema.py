"""The JSON Schema of the results file, as results-1.schema.json publishes it; run this module to write it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import msgspec

from export_contract.acceptance.results import SCHEMA_VERSION, Results, to_json

FILE: Final = Path(__file__).with_name(f"results-{SCHEMA_VERSION}.schema.json")


def results_schema() -> dict[str, Any]:
    """The schema (draft 2020-12), made of the records themselves; a later release may add members, and no more."""
    schema = msgspec.json.schema(Results)
    version = schema["$defs"]["Results"]["properties"]
    version["schema_version"] = {"const": SCHEMA_VERSION}
    schema["$defs"]["Results"]["required"] = ["schema_version", *schema["$defs"]["Results"]["required"]]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Results of export-contract, version {SCHEMA_VERSION}",
        **schema,
    }


if __name__ == "__main__":
    FILE.write_bytes(to_json(results_schema()))
