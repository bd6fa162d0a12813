"""Credentials that should have been refused."""

from __future__ import annotations

from collections.abc import Callable

from ..service.authorization import DEMO_PARAMETERS, SCHEME, split_authorization
from ..service.messages import Request
from ..service.seams import Changes


def none(method: str) -> Changes:
    """Lets a request without credentials in."""
    return _admits(method, lambda request: not request.authorization)


def any_at_all(method: str) -> Changes:
    """Lets a request with any credentials in."""
    return _admits(method, lambda request: bool(request.authorization))


def wrong(*names: str) -> Changes:
    """Does not look at these parameters."""
    return _compares(lambda name, given, expected: given is not None and (name in names or given == expected))


def left_out(*names: str) -> Changes:
    """Does not miss these parameters."""
    return _compares(lambda name, given, expected: given == expected or (given is None and name in names))


def emptied() -> Changes:
    """Takes an empty parameter for the right one."""
    return _compares(lambda name, given, expected: given in ("", expected))


def lengthened() -> Changes:
    """Compares as many characters as the right parameter has."""
    return _compares(lambda name, given, expected: (given or "").startswith(expected))


def any_case() -> Changes:
    """Compares parameters without regard to case."""
    return _compares(lambda name, given, expected: (given or "").lower() == expected)


def any_scheme() -> Changes:
    """Looks at the parameters, and not at the scheme."""

    def is_known(request: Request) -> bool:
        return split_authorization(request.authorization)[1] == DEMO_PARAMETERS

    return _admits("POST", is_known)


def _admits(method: str, condition: Callable[[Request], bool]) -> Changes:
    return {"admit": lambda request: request.method == method and condition(request)}


def _compares(is_right: Callable[[str, str | None, str], bool]) -> Changes:
    def is_known(request: Request) -> bool:
        scheme, given = split_authorization(request.authorization)
        return scheme == SCHEME and all(
            is_right(name, given.get(name), expected) for name, expected in DEMO_PARAMETERS.items()
        )

    return _admits("POST", is_known)
