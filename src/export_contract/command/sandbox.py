"""`export-contract sandbox`."""

from __future__ import annotations

import os
from typing import Any

import click

from export_contract.command.arguments import options, values_of
from export_contract.command.output import show
from export_contract.exceptions import ConfigurationError
from export_contract.options import Door


@click.command()
@options(Door.SANDBOX)
@click.option("--list-faults", is_flag=True, help="List the faults and variants.")
@click.pass_context
def sandbox(context: click.Context, /, list_faults: bool, **_: Any) -> None:
    """Serve an export service to test against, on this machine alone."""
    if list_faults:
        from export_contract.command.listings.faults import fault_lines

        show(fault_lines())
        return
    from export_contract import sandbox as service

    values = values_of(Door.SANDBOX, context, os.environ)
    try:
        service.serve(values["port"], faults=_names(values["fault"]), variants=_names(values["variant"]))
    except service.UnknownFault as error:
        raise ConfigurationError(f"--{error.kind}", str(error)) from None
    except service.PortInUse as error:
        raise ConfigurationError("--port", str(error)) from None


def _names(texts: tuple[str, ...]) -> list[str]:
    """Names that may also be separated by commas."""
    return [name for text in texts for name in text.replace(",", " ").split()]
