"""The call that reads the status of a job, and what the document says of the files of finished jobs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec

from export_contract.contract.model import Contract
from export_contract.contract.pointers import child, resolve
from export_contract.exceptions import ContractError

PENDING: Final = "PENDING"
COMPLETED: Final = "COMPLETED"
FAILED: Final = "FAILED"
STATES: Final = (PENDING, COMPLETED, FAILED)
FINAL_STATES: Final = (COMPLETED, FAILED)
"""They are not left again."""

_JSON: Final = "application/json"


class StatusCall(msgspec.Struct, frozen=True):
    """GET on the path on which jobs are created."""

    parameter: str
    """The name of the query parameter that carries the job id."""
    answer_schema: str
    """Pointer to the schema of a status."""


class KnownFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a contract says of the files of one listed value (`x-files`)."""

    columns: tuple[str, ...]
    """In their order."""
    dates: tuple[str, ...] = ()
    """Those among the columns that say when a record was created or modified."""
    created: str = ""
    """The one among the dates that says when a record was created, and is not changed later."""
    more: bool = False
    """Whether other columns may follow."""


@cache
def status_call(contract: Contract) -> StatusCall | None:
    """The call that reads a status; None where the contract declares none."""
    pointer = child("/paths", contract.operation.path, "get")
    try:
        operation = resolve(contract.document, pointer)
    except LookupError:
        return None
    names = [
        str(parameter["name"])
        for parameter in operation.get("parameters", ())
        if isinstance(parameter, dict) and parameter.get("in") == "query" and parameter.get("required")
    ]
    success = next((name for name in operation.get("responses", {}) if str(name).startswith("2")), None)
    schema = child(pointer, "responses", success or "2XX", "content", _JSON, "schema")
    try:
        resolve(contract.document, schema)
    except LookupError:
        return None
    return StatusCall(names[0], schema) if len(names) == 1 else None


def known_file(contract: Contract, request: Mapping[str, Any]) -> KnownFile | None:
    """What the contract says of the file that `request`, a decoded body, asks for; None where it says nothing.

    Raises ContractError where its `x-files` cannot be read.
    """
    files = known_files(contract)
    return next((files[value] for value in request.values() if isinstance(value, str) and value in files), None)


@cache
def known_files(contract: Contract) -> Mapping[str, KnownFile]:
    """What the contract says of files, by the listed value of the request that asks for one.

    Raises ContractError where its `x-files` cannot be read.
    """
    pointer = child("/paths", contract.operation.path, "get", "x-files")
    try:
        written = resolve(contract.document, pointer)
    except LookupError:
        return {}
    try:
        files = msgspec.convert(written, dict[str, KnownFile])
    except msgspec.ValidationError as error:
        raise ContractError(contract.file, pointer, str(error)) from error
    for value, file in files.items():
        if file.created and file.created not in file.dates:
            raise ContractError(contract.file, child(pointer, value, "created"), "this is not one of the dates")
    return files
