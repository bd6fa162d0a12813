"""An export service to test against: it keeps the contract, until faults are switched on.

Its names are loaded when they are first used, so that a command that only may need the sandbox starts quickly.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .faults import FAULTS
    from .selection import UnknownFault
    from .server import PortInUse, running, serve
    from .service.authorization import DEMO_AUTHORIZATION
    from .variants import VARIANTS

__all__ = ["DEMO_AUTHORIZATION", "FAULTS", "VARIANTS", "PortInUse", "UnknownFault", "running", "serve"]

_MODULES = {
    "DEMO_AUTHORIZATION": "service.authorization",
    "FAULTS": "faults",
    "PortInUse": "server",
    "UnknownFault": "selection",
    "VARIANTS": "variants",
    "running": "server",
    "serve": "server",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_MODULES[name]}", __name__), name)
