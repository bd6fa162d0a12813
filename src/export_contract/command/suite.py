"""`export-contract suite`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from export_contract.command.arguments import as_click_has_it, command_line, options
from export_contract.command.output import show
from export_contract.exceptions import ConfigurationError
from export_contract.options import BY_NAME, Door, shown

_DEFAULT = Path("export-contract-report/suite.json")


@click.command()
@options(Door.SUITE)
@as_click_has_it(BY_NAME["report"], text="Write the cases to a file too, as json[=PATH].")
@click.pass_context
def suite(context: click.Context, /, report: tuple[str, ...], **_: Any) -> None:
    """List the cases that run would send; nothing is sent."""
    from export_contract.command.listings.cases import suite_json, suite_lines
    from export_contract.configuration.settings import contract_of
    from export_contract.reports.writing import write_whole

    paths = [_path(text) for text in report]
    contract = contract_of(Door.SUITE, command_line(Door.SUITE, context))
    show(suite_lines(contract))
    for path in paths:
        try:
            write_whole(path, lambda: [suite_json(contract)])
        except OSError as error:
            raise ConfigurationError("--report", f"{path} cannot be written: {error.strerror}") from None


def _path(text: str) -> Path:
    name, _, path = text.partition("=")
    if name != "json":
        raise ConfigurationError("--report", f"the suite has no format {shown(name)}; its format is json")
    return Path(path) if path else _DEFAULT
