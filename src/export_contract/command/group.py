"""A group of commands: each is imported when it is called, and ends with a sentence where it fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from export_contract.command.arguments import DEBUG
from export_contract.command.exits import INCONCLUSIVE, USAGE, handled_signals, leave_at_once
from export_contract.command.output import say
from export_contract.exceptions import ExportContractError, Inconclusive, Terminated, describe_defect
from export_contract.options import BY_NAME


class Commands(click.Group):
    """Commands by their names, with the modules that have them under the same name."""

    def __init__(self, *, modules: Mapping[str, str] | None = None, **settings: Any) -> None:
        super().__init__(**settings)
        self._modules = modules or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which help shows them."""
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command, which is imported now."""
        if cmd_name not in self._modules:
            return None
        return cast("click.Command", getattr(import_module(self._modules[cmd_name]), cmd_name))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command, and turn what it raises into a sentence and an exit status."""
        with handled_signals() as signals:
            ctx.obj = signals
            _refuse_removed_folder(ctx)
            try:
                return super().invoke(ctx)
            except KeyboardInterrupt as error:
                say("terminated" if isinstance(error, Terminated) else "interrupted")
                leave_at_once(signals.status)
            except ExportContractError as error:
                say(str(error))
                ctx.exit(INCONCLUSIVE if isinstance(error, Inconclusive) else USAGE)
            except (click.ClickException, click.exceptions.Exit, click.Abort):
                raise
            except Exception as error:
                report_defects([error], shows_traceback=is_debugging(ctx))
                ctx.exit(INCONCLUSIVE)


def _refuse_removed_folder(context: click.Context) -> None:
    """End where the working directory is gone: libraries that are imported later cannot do without."""
    try:
        Path.cwd()
    except OSError as error:
        click.echo(f"export-contract: the working directory cannot be used: {error.strerror}", err=True)
        context.exit(USAGE)


def is_debugging(context: click.Context) -> bool:
    """Whether tracebacks are to be shown."""
    if context.meta.get(DEBUG):
        return True
    option = BY_NAME["debug"]
    try:
        return bool(option.read(os.environ.get(option.variable, "0")))
    except ValueError:
        return False


def report_defects(errors: list[Exception] | tuple[Exception, ...], *, shows_traceback: bool) -> None:
    """Say what went wrong in export-contract itself."""
    for error in errors:
        say(describe_defect(error) + ("" if shows_traceback else "; --debug shows the traceback"))
        if shows_traceback:
            import traceback

            traceback.print_exception(error, file=sys.stderr)
