"""From the names of faults and variants to a behaviour."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .faults import FAULTS
from .service.behaviour import Behaviour
from .variants import VARIANTS

FAULT_VARIABLE = "EXPORT_CONTRACT_FAULT"
VARIANT_VARIABLE = "EXPORT_CONTRACT_VARIANT"


class UnknownFault(ValueError):
    """A name that is in no table: the kind of thing it should name, the name, and the names most like it."""

    def __init__(self, kind: str, name: str, near: Sequence[str]) -> None:
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no {kind} named {name!r}.{hint}")
        self.kind = kind
        self.name = name
        self.near = tuple(near)


def with_environment(faults: Sequence[str], variants: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names given, and those in the environment; each name once."""
    return _once(faults, FAULT_VARIABLE), _once(variants, VARIANT_VARIABLE)


def chosen_behaviour(faults: Sequence[str] = (), variants: Sequence[str] = ()) -> Behaviour:
    """The behaviour with these variants and faults. Raises UnknownFault for a name that is in no table."""
    behaviour = Behaviour()
    for name in variants:
        behaviour = behaviour.changed(_look_up("variant", name, VARIANTS).changes)
    for name in faults:
        behaviour = behaviour.changed(_look_up("fault", name, FAULTS).changes)
    return behaviour


def _once(names: Sequence[str], variable: str) -> list[str]:
    return list(dict.fromkeys([*names, *re.findall(r"[^\s,]+", os.environ.get(variable, ""))]))


def _look_up(kind: str, name: str, table: Mapping[str, Any]) -> Any:
    if name not in table:
        import difflib  # late: only a mistake needs it

        raise UnknownFault(kind, name, difflib.get_close_matches(name, table, n=3))
    return table[name]
