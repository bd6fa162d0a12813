"""`export-contract contract`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from export_contract.command.arguments import as_click_has_it, command_line, options
from export_contract.command.output import show as show_lines
from export_contract.options import BY_NAME, Door

if TYPE_CHECKING:
    from export_contract.contract import Contract


@click.group()
def contract() -> None:
    """Look at a contract."""


@contract.command()
@options(Door.CONTRACT)
@click.pass_context
def show(context: click.Context, /, **_: Any) -> None:
    """Show the requirements of a contract, each with its source and its place."""
    from export_contract.command.listings.contracts import contract_lines

    show_lines(contract_lines(_contract(context)))


@contract.command()
@options(Door.CONTRACT)
@click.pass_context
def lint(context: click.Context, /, **_: Any) -> None:
    """Check that a contract can be used: references, requirements, and a case for each of them."""
    from export_contract.command.listings.contracts import lint_line

    show_lines([lint_line(_contract(context))])


@contract.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@as_click_has_it(BY_NAME["debug"])
@click.pass_context
def diff(context: click.Context, /, old: str, new: str, **_: Any) -> None:
    """Show what NEW promises differently from OLD; exit status 1 if there is a difference."""
    from export_contract.command.listings.contracts import difference_lines
    from export_contract.contract import load_contract

    lines = difference_lines(load_contract(old), load_contract(new))
    show_lines(lines)
    context.exit(1 if lines else 0)


def _contract(context: click.Context) -> Contract:
    from export_contract.configuration.settings import contract_of

    return contract_of(Door.CONTRACT, command_line(Door.CONTRACT, context))
