"""Which target is tested: the one that is named, or the embedded sandbox where that is chosen; never a default."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

import msgspec

from export_contract import sandbox
from export_contract.acceptance import RunPlan, checked_url
from export_contract.configuration.sources import Source, Values
from export_contract.exceptions import ConfigurationError
from export_contract.options import AUTHORIZATION, ENVIRONMENT, OPTIONS
from export_contract.sandbox.selection import UnknownFault
from export_contract.sandbox.server import SandboxNotStarted

_NEAR: Final = {"BASE_URL": "BASE_URL", "URL": "BASE_URL", "TARGET": "TARGET", "SANDBOX": "SANDBOX"}
"""What may have been meant by a variable that is not an option."""


def chosen_target(values: Values) -> tuple[str | None, bool]:
    """The base URL, None where there is none, and whether the embedded sandbox is to be tested in its place."""
    url, embedded = values.given("base-url"), values.given("sandbox")
    if embedded.value and url.value is not None:
        if embedded.source is url.source:
            raise ConfigurationError(embedded.place, f"it cannot be combined with {url.place}")
        if embedded.source < url.source:
            embedded = embedded._replace(value=False)
    if embedded.value:
        target = values.given("target")
        if target.value is not None and target.source is Source.COMMAND_LINE is embedded.source:
            raise ConfigurationError(embedded.place, f"it cannot be combined with {target.place}")
        return None, True
    return values.parsed("base-url", checked_url), False


def missing_target(targets: Iterable[str], environment: Mapping[str, str]) -> ConfigurationError:
    """What to say where no target was given."""
    listed = ", ".join(targets)
    names = f" ({listed})" if listed else ""
    return ConfigurationError(
        "",
        f"no target is given: use --base-url URL, --target NAME{names}, or --sandbox for the embedded sandbox"
        + _misspelt(environment),
    )


def _misspelt(environment: Mapping[str, str]) -> str:
    options = {option.variable for option in OPTIONS} | {AUTHORIZATION}
    for variable in environment:
        if variable.startswith(ENVIRONMENT) and variable not in options:
            name = variable.removeprefix(ENVIRONMENT)
            for near in difflib.get_close_matches(name, _NEAR, n=1, cutoff=0.75):
                return f"; {variable} is set, did you mean {ENVIRONMENT}{_NEAR[near]}?"
    return ""


@contextmanager
def placed(plan: RunPlan) -> Iterator[RunPlan]:
    """The plan with the address of the embedded sandbox in it, which runs until the end of the block.

    A plan with a target of its own is left as it is. Raises ConfigurationError where the sandbox cannot run.
    """
    if not plan.embedded:
        yield plan
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(sandbox.running())
        except (UnknownFault, SandboxNotStarted) as error:
            raise ConfigurationError("--sandbox", str(error)) from None
        yield msgspec.structs.replace(plan, base_url=url, authorization=sandbox.DEMO_AUTHORIZATION)
