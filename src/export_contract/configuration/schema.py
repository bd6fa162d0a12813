"""The JSON Schema of the configuration file, for editors; run this module to write it again.

python -m export_contract.configuration.schema
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from export_contract.acceptance.model.results_file import to_json
from export_contract.configuration.file import DECIDED, EXPECTATIONS, TARGETS
from export_contract.options import Door, Option, options_of

FILE: Final = Path(__file__).with_name("export-contract.schema.json")


def configuration_schema() -> dict[str, Any]:
    """The schema (draft 2020-12), made from the table of options."""
    target = _table(Door.TARGET)
    top = _table(Door.FILE)
    top["properties"][TARGETS] = {
        "description": "Settings for --target NAME, by name.",
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/target"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of export-contract",
        "description": "export-contract.toml, or [tool.export-contract] in pyproject.toml.",
        **top,
        "$defs": {"target": target},
    }


def _table(door: Door) -> dict[str, Any]:
    properties = {option.name: _property(option) for option in options_of(door)}
    properties[EXPECTATIONS] = {
        "description": "What the contract leaves unspecified, decided for this target, by requirement.",
        "type": "object",
        "additionalProperties": {"enum": list(DECIDED)},
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _property(option: Option) -> dict[str, Any]:
    value: dict[str, Any] = {"type": option.kind.value}
    if option.least is not None:
        value["minimum"] = option.least
    if option.most is not None:
        value["maximum"] = option.most
    if value["type"] == "string":
        value["minLength"] = 1
    described: dict[str, Any] = {"description": option.help}
    if option.default is not None:
        described["default"] = option.default
    return {**described, "type": "array", "items": value} if option.repeatable else {**described, **value}


if __name__ == "__main__":
    FILE.write_bytes(to_json(configuration_schema()))
