"""The JSON Schema of the results file, as results-1.schema.json publishes it; run this module to write it again."""

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
    definitions = schema["$defs"]
    definitions["Results"]["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    definitions["Results"]["required"] = ["schema_version", *definitions["Results"]["required"]]
    for name, described in _descriptions().items():
        definition = definitions.get(name, {})
        for field, description in described.items():
            if field in definition.get("properties", ()):
                definition["properties"][field] = {**definition["properties"][field], "description": description}
            elif field in definition.get("enum", ()):
                definition["description"] += f" `{field}`: {description}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Results of export-contract, version {SCHEMA_VERSION}",
        **schema,
    }


def _descriptions() -> dict[str, dict[str, str]]:
    """What the records say of their fields, and the enumerations of their values, in the strings behind them."""
    found: dict[str, dict[str, str]] = {}
    for record in ast.parse(inspect.getsource(results)).body:
        if isinstance(record, ast.ClassDef):
            for field, text in pairwise(record.body):
                match field, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(value=ast.Constant(value=str(name))),
                        ast.Expr(value=ast.Constant(value=str(said))),
                    ):
                        found.setdefault(record.name, {})[name] = " ".join(said.split())
    return found


if __name__ == "__main__":
    FILE.write_bytes(to_json(results_schema()))
