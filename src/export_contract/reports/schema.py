"""The JSON Schema of the results file, as results-1.schema.json publishes it; run this module to write it anew."""

from __future__ import annotations

import ast
import inspect
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import msgspec

from export_contract.acceptance.model import results
from export_contract.acceptance.model.results import SCHEMA_VERSION, Results
from export_contract.acceptance.model.results_file import to_json

FILE: Final = Path(__file__).with_name(f"results-{SCHEMA_VERSION}.schema.json")


def results_schema() -> dict[str, Any]:
    """The schema (draft 2020-12), made of the records themselves; a later release may add members, and no more."""
    schema = msgspec.json.schema(Results)
    version = schema["$defs"]["Results"]["properties"]
    version["schema_version"] = {"const": SCHEMA_VERSION}
    schema["$defs"]["Results"]["required"] = ["schema_version", *schema["$defs"]["Results"]["required"]]
    for name, described in _descriptions().items():
        properties = schema["$defs"].get(name, {}).get("properties", {})
        for field, description in described.items():
            if field in properties:
                properties[field] = {**properties[field], "description": description}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Results of export-contract, version {SCHEMA_VERSION}",
        **schema,
    }


def _descriptions() -> dict[str, dict[str, str]]:
    """What the records say of their fields, in the strings that stand behind them."""
    found: dict[str, dict[str, str]] = {}
    for record in ast.parse(inspect.getsource(results)).body:
        if isinstance(record, ast.ClassDef):
            for field, text in pairwise(record.body):
                match field, text:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(said))):
                        found.setdefault(record.name, {})[name] = " ".join(said.split())
    return found


if __name__ == "__main__":
    FILE.write_bytes(to_json(results_schema()))
